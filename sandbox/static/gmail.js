// Gmail's side: whose mailbox, which folder, which conversation.

import { avatar, empty, fill, h, icon, understudyMark } from "./dom.js";
import { coalesce, get } from "./api.js";
import { composeSheet } from "./compose.js";
import { listDate, parseDate, zoneName } from "./format.js";
import { dropZone, importButton } from "./importmail.js";
import { addresses, shortName } from "./mailtext.js";
import { menuButton } from "./popup.js";
import { placed, setPlace } from "./places.js";
import { Reader } from "./reader.js";

const KINDS = { rep: "Reps", colleague: "Colleagues", customer: "Customers", system: "System" };
const FOLDERS = [["inbox", "Inbox", "inbox"], ["sent", "Sent", "send"], ["drafts", "Drafts", "draft"], ["all", "All", "mail"]];
const EMPTY = {
  inbox: ["No mail here", "Switch to a customer’s mailbox and write to this one, or import .mbox or .eml files."],
  sent: ["Nothing sent yet", "Mail you send, and mail you approve in Slack, appears here."],
  drafts: ["No drafts", "When Understudy writes an answer for you, its draft stands here until you send or discard it."],
  all: ["No mail at all", "Import .mbox or .eml files, or write the first message."],
};

const G = { mailboxes: [], mailbox: placed("mailbox"), folder: placed("folder", "inbox"), thread: placed("thread"), threads: [] };
let root;
let parts;
const drawn = { head: "", list: "" };

export function mountGmail(node) {
  root = node;
  parts = {
    head: h("header", { class: "gmail-head" }),
    list: h("div", { class: "thread-list", role: "list", "aria-label": "Conversations", tabindex: "-1" }),
    reader: new Reader({ mailbox: current, people: () => G.mailboxes, back, changed: refresh }),
    sheet: h("div", { class: "sheet-home" }),
  };
  const body = h("div", { class: "gmail-body" }, parts.list, parts.reader.node);
  fill(root, parts.head, body, parts.sheet, dropZone(root, current, refresh));
  refresh();
}

export const refresh = coalesce(load);

const current = () => G.mailboxes.find((one) => one.email === G.mailbox) || { email: G.mailbox, name: G.mailbox };

async function load() {
  try {
    const { mailboxes } = await get("/ui/mail/mailboxes");
    G.mailboxes = mailboxes || [];
    if (!G.mailboxes.some((one) => one.email === G.mailbox)) {
      if (G.mailbox) G.thread = "";
      G.mailbox = (G.mailboxes.find((one) => one.kind === "rep") || G.mailboxes[0])?.email || "";
      place();
    }
    drawHead();
    document.dispatchEvent(new Event("counts"));
    await Promise.all([loadThreads(), loadThread()]);
  } catch (error) {
    if (!G.mailboxes.length) fill(parts.list, empty("The sandbox is not answering", `${error.message} This page tries again by itself.`));
    setTimeout(refresh, 2500);
  }
}

async function loadThreads() {
  const { mailbox, folder } = G;
  if (!mailbox) {
    fill(parts.list, empty("No mailboxes", "The sandbox was started without a story. Start it with one to get mailboxes."));
    return;
  }
  const { threads } = await get("/ui/mail/threads", { mailbox, folder });
  if (mailbox !== G.mailbox || folder !== G.folder) return;
  G.threads = threads || [];
  drawList();
}

async function loadThread() {
  const { mailbox, thread } = G;
  parts.reader.show(thread || null);
  root.dataset.view = thread ? "thread" : "list";
  if (!thread) return;
  try {
    const { messages } = await get("/ui/mail/thread", { mailbox, id: thread });
    if (mailbox === G.mailbox && thread === G.thread) parts.reader.update(messages || []);
  } catch (error) {
    if (error.status !== 404) throw error;
    if (thread === G.thread) parts.reader.update([]);
  }
}

function place() {
  setPlace({ mailbox: G.mailbox, folder: G.folder, thread: G.thread });
}

function switchMailbox(email) {
  G.mailbox = email;
  G.thread = "";
  G.folder = "inbox";
  settle();
}

function switchFolder(folder) {
  G.folder = folder;
  settle();
}

function openThread(id) {
  G.thread = id;
  place();
  drawList();
  loadThread().then(refresh, refresh);
}

function back() {
  const was = G.thread;
  G.thread = "";
  place();
  root.dataset.view = "list";
  parts.reader.show(null);
  drawList();
  parts.list.querySelector(`[data-thread="${CSS.escape(was)}"]`)?.focus();
}

function settle() {
  place();
  drawHead();
  G.threads = [];
  drawn.list = "";
  loadThreads().catch(() => {});
  loadThread().catch(() => {});
}

function mailboxItems() {
  return Object.entries(KINDS).flatMap(([kind, group]) => G.mailboxes.filter((one) => one.kind === kind).map((one) => ({
    group, label: one.name || one.email, hint: one.email, lead: one.kind === "system" ? understudyMark("small") : avatar(one.name || one.email, "", "small"),
    badge: one.unread ? String(one.unread) : "", checked: one.email === G.mailbox, run: () => switchMailbox(one.email),
  })));
}

function drawHead() {
  const sig = JSON.stringify([G.mailboxes, G.mailbox, G.folder]);
  if (sig === drawn.head) return;
  drawn.head = sig;
  const box = current();
  const elsewhere = G.mailboxes.reduce((sum, one) => sum + (one.email === G.mailbox ? 0 : one.unread || 0), 0);
  const switcher = menuButton({ class: "person-switch", "aria-label": `Mailbox of ${box.name}. Change mailbox` }, [
    avatar(box.name), h("span", { class: "person-text" }, h("span", {}, box.name), h("small", {}, box.email)), icon("chevron", 14),
    elsewhere ? h("span", { class: "badge quiet-badge", "aria-label": `${elsewhere} unread in other mailboxes` }, `+${elsewhere}`) : null,
  ], mailboxItems, { label: "Mailboxes" });
  const folder = ([id, label, glyph]) => h("button", {
    type: "button", class: "tab", "aria-current": G.folder === id ? "page" : null, "data-folder": id, onclick: () => switchFolder(id),
  }, icon(glyph, 15), label, id === "inbox" && box.unread ? h("span", { class: "badge", "aria-label": `${box.unread} unread` }, String(box.unread)) : null);
  const focused = parts.head.contains(document.activeElement) ? document.activeElement.dataset.folder : null;
  fill(parts.head,
    h("div", { class: "gmail-top" }, switcher, h("span", { class: "push row" }, importButton(current, refresh),
      h("button", { type: "button", class: "button primary", onclick: compose }, icon("pencil", 15), "Compose"))),
    h("nav", { class: "tabs", "aria-label": "Folders" }, FOLDERS.map(folder)));
  if (focused) parts.head.querySelector(`[data-folder="${focused}"]`)?.focus();
}

function threadRow(thread) {
  const from = addresses(thread.from);
  const date = parseDate(thread.date);
  const own = from.some((one) => one.email.toLowerCase() === G.mailbox.toLowerCase());
  const to = addresses(thread.to).map(shortName).join(", ");
  const names = own ? (to ? (thread.count > 1 ? `${to}, you` : `To ${to}`) : "You") : from.map(shortName).join(", ") || "Unknown sender";
  const count = thread.count > 1 ? h("span", { class: "thread-count", "aria-label": `${thread.count} messages` }, String(thread.count)) : null;
  return h("div", { role: "listitem" }, h("button", {
    type: "button", class: `thread ${thread.unread ? "unread" : ""}`, "aria-current": thread.id === G.thread ? "true" : null, "data-thread": thread.id,
    onclick: () => openThread(thread.id),
  },
  h("span", { class: "thread-line" },
    thread.unread ? h("span", { class: "unread-dot", role: "img", "aria-label": "Unread" }) : null,
    h("span", { class: "thread-from" }, names, count), date ? h("time", { datetime: date.toISOString() }, listDate(date)) : null),
  h("span", { class: "thread-title" }, thread.draft_id ? h("span", { class: "draft-tag" }, "Draft") : null, thread.subject || "(no subject)"),
  h("span", { class: "thread-snippet" }, thread.snippet || "")));
}

function drawList() {
  const sig = JSON.stringify([G.threads, G.thread, G.mailbox, G.folder, zoneName()]);
  if (sig === drawn.list) return;
  drawn.list = sig;
  const focused = parts.list.contains(document.activeElement) ? document.activeElement.dataset.thread : null;
  const top = parts.list.scrollTop;
  fill(parts.list, G.threads.length ? G.threads.map(threadRow) : empty(...EMPTY[G.folder]));
  parts.list.scrollTop = top;
  if (focused) parts.list.querySelector(`[data-thread="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function compose() {
  if (parts.sheet.firstChild) {
    parts.sheet.querySelector("input, textarea")?.focus();
    return;
  }
  const mailbox = current();
  const close = () => parts.sheet.replaceChildren();
  const suggestions = G.mailboxes.filter((one) => one.kind === (mailbox.kind === "customer" ? "rep" : "customer")).slice(0, 4);
  const sheet = composeSheet({
    mailbox, people: G.mailboxes, suggestions, onClose: close,
    onSent: () => {
      close();
      refresh();
    },
  });
  fill(parts.sheet, sheet.node);
  sheet.focus();
}

export function unreadInGmail() {
  return G.mailboxes.reduce((sum, one) => sum + (one.kind === "rep" ? one.unread || 0 : 0), 0);
}
