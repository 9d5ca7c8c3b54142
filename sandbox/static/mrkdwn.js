// Slack's mrkdwn, as nodes. Slack escapes only &, < and >, and marks entities with <…>.

import { emojiGlyph } from "./emoji.js";
import { slackDate } from "./format.js";
import { h } from "./dom.js";
import { channelName, nameOf } from "./people.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const INLINE = /(`[^`\n]+`)|(<[^<>\n]+>)|(:[a-z0-9_+-]+(?:::skin-tone-\d)?:)|([*_~])/gi;
const REACH = 1500;
const CLOSERS = { "*": "strong", _: "em", "~": "s" };

export function unescape(text) {
  return text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);
}

export function safeLink(url, label, title) {
  if (!/^(https?:|mailto:|tel:)/i.test(url)) return h("span", { title: url }, label || url);
  const shown = label && label !== url ? `${label}` : url;
  return h("a", { href: url, target: "_blank", rel: "noreferrer noopener", title: title || url }, shown);
}

export function mention(label) {
  return h("span", { class: "mention" }, label);
}

function entity(inner) {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? "" : unescape(inner.slice(bar + 1));
  if (target.startsWith("@")) return mention(`@${label || nameOf(target.slice(1))}`);
  if (target.startsWith("#")) return mention(`#${label || channelName(target.slice(1))}`);
  if (target.startsWith("!date^")) {
    const [, seconds, format = ""] = target.split("^");
    const when = new Date(Number(seconds) * 1000);
    const valid = !Number.isNaN(when.getTime());
    return h("time", valid ? { datetime: when.toISOString(), title: when.toLocaleString() } : {},
      slackDate(seconds, unescape(format), label));
  }
  if (target.startsWith("!subteam^")) return mention(label || `@${target.split("^")[1]}`);
  if (target.startsWith("!")) return mention(`@${label || target.slice(1)}`);
  return safeLink(unescape(target), label);
}

export function emojiNode(name, literal) {
  const glyph = emojiGlyph(name);
  if (!glyph) return document.createTextNode(literal);
  glyph.setAttribute("role", "img");
  glyph.setAttribute("aria-label", name.replaceAll("_", " "));
  return glyph;
}

function isWord(char) {
  return Boolean(char) && /[\p{L}\p{N}]/u.test(char);
}

// A marker opens at a word's edge and closes at the next same marker with an edge behind it.
function closing(text, from, marker) {
  if (isWord(text[from - 1]) || !text[from + 1] || /\s/.test(text[from + 1])) return -1;
  // Looked for nearby only: a stranger's line of a hundred thousand stars must not hold up the page.
  const end = Math.min(text.length, from + REACH);
  for (let at = from + 1; at < end && text[at] !== "\n"; at += 1) {
    if (text[at] === marker && at > from + 1 && !/\s/.test(text[at - 1]) && !isWord(text[at + 1])) return at;
  }
  return -1;
}

function inline(text) {
  const nodes = [];
  let last = 0;
  const keep = (upTo) => {
    if (upTo > last) nodes.push(document.createTextNode(unescape(text.slice(last, upTo))));
  };
  INLINE.lastIndex = 0;
  for (let match = INLINE.exec(text); match; match = INLINE.exec(text)) {
    const start = match.index;
    let end = start + match[0].length;
    let node = null;
    if (match[1]) node = h("code", {}, unescape(match[1].slice(1, -1)));
    else if (match[2]) node = entity(match[2].slice(1, -1));
    else if (match[3]) node = emojiNode(match[3].slice(1, -1), match[3]);
    else {
      const close = closing(text, start, match[4]);
      if (close < 0) continue;
      node = h(CLOSERS[match[4]], {}, inline(text.slice(start + 1, close)));
      end = close + 1;
    }
    keep(start);
    nodes.push(node);
    last = end;
    INLINE.lastIndex = end;
  }
  keep(text.length);
  return nodes;
}

function lines(rows) {
  return rows.flatMap((row, index) => (index ? [h("br"), ...inline(row)] : inline(row)));
}

const QUOTE = /^(?:>|&gt;)(?!(?:>|&gt;){2}) ?/;
const QUOTE_REST = /^(?:>>>|&gt;&gt;&gt;) ?/;

function prose(text) {
  const nodes = [];
  const rows = text.split("\n");
  for (let at = 0; at < rows.length;) {
    if (QUOTE_REST.test(rows[at])) {
      const rest = rows.slice(at);
      rest[0] = rest[0].replace(QUOTE_REST, "");
      nodes.push(h("blockquote", {}, lines(rest)));
      break;
    }
    const quoted = QUOTE.test(rows[at]);
    let end = at;
    while (end < rows.length && QUOTE.test(rows[end]) === quoted && !QUOTE_REST.test(rows[end])) end += 1;
    const part = rows.slice(at, end);
    if (quoted) nodes.push(h("blockquote", {}, lines(part.map((row) => row.replace(QUOTE, "")))));
    else {
      if (nodes.length && part.length > 1 && part[0] === "") part.shift();
      nodes.push(h("span", { class: "lines" }, lines(part)));
    }
    at = end;
  }
  return nodes;
}

export function mrkdwn(text) {
  const parts = String(text ?? "").split(/```\n?([\s\S]*?)\n?```/g);
  return parts.flatMap((part, index) => {
    if (index % 2) return [h("pre", {}, h("code", {}, unescape(part)))];
    return part.trim() ? prose(part.replace(/^\n|\n$/g, "")) : [];
  });
}

export function plain(text) {
  return String(text ?? "").split(/(:[a-z0-9_+-]+:)/gi).map((part, index) =>
    (index % 2 ? emojiNode(part.slice(1, -1), part) : part));
}

// A text object of Block Kit, or a bare string.
export function textObject(object) {
  if (object === undefined || object === null) return [];
  if (typeof object === "string") return [object];
  return object.type === "mrkdwn" ? mrkdwn(object.text) : plain(object.text);
}

export function textOf(object) {
  if (!object) return "";
  return typeof object === "string" ? object : object.text || "";
}
