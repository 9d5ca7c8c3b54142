// The reading pane: one thread, its messages, its drafts, and a place to answer.

import { avatar, empty, fill, h, icon, iconButton } from "./dom.js";
import { DraftEditor, replyBox } from "./compose.js";
import { absolute, fileSize, parseDate, plural, relative, zoneName } from "./format.js";
import { addresses, joined, mailText, quoteFor, replySubject, shortName, splitQuote } from "./mailtext.js";
import { safeHtml } from "./safehtml.js";

function headerRows(headers) {
  if (!headers) return [];
  if (!Array.isArray(headers)) return Object.entries(headers).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => [name, one]));
  return headers.map((one) => (Array.isArray(one) ? one : [one.name, one.value]));
}

function attachments(message) {
  const list = message.attachments || [];
  if (!list.length) return null;
  return h("ul", { class: "attachments", "aria-label": plural(list.length, "attachment") }, list.map((one) => {
    const file = typeof one === "string" ? { filename: one } : one;
    return h("li", {}, icon("clip", 14), h("span", {}, file.filename || file.name || "unnamed file"),
      h("small", {}, [file.mime_type || file.mimeType || file.type, fileSize(file.size)].filter(Boolean).join(", ")));
  }));
}

function people(label, value) {
  const list = addresses(value);
  return list.length ? h("div", {}, h("span", { class: "mail-label" }, label), list.map((one) => (one.name ? `${one.name} <${one.email}>` : one.email)).join(", ")) : null;
}

export class Reader {
  // hooks: {mailbox(), people(), back(), changed()}
  constructor(hooks) {
    this.hooks = hooks;
    this.rows = new Map();
    this.opened = new Map();
    this.title = h("h2", { class: "thread-subject" });
    this.list = h("div", { class: "thread-messages" });
    this.answer = h("div", { class: "thread-answer" });
    this.head = h("header", { class: "thread-head" }, iconButton("back", "Back to the list", () => hooks.back(), { class: "icon-button narrow-only" }), this.title);
    this.scroller = h("div", { class: "thread-scroll", tabindex: "0", "aria-label": "Conversation" }, this.list, this.answer);
    this.node = h("section", { class: "reader", "aria-label": "Reading pane" });
    this.show(null);
  }

  show(threadId, hint) {
    if (threadId === this.threadId && threadId) return;
    this.threadId = threadId;
    this.rows.clear();
    this.opened.clear();
    this.list.replaceChildren();
    this.answer.replaceChildren();
    this.replying = false;
    this.messages = [];
    if (!threadId) fill(this.node, hint || empty("Nothing selected", "Choose a conversation to read it here."));
    else {
      this.title.textContent = "";
      fill(this.node, this.head, this.scroller);
    }
  }

  update(messages) {
    const first = this.rows.size === 0;
    const before = this.messages.length;
    this.messages = messages;
    if (!messages.length) {
      this.show(null, empty("This conversation is gone", "It was moved or discarded. Choose another one."));
      this.hooks.back();
      return;
    }
    this.title.textContent = messages[0].subject || "(no subject)";
    const alive = new Set();
    messages.forEach((message, index) => {
      const key = message.draft_id ? `draft-${message.draft_id}` : message.id;
      alive.add(key);
      this.place(this.row(key, message, index === messages.length - 1 || this.lastReal() === message), index);
    });
    for (const [key, { node }] of this.rows) {
      if (alive.has(key)) continue;
      node.remove();
      this.rows.delete(key);
    }
    this.drawAnswer();
    if (first) this.scrollToNews();
    else if (messages.length > before && !this.scroller.contains(document.activeElement)) this.scrollToNews();
  }

  scrollToNews() {
    requestAnimationFrame(() => {
      const nodes = [...this.list.children];
      const lastMail = nodes.filter((node) => node.classList.contains("mail")).at(-1);
      if (lastMail && nodes.length > 1) this.scroller.scrollTop = lastMail.offsetTop - 8;
    });
  }

  lastReal() {
    return this.messages.filter((message) => !message.draft_id).at(-1);
  }

  place(node, index) {
    if (this.list.children[index] !== node) this.list.insertBefore(node, this.list.children[index] || null);
  }

  row(key, message, last) {
    const kept = this.rows.get(key);
    if (message.draft_id) {
      if (kept) {
        kept.editor.update(message);
        return kept.node;
      }
      const editor = new DraftEditor({ mailbox: this.hooks.mailbox(), message, people: this.hooks.people(), onGone: () => this.hooks.changed() });
      this.rows.set(key, { node: editor.node, editor });
      return editor.node;
    }
    const open = this.opened.get(key) ?? last;
    const sig = JSON.stringify([message.labels, message.date, message.subject, message.text?.length, open, zoneName()]);
    if (kept && kept.sig === sig) return kept.node;
    const node = this.mail(key, message, open);
    if (kept) kept.node.replaceWith(node);
    this.rows.set(key, { node, sig });
    return node;
  }

  toggle(key, message, open) {
    this.opened.set(key, open);
    this.row(key, message, open).querySelector(".mail-head")?.focus();
  }

  mail(key, message, open) {
    const [from = { name: "", email: "" }] = addresses(message.from);
    const date = parseDate(message.date);
    const when = date ? h("time", { datetime: date.toISOString(), title: absolute(date) }, relative(date)) : null;
    const preview = splitQuote(message.text).own.replace(/\s+/g, " ").slice(0, 90);
    const to = addresses(message.to).map(shortName).join(", ");
    const head = h("button", { type: "button", class: "mail-head", "aria-expanded": String(open), onclick: () => this.toggle(key, message, !open) },
      avatar(shortName(from)),
      h("span", { class: "mail-who" }, h("span", { class: "mail-name" }, shortName(from), open && from.name ? h("small", {}, from.email) : null),
        h("span", { class: "quiet" }, open ? (to ? `to ${to}` : "no recipients named") : preview)), when);
    return h("article", { class: `mail ${open ? "open" : ""}` }, head, open ? h("div", { class: "mail-main" }, this.body(message), attachments(message), this.details(message, date)) : null);
  }

  body(message) {
    if (!message.html) return mailText(message.text);
    if (!String(message.text || "").trim()) return safeHtml(message.html);
    const box = h("div", {}, mailText(message.text));
    let formatted = false;
    const button = h("button", {
      type: "button", class: "link-button", onclick: () => {
        formatted = !formatted;
        fill(box, formatted ? safeHtml(message.html) : mailText(message.text));
        button.textContent = formatted ? "Show as plain text" : "Show formatted";
      },
    }, "Show formatted");
    return [box, button];
  }

  details(message, date) {
    const rows = headerRows(message.headers);
    return h("details", { class: "mail-details" }, h("summary", {}, "Details and headers"),
      h("div", { class: "mail-people" }, people("From", message.from), people("To", message.to), people("Cc", message.cc), people("Bcc", message.bcc),
        date ? h("div", {}, h("span", { class: "mail-label" }, "Date"), absolute(date)) : null),
      rows.length ? h("div", { class: "table-scroll", tabindex: "0" }, h("table", { class: "headers" }, h("tbody", {}, rows.map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, String(value))))))) : null);
  }

  drawAnswer() {
    if (this.replying) return;
    const last = this.lastReal();
    if (!last) {
      this.answer.replaceChildren();
      return;
    }
    const all = this.recipients(last, true);
    fill(this.answer, h("div", { class: "answer-row" },
      h("button", { type: "button", class: "button", onclick: () => this.reply(last, false) }, icon("reply", 15), "Reply"),
      addresses(all.to).length + addresses(all.cc).length > 1
        ? h("button", { type: "button", class: "button", onclick: () => this.reply(last, true) }, icon("replyall", 15), "Reply all") : null));
  }

  // Answering one's own message goes to whom it went; else to its sender, and for all to the others too.
  recipients(message, all) {
    const mine = this.hooks.mailbox().email.toLowerCase();
    const others = (list) => list.filter((one) => one.email.toLowerCase() !== mine);
    const from = addresses(message.from);
    const own = from.some((one) => one.email.toLowerCase() === mine);
    const replyTo = headerRows(message.headers).find(([name]) => name.toLowerCase() === "reply-to");
    const first = own ? addresses(message.to) : replyTo ? addresses(replyTo[1]) : from;
    if (!all) return { to: joined(first), cc: "" };
    const named = new Set(first.map((one) => one.email.toLowerCase()));
    const rest = others([...(own ? [] : addresses(message.to)), ...addresses(message.cc)]).filter((one) => !named.has(one.email.toLowerCase()));
    return { to: joined(first), cc: joined(rest) };
  }

  reply(message, all) {
    this.replying = true;
    const done = () => {
      this.replying = false;
      this.drawAnswer();
    };
    const date = parseDate(message.date);
    const box = replyBox({
      mailbox: this.hooks.mailbox(), people: this.hooks.people(),
      values: { ...this.recipients(message, all), subject: replySubject(message.subject) },
      quote: quoteFor(message, date ? absolute(date) : "an earlier day"), threadId: this.threadId, inReplyTo: message.message_id,
      onClose: done,
      onSent: () => {
        done();
        this.hooks.changed();
      },
    });
    fill(this.answer, box.node);
    box.node.scrollIntoView({ block: "nearest" });
    box.focus();
  }
}
