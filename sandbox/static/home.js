// The App Home tab.

import { empty, fill, h, icon } from "./dom.js";
import { renderBlocks } from "./blocks.js";
import { formValues } from "./elements.js";

export class HomeTab {
  // hooks: {me(), act(view, action), options(view, query)}
  constructor(hooks) {
    this.hooks = hooks;
    this.form = new Map();
    this.sig = "";
    this.body = h("div", { class: "home-body" });
    this.node = h("div", { class: "home", tabindex: "0", role: "tabpanel", id: "panel-home", "aria-labelledby": "tab-home", hidden: true }, this.body);
  }

  forget() {
    this.sig = "";
    this.form.clear();
    this.body.replaceChildren();
  }

  update(view) {
    const sig = JSON.stringify(view);
    if (sig === this.sig) return;
    this.sig = sig;
    if (!view) {
      fill(this.body, empty("Nothing here yet", "Understudy fills this page when it is running. Start the bot, then open this tab again."));
      return;
    }
    for (const [key, entry] of this.form) if (entry.dispatches) this.form.delete(key);
    const top = this.node.scrollTop;
    const action = this.node.contains(document.activeElement) ? document.activeElement.dataset.action : null;
    const ctx = {
      me: this.hooks.me(), form: this.form, surface: "home",
      act: (one) => this.hooks.act(view, { ...one, values: formValues(this.form) }),
      options: (query) => this.hooks.options(view, query),
    };
    const warning = view.warning ? h("p", { class: "warn-mark", role: "alert" }, icon("warn", 14), h("span", {}, view.warning)) : null;
    fill(this.body, warning, renderBlocks(view.blocks || [], ctx, "h"));
    this.node.scrollTop = top;
    if (action) [...this.node.querySelectorAll("[data-action]")].find((one) => one.dataset.action === action)?.focus({ preventScroll: true });
  }
}
