// A conversation's messages: keyed, replaced one by one, never moved under the reader's eyes.

import { avatar, h, icon, iconButton, understudyMark } from "./dom.js";
import { warn } from "./act.js";
import { renderBlocks, textMessage } from "./blocks.js";
import { emojiGlyph, QUICK_REACTIONS } from "./emoji.js";
import { absolute, clock, dayKey, dayLabel, fromTs, plural } from "./format.js";
import { mrkdwn } from "./mrkdwn.js";
import { menuButton } from "./popup.js";
import { allUsers, bot, fullName, isBot, nameOf, userById } from "./people.js";

const GROUP_SECONDS = 300;

function author(message) {
  if (message.bot_id) {
    const owner = allUsers().find((user) => user.bot_id === message.bot_id || user.profile?.bot_id === message.bot_id);
    const user = userById(message.user) || owner || bot();
    return { id: user?.id || message.bot_id, name: message.username || fullName(user) || "App", app: true };
  }
  if (message.user === "USLACKBOT") return { id: message.user, name: "Slackbot", app: true };
  const user = userById(message.user);
  return { id: message.user, name: fullName(user) || message.username || "Someone", app: isBot(user) };
}

const fileSize = (bytes) => (bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

const isEphemeral = (message) => Boolean(message.ephemeral || message.is_ephemeral);

function reactionList(message) {
  return (message.reactions || []).map((one) => ({ ...one, users: one.users || [] })).filter((one) => one.users.length || one.count);
}

export class MessageList {
  // hooks: {me(), ctx(message), react(message, name, remove), reply(message), shortcuts(message), stop(busy)}
  constructor(hooks) {
    this.hooks = hooks;
    this.kept = new Map();
    this.list = h("ol", { class: "message-list", role: "log", "aria-label": "Messages", "aria-live": "polite" });
    this.pill = h("button", { type: "button", class: "new-pill", hidden: true, onclick: () => this.toEnd() }, icon("chevron", 14), "New messages");
    this.scroller = h("div", { class: "message-scroll", tabindex: "0", "aria-label": "Conversation" }, this.list);
    this.node = h("div", { class: "message-area" }, this.scroller, this.pill);
    this.scroller.addEventListener("scroll", () => this.atEnd() && this.pill.setAttribute("hidden", ""), { passive: true });
    // The pane changes height (phone keyboard, window): the end stays the end.
    this.stuck = true;
    this.scroller.addEventListener("scroll", () => { this.stuck = this.atEnd(); }, { passive: true });
    new ResizeObserver(() => this.stuck && this.toEnd()).observe(this.scroller);
  }

  atEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < 60;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.pill.hidden = true;
  }

  clear() {
    this.kept.clear();
    this.list.replaceChildren();
    this.pill.hidden = true;
  }

  // working: threads in which an agent is busy, each {thread_ts, words, can_stop}.
  update(messages, emptyState, working = []) {
    this.working = working;
    const first = this.kept.size === 0;
    const stick = first || this.atEnd();
    const anchor = stick ? null : this.firstVisible();
    const before = new Set(this.kept.keys());
    const items = this.items(messages);
    const nodes = items.map((item) => this.keep(item));
    const alive = new Set(items.map((item) => item.key));
    for (const key of before) if (!alive.has(key)) this.kept.delete(key);
    this.place(items.length ? nodes : [h("li", {}, emptyState)]);
    if (stick) this.toEnd();
    else if (anchor) this.restore(anchor);
    const grew = items.some((item) => item.kind === "message" && !before.has(item.key));
    if (grew && !stick) this.pill.hidden = false;
  }

  // Only what differs is touched, so a picker open in one card survives news in another.
  place(nodes) {
    const wanted = new Set(nodes);
    for (const child of [...this.list.children]) if (!wanted.has(child)) child.remove();
    nodes.forEach((node, at) => {
      if (this.list.children[at] !== node) this.list.insertBefore(node, this.list.children[at] || null);
    });
  }

  firstVisible() {
    const top = this.scroller.getBoundingClientRect().top;
    for (const [key, { node }] of this.kept) {
      const box = node.getBoundingClientRect();
      if (box.bottom > top) return { key, offset: box.top - top };
    }
    return null;
  }

  restore({ key, offset }) {
    const node = this.kept.get(key)?.node;
    if (!node) return;
    const top = this.scroller.getBoundingClientRect().top;
    this.scroller.scrollTop += node.getBoundingClientRect().top - top - offset;
  }

  items(messages) {
    const roots = messages.filter((one) => !one.thread_ts || one.thread_ts === one.ts);
    const known = new Set(roots.map((one) => one.ts));
    const replies = messages.filter((one) => one.thread_ts && one.thread_ts !== one.ts);
    const lone = replies.filter((one) => !known.has(one.thread_ts));
    const items = [];
    let day = null;
    let last = null;
    const push = (message, reply) => {
      const compact = Boolean(last && !reply === !last.reply && !isEphemeral(message) === !isEphemeral(last.message)
        && author(last.message).id === author(message).id && author(last.message).name === author(message).name
        && Number(message.ts) - Number(last.message.ts) < GROUP_SECONDS && !message.blocks?.length && !last.message.blocks?.length);
      const sig = JSON.stringify([message, compact, reply, this.hooks.me(), author(message).name]);
      items.push({ kind: "message", key: `m${message.ts}${isEphemeral(message) ? "e" : ""}`, sig, message, make: () => this.row(message, compact, reply) });
      last = { message, reply };
    };
    for (const root of [...roots, ...lone].sort((a, b) => Number(a.ts) - Number(b.ts))) {
      const date = fromTs(root.ts);
      if (dayKey(date) !== day) {
        day = dayKey(date);
        last = null;
        const label = dayLabel(date);
        items.push({ kind: "day", key: `d${day}`, sig: label, make: () => h("li", { class: "day" }, h("span", {}, label)) });
      }
      push(root, false);
      for (const reply of replies.filter((one) => one.thread_ts === root.ts)) push(reply, true);
      for (const busy of (this.working || []).filter((one) => one.thread_ts === root.ts)) {
        items.push({ kind: "working", key: `w${root.ts}`, sig: JSON.stringify(busy), make: () => this.workingRow(busy) });
        last = null;
      }
    }
    return items;
  }

  workingRow(busy) {
    const words = busy.words ? `Understudy ${busy.words}` : "Understudy is working on it";
    return h("li", { class: "working", role: "status" },
      h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), h("span", {}, words),
      busy.can_stop ? h("button", { type: "button", class: "button small", "data-action": `stop-${busy.thread_ts}`, onclick: () => this.hooks.stop(busy) }, "Stop") : null);
  }

  keep(item) {
    const kept = this.kept.get(item.key);
    if (kept && kept.sig === item.sig) return kept.node;
    if (kept && item.message) this.hooks.ctx(item.message, true);
    const node = item.make();
    this.kept.set(item.key, { node, sig: item.sig });
    if (kept) {
      const focused = kept.node.contains(document.activeElement) ? document.activeElement : null;
      kept.node.replaceWith(node);
      if (focused) this.refocus(node, focused);
    }
    return node;
  }

  refocus(node, focused) {
    const action = focused.dataset.action || focused.closest("[data-action]")?.dataset.action;
    const twin = action && [...node.querySelectorAll("[data-action]")].find((one) => one.dataset.action === action);
    (twin || node).focus({ preventScroll: true });
  }

  row(message, compact, reply) {
    const who = author(message);
    const date = fromTs(message.ts);
    const time = h("time", { datetime: date.toISOString(), title: absolute(date) }, clock(date));
    const head = compact ? null : h("div", { class: "message-head" },
      h("span", { class: "author" }, who.name), who.app ? h("span", { class: "app-tag" }, "App") : null, time);
    const content = h("div", { class: "message-content" }, this.content(message));
    return h("li", {
      class: `message ${compact ? "compact" : ""} ${reply ? "reply" : ""} ${isEphemeral(message) ? "ephemeral" : ""} ${message.streaming ? "streaming" : ""}`,
      tabindex: "-1", "data-ts": message.ts, "aria-busy": message.streaming ? "true" : null,
    },
    h("div", { class: "message-gutter" }, compact ? time.cloneNode(true) : who.id === bot()?.id ? understudyMark() : avatar(who.name)),
    h("div", { class: "message-main" },
      isEphemeral(message) ? h("div", { class: "only-you" }, icon("eye", 13), "Only visible to you") : null,
      head, content, this.reactions(message)),
    isEphemeral(message) ? null : this.toolbar(message));
  }

  content(message) {
    const nodes = message.blocks?.length
      ? renderBlocks(message.blocks, this.hooks.ctx(message), `m${message.ts}`)
      : message.text || !message.files?.length ? [textMessage(message.text || "")] : [];
    for (const extra of message.attachments || []) {
      nodes.push(h("div", { class: "attachment" }, extra.blocks ? renderBlocks(extra.blocks, this.hooks.ctx(message), `a${message.ts}`) : mrkdwn(extra.text || extra.fallback || "")));
    }
    for (const file of message.files || []) {
      nodes.push(h("div", { class: "shared-file" }, icon("clip", 15), h("span", {}, file.name), h("small", {}, fileSize(file.size))));
    }
    if (message.edited && !message.bot_id) nodes.push(h("span", { class: "edited" }, "(edited)"));
    // What went wrong before, for whoever opens the page later.
    const holder = h("div", {}, nodes);
    for (const [action, text] of Object.entries(message.warnings || {})) {
      const pressed = [...holder.querySelectorAll("[data-action]")].find((node) => node.dataset.action === action);
      if (pressed) warn(pressed, text);
    }
    return [...holder.childNodes];
  }

  reactions(message) {
    const list = reactionList(message);
    if (!list.length) return null;
    const me = this.hooks.me();
    return h("div", { class: "reactions", role: "group", "aria-label": "Reactions" }, list.map((one) => {
      const mine = one.users.includes(me);
      const names = one.users.map((id) => (id === me ? "you" : nameOf(id))).join(", ");
      const count = one.count ?? one.users.length;
      return h("button", {
        type: "button", class: "reaction", "aria-pressed": String(mine), title: names,
        "aria-label": `${one.name.replaceAll("_", " ")}, ${plural(count, "person", "people")}: ${names}`, "data-action": `react-${one.name}`,
        onclick: () => this.hooks.react(message, one.name, mine),
      }, h("span", { "aria-hidden": "true" }, emojiGlyph(one.name) || `:${one.name}:`), h("span", {}, String(count)));
    }));
  }

  toolbar(message) {
    const me = this.hooks.me();
    const mine = (name) => reactionList(message).some((one) => one.name === name && one.users.includes(me));
    const quick = QUICK_REACTIONS.map(([name, label]) => h("button", {
      type: "button", class: "icon-button", title: label, "aria-label": `React: ${label}`, "aria-pressed": String(mine(name)),
      onclick: () => this.hooks.react(message, name, mine(name)),
    }, h("span", { "aria-hidden": "true" }, emojiGlyph(name, 16))));
    const shortcuts = this.hooks.shortcuts(message);
    return h("div", { class: "toolbar", role: "toolbar", "aria-label": "Message actions" }, quick,
      iconButton("reply", "Reply in thread", () => this.hooks.reply(message)),
      shortcuts.length ? menuButton({ class: "icon-button", "aria-label": "Message shortcuts" }, icon("more"), shortcuts, { side: "end", label: "Message shortcuts" }) : null);
  }
}
