// Typed and ticked elements: texts, numbers, dates, checkboxes, radio buttons.

import { h, uid } from "./dom.js";
import { textObject, textOf } from "./mrkdwn.js";
import { fire } from "./act.js";

const INPUT_TYPES = {
  plain_text_input: "text", email_text_input: "email", url_text_input: "url", number_input: "number",
};
const KEYBOARDS = { email_text_input: "email", url_text_input: "url", number_input: "decimal" };

function dispatchOn(scope, element, trigger) {
  if (!scope.dispatches) return false;
  const wanted = element.dispatch_action_config?.trigger_actions_on || ["on_enter_pressed"];
  return wanted.includes(trigger);
}

export function textInput(element, scope) {
  const { ctx, blockId } = scope;
  const start = scope.value()?.value ?? element.initial_value ?? "";
  const shared = {
    class: "field", placeholder: textOf(element.placeholder) || null, "aria-labelledby": scope.labelledby,
    "aria-label": scope.labelledby ? null : textOf(element.placeholder) || "Text", "aria-describedby": scope.describedby,
    maxlength: element.max_length || null, autofocus: element.focus_on_load || null, "data-action": element.action_id,
  };
  const node = element.multiline
    ? h("textarea", { ...shared, rows: Math.min(Math.max(5, (element.initial_value || "").split("\n").length + 1), 14) })
    : h("input", {
      ...shared, type: INPUT_TYPES[element.type] || "text", inputmode: KEYBOARDS[element.type] || null,
      min: element.min_value ?? null, max: element.max_value ?? null, step: element.is_decimal_allowed ? "any" : null,
    });
  node.value = start;
  let timer = null;
  const store = () => scope.store({ type: element.type, value: node.value === "" ? null : node.value });
  const send = () => fire(node, ctx, element, blockId, { value: node.value });
  node.addEventListener("input", () => {
    store();
    if (!dispatchOn(scope, element, "on_character_entered")) return;
    clearTimeout(timer);
    timer = setTimeout(send, 400);
  });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || (element.multiline && !event.metaKey && !event.ctrlKey)) return;
    if (!dispatchOn(scope, element, "on_enter_pressed")) return;
    event.preventDefault();
    send();
  });
  store();
  return node;
}

export function richTextInput(element, scope) {
  const node = h("textarea", {
    class: "field", rows: element.min_lines || 5, "aria-labelledby": scope.labelledby, placeholder: textOf(element.placeholder) || null,
  });
  const known = scope.value()?.rich_text_value || element.initial_value;
  node.value = known ? (known.elements || []).flatMap((part) => part.elements || []).map((leaf) => leaf.text || "").join("") : "";
  const store = () => scope.store({
    type: element.type,
    rich_text_value: { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: node.value }] }] },
  });
  node.addEventListener("input", store);
  store();
  return node;
}

const DATES = {
  datepicker: { input: "date", key: "selected_date", initial: "initial_date" },
  timepicker: { input: "time", key: "selected_time", initial: "initial_time" },
  datetimepicker: { input: "datetime-local", key: "selected_date_time", initial: "initial_date_time" },
};

function toLocal(seconds) {
  if (!seconds) return "";
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

export function dateInput(element, scope) {
  const kind = DATES[element.type];
  const moment = element.type === "datetimepicker";
  const known = scope.value()?.[kind.key] ?? element[kind.initial];
  const node = h("input", {
    type: kind.input, class: "field date", "aria-labelledby": scope.labelledby,
    "aria-label": scope.labelledby ? null : textOf(element.placeholder) || "Date",
  });
  node.value = (moment ? toLocal(known) : known) || "";
  const read = () => {
    if (!node.value) return null;
    return moment ? Math.floor(new Date(node.value).getTime() / 1000) : node.value;
  };
  const store = () => scope.store({ type: element.type, [kind.key]: read() });
  node.addEventListener("change", () => {
    store();
    if (scope.dispatches && node.value) fire(node, scope.ctx, element, scope.blockId, { [kind.key]: read() });
  });
  store();
  return node;
}

function choice(kind, element, option, checked, name, onchange) {
  const id = uid("choice");
  return h("div", { class: "choice" },
    h("input", { type: kind, id, name, checked, onchange, "aria-describedby": option.description ? `${id}-hint` : null }),
    h("label", { for: id }, h("span", {}, textObject(option.text)),
      option.description ? h("small", { id: `${id}-hint` }, textObject(option.description)) : null));
}

export function checkboxes(element, scope) {
  const known = scope.value()?.selected_options ?? element.initial_options ?? [];
  let selected = known.map((option) => option.value);
  const read = () => element.options.filter((option) => selected.includes(option.value));
  const store = () => scope.store({ type: element.type, selected_options: read() });
  const node = h("div", { class: "choices", role: "group", "aria-labelledby": scope.labelledby });
  for (const option of element.options || []) {
    node.append(choice("checkbox", element, option, selected.includes(option.value), null, (event) => {
      selected = selected.filter((value) => value !== option.value);
      if (event.target.checked) selected.push(option.value);
      store();
      if (scope.dispatches) fire(node, scope.ctx, element, scope.blockId, { selected_options: read() });
    }));
  }
  store();
  return node;
}

export function radioButtons(element, scope) {
  let selected = scope.value()?.selected_option ?? element.initial_option ?? null;
  const name = uid("radio");
  const store = () => scope.store({ type: element.type, selected_option: selected });
  const node = h("div", { class: "choices", role: "radiogroup", "aria-labelledby": scope.labelledby });
  for (const option of element.options || []) {
    node.append(choice("radio", element, option, selected?.value === option.value, name, () => {
      selected = option;
      store();
      if (scope.dispatches) fire(node, scope.ctx, element, scope.blockId, { selected_option: option });
    }));
  }
  store();
  return node;
}

export function fileInput() {
  return h("p", { class: "quiet" }, "Files can’t be uploaded here: the sandbox keeps texts only.");
}
