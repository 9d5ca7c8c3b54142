// A panel anchored to a button: menus and lists. Uses the browser's own popovers, so a click outside
// and Escape close it, and it shows above dialogs.

import { h, icon } from "./dom.js";

function place(panel, anchor) {
  const box = anchor.getBoundingClientRect();
  const width = panel.offsetWidth;
  const height = panel.offsetHeight;
  const below = window.innerHeight - box.bottom - 12;
  const above = box.top - 12;
  const up = height > below && above > below;
  const left = Math.max(8, Math.min(panel.dataset.side === "end" ? box.right - width : box.left, window.innerWidth - width - 8));
  panel.style.left = `${left}px`;
  panel.style.top = up ? `${Math.max(8, box.top - height - 6)}px` : `${box.bottom + 6}px`;
  panel.style.maxHeight = `${Math.max(160, up ? above : below)}px`;
}

export function attachPopup(anchor, panel, { onOpen, onShown } = {}) {
  panel.setAttribute("popover", "auto");
  panel.classList.add("popup");
  anchor.setAttribute("aria-expanded", "false");
  panel.addEventListener("toggle", (event) => {
    anchor.setAttribute("aria-expanded", String(event.newState === "open"));
  });
  const open = () => {
    if (panel.matches(":popover-open")) return;
    panel.style.maxHeight = "";
    if (onOpen) onOpen();
    panel.style.minWidth = `${Math.max(panel.dataset.fit ? anchor.offsetWidth : 0, 180)}px`;
    panel.showPopover({ source: anchor });
    place(panel, anchor);
    if (onShown) onShown();
  };
  const close = (refocus = true) => {
    if (panel.matches(":popover-open")) panel.hidePopover();
    if (refocus) anchor.focus();
  };
  anchor.addEventListener("click", (event) => {
    event.stopPropagation();
    if (panel.matches(":popover-open")) close();
    else open();
  });
  return { open, close, replace: () => place(panel, anchor) };
}

function step(items, current, by) {
  const at = items.indexOf(current);
  const next = at < 0 ? (by > 0 ? 0 : items.length - 1) : (at + by + items.length) % items.length;
  items[next]?.focus();
}

// A button with a menu. items: [{label, hint, icon, checked, group, run}] or a function giving them.
export function menuButton(props, face, items, { side = "start", label } = {}) {
  const anchor = h("button", { type: "button", "aria-haspopup": "menu", ...props }, face);
  const panel = h("div", { class: "menu", role: "menu", "aria-label": label || null, "data-side": side });
  let control = null;
  const draw = () => {
    const list = typeof items === "function" ? items() : items;
    let group = null;
    panel.replaceChildren();
    for (const item of list) {
      if (item.group && item.group !== group) {
        panel.append(h("div", { class: "menu-group", role: "presentation" }, item.group));
        group = item.group;
      }
      const checked = item.checked === undefined ? null : String(item.checked);
      panel.append(h("button", {
        type: "button", class: "menu-item", role: checked ? "menuitemradio" : "menuitem", "aria-checked": checked,
        tabindex: "-1",
        onclick: () => {
          control.close();
          item.run();
        },
      }, item.lead || (item.icon ? icon(item.icon) : null),
      h("span", { class: "menu-text" }, h("span", {}, item.label), item.hint ? h("small", {}, item.hint) : null),
      item.badge ? h("span", { class: "badge" }, item.badge) : null, item.checked ? icon("check") : null));
    }
  };
  panel.addEventListener("keydown", (event) => {
    const buttons = [...panel.querySelectorAll(".menu-item")];
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) step(buttons, document.activeElement, by);
    else if (event.key === "Home") buttons[0]?.focus();
    else if (event.key === "End") buttons.at(-1)?.focus();
    else if (event.key === "Escape") control.close();
    else if (event.key === "Tab") control.close(false);
    else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  });
  control = attachPopup(anchor, panel, {
    onOpen: draw,
    onShown: () => (panel.querySelector("[aria-checked=true]") || panel.querySelector(".menu-item"))?.focus(),
  });
  return h("span", { class: "menu-wrap" }, anchor, panel);
}
