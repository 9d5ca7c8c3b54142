// Builds DOM nodes. Text always arrives as text nodes, so nothing a stranger wrote can become markup.

const SVG = "http://www.w3.org/2000/svg";

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props || {})) setProp(node, key, value);
  append(node, children);
  return node;
}

function setProp(node, key, value) {
  if (value === undefined || value === null || value === false) return;
  if (key === "class") node.className = value;
  else if (key === "dataset") Object.assign(node.dataset, value);
  else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else if (key === "value" || key === "checked" || key === "disabled" || key === "selected") {
    node[key] = value;
  } else node.setAttribute(key, value === true ? "" : String(value));
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

const ICONS = {
  chevron: ["m6 9 6 6 6-6"],
  right: ["m9 6 6 6-6 6"],
  back: ["m15 18-6-6 6-6"],
  close: ["M18 6 6 18", "m6 6 12 12"],
  check: ["M20 6 9 17l-5-5"],
  plus: ["M12 5v14", "M5 12h14"],
  pencil: ["M12 20h9", "M16.5 3.5a2.1 2.1 0 0 1 3 3L7 19l-4 1 1-4Z"],
  send: ["m4 12 16-8-6 16-3-7-7-1Z"],
  hash: ["M4 9h16", "M4 15h16", "M10 3 8 21", "M16 3l-2 18"],
  home: ["M3 11 12 4l9 7", "M5 10v10h14V10"],
  chat: ["M20 15a2 2 0 0 1-2 2H8l-4 4V6a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2Z"],
  mail: ["M3 6h18v12H3Z", "m3 7 9 6 9-6"],
  inbox: ["M3 13h5l2 3h4l2-3h5", "M5 5h14l2 8v6H3v-6Z"],
  draft: ["M6 3h9l4 4v14H6Z", "M15 3v4h4", "M9 13h6", "M9 17h4"],
  import: ["M12 4v11", "m7 11 5 5 5-5", "M4 20h16"],
  clip: ["m20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 5 5l-8.500 8.500a1.700 1.700 0 0 1-2.500-2.500L15 7"],
  reply: ["m9 15-5-5 5-5", "M4 10h9a7 7 0 0 1 7 7v2"],
  replyall: ["m7 15-4-5 4-5", "m12 15-4-5 4-5", "M9 10h5a7 7 0 0 1 7 7v2"],
  more: ["M5 12h.01", "M12 12h.01", "M19 12h.01"],
  smile: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z", "M8.500 14a4.500 4.500 0 0 0 7 0", "M9 9.500h.01", "M15 9.500h.01"],
  trash: ["M4 7h16", "M9 7V4h6v3", "M6 7l1 13h10l1-13"],
  warn: ["M12 4 2.500 20h19Z", "M12 10v4", "M12 17h.01"],
  eye: ["M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7Z", "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z"],
  search: ["M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14Z", "m20 20-4-4"],
  up: ["M7 11v9H4v-9Z", "M7 11l4-7a2 2 0 0 1 2 2v4h5a2 2 0 0 1 2 2l-1.500 6a2 2 0 0 1-2 2H7"],
  down: ["M7 13V4H4v9Z", "M7 13l4 7a2 2 0 0 0 2-2v-4h5a2 2 0 0 0 2-2l-1.500-6a2 2 0 0 0-2-2H7"],
  both: ["M3 5h18v14H3Z", "M12 5v14"],
  columns: ["M8 4v16", "m4 8 4-4 4 4", "M16 20V4", "m12 16 4 4 4-4"],
};

export function svg(tag, props = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(props)) node.setAttribute(key, String(value));
  return append(node, children);
}

export function icon(name, size = 16) {
  return svg("svg", {
    viewBox: "0 0 24 24", width: size, height: size, fill: "none", stroke: "currentColor",
    "stroke-width": name === "more" ? 3 : 1.8, "stroke-linecap": "round",
    "stroke-linejoin": "round", "aria-hidden": "true", class: "icon",
  }, (ICONS[name] || []).map((d) => svg("path", { d })));
}

export function iconButton(name, label, onclick, props = {}) {
  return h("button", {
    type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...props,
  }, icon(name));
}

const TINTS = 8;

export function tint(seed) {
  let sum = 2166136261;
  for (const char of String(seed || "")) sum = Math.imul(sum ^ char.codePointAt(0), 16777619);
  return (sum >>> 11) % TINTS;
}

export function avatar(name, seed, extra = "") {
  const words = String(name || "?").replace(/[^\p{L}\p{N} ]/gu, " ").trim().split(/\s+/);
  const letters = words.slice(0, 2).map((word) => word[0] || "").join("").toUpperCase() || "?";
  return h("span", { class: `avatar tint-${tint(seed || name)} ${extra}`, "aria-hidden": "true" }, letters);
}

export function understudyMark(size = "") {
  return h("span", { class: `avatar mark ${size}`, "aria-hidden": "true" },
    h("img", { src: "/static/icon.svg", alt: "" }));
}

export function empty(title, hint, ...actions) {
  return h("div", { class: "empty" }, h("h3", {}, title), h("p", {}, hint), actions);
}

let serial = 0;
export function uid(prefix = "id") {
  serial += 1;
  return `${prefix}-${serial}`;
}

export function toast(text, tone = "info") {
  const close = () => node.remove();
  const node = h("div", { class: `toast ${tone}` },
    tone === "error" ? icon("warn") : null, h("span", {}, text), iconButton("close", "Dismiss", close));
  document.getElementById("toasts").append(node);
  setTimeout(close, 7000);
  return close;
}
