// Block Kit, block by block. ctx: {me, form, surface, act(action), options(query), errors?}.

import { h, icon, uid } from "./dom.js";
import { fieldError } from "./act.js";
import { renderElement } from "./elements.js";
import { markdown } from "./markdown.js";
import { mrkdwn, safeLink, textObject, textOf } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { dataVisualization } from "./charts.js";
import { dataTable, table } from "./tables.js";

// The page loads nothing from outside; an outside picture is named, not fetched.
function picture(element, kind) {
  const url = element.image_url || element.slack_file?.url || "";
  const local = url.startsWith("/") || url.startsWith("data:image/") || url.startsWith(location.origin);
  const alt = element.alt_text || textOf(element.title) || "Picture";
  if (local) return h("img", { class: kind, src: url, alt, loading: "lazy" });
  return h("span", { class: `${kind} picture-stand-in`, role: "img", "aria-label": alt, title: `${alt} (not loaded: ${url || "no address"})` },
    kind === "picture-inline" ? alt.slice(0, 1).toUpperCase() : alt);
}

function section(block, scope) {
  const body = h("div", { class: "section-body" });
  if (block.text) body.append(h("div", { class: "section-text" }, textObject(block.text)));
  if (block.fields) body.append(h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "field-cell" }, textObject(field)))));
  const accessory = block.accessory && (block.accessory.type === "image"
    ? picture(block.accessory, "picture-thumb")
    : renderElement(block.accessory, scope));
  return h("div", { class: "block-section" }, body, accessory ? h("div", { class: "section-accessory" }, accessory) : null);
}

function context(block) {
  return h("div", { class: "block-context" }, (block.elements || []).map((element) =>
    (element.type === "image" ? picture(element, "picture-inline") : h("span", { class: "context-text" }, textObject(element)))));
}

function actions(block, scope) {
  return h("div", { class: "block-actions" }, (block.elements || []).map((element) => renderElement(element, scope)));
}

function contextActions(block, scope) {
  return h("div", { class: "block-context-actions" }, (block.elements || []).map((element) => renderElement(element, scope)));
}

function input(block, { ctx, blockId }) {
  const label = uid("label");
  const hint = uid("hint");
  const error = h("p", { class: "field-error", id: `${hint}-error`, role: "alert", hidden: true, "data-error-for": blockId });
  const node = h("div", { class: "input-block", "data-block": blockId },
    h("div", { class: "input-label", id: label }, textOf(block.label), block.optional ? h("span", { class: "optional" }, "optional") : null),
    renderElement(block.element, {
      ctx, blockId, dispatches: Boolean(block.dispatch_action), labelledby: label, describedby: `${hint} ${hint}-error`,
    }),
    block.hint ? h("p", { class: "input-hint", id: hint }, textOf(block.hint)) : null, error);
  if (ctx.errors?.[blockId]) showFieldError(node, ctx.errors[blockId]);
  return node;
}

export function showFieldError(inputNode, text) {
  inputNode.classList.toggle("invalid", Boolean(text));
  fieldError(inputNode.querySelector(".field-error"), text);
  inputNode.querySelectorAll("input, textarea, .picker").forEach((node) =>
    (text ? node.setAttribute("aria-invalid", "true") : node.removeAttribute("aria-invalid")));
}

function image(block) {
  return h("figure", { class: "block-image" }, block.title ? h("figcaption", {}, textOf(block.title)) : null, picture(block, "picture"));
}

function many(value) {
  if (!value) return [];
  return Array.isArray(value) ? value : [value];
}

function card(block, scope) {
  const lead = block.icon ? picture(block.icon, "picture-inline")
    : block.slack_icon ? h("span", { class: "card-icon", "aria-hidden": "true" }, icon("chat")) : null;
  const line = (part, kind) => (part ? h("div", { class: kind }, textObject(part)) : null);
  return h("article", { class: "block-card" },
    block.hero_image ? picture(block.hero_image, "picture-hero") : null,
    h("div", { class: "card-head" }, lead, h("div", {}, line(block.title, "card-title"), line(block.subtitle, "card-subtitle"))),
    line(block.body, "card-body"), line(block.subtext, "card-subtext"),
    block.actions ? h("div", { class: "card-actions" }, many(block.actions).map((element) => renderElement(element, scope))) : null);
}

function carousel(block, scope) {
  return h("div", { class: "carousel", role: "list", tabindex: "0", "aria-label": "Cards" },
    (block.elements || []).map((element, at) => h("div", { role: "listitem" },
      card(element, { ...scope, blockId: element.block_id || `${scope.blockId}-${at}` }))));
}

function container(block, { ctx, blockId }) {
  const children = () => renderBlocks(block.child_blocks || block.blocks || [], ctx, blockId);
  const title = block.rich_text_title ? richText(block.rich_text_title) : textObject(block.title);
  const heading = h("span", { class: "container-heading" },
    block.icon ? picture(block.icon, "picture-inline") : null,
    h("span", {}, h("span", { class: "container-title" }, title), block.subtitle ? h("small", {}, textObject(block.subtitle)) : null));
  if (!block.is_collapsible) {
    return h("div", { class: "block-container" }, h("div", { class: "container-head" }, heading), h("div", { class: "container-body" }, children()));
  }
  // What a reader opened stays open when the message is updated in place.
  const key = `${blockId}\nopen`;
  const open = ctx.form.get(key)?.state ?? !block.default_collapsed;
  const details = h("details", { class: "block-container collapsible", open },
    h("summary", { class: "container-head" }, icon("right", 14), heading), h("div", { class: "container-body" }, children()));
  details.addEventListener("toggle", () => ctx.form.set(key, { blockId, actionId: "open", state: details.open, stateless: true }));
  return details;
}

const TASK_WORDS = { pending: "Waiting", in_progress: "Running", complete: "Done", error: "Failed" };

function task(item) {
  const status = item.status || "pending";
  return h("li", { class: `task ${status}` },
    h("span", { class: "task-state" }, TASK_WORDS[status] || status),
    h("div", {}, h("div", { class: "task-title" }, textOf(item.title)),
      item.details ? h("div", { class: "quiet" }, richText(item.details)) : null,
      item.output ? h("div", {}, richText(item.output)) : null,
      many(item.sources).map((source) => h("div", {}, safeLink(source.url, textOf(source.text))))));
}

function plan(block) {
  return h("div", { class: "block-plan" }, h("div", { class: "card-title" }, textOf(block.title)),
    h("ol", { class: "tasks" }, (block.tasks || []).map(task)));
}

const ALERT_WORDS = { info: "Note", warning: "Warning", error: "Problem", success: "Done" };

function alertBlock(block) {
  const level = block.level || "default";
  return h("div", { class: `block-alert ${level}`, role: "note" },
    ALERT_WORDS[level] ? h("strong", {}, `${ALERT_WORDS[level]}: `) : null, textObject(block.text));
}

const RENDERERS = {
  section, context, actions, context_actions: contextActions, input, image, card, carousel, container, plan,
  alert: alertBlock, table, data_table: dataTable, data_visualization: dataVisualization,
  header: (block) => h("h3", { class: "block-header" }, textObject(block.text)),
  divider: () => h("hr", { class: "block-divider" }),
  rich_text: (block) => h("div", { class: "block-rich" }, richText(block)),
  markdown: (block) => h("div", { class: "block-markdown" }, markdown(block.text)),
  task_card: (block) => h("ol", { class: "tasks" }, task(block)),
  video: (block) => h("div", { class: "block-card" }, h("div", { class: "card-title" }, safeLink(block.title_url || block.video_url || "", textOf(block.title))),
    block.description ? h("div", { class: "card-body" }, textOf(block.description)) : null),
  file: (block) => h("p", { class: "quiet" }, `File ${block.external_id || ""}`),
};

export function renderBlocks(blocks, ctx, prefix = "b") {
  return (blocks || []).map((block, index) => {
    const make = RENDERERS[block.type];
    if (!make) return h("p", { class: "quiet" }, `This page can’t show a “${block.type}” block.`);
    return make(block, { ctx, blockId: block.block_id || `${prefix}-${index}` });
  });
}

export function textMessage(text) {
  return h("div", { class: "block-section" }, h("div", { class: "section-body" }, mrkdwn(text)));
}
