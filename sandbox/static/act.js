// Pressing something: confirmation first, a pending state until the bot answered, a warning if it failed.

import { fill, h, icon } from "./dom.js";
import { textObject } from "./mrkdwn.js";

export function confirmDialog({ title, text, confirm, deny, style }) {
  return new Promise((resolve) => {
    const done = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const dialog = h("dialog", { class: "confirm", "aria-labelledby": "confirm-title", oncancel: () => done(false) },
      h("h2", { id: "confirm-title" }, textObject(title)),
      h("div", { class: "confirm-text" }, textObject(text)),
      h("div", { class: "row end" },
        h("button", { type: "button", class: "button", onclick: () => done(false) }, textObject(deny || "Cancel")),
        h("button", { type: "button", class: `button ${style === "danger" ? "danger solid" : "primary"}`, onclick: () => done(true) },
          textObject(confirm || "Yes"))));
    document.body.append(dialog);
    dialog.showModal();
  });
}

export function failed(result) {
  const status = result?.status;
  if (result?.warning) return true;
  return status !== undefined && status !== null && (status === "error" || Number(status) >= 400 || status === 0);
}

function describe(result) {
  if (result?.warning || result?.error) return result.warning || result.error;
  return `Understudy did not take this (answer ${result?.status ?? "missing"}). Nothing is lost; try again.`;
}

const marks = new WeakMap();

// A mark beside what was pressed: sign and words, so that colour is never the only carrier.
export function warn(node, text) {
  const mark = h("span", { class: "warn-mark", role: "alert" }, icon("warn", 14), h("span", {}, text));
  const home = node.closest(".block-actions, .block-context-actions, .section-accessory, .input-block, .card-actions, .fault-home") || node;
  marks.get(node)?.remove();
  home.after(mark);
  marks.set(node, mark);
}

export async function fire(node, ctx, element, blockId, payload) {
  if (node.getAttribute("aria-busy") === "true") return false;
  if (element.confirm && !(await confirmDialog(element.confirm))) return false;
  marks.get(node)?.remove();
  node.setAttribute("aria-busy", "true");
  let result;
  try {
    result = await ctx.act({ action_id: element.action_id, block_id: blockId, type: element.type, ...payload });
  } catch (error) {
    result = { status: 0, error: error.message };
  }
  node.removeAttribute("aria-busy");
  if (failed(result)) {
    warn(node, describe(result));
    return false;
  }
  return true;
}

export function fieldError(node, text) {
  fill(node, text ? [icon("warn", 14), h("span", {}, text)] : []);
  node.hidden = !text;
}
