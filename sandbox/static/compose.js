// Writing mail: a new message, a reply, or a draft that already stands in the mailbox.

import { fill, h, icon, iconButton, toast, uid } from "./dom.js";
import { post } from "./api.js";
import { confirmDialog } from "./act.js";
import { clock } from "./format.js";
import { addresses } from "./mailtext.js";

function line(label, node, extra) {
  const id = uid("mail");
  node.id = id;
  return h("div", { class: "mail-line" }, h("label", { for: id }, label), node, extra);
}

function addressField(value, people) {
  const listId = uid("people");
  const node = h("input", { type: "text", class: "mail-field", autocomplete: "off", list: listId, spellcheck: "false" });
  node.value = value || "";
  const list = h("datalist", { id: listId }, people.map((one) => h("option", { value: one.email }, one.name)));
  return { node, list };
}

function badAddress(text) {
  return addresses(text).find((one) => !/^[^@\s]+@[^@\s]+$/.test(one.email));
}

// The fields every kind of writing shares. values: {to, cc, bcc, subject, text}
export class MailForm {
  constructor({ values, people, suggestions = [], showSubject = true, from, rows = 8, onInput = () => {} }) {
    this.fields = {};
    this.people = people;
    this.problem = h("p", { class: "mail-problem", role: "alert", hidden: true });
    const more = (key, label) => h("button", { type: "button", class: "link-button", onclick: () => this.showCopy(key) }, label);
    this.more = { cc: more("cc", "Cc"), bcc: more("bcc", "Bcc") };
    this.to = this.address("to", "To", values.to, Object.values(this.more));
    this.copies = { cc: this.address("cc", "Cc", values.cc), bcc: this.address("bcc", "Bcc", values.bcc) };
    this.drawCopies();
    this.fields.subject = h("input", { type: "text", class: "mail-field", autocomplete: "off" });
    this.fields.subject.value = values.subject || "";
    this.fields.text = h("textarea", { class: "mail-body", rows, "aria-label": "Message text", placeholder: "Write your message" });
    this.fields.text.value = values.text || "";
    this.node = h("div", { class: "mail-form" },
      from ? h("div", { class: "mail-line" }, h("span", { class: "mail-label" }, "From"), h("span", { class: "mail-from" }, from)) : null,
      this.to, this.suggestions(suggestions), Object.values(this.copies),
      showSubject ? line("Subject", this.fields.subject) : null, this.fields.text, this.problem);
    this.node.addEventListener("input", () => {
      this.grow();
      onInput();
    });
    requestAnimationFrame(() => this.grow());
  }

  address(key, label, value, extra) {
    const { node, list } = addressField(value, this.people);
    this.fields[key] = node;
    return h("div", {}, line(label, node, extra), list);
  }

  suggestions(list) {
    if (!list.length) return null;
    const row = h("div", { class: "suggestions" }, h("span", {}, "Write to"), list.map((one) => h("button", {
      type: "button", class: "chip-button", onclick: () => {
        this.fields.to.value = one.email;
        row.hidden = true;
        (this.fields.subject.value ? this.fields.text : this.fields.subject).focus();
      },
    }, one.name || one.email)));
    return row;
  }

  drawCopies() {
    for (const key of ["cc", "bcc"]) {
      this.copies[key].hidden = !this.fields[key].value;
      this.more[key].hidden = !this.copies[key].hidden;
    }
  }

  showCopy(key) {
    this.copies[key].hidden = false;
    this.more[key].hidden = true;
    this.fields[key].focus();
  }

  grow() {
    const field = this.fields.text;
    if (!field.isConnected) return;
    field.style.height = "auto";
    field.style.height = `${Math.min(Math.max(field.scrollHeight + 2, 110), 460)}px`;
  }

  values() {
    return Object.fromEntries(Object.entries(this.fields).map(([key, node]) => [key, node.value]));
  }

  set(values) {
    for (const [key, node] of Object.entries(this.fields)) node.value = values[key] || "";
    this.drawCopies();
    this.grow();
  }

  say(text) {
    this.problem.hidden = !text;
    fill(this.problem, text ? [icon("warn", 14), ` ${text}`] : []);
  }

  // The first thing that would stop this mail, said at once; null when it can go.
  check() {
    const { to, cc, bcc } = this.values();
    if (!addresses(to).length && !addresses(cc).length && !addresses(bcc).length) return "Add at least one person in To.";
    const bad = badAddress([to, cc, bcc].filter(Boolean).join(", "));
    return bad ? `“${bad.email}” is not an email address.` : null;
  }
}

function sendRow(label, send, ...others) {
  const button = h("button", { type: "button", class: "button primary", onclick: () => send(button) }, icon("send", 14), label);
  return { row: h("div", { class: "mail-actions" }, button, others), button };
}

async function busy(button, form, work) {
  if (button.getAttribute("aria-busy") === "true") return false;
  const problem = form.check();
  form.say(problem);
  if (problem) return false;
  button.setAttribute("aria-busy", "true");
  try {
    await work();
    return true;
  } catch (error) {
    form.say(`${error.message} Your text is kept.`);
    return false;
  } finally {
    button.removeAttribute("aria-busy");
  }
}

// A new message, in a sheet over the lower right of the mail side.
export function composeSheet({ mailbox, people, suggestions, onClose, onSent }) {
  const form = new MailForm({ values: {}, people, suggestions, from: `${mailbox.name} <${mailbox.email}>`, rows: 9 });
  const close = async () => {
    const { to, subject, text } = form.values();
    if ((to || subject || text) && !(await confirmDialog({ title: "Discard this message?", text: "What you wrote here is not saved anywhere.", confirm: "Discard", deny: "Keep writing", style: "danger" }))) return;
    onClose();
  };
  const { row } = sendRow("Send", async (button) => {
    const sent = await busy(button, form, () => post("/ui/mail/send", { mailbox: mailbox.email, ...form.values() }));
    if (sent) onSent();
  });
  const node = h("section", { class: "compose-sheet", role: "dialog", "aria-label": `New message from ${mailbox.name}` },
    h("header", {}, h("h3", {}, "New message"), iconButton("close", "Close", close)), form.node, row);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) row.firstChild.click();
  });
  return { node, focus: () => form.fields.to.focus() };
}

// A reply at the end of a thread; the quote travels with it, folded.
export function replyBox({ mailbox, people, values, quote, threadId, inReplyTo, onClose, onSent }) {
  const form = new MailForm({ values, people, showSubject: false, rows: 5 });
  const include = h("input", { type: "checkbox", id: uid("quote") });
  include.checked = true;
  const { row } = sendRow("Send", async (button) => {
    const { text, ...rest } = form.values();
    const sent = await busy(button, form, () => post("/ui/mail/send", {
      mailbox: mailbox.email, ...rest, text: include.checked ? text.trimEnd() + quote : text, thread_id: threadId, in_reply_to: inReplyTo,
    }));
    if (sent) onSent();
  }, h("span", { class: "choice" }, include, h("label", { for: include.id }, "Include quoted text")), h("button", { type: "button", class: "button", onclick: () => onClose() }, "Cancel"));
  const node = h("section", { class: "reply-box", "aria-label": "Reply" }, form.node, row);
  node.addEventListener("keydown", (event) => event.key === "Enter" && (event.metaKey || event.ctrlKey) && row.firstChild.click());
  return { node, focus: () => form.fields.text.focus() };
}

// Two drafts are the same when a mailbox would send the same: ends of text and spacing don't count.
function same({ to, cc, bcc, subject, text }) {
  const list = (value) => addresses(value).map((one) => `${one.name} <${one.email}>`);
  return JSON.stringify([list(to), list(cc), list(bcc), subject.trim(), text.replaceAll("\r\n", "\n").trimEnd()]);
}

// A draft in place. It saves by itself; news from the server never overwrites what is being typed.
export class DraftEditor {
  constructor({ mailbox, message, people, onGone }) {
    this.mailbox = mailbox.email;
    this.id = message.draft_id;
    this.onGone = onGone;
    this.dirty = false;
    this.status = h("span", { class: "draft-status", role: "status" });
    this.form = new MailForm({ values: this.read(message), people, rows: 8, onInput: () => this.changed() });
    const { row } = sendRow("Send", (button) => this.send(button), h("button", { type: "button", class: "button", onclick: () => this.discard() }, "Discard"), this.status);
    this.node = h("section", { class: "draft-card", "aria-label": "Draft", tabindex: "-1" },
      h("header", {}, icon("draft", 15), h("strong", {}, "Draft"), h("span", { class: "quiet" }, "not sent yet")), this.form.node, row);
    this.node.addEventListener("focusout", (event) => !this.node.contains(event.relatedTarget) && this.save());
    this.server = same(this.read(message));
  }

  read(message) {
    const text = (value) => (typeof value === "string" ? value : Array.isArray(value) ? value.map((one) => (typeof one === "string" ? one : one.email)).join(", ") : value?.email || "");
    return { to: text(message.to), cc: text(message.cc), bcc: text(message.bcc), subject: message.subject || "", text: message.text || "" };
  }

  update(message) {
    const values = this.read(message);
    const server = same(values);
    if (server === this.server) return;
    this.server = server;
    if (this.dirty || this.saving || server === same(this.form.values())) return;
    this.form.set(values);
    this.status.textContent = "Updated just now";
  }

  changed() {
    this.dirty = true;
    this.status.textContent = "Not saved yet";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), 900);
  }

  async save() {
    clearTimeout(this.timer);
    if (!this.dirty) return true;
    if (this.saving) {
      await this.saving;
      return this.save();
    }
    this.dirty = false;
    const values = this.form.values();
    this.status.textContent = "Saving";
    this.saving = post("/ui/mail/draft", { mailbox: this.mailbox, draft_id: this.id, ...values });
    try {
      await this.saving;
      this.server = same(values);
      if (!this.dirty) this.status.textContent = `Saved ${clock(new Date())}`;
      this.form.say("");
      return true;
    } catch (error) {
      this.dirty = true;
      this.status.textContent = "Not saved";
      this.form.say(`${error.message} Your text is kept here.`);
      return false;
    } finally {
      this.saving = null;
    }
  }

  async send(button) {
    const sent = await busy(button, this.form, async () => {
      if (!(await this.save())) throw new Error("The draft could not be saved, so it was not sent.");
      await post("/ui/mail/draft_send", { mailbox: this.mailbox, draft_id: this.id });
    });
    if (sent) {
      toast("Sent.");
      this.onGone();
    }
  }

  async discard() {
    const sure = await confirmDialog({ title: "Discard this draft?", text: "It is removed from the mailbox.", confirm: "Discard", deny: "Keep it", style: "danger" });
    if (!sure) return;
    this.dirty = false;
    clearTimeout(this.timer);
    try {
      await post("/ui/mail/draft_delete", { mailbox: this.mailbox, draft_id: this.id });
      this.onGone();
    } catch (error) {
      this.form.say(error.message);
    }
  }
}
