// One combobox for every select of Block Kit: single or multiple, fixed or loaded while typing.

import { h, icon, uid } from "./dom.js";
import { attachPopup } from "./popup.js";

// options: [{key, label, hint, group, lead, raw}], sync array in `items` or async by `load(query)`.
export function picker({ label, labelledby, placeholder, items = [], load, minQuery = 0, multi = false, max, chosen = [], onChange }) {
  const listId = uid("list");
  let selected = [...chosen];
  let shown = [];
  let active = -1;
  let ticket = 0;
  let timer = null;

  const face = h("span", { class: "picker-face" });
  const anchor = h("button", {
    type: "button", class: "picker", role: "combobox", "aria-haspopup": "listbox", "aria-controls": listId,
    "aria-label": labelledby ? null : label || placeholder, "aria-labelledby": labelledby || null,
  }, face, icon("chevron", 14));
  const search = h("input", {
    type: "text", class: "picker-search", placeholder: load ? "Type to search" : "Filter", autocomplete: "off",
    role: "combobox", "aria-expanded": "true", "aria-controls": listId, "aria-autocomplete": "list", "aria-label": "Filter options",
  });
  const list = h("div", { class: "picker-list", role: "listbox", id: listId, tabindex: "-1", "aria-multiselectable": multi ? "true" : null, "aria-label": label || placeholder || "Options" });
  const panel = h("div", { class: "picker-panel", "data-fit": "1" }, search, list);

  const has = (option) => selected.some((one) => one.key === option.key);

  function drawFace() {
    if (!selected.length) face.replaceChildren(h("span", { class: "placeholder" }, placeholder || "Choose"));
    else if (multi) face.replaceChildren(...selected.map((one) => h("span", { class: "chip" }, one.label)));
    else face.replaceChildren(selected[0].label);
  }

  function drawList(message) {
    list.replaceChildren();
    let group = null;
    shown.forEach((option, index) => {
      if (option.group && option.group !== group) {
        group = option.group;
        list.append(h("div", { class: "menu-group", role: "presentation" }, group));
      }
      const row = h("div", {
        class: "picker-option", role: "option", id: `${listId}-${index}`, "aria-selected": String(has(option)),
        onclick: () => choose(option), onmousemove: () => mark(index),
      }, option.lead, h("span", { class: "menu-text" }, h("span", {}, option.label), option.hint ? h("small", {}, option.hint) : null),
      has(option) ? icon("check") : null);
      list.append(row);
    });
    if (message) list.append(h("div", { class: "picker-note", role: "status" }, message));
    mark(shown.length ? Math.max(0, Math.min(active, shown.length - 1)) : -1);
  }

  function mark(index) {
    active = index;
    list.querySelectorAll(".picker-option").forEach((row, at) => row.classList.toggle("active", at === index));
    const id = index >= 0 ? `${listId}-${index}` : "";
    for (const node of [search, list]) {
      if (id) node.setAttribute("aria-activedescendant", id);
      else node.removeAttribute("aria-activedescendant");
    }
  }

  function choose(option) {
    if (!multi) {
      selected = [option];
      control.close();
    } else if (has(option)) selected = selected.filter((one) => one.key !== option.key);
    else if (!max || selected.length < max) selected = [...selected, option];
    drawFace();
    if (multi) drawList();
    onChange(selected.map((one) => one.raw), anchor);
  }

  async function refresh() {
    const query = search.value.trim();
    if (!load) {
      const wanted = query.toLowerCase();
      shown = items.filter((one) => `${one.label} ${one.hint || ""}`.toLowerCase().includes(wanted));
      active = query ? 0 : Math.max(0, shown.findIndex(has));
      drawList(shown.length ? "" : "Nothing matches.");
      return;
    }
    if (query.length < minQuery) {
      shown = [];
      drawList(`Type at least ${minQuery === 1 ? "one letter" : `${minQuery} letters`}.`);
      return;
    }
    ticket += 1;
    const mine = ticket;
    drawList("Looking…");
    try {
      const found = await load(query);
      if (mine !== ticket) return;
      shown = found;
      drawList(shown.length ? "" : "Nothing matches.");
    } catch {
      if (mine !== ticket) return;
      shown = [];
      drawList("The options could not be loaded. Type again to retry.");
    }
    control.replace();
  }

  panel.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!shown.length) return;
      mark((active + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length);
      document.getElementById(`${listId}-${active}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      if (shown[active]) choose(shown[active]);
    } else if (event.key === "Escape") control.close();
    else if (event.key === "Tab") {
      control.close();
      return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, load ? 180 : 0);
  });
  const control = attachPopup(anchor, panel, {
    onOpen: () => {
      search.value = "";
      search.hidden = !load && items.length < 8;
      refresh();
    },
    onShown: () => (search.hidden ? list : search).focus(),
  });
  anchor.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    control.open();
  });
  drawFace();
  return { node: h("span", { class: "picker-wrap" }, anchor, panel), anchor };
}
