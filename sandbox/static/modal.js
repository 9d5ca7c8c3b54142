// Slack's modals, over Slack's side only: Gmail stays usable beside them.

import { fill, h, icon, iconButton } from "./dom.js";
import { failed } from "./act.js";
import { renderBlocks, showFieldError } from "./blocks.js";
import { formValues } from "./elements.js";
import { textObject, textOf } from "./mrkdwn.js";

const TEXTS = new Set(["plain_text_input", "email_text_input", "url_text_input", "number_input"]);

function isEmpty(state) {
  if (!state) return true;
  const { type, ...rest } = state;
  return Object.values(rest).every((value) => value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length));
}

function tooShort(element, state) {
  const text = state?.value || "";
  if (element.min_length && text.length < element.min_length) return `Write at least ${element.min_length} characters.`;
  if (element.type === "email_text_input" && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text)) return "Enter an email address, like name@example.com.";
  if (element.type === "url_text_input" && !/^https?:\/\/\S+$/i.test(text)) return "Enter a web address that starts with https://.";
  if (element.type === "number_input" && Number.isNaN(Number(text))) return "Enter a number.";
  return "";
}

// The checks Slack's client makes before it asks the app.
function localErrors(view, form) {
  const errors = {};
  view.blocks.forEach((block, index) => {
    if (block.type !== "input" || block.element.type === "file_input") return;
    const id = block.block_id || `v-${index}`;
    const state = form.get(`${id}\n${block.element.action_id}`)?.state;
    if (isEmpty(state)) {
      if (!block.optional) errors[id] = "Please fill this in.";
    } else if (TEXTS.has(block.element.type)) {
      const problem = tooShort(block.element, state);
      if (problem) errors[id] = problem;
    }
  });
  return errors;
}

export class ModalLayer {
  // hooks: {me(), act(view, action), options(view, query), submit(view, values), close(view), backdrop}
  constructor(hooks) {
    this.hooks = hooks;
    this.forms = new Map();
    this.closing = new Set();
    this.views = [];
    this.sig = "";
    this.node = h("div", { class: "modal-layer", hidden: true });
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      this.cancel();
    });
  }

  update(views) {
    const alive = new Set(views.map((view) => view.id));
    for (const id of this.forms.keys()) if (!alive.has(id)) this.forms.delete(id);
    for (const id of this.closing) if (!alive.has(id)) this.closing.delete(id);
    this.views = views.filter((view) => !this.closing.has(view.id));
    const top = this.views.at(-1);
    const sig = top ? JSON.stringify([top, this.views.length]) : "";
    if (sig === this.sig) return;
    this.sig = sig;
    if (top) this.show(top);
    else this.hide();
  }

  hide() {
    const wasOpen = !this.node.hidden;
    this.node.hidden = true;
    this.node.replaceChildren();
    this.hooks.backdrop(false);
    if (wasOpen && this.back?.isConnected) this.back.focus();
    this.back = null;
    this.shownId = null;
  }

  form(view) {
    if (!this.forms.has(view.id)) this.forms.set(view.id, new Map());
    return this.forms.get(view.id);
  }

  show(view) {
    const fresh = this.shownId !== view.id;
    const inside = this.node.contains(document.activeElement);
    const focused = !fresh && inside ? document.activeElement.dataset.action : null;
    const scrollTop = fresh ? 0 : this.body?.scrollTop || 0;
    if (this.node.hidden) this.back = document.activeElement;
    this.shownId = view.id;
    this.banner = h("div", { class: "modal-banner", role: "alert", hidden: true });
    this.body = h("div", { class: "modal-body", tabindex: "0", "aria-label": textOf(view.title) });
    const ctx = {
      me: this.hooks.me(), form: this.form(view), surface: "modal", errors: view.errors,
      act: (action) => this.hooks.act(view, { ...action, values: formValues(this.form(view)) }),
      options: (query) => this.hooks.options(view, query),
    };
    fill(this.body, this.banner, renderBlocks(view.blocks, ctx, "v"));
    const stacked = this.views.length > 1;
    const submit = view.submit ? h("button", { type: "submit", class: "button primary" }, textObject(view.submit)) : null;
    const form = h("form", {
      class: `modal ${stacked ? "stacked" : ""}`, role: "dialog", "aria-labelledby": "modal-title", novalidate: true,
      onsubmit: (event) => this.submit(event, view, submit),
    },
    h("header", { class: "modal-head" },
      stacked ? iconButton("back", "Back", () => this.cancel()) : null,
      h("h2", { id: "modal-title" }, textObject(view.title)),
      iconButton("close", "Close", () => this.cancel())),
    this.body,
    h("footer", { class: "modal-foot" },
      h("button", { type: "button", class: "button", onclick: () => this.cancel() }, view.close ? textObject(view.close) : stacked ? "Back" : "Close"), submit));
    fill(this.node, form);
    this.node.hidden = false;
    this.hooks.backdrop(true);
    this.body.scrollTop = scrollTop;
    if (view.warning) this.say(view.warning);
    this.focus(fresh || inside, focused);
  }

  // Wherever the keyboard was in a window that changed, it stays in it.
  focus(wanted, action) {
    if (!wanted && !action) return;
    const target = action
      ? [...this.node.querySelectorAll("[data-action]")].find((one) => one.dataset.action === action)
      : this.node.querySelector("[autofocus]") || this.body.querySelector("input, textarea, .picker");
    (target || this.body).focus({ preventScroll: Boolean(action) });
  }

  async submit(event, view, button) {
    event.preventDefault();
    if (!button || button.getAttribute("aria-busy") === "true") return;
    const errors = localErrors(view, this.form(view));
    if (this.showErrors(view, errors)) return;
    button.setAttribute("aria-busy", "true");
    const ids = new Set(view.blocks.map((block, index) => block.block_id || `v-${index}`));
    let result;
    try {
      result = await this.hooks.submit(view, formValues(this.form(view), ids));
    } catch (error) {
      result = { status: 0, error: error.message };
    }
    button.removeAttribute("aria-busy");
    if (failed(result)) {
      this.say(result.warning || result.error || `Understudy did not take this (answer ${result.status}). What you wrote is kept; try again.`);
    } else if (result?.body?.response_action === "errors") this.showErrors(view, result.body.errors || {});
  }

  say(text) {
    this.banner.hidden = !text;
    fill(this.banner, text ? [icon("warn", 15), h("span", {}, text)] : []);
    if (text) this.body.scrollTop = 0;
  }

  showErrors(view, errors) {
    const left = { ...errors };
    let firstNode = null;
    for (const node of this.body.querySelectorAll("[data-block]")) {
      const text = errors[node.dataset.block];
      showFieldError(node, text || "");
      if (text && !firstNode) firstNode = node;
      delete left[node.dataset.block];
    }
    this.say(Object.values(left).join(" "));
    firstNode?.scrollIntoView({ block: "center" });
    firstNode?.querySelector("input, textarea, .picker")?.focus();
    return Object.keys(errors).length > 0;
  }

  async cancel() {
    const view = this.views.at(-1);
    if (!view) return;
    // Hidden at once; if the sandbox does not hear it, the view comes back with the next refresh.
    this.closing.add(view.id);
    this.update(this.views);
    try {
      await this.hooks.close(view);
    } catch {
      this.closing.delete(view.id);
    }
  }
}
