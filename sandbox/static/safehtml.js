// HTML mail, rebuilt from an allowed few tags. Parsed without running; no style, script, form, frame
// or remote picture survives.

import { h } from "./dom.js";
import { safeLink } from "./mrkdwn.js";

const ALLOWED = new Set(["p", "div", "br", "b", "strong", "i", "em", "u", "s", "ul", "ol", "li", "blockquote", "pre", "code", "table",
  "thead", "tbody", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "span", "small", "sub", "sup"]);
const DROPPED = new Set(["script", "style", "head", "title", "meta", "link", "iframe", "object", "embed", "form", "input", "button",
  "select", "textarea", "svg", "math", "template", "noscript", "video", "audio", "base"]);
const DEPTH = 60;
const LONG = 400000;

function copy(source, depth) {
  if (source.nodeType === Node.TEXT_NODE) return source.textContent;
  if (source.nodeType !== Node.ELEMENT_NODE) return null;
  const tag = source.localName;
  if (DROPPED.has(tag)) return null;
  if (depth > DEPTH) return source.textContent;
  if (tag === "img") return source.alt ? h("span", { class: "quiet" }, `[${source.alt}]`) : null;
  const children = [...source.childNodes].map((child) => copy(child, depth + 1));
  // The address is shown beside a label that hides it.
  if (tag === "a") {
    const url = source.getAttribute("href") || "";
    const label = source.textContent.trim();
    return label && label !== url && /^https?:/i.test(url) ? [safeLink(url, label), h("span", { class: "link-host" }, ` (${hostOf(url)})`)] : safeLink(url, label);
  }
  return ALLOWED.has(tag) ? h(tag, {}, children) : children;
}

function hostOf(url) {
  try {
    return new URL(url).host;
  } catch {
    return "unreadable address";
  }
}

export function safeHtml(html) {
  const parsed = new DOMParser().parseFromString(html.slice(0, LONG), "text/html");
  return h("div", { class: "mail-html" }, [...parsed.body.childNodes].map((node) => copy(node, 0)));
}
