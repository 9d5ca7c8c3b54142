// The page: top bar, the two sides, the phone's tab bar, and the live line to the sandbox.

import { fill, h, icon } from "./dom.js";
import { listen } from "./api.js";
import { zoneName } from "./format.js";
import { mountGmail, refresh as refreshGmail, unreadInGmail } from "./gmail.js";
import { menuButton } from "./popup.js";
import { mountSlack, refresh as refreshSlack, tries, unreadInSlack } from "./slack.js";
import { placed, setPlace } from "./places.js";

const SIDES = [["both", "Both", "both"], ["slack", "Slack", "chat"], ["gmail", "Gmail", "mail"]];
const STATES = { live: "Live", connecting: "Connecting", reconnecting: "Reconnecting" };
const workspace = document.getElementById("workspace");
let connection = "connecting";

function show(side) {
  workspace.dataset.side = side;
  setPlace({ side });
  drawSwitches();
}

function drawSwitches() {
  const side = workspace.dataset.side;
  const unread = { slack: unreadInSlack(), gmail: unreadInGmail() };
  for (const node of document.querySelectorAll("[data-side-button]")) {
    const name = node.dataset.sideButton;
    const phone = node.closest("#tabbar");
    const active = name === side || (phone && side === "both" && name === "slack");
    node.setAttribute("aria-pressed", String(active));
    const badge = node.querySelector(".badge");
    if (badge) {
      badge.hidden = !unread[name];
      badge.textContent = unread[name] || "";
    }
  }
}

function switchButton([name, label, glyph]) {
  return h("button", { type: "button", "data-side-button": name, "aria-pressed": "false", onclick: () => show(name) },
    icon(glyph), h("span", {}, label), h("span", { class: "badge", hidden: true }));
}

function drawTop() {
  fill(document.getElementById("topbar"),
    h("h1", { class: "brand" }, h("img", { src: "/static/icon.svg", alt: "", width: 26, height: 26 }), h("span", {}, "Understudy"), h("span", { class: "brand-quiet" }, "sandbox")),
    h("div", { class: "segmented", role: "group", "aria-label": "What to show" }, SIDES.map(switchButton)),
    h("div", { class: "topbar-end" }, h("div", { id: "tries" }), h("div", { class: "connection", id: "connection", role: "status" })));
  fill(document.getElementById("tabbar"), SIDES.slice(1).map(switchButton));
}

function drawConnection() {
  const node = document.getElementById("connection");
  node.dataset.state = connection;
  fill(node, h("span", { class: "dot", "aria-hidden": "true" }), STATES[connection],
    zoneName() ? h("span", { "aria-hidden": "true" }, "·") : null, zoneName() ? h("span", { class: "zone", title: "Times read as they do for this person in Slack" }, zoneName()) : null);
}

let triesSig = "";

// Where a newcomer may begin; each leads to the place and the person it is about.
function drawTries() {
  const sig = JSON.stringify(tries());
  if (sig === triesSig) return;
  triesSig = sig;
  const items = tries().map((one) => ({ label: one.label, hint: one.hint, run: () => go(one.place) }));
  fill(document.getElementById("tries"), items.length ? menuButton({ class: "button" }, "What to try", items, { side: "end", label: "What to try" }) : []);
}

function go(place) {
  setPlace({ channel: "", thread: "", ...place });
  location.reload();
}

drawTop();
drawConnection();
mountSlack(document.getElementById("slack"));
mountGmail(document.getElementById("gmail"));
show(placed("side", "both"));
document.addEventListener("counts", () => {
  drawSwitches();
  drawTries();
});
// Another person's clock: every time on the page reads anew.
document.addEventListener("zone", () => {
  drawConnection();
  refreshGmail();
});
document.addEventListener("visibilitychange", () => document.hidden || refreshSlack());
listen({
  onEvent: ({ type }) => {
    if (type !== "mail") refreshSlack();
    if (type !== "slack") refreshGmail();
  },
  onState: (state) => {
    if (connection !== state) {
      connection = state;
      drawConnection();
      // What happened while the line was down is fetched, not missed.
      if (state === "live") {
        refreshSlack();
        refreshGmail();
      }
    }
  },
});
