// Writing in Slack: Enter sends; "/" offers the command and its words, "@" offers people.

import { base64, unescaped } from "./format.js";
import { avatar, fill, h, icon, iconButton, uid } from "./dom.js";
import { allUsers, fullName, nameOf, subtitle } from "./people.js";

// What Slack shows comes from the app's settings; where the sandbox knows only the name, these words stand in.
const USAGE = "help | brief ACCOUNT | inbox | status | quiet | digest now";

// command: {command, description, usage_hint} or its bare name.
export function commandInfo(command) {
  const one = Array.isArray(command) ? command[0] : command;
  if (!one) return { name: "/understudy", about: "", hint: USAGE };
  if (typeof one === "string") return { name: one, about: "", hint: USAGE };
  return { name: one.command || one.name || "/understudy", about: one.description || "", hint: one.usage_hint || one.usage || USAGE };
}

function commandItems(info, text) {
  const items = [{ insert: `${info.name} `, title: info.name, hint: [info.about, info.hint && `Usage: ${info.name} ${info.hint}`].filter(Boolean).join(" · ") }];
  const words = info.hint.replace(/^[[(]|[\])]$/g, "").split(/\s*[|,]\s*/).filter((word) => /^\S/.test(word));
  if (words.length > 1) {
    for (const word of words) {
      const fixed = word.split(/\s+/).filter((part) => /^[a-z]/.test(part)).join(" ");
      if (fixed) items.push({ insert: `${info.name} ${fixed}${fixed === word ? "" : " "}`, title: `${info.name} ${word}`, hint: "" });
    }
  }
  const typed = text.trimEnd();
  return items.filter((item) => item.insert.startsWith(typed) && item.insert.trimEnd() !== typed);
}

function peopleItems(text, caret) {
  const match = /(?:^|\s)@([\p{L}\p{N} ._-]{0,30})$/u.exec(text.slice(0, caret));
  if (!match) return null;
  const wanted = match[1].toLowerCase();
  return allUsers().filter((user) => fullName(user).toLowerCase().startsWith(wanted)).slice(0, 6).map((user) => ({
    insert: `${text.slice(0, caret - match[1].length)}${fullName(user)} ${text.slice(caret)}`,
    title: fullName(user), hint: subtitle(user), lead: avatar(fullName(user), "", "small"),
  }));
}

// Names people picked become ids; the sandbox escapes the rest as Slack's own client does.
export function outgoing(text) {
  let sent = text;
  const byLength = allUsers().sort((a, b) => fullName(b).length - fullName(a).length);
  for (const user of byLength) sent = sent.replaceAll(`@${fullName(user)}`, `<@${user.id}>`);
  return sent;
}

export class Composer {
  // hooks: {command(), send(text, {threadTs, files, edited}), runCommand(text)} — both resolve to true when taken.
  constructor(hooks) {
    this.hooks = hooks;
    this.thread = null;
    this.edited = null;
    this.files = [];
    this.items = [];
    this.active = 0;
    this.drafts = new Map();
    const listId = uid("hints");
    this.hints = h("div", { class: "hints", role: "listbox", id: listId, hidden: true, "aria-label": "Suggestions" });
    this.threadBar = h("div", { class: "thread-bar", hidden: true });
    this.field = h("textarea", {
      class: "composer-field", rows: "1", "aria-label": "Message", "aria-autocomplete": "list", "aria-controls": listId, placeholder: "Message",
    });
    this.picker = h("input", { type: "file", multiple: true, hidden: true, "aria-label": "Files to share" });
    this.picker.addEventListener("change", () => this.attach([...this.picker.files]));
    this.clip = iconButton("clip", "Share a file", () => this.picker.click());
    this.chips = h("div", { class: "file-chips", hidden: true });
    this.button = h("button", { type: "submit", class: "send-button", "aria-label": "Send message", title: "Send message" }, icon("send"));
    this.note = h("p", { class: "composer-note" }, "Enter sends, Shift + Enter starts a new line. Type / for commands.");
    this.node = h("form", { class: "composer", onsubmit: (event) => this.submit(event) },
      this.hints, this.threadBar, this.chips, h("div", { class: "composer-box" }, this.clip, this.picker, this.field, this.button), this.note);
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", () => setTimeout(() => this.showHints([]), 150));
    this.field.addEventListener("focus", () => this.changed());
    this.changed();
  }

  // Each conversation keeps what was being written in it.
  switchTo(key, name) {
    if (this.place) this.drafts.set(this.place, this.field.value);
    this.place = key;
    this.field.value = this.drafts.get(key) || "";
    this.field.placeholder = `Message ${name}`;
    this.field.setAttribute("aria-label", `Message ${name}`);
    this.reply(null);
    this.changed();
  }

  // A message of one's own, to be changed: its text stands in the field until it is sent or left.
  edit(message) {
    this.reply(null);
    this.edited = message.ts;
    this.field.value = unescaped(message.text || "");
    this.threadBar.hidden = false;
    fill(this.threadBar, icon("pencil", 14), h("span", {}, "Changing your message"), iconButton("close", "Leave it as it is", () => { this.field.value = ""; this.reply(null); this.changed(); }));
    this.field.focus();
    this.changed();
  }

  async attach(files) {
    this.picker.value = "";
    try {
      this.files.push(...await Promise.all(files.map(async (file) => ({ name: file.name, base64: await base64(file) }))));
      this.say("");
    } catch (error) {
      this.say(error.message);
    }
    this.showFiles();
  }

  showFiles() {
    this.chips.hidden = this.files.length === 0;
    fill(this.chips, this.files.map((file, at) => h("span", { class: "shared-file" }, icon("clip", 14), h("span", {}, file.name),
      iconButton("close", `Leave ${file.name} out`, () => { this.files.splice(at, 1); this.showFiles(); }))));
    this.changed();
  }

  reply(message) {
    this.edited = null;
    this.thread = message ? message.thread_ts || message.ts : null;
    this.threadBar.hidden = !this.thread;
    if (!this.thread) return;
    const name = message.bot_id ? "Understudy" : nameOf(message.user);
    fill(this.threadBar, icon("reply", 14), h("span", {}, `Replying in ${name}’s thread`), iconButton("close", "Stop replying in the thread", () => this.reply(null)));
    this.field.focus();
  }

  changed() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 180)}px`;
    const text = this.field.value;
    this.button.disabled = !text.trim() && !this.files.length;
    if (document.activeElement !== this.field) return;
    if (text.startsWith("/")) this.showHints(commandItems(commandInfo(this.hooks.command()), text));
    else this.showHints(peopleItems(text, this.field.selectionStart) || []);
  }

  showHints(items) {
    this.items = items;
    this.active = 0;
    this.hints.hidden = items.length === 0;
    fill(this.hints, items.map((item, at) => h("div", {
      class: "hint", role: "option", id: `${this.hints.id}-${at}`, "aria-selected": String(at === 0),
      onmousedown: (event) => {
        event.preventDefault();
        this.take(item);
      },
    }, item.lead, h("span", { class: "hint-title" }, item.title), item.hint ? h("small", {}, item.hint) : null)));
    this.mark(0);
  }

  mark(index) {
    this.active = index;
    [...this.hints.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === index)));
    if (this.items.length) this.field.setAttribute("aria-activedescendant", `${this.hints.id}-${index}`);
    else this.field.removeAttribute("aria-activedescendant");
    this.hints.children[index]?.scrollIntoView({ block: "nearest" });
  }

  take(item) {
    this.field.value = item.insert;
    this.field.focus();
    this.changed();
  }

  key(event) {
    if (event.isComposing) return;
    const open = this.items.length > 0;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      this.mark((this.active + (event.key === "ArrowDown" ? 1 : -1) + this.items.length) % this.items.length);
    } else if (open && event.key === "Tab" && !event.shiftKey) this.take(this.items[this.active]);
    else if (event.key === "Escape" && (open || this.thread)) {
      if (open) this.showHints([]);
      else this.reply(null);
    } else if (event.key === "Enter" && !event.shiftKey) {
      const typed = this.field.value.trim();
      const item = this.items[this.active];
      // A half-typed command or name is completed; a whole one is sent.
      const complete = typed === commandInfo(this.hooks.command()).name || !typed.startsWith("/");
      if (open && item && (!complete || !typed.startsWith("/"))) this.take(item);
      else this.node.requestSubmit();
    } else return;
    event.preventDefault();
  }

  async submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if ((!text && !this.files.length) || this.busy) return;
    this.busy = true;
    this.node.setAttribute("aria-busy", "true");
    this.showHints([]);
    const command = commandInfo(this.hooks.command()).name;
    let taken = false;
    try {
      if (text.startsWith("/")) taken = await this.runCommand(text, command);
      else taken = await this.hooks.send(outgoing(text), { threadTs: this.thread, files: this.files, edited: this.edited });
      this.say(taken === true ? "" : taken);
    } catch (error) {
      this.say(error.message);
    }
    this.busy = false;
    this.node.removeAttribute("aria-busy");
    if (taken !== true) return;
    this.field.value = "";
    this.files = [];
    this.reply(null);
    this.showFiles();
    this.field.focus();
  }

  async runCommand(text, command) {
    const [name] = text.split(/\s/, 1);
    if (name !== command) return `There is no command ${name} here. Try ${command}.`;
    return this.hooks.runCommand(text.slice(command.length).trim());
  }

  say(problem) {
    this.note.classList.toggle("problem", Boolean(problem));
    this.note.setAttribute("role", problem ? "alert" : "note");
    fill(this.note, problem ? [icon("warn", 13), ` ${problem} Your text is still here.`] : "Enter sends, Shift + Enter starts a new line. Type / for commands.");
  }
}
