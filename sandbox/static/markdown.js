// Standard Markdown, for markdown blocks: the parts Slack itself shows.

import { h } from "./dom.js";
import { emojiNode, mention, safeLink } from "./mrkdwn.js";
import { channelName, nameOf } from "./people.js";

const INLINE = new RegExp([
  "(`+)(.+?)\\1", // 1,2 code
  "!?\\[([^\\]\\n]*)\\]\\(([^)\\s]+)(?:\\s+\"[^\"]*\")?\\)", // 3,4 link or image
  "<(https?://[^>\\s]+|mailto:[^>\\s]+)>", // 5 autolink
  "<([@#!])([A-Za-z0-9^]+)(?:\\|([^>]*))?>", // 6,7,8 mention
  "(\\*\\*|__)(?=\\S)([^\\n]+?)(?<=\\S)\\9", // 9,10 bold
  "(~~)(?=\\S)([^\\n]+?)(?<=\\S)~~", // 11,12 strike
  "(?<![\\w*])([*_])(?=\\S)([^\\n]+?)(?<=\\S)\\13(?!\\w)", // 13,14 italics
  ":([a-z0-9_+-]+):", // 15 emoji
  "(https?://[^\\s<>()]+[^\\s<>().,;:!?])", // 16 bare link
  "\\\\([\\\\`*_{}\\[\\]()#+.!|~>-])", // 17 escaped mark
].join("|"), "g");

function inlineNode(match) {
  if (match[2] !== undefined) return h("code", {}, match[2]);
  if (match[4] !== undefined) return safeLink(match[4], match[3]);
  if (match[5]) return safeLink(match[5]);
  if (match[6]) {
    const name = { "@": nameOf, "#": channelName, "!": (id) => id }[match[6]](match[7]);
    return mention(`${match[6] === "#" ? "#" : "@"}${match[8] || name}`);
  }
  if (match[10] !== undefined) return h("strong", {}, inline(match[10]));
  if (match[12] !== undefined) return h("s", {}, inline(match[12]));
  if (match[14] !== undefined) return h("em", {}, inline(match[14]));
  if (match[15]) return emojiNode(match[15], match[0]);
  if (match[16]) return safeLink(match[16]);
  return document.createTextNode(match[17]);
}

function inline(text) {
  const nodes = [];
  let last = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > last) nodes.push(document.createTextNode(text.slice(last, match.index)));
    nodes.push(inlineNode(match));
    last = match.index + match[0].length;
  }
  if (last < text.length) nodes.push(document.createTextNode(text.slice(last)));
  return nodes;
}

const FENCE = /^\s*(```|~~~)/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;
const QUOTE = /^\s*> ?/;
const TABLE_RULE = /^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$/;

function cells(row) {
  return row.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function takeWhile(rows, at, test) {
  let end = at;
  while (end < rows.length && test(rows[end])) end += 1;
  return end;
}

function fence(rows, at) {
  const end = takeWhile(rows, at + 1, (row) => !FENCE.test(row));
  return [h("pre", {}, h("code", {}, rows.slice(at + 1, end).join("\n"))), end + 1];
}

function table(rows, at) {
  const end = takeWhile(rows, at + 2, (row) => row.includes("|") && row.trim() !== "");
  const head = cells(rows[at]);
  const body = rows.slice(at + 2, end).map(cells);
  const node = h("div", { class: "table-scroll", tabindex: "0" }, h("table", { class: "grid" },
    h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, inline(cell))))),
    h("tbody", {}, body.map((row) => h("tr", {}, row.map((cell) => h("td", {}, inline(cell))))))));
  return [node, end];
}

function list(rows, at) {
  const base = ITEM.exec(rows[at])[1].length;
  const ordered = /\d/.test(ITEM.exec(rows[at])[2]);
  const items = [];
  let next = at;
  while (next < rows.length) {
    const match = ITEM.exec(rows[next]);
    if (match && match[1].length > base + 1) {
      const [nested, end] = list(rows, next);
      (items[items.length - 1] || items[items.push(h("li")) - 1]).append(nested);
      next = end;
    } else if (match && match[1].length >= base - 1 && /\d/.test(match[2]) === ordered) {
      items.push(h("li", {}, taskBox(match[3])));
      next += 1;
    } else if (!match && rows[next].trim() && /^\s{2,}/.test(rows[next]) && items.length) {
      items[items.length - 1].append(" ", ...inline(rows[next].trim()));
      next += 1;
    } else break;
  }
  const start = ordered ? Number.parseInt(ITEM.exec(rows[at])[2], 10) : null;
  return [h(ordered ? "ol" : "ul", { start: start > 1 ? start : null }, items), next];
}

function taskBox(text) {
  const match = /^\[([ xX])\]\s+(.*)$/.exec(text);
  if (!match) return inline(text);
  const done = match[1] !== " ";
  return [h("span", { class: "task-box", role: "img", "aria-label": done ? "Done" : "Open" }, done ? "☑ " : "☐ "),
    inline(match[2])];
}

function quote(rows, at) {
  const end = takeWhile(rows, at, (row) => QUOTE.test(row));
  return [h("blockquote", {}, markdown(rows.slice(at, end).map((row) => row.replace(QUOTE, "")).join("\n"))), end];
}

function starts(rows, at) {
  const row = rows[at];
  return FENCE.test(row) || HEADING.test(row) || RULE.test(row) || ITEM.test(row) || QUOTE.test(row)
    || (row.includes("|") && TABLE_RULE.test(rows[at + 1] || ""));
}

function paragraph(rows, at) {
  let end = at + 1;
  while (end < rows.length && rows[end].trim() && !starts(rows, end)) end += 1;
  const parts = rows.slice(at, end).flatMap((row, index) =>
    (index ? [h("br"), ...inline(row.trimEnd())] : inline(row.trimEnd())));
  return [h("p", {}, parts), end];
}

function block(rows, at) {
  const row = rows[at];
  if (FENCE.test(row)) return fence(rows, at);
  const heading = HEADING.exec(row);
  if (heading) return [h(`h${Math.min(heading[1].length + 2, 6)}`, { class: `md-h${heading[1].length}` }, inline(heading[2])), at + 1];
  if (row.includes("|") && TABLE_RULE.test(rows[at + 1] || "")) return table(rows, at);
  if (RULE.test(row)) return [h("hr"), at + 1];
  if (ITEM.test(row)) return list(rows, at);
  if (QUOTE.test(row)) return quote(rows, at);
  return paragraph(rows, at);
}

export function markdown(text) {
  const rows = String(text ?? "").replaceAll("\r\n", "\n").split("\n");
  const nodes = [];
  for (let at = 0; at < rows.length;) {
    if (!rows[at].trim()) {
      at += 1;
      continue;
    }
    const [node, next] = block(rows, at);
    nodes.push(node);
    at = Math.max(next, at + 1);
  }
  return nodes;
}
