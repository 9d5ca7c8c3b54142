// Interactive elements of Block Kit: buttons, menus, selects, feedback.

import { avatar, h, icon, iconButton } from "./dom.js";
import { menuButton } from "./popup.js";
import { picker } from "./picker.js";
import { confirmDialog, fire } from "./act.js";
import { checkboxes, dateInput, fileInput, radioButtons, richTextInput, textInput } from "./inputs.js";
import { textObject, textOf } from "./mrkdwn.js";
import { allChannels, allUsers, channelName, fullName, nameOf, subtitle, userById } from "./people.js";

function hiddenFrom(element, ctx) {
  const allowed = element.visible_to_user_ids;
  return Array.isArray(allowed) && allowed.length > 0 && !allowed.includes(ctx.me);
}

function button(element, { ctx, blockId }) {
  const style = { primary: "primary", danger: "danger" }[element.style] || "";
  const label = element.accessibility_label || null;
  if (element.url && /^https?:|^mailto:/i.test(element.url)) {
    const link = h("a", { class: `button ${style}`, href: element.url, target: "_blank", rel: "noreferrer noopener", "aria-label": label },
      textObject(element.text));
    link.addEventListener("click", async (event) => {
      if (element.confirm) {
        event.preventDefault();
        if (!(await confirmDialog(element.confirm))) return;
        window.open(element.url, "_blank", "noopener");
      }
      fire(link, ctx, { ...element, confirm: null }, blockId, { value: element.value });
    });
    return link;
  }
  const node = h("button", { type: "button", class: `button ${style}`, "aria-label": label, "data-action": element.action_id },
    h("span", { class: "button-text" }, textObject(element.text)));
  node.addEventListener("click", () => fire(node, ctx, element, blockId, { value: element.value }));
  return node;
}

function overflow(element, { ctx, blockId }) {
  const wrap = menuButton({ class: "icon-button outlined", "aria-label": "More actions", "data-action": element.action_id }, icon("more"),
    (element.options || []).map((option) => ({
      label: textOf(option.text), hint: textOf(option.description),
      run: () => {
        if (option.url) window.open(option.url, "_blank", "noopener");
        fire(wrap.firstChild, ctx, element, blockId, { selected_option: option });
      },
    })), { side: "end", label: "More actions" });
  return wrap;
}

function optionItem(option, group) {
  return { key: option.value, label: textOf(option.text), hint: textOf(option.description), group, raw: option };
}

function optionItems({ options, option_groups: groups }) {
  if (groups) return groups.flatMap((group) => (group.options || []).map((option) => optionItem(option, textOf(group.label))));
  return (options || []).map((option) => optionItem(option));
}

const userItem = (id) => {
  const user = userById(id);
  return { key: id, label: nameOf(id), hint: user ? subtitle(user) : "", lead: avatar(nameOf(id), "", "small"), raw: id };
};
const channelItem = (id) => ({ key: id, label: channelName(id), raw: id });
const userItems = () => allUsers().filter((user) => !user.is_bot).sort((a, b) => fullName(a).localeCompare(fullName(b))).map((user) => userItem(user.id));
const channelItems = (all) => allChannels().filter((channel) => all || !channel.is_im).map((channel) => channelItem(channel.id));

// What each select of Slack offers, what it calls its value, and how it starts.
const SELECTS = {
  static_select: { key: "option", items: optionItems, item: (raw) => optionItem(raw) },
  external_select: { key: "option", external: true, item: (raw) => optionItem(raw) },
  users_select: { key: "user", items: userItems, item: userItem },
  conversations_select: { key: "conversation", items: () => channelItems(true), item: channelItem },
  channels_select: { key: "channel", items: () => channelItems(false), item: channelItem },
};

function select(element, scope) {
  const { ctx, blockId } = scope;
  const multi = element.type.startsWith("multi_");
  const kind = SELECTS[element.type.replace("multi_", "")];
  const key = `selected_${kind.key}${multi ? "s" : ""}`;
  const known = scope.value()?.[key] ?? element[`initial_${kind.key}${multi ? "s" : ""}`];
  const chosen = (multi ? known || [] : [known]).filter(Boolean);
  const load = kind.external && (async (query) => optionItems(
    await ctx.options({ action_id: element.action_id, block_id: blockId, value: query })));
  const state = (values) => ({ [key]: multi ? values : values[0] ?? null });
  const { node, anchor } = picker({
    label: textOf(element.placeholder), labelledby: scope.labelledby, placeholder: textOf(element.placeholder),
    items: kind.items ? kind.items(element) : [], load, minQuery: kind.external ? element.min_query_length ?? 3 : 0,
    multi, max: element.max_selected_items, chosen: chosen.map(kind.item),
    onChange: (values) => {
      scope.store({ type: element.type, ...state(values) });
      if (scope.dispatches) fire(anchor, ctx, element, blockId, state(values));
    },
  });
  anchor.dataset.action = element.action_id;
  scope.store({ type: element.type, ...state(chosen) });
  return node;
}

function feedbackButtons(element, scope) {
  const { ctx, blockId } = scope;
  const box = h("div", { class: "feedback", "data-action": element.action_id, role: "group", "aria-label": "Feedback" });
  const sides = [["positive_button", "up"], ["negative_button", "down"]];
  const mark = (value) => box.querySelectorAll("button").forEach((node) =>
    node.setAttribute("aria-pressed", String(node.dataset.value === value)));
  for (const [side, glyph] of sides) {
    const half = element[side];
    if (!half) continue;
    const node = h("button", {
      type: "button", class: "feedback-button", "aria-label": half.accessibility_label || textOf(half.text),
      title: textOf(half.text), "data-value": half.value, "aria-pressed": "false",
    }, icon(glyph), h("span", { class: "feedback-label" }, textOf(half.text)));
    node.addEventListener("click", async () => {
      if (!(await fire(node, ctx, element, blockId, { value: half.value }))) return;
      scope.store({ type: element.type, value: half.value });
      mark(half.value);
    });
    box.append(node);
  }
  mark(scope.value()?.value);
  return box;
}

function iconElement(element, { ctx, blockId }) {
  const label = element.accessibility_label || textOf(element.text);
  const node = iconButton("trash", label, () => fire(node, ctx, element, blockId, { value: element.value }), { "data-action": element.action_id });
  return node;
}

const RENDERERS = {
  button, overflow, feedback_buttons: feedbackButtons, icon_button: iconElement, workflow_button: button,
  plain_text_input: textInput, email_text_input: textInput, url_text_input: textInput, number_input: textInput,
  rich_text_input: richTextInput, datepicker: dateInput, timepicker: dateInput, datetimepicker: dateInput,
  checkboxes, radio_buttons: radioButtons, file_input: fileInput,
};
for (const type of Object.keys(SELECTS)) {
  RENDERERS[type] = select;
  RENDERERS[`multi_${type}`] = select;
}

// Buttons and menus carry no value of their own into a form.
const STATELESS = new Set(["button", "overflow", "icon_button", "workflow_button", "feedback_buttons", "file_input"]);

export function renderElement(element, { ctx, blockId, dispatches = true, labelledby, describedby }) {
  const make = RENDERERS[element.type];
  if (!make) return h("p", { class: "quiet" }, `This page can’t show “${element.type}”.`);
  if (hiddenFrom(element, ctx)) return null;
  const key = `${blockId}\n${element.action_id}`;
  return make(element, {
    ctx, blockId, dispatches, labelledby, describedby,
    value: () => ctx.form.get(key)?.state,
    store: (state) => ctx.form.set(key, { blockId, actionId: element.action_id, state, dispatches, stateless: STATELESS.has(element.type) }),
  });
}

// {block_id: {action_id: state}}, as Slack sends it.
export function formValues(form, blockIds) {
  const values = {};
  for (const { blockId, actionId, state, stateless } of form.values()) {
    if (stateless || (blockIds && !blockIds.has(blockId))) continue;
    values[blockId] = { ...values[blockId], [actionId]: state };
  }
  return values;
}
