// Reading mail as text: addresses, links, the quoted part.

import { h } from "./dom.js";
import { safeLink } from "./mrkdwn.js";

// "Ana Sol <ana@x.example>, bo@y.example" (or a list of such) → [{name, email}]
export function addresses(value) {
  if (!value) return [];
  if (Array.isArray(value)) return value.flatMap(addresses);
  if (typeof value === "object") return [{ name: value.name || "", email: value.email || value.address || "" }];
  const parts = value.match(/(?:"(?:\\.|[^"\\])*"|<[^>]*>|[^,;])+/g) || [];
  return parts.map((part) => {
    const match = /^\s*(.*?)\s*<([^>]*)>\s*$/.exec(part);
    if (!match) return { name: "", email: part.trim() };
    return { name: match[1].replace(/^"|"$/g, "").replace(/\\(.)/g, "$1"), email: match[2].trim() };
  }).filter((one) => one.email || one.name);
}

export function shortName({ name, email }) {
  return name || (email || "").split("@")[0] || "Unknown sender";
}

export function joined(list) {
  return list.map((one) => {
    if (!one.name) return one.email;
    return /[",;<>@()]/.test(one.name) ? `"${one.name.replace(/["\\]/g, "\\$&")}" <${one.email}>` : `${one.name} <${one.email}>`;
  }).join(", ");
}

const ORIGINAL = /^\s*(-{2,}\s*(original message|ursprüngliche nachricht|message d'origine|mensaje original|forwarded message).*-{2,}|_{10,})\s*$/i;
const HEADER_FROM = /^\s*\*?(from|von|de|da|van)\s*:\*?\s+\S/i;
const HEADER_SENT = /^\s*\*?(sent|date|gesendet|datum|envoyé|enviado|inviato|to|an|à|para)\s*:\*?\s+\S/i;

// Where a tail of nothing but "> …" begins, with the attribution above it, which may run over two
// lines: "On Monday, … / wrote:".
function quotedTail(rows) {
  let start = rows.length;
  while (start > 0 && /^\s*(>|$)/.test(rows[start - 1])) start -= 1;
  if (!rows.slice(start).some((row) => /^\s*>/.test(row))) return -1;
  if (start > 0 && /:\s*$/.test(rows[start - 1])) {
    start -= 1;
    if (start > 0 && /^\s*(on|am|le|el|il|op)\b/i.test(rows[start - 1]) && !/[.!?]\s*$/.test(rows[start - 1])) start -= 1;
  }
  return start;
}

function quoteStart(rows) {
  const marked = rows.findIndex((row, at) => ORIGINAL.test(row)
    || (HEADER_FROM.test(row) && rows.slice(at + 1, at + 4).some((next) => HEADER_SENT.test(next))));
  const tail = quotedTail(rows);
  return marked < 0 || (tail >= 0 && tail < marked) ? tail : marked;
}

export function splitQuote(text) {
  const rows = String(text || "").replaceAll("\r\n", "\n").split("\n");
  const at = quoteStart(rows);
  if (at < 0) return { own: rows.join("\n").trimEnd(), quoted: "" };
  return { own: rows.slice(0, at).join("\n").trimEnd(), quoted: rows.slice(at).join("\n").trim() };
}

const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/g;

export function linked(text) {
  return text.split(LINK).map((part, index) => (index % 2 ? safeLink(part) : part));
}

// One text of a whole megabyte must not freeze the page.
const LONG = 60000;

export function mailText(text) {
  const { own, quoted } = splitQuote(text);
  const cut = own.length > LONG;
  const body = h("div", { class: "mail-text" }, linked(cut ? own.slice(0, LONG) : own));
  const nodes = [own.trim() ? body : h("p", { class: "quiet" }, quoted ? "No new text above the quote." : "This message has no text.")];
  if (cut) {
    const more = h("button", { type: "button", class: "button small", onclick: () => { body.textContent = own; more.remove(); } }, "Show the rest");
    nodes.push(more);
  }
  if (quoted) {
    nodes.push(h("details", { class: "quoted" }, h("summary", {}, "Quoted text"), h("div", { class: "mail-text" }, linked(quoted.slice(0, LONG)))));
  }
  return nodes;
}

export function quoteFor(message, when) {
  const from = joined(addresses(message.from));
  const rows = String(message.text || "").trimEnd().split("\n").map((row) => (row.startsWith(">") ? `>${row}` : `> ${row}`));
  return `\n\nOn ${when}, ${from} wrote:\n${rows.join("\n")}\n`;
}

export function replySubject(subject) {
  return /^\s*(re|aw|sv|antw)\s*:/i.test(subject || "") ? subject : `Re: ${subject || ""}`.trim();
}
