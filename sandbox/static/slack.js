// Slack's side: who I am, where I am, what stands there.

import { avatar, empty, fill, h, icon, iconButton, toast, understudyMark } from "./dom.js";
import { coalesce, get, post } from "./api.js";
import { failed } from "./act.js";
import { Composer, commandInfo } from "./composer.js";
import { formValues } from "./elements.js";
import { setZone } from "./format.js";
import { HomeTab } from "./home.js";
import { MessageList } from "./messages.js";
import { ModalLayer } from "./modal.js";
import { menuButton } from "./popup.js";
import { fullName, humans, isBot, learn, nameOf, subtitle, userById, zoneOf } from "./people.js";
import { placed, setPlace } from "./places.js";

const S = { team: placed("team"), me: placed("me"), channel: placed("channel"), tab: placed("tab", "messages"), state: null, forms: new Map() };

let root;
let parts;
let sidebarSig = "";

export function mountSlack(node) {
  root = node;
  parts = {
    sidebar: h("nav", { class: "slack-sidebar", "aria-label": "Slack conversations" }),
    head: h("header", { class: "conversation-head" }),
    messages: new MessageList({
      me: () => S.me, ctx: messageContext, react, reply: (message) => parts.composer.reply(message), shortcuts: messageShortcuts, stop: stopAgent,
    }),
    prompts: h("div", { class: "prompts", role: "group", "aria-label": "Suggestions", hidden: true }),
    composer: new Composer({ command: () => S.state?.command, send, runCommand }),
    home: new HomeTab({ me: () => S.me, act: viewAction, options: viewOptions }),
    modals: new ModalLayer({
      me: () => S.me, act: viewAction, options: viewOptions, backdrop: (on) => { parts.behind.inert = on; },
      submit: (view, values) => post("/ui/slack/submit", { user: S.me, view_id: view.id, values }).finally(refresh),
      close: (view) => post("/ui/slack/close", { user: S.me, view_id: view.id }).finally(refresh),
    }),
  };
  const panel = h("div", { class: "conversation-panel", role: "tabpanel", id: "panel-messages" }, parts.messages.node, parts.prompts, parts.composer.node);
  parts.panel = panel;
  parts.main = h("div", { class: "slack-main" }, parts.head, parts.home.node, panel);
  parts.behind = h("div", { class: "slack-behind" }, parts.sidebar, parts.main);
  fill(root, parts.behind, parts.modals.node);
  root.dataset.view = "conversation";
  refresh();
}

export const refresh = coalesce(load);

async function load() {
  try {
    await loadState();
    await Promise.all([loadConversation(), loadModals()]);
    return true;
  } catch (error) {
    if (!S.state) {
      fill(parts.sidebar);
      parts.messages.update([], empty("The sandbox is not answering", `${error.message} This page tries again by itself.`));
    }
    setTimeout(refresh, 2500);
    return false;
  }
}

async function loadState() {
  let state = await stateOf(S.me);
  learn(state);
  const me = typeof state.me === "object" ? state.me?.id : state.me;
  if (!S.me || !userById(S.me)) {
    S.me = me && !isBot(userById(me)) ? me : humans()[0]?.id || "";
    if (S.me && S.me !== me) {
      state = await stateOf(S.me);
      learn(state);
    }
  }
  S.state = state;
  S.team = state.team?.id || "";
  if (setZone(zoneOf(userById(S.me)))) document.dispatchEvent(new Event("zone"));
  if (!channels().some((one) => one.id === S.channel)) {
    S.channel = (botChannel() || channels()[0])?.id || "";
    S.tab = placed("tab", "messages");
  }
  enter();
}

// A person from an old address may be gone, or of another workspace: then the sandbox names someone.
async function stateOf(user) {
  const team = S.team || undefined;
  try {
    return await get("/ui/slack/state", { user, team });
  } catch (error) {
    if (error.status !== 404 || (!user && !team)) throw error;
    if (user) S.me = "";
    else S.team = "";
    return stateOf("");
  }
}

// Draws where the reader is; on arriving somewhere new, empties the list and fetches what was being written there.
function enter() {
  const channel = current();
  const place = `${S.me} ${S.channel}`;
  const arrived = place !== S.place;
  S.place = place;
  setPlace({ team: teams().length > 1 ? S.team : "", me: S.me, channel: S.channel, tab: S.tab });
  drawSidebar();
  drawHead();
  document.dispatchEvent(new Event("counts"));
  if (!arrived) return;
  parts.messages.clear();
  if (channel) parts.composer.switchTo(place, channel.is_im ? conversationName(channel) : `#${conversationName(channel)}`);
  if (inBotChannel()) homeOpened();
}

// What the story proposes to try, each with the place where it begins.
export const tries = () => S.state?.tries || [];
const channels = () => S.state?.channels || [];
const teams = () => S.state?.teams || [];
const installed = () => S.state?.installed !== false;
const current = () => channels().find((one) => one.id === S.channel);
const botChannel = () => channels().find((one) => one.is_im && isBot(userById(one.user)));
const inBotChannel = () => Boolean(current()?.is_im && isBot(userById(current().user)));
// What stands before the reader's eyes is not unread.
const unreadOf = (channel) => (channel.id === S.channel && !onHome() && !document.hidden ? 0 : channel.unread || 0);
const onHome = () => inBotChannel() && S.tab === "home";

async function loadConversation() {
  const home = onHome();
  parts.home.node.hidden = !home;
  parts.panel.hidden = home;
  const { me, channel } = S;
  if (home) {
    const { view } = await get("/ui/slack/home", { user: me });
    if (me === S.me) parts.home.update(view);
    return;
  }
  if (!channel) {
    parts.messages.update([], empty("No conversations", "Start the bot: its direct message appears here."));
    return;
  }
  const { messages, working, prompts } = await get("/ui/slack/messages", { channel, user: me });
  if (me !== S.me || channel !== S.channel) return;
  parts.messages.update(messages || [], emptyConversation(), working);
  drawPrompts(inBotChannel() ? prompts : null);
}

let promptSig = "";

// What the app suggests to ask; a click sends it as if it had been typed.
function drawPrompts(set) {
  const sig = JSON.stringify([set, S.me]);
  if (sig === promptSig) return;
  promptSig = sig;
  parts.prompts.hidden = !set;
  fill(parts.prompts, set ? [
    set.title ? h("span", { class: "prompts-title" }, set.title) : null,
    set.prompts.map((one) => h("button", { type: "button", class: "prompt", title: one.message, onclick: () => told(send(one.message)) }, one.title)),
  ] : []);
}

function stopAgent(busy) {
  told(post("/ui/slack/stop", { user: S.me, channel: S.channel, thread_ts: busy.thread_ts }));
}

async function loadModals() {
  const me = S.me;
  const { views } = await get("/ui/slack/modals", { user: me });
  if (me === S.me) parts.modals.update(views || []);
}

function emptyConversation() {
  const command = commandInfo(S.state?.command).name;
  if (inBotChannel()) {
    return empty("No cards yet", `Cards appear here when a customer’s mail reaches ${nameOf(S.me)}. Write one as a customer in Gmail, or type ${command} to see what Understudy can do.`);
  }
  if (!installed()) {
    return empty("Understudy isn’t installed here", `${S.state.team?.name || "This workspace"} is a workspace of its own: add Understudy to it, and it shares nothing with the other.`,
      h("a", { class: "button primary", href: S.state.install_url, target: "_blank", rel: "noopener" }, "Add to Slack"));
  }
  return empty("Quiet so far", "Write the first message below.");
}

function conversationName(channel) {
  return channel.is_im ? nameOf(channel.user) : channel.name;
}

function channelButton(channel) {
  const app = channel.is_im && isBot(userById(channel.user));
  const name = conversationName(channel);
  const lead = app ? understudyMark("small") : channel.is_im ? avatar(name, "", "small") : icon("hash", 15);
  const here = channel.id === S.channel;
  const unread = unreadOf(channel);
  return h("button", {
    type: "button", class: `channel ${unread ? "unread" : ""}`, "aria-current": here ? "page" : null,
    onclick: () => open(channel.id),
  }, lead, h("span", { class: "channel-name" }, name),
  unread ? h("span", { class: "badge", "aria-label": `${unread} unread` }, String(unread)) : null);
}

function drawSidebar() {
  const sig = JSON.stringify([S.state, S.me, S.channel, S.tab, document.hidden]);
  if (sig === sidebarSig) return;
  sidebarSig = sig;
  const group = (title, list) => (list.length ? h("section", {}, h("h3", {}, title), list.map(channelButton)) : null);
  const ims = channels().filter((one) => one.is_im);
  const people = menuButton({ class: "person-switch", "aria-label": `You are ${nameOf(S.me)}. Change person` }, [
    avatar(nameOf(S.me)),
    h("span", { class: "person-text" }, h("span", {}, nameOf(S.me)), h("small", {}, subtitle(userById(S.me)))), icon("chevron", 14),
  ], () => humans().map((user) => ({
    label: fullName(user), hint: subtitle(user), lead: avatar(fullName(user), "", "small"), checked: user.id === S.me, run: () => become(user.id),
  })), { label: "Who you are in Slack" });
  const focused = parts.sidebar.contains(document.activeElement);
  const label = focused ? document.activeElement.textContent : "";
  fill(parts.sidebar,
    h("div", { class: "team" }, teamHead(), people),
    installed() ? group("Apps", ims.filter((one) => isBot(userById(one.user)))) : notInstalled(),
    group("Channels", channels().filter((one) => !one.is_im)),
    group("Direct messages", ims.filter((one) => !isBot(userById(one.user)))));
  if (focused) [...parts.sidebar.querySelectorAll("button")].find((one) => one.textContent === label)?.focus();
}

// The workspace's name; where there are several it is the way to the others.
function teamHead() {
  const name = S.state.team?.name || "Workspace";
  if (teams().length < 2) return h("h2", {}, name);
  const face = [h("span", { class: "team-name" }, name), icon("chevron", 14)];
  return h("h2", {}, menuButton({ class: "team-switch", "aria-label": `Workspace ${name}. Change workspace` }, face, () => teams().map((team) => ({
    label: team.name, hint: team.installed ? "Understudy is installed" : "Understudy isn’t installed", checked: team.id === S.team, run: () => move(team.id),
  })), { label: "Workspaces" }));
}

function notInstalled() {
  return h("section", {}, h("h3", {}, "Apps"),
    h("p", { class: "not-installed" }, "Understudy isn’t installed here."),
    h("a", { class: "channel", href: S.state.install_url, target: "_blank", rel: "noopener" }, icon("plus", 15), h("span", { class: "channel-name" }, "Add to Slack")));
}

let headSig = "";

function drawHead() {
  const channel = current();
  const sig = JSON.stringify([channel?.id, channel && conversationName(channel), S.tab, S.me, S.state?.shortcuts]);
  if (sig === headSig) return;
  headSig = sig;
  const back = iconButton("back", "All conversations", () => { root.dataset.view = "list"; }, { class: "icon-button phone-only" });
  const focusTab = parts.head.contains(document.activeElement) && document.activeElement.getAttribute("role") === "tab";
  if (!channel) {
    fill(parts.head, back, h("h2", {}, "Slack"));
    return;
  }
  const tab = (id, label) => h("button", {
    type: "button", class: "tab", role: "tab", id: `tab-${id}`, "aria-selected": String(S.tab === id), "aria-controls": `panel-${id}`,
    tabindex: S.tab === id ? "0" : "-1", onclick: () => showTab(id),
    onkeydown: (event) => ["ArrowLeft", "ArrowRight"].includes(event.key) && showTab(id === "home" ? "messages" : "home"),
  }, label);
  const globals = shortcutItems("global");
  fill(parts.head, back,
    inBotChannel() ? understudyMark("small") : channel.is_im ? avatar(conversationName(channel), "", "small") : icon("hash", 17),
    h("h2", {}, conversationName(channel)),
    inBotChannel() ? h("div", { class: "tabs", role: "tablist", "aria-label": "Understudy" }, tab("home", "Home"), tab("messages", "Messages")) : null,
    globals.length ? h("span", { class: "push" }, menuButton({ class: "icon-button", "aria-label": "Shortcuts" }, icon("plus"), globals, { side: "end", label: "Shortcuts" })) : null);
  if (focusTab) parts.head.querySelector("[aria-selected=true]")?.focus();
}

function shortcutItems(type, extra = {}) {
  return (S.state?.shortcuts || []).filter((one) => one.type === type).map((one) => ({
    label: one.name, hint: one.description,
    run: () => told(post("/ui/slack/shortcut", { user: S.me, callback_id: one.callback_id, ...extra })),
  }));
}

function messageShortcuts(message) {
  const items = shortcutItems("message", { channel: S.channel, message_ts: message.ts });
  if (message.user !== S.me || message.bot_id) return items;
  const where = { user: S.me, channel: S.channel, ts: message.ts };
  return [...items,
    { label: "Edit message", hint: "It then stands in the field below", run: () => parts.composer.edit(message) },
    { label: "Delete message", hint: "For everybody", run: () => told(post("/ui/slack/delete", where)) }];
}

// Runs a request nobody waits for in place; a failure is said aloud.
async function told(promise) {
  try {
    const result = await promise;
    if (failed(result)) toast(`Understudy did not take this (answer ${result.status}). Nothing was changed.`, "error");
  } catch (error) {
    toast(error.message, "error");
  }
  refresh();
}

function open(channelId) {
  const changed = channelId !== S.channel;
  S.channel = channelId;
  if (changed) S.tab = "messages";
  root.dataset.view = "conversation";
  settle();
}

function showTab(tab) {
  S.tab = tab;
  settle();
  homeOpened();
}

function settle() {
  enter();
  loadConversation().catch(() => refresh());
}

function move(team) {
  if (team === S.team) return;
  S.team = team;
  become("");
}

function become(user) {
  if (user && user === S.me) return;
  S.me = user;
  S.channel = "";
  S.forms.clear();
  parts.home.forget();
  parts.messages.clear();
  parts.modals.update([]);
  refresh();
}

function homeOpened() {
  post("/ui/slack/home_opened", { user: S.me, tab: S.tab }).then(refresh, refresh);
}

function messageContext(message, changed = false) {
  const key = `${S.me} ${S.channel} ${message.ts}`;
  if (!S.forms.has(key)) S.forms.set(key, remembered(message));
  const form = S.forms.get(key);
  // A new version of a message brings its own choices; half-typed inputs are the reader's.
  if (changed) for (const [id, entry] of form) if (entry.dispatches && !entry.stateless) form.delete(id);
  const where = { user: S.me, channel: S.channel, message_ts: message.ts };
  return {
    me: S.me, form, surface: "message",
    act: (action) => post("/ui/slack/action", { ...where, ...action, values: formValues(form) }).finally(refresh),
    options: (query) => optionList({ ...where, ...query }),
  };
}

// What was chosen in a message before this page was opened.
function remembered(message) {
  const form = new Map();
  for (const [blockId, fields] of Object.entries(message.values || {})) {
    for (const [actionId, state] of Object.entries(fields)) form.set(`${blockId}\n${actionId}`, { blockId, actionId, state, dispatches: true });
  }
  return form;
}

const viewAction = (view, action) => post("/ui/slack/action", { user: S.me, view_id: view.id, ...action }).finally(refresh);
const viewOptions = (view, query) => optionList({ user: S.me, view_id: view.id, ...query });

async function optionList(query) {
  const body = await post("/ui/slack/options", query);
  return { options: body.options, option_groups: body.option_groups };
}

function react(message, name, remove) {
  told(post("/ui/slack/reaction", { user: S.me, channel: S.channel, ts: message.ts, name, ...(remove ? { remove: true } : {}) }));
}

async function send(text, { threadTs, files = [], edited }) {
  const where = { user: S.me, channel: S.channel, text };
  if (edited) await post("/ui/slack/edit", { ...where, ts: edited });
  else await post("/ui/slack/message", { ...where, files, ...(threadTs ? { thread_ts: threadTs } : {}) });
  await load();
  parts.messages.toEnd();
  return true;
}

async function runCommand(text) {
  const result = await post("/ui/slack/command", { user: S.me, channel: S.channel, text });
  refresh();
  // A refused command is told in the conversation by Slackbot; only its absence is told here.
  return failed(result) && !result.warning ? `Understudy did not answer the command (${result.status}).` : true;
}

export function unreadInSlack() {
  return channels().reduce((sum, one) => sum + unreadOf(one), 0);
}
