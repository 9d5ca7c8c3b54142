// Bringing real mail: pick or drop .mbox and .eml files.

import { fill, h, icon, toast } from "./dom.js";
import { post } from "./api.js";
import { base64, plural } from "./format.js";

function count(value) {
  return Array.isArray(value) ? value.length : Number(value) || 0;
}

async function deliver(mailbox, files, onDone) {
  const chosen = [...files];
  if (!chosen.length) return;
  const done = toast(`Delivering ${plural(chosen.length, "file")} to ${mailbox.name}.`);
  try {
    const packed = await Promise.all(chosen.map(async (file) => ({ name: file.name, base64: await base64(file) })));
    const result = await post("/ui/mail/import", { mailbox: mailbox.email, files: packed });
    const bad = count(result.failed);
    toast(`${plural(count(result.delivered), "message")} delivered${bad ? `, ${bad} could not be read` : ""}.`, bad ? "error" : "info");
  } catch (error) {
    toast(`${error.message} Nothing more was delivered.`, "error");
  }
  done();
  onDone();
}

export function importButton(mailbox, onDone) {
  const input = h("input", { type: "file", accept: ".mbox,.eml,.mbx,message/rfc822,application/mbox", multiple: true, hidden: true, "aria-label": "Mail files" });
  input.addEventListener("change", async () => {
    await deliver(mailbox(), input.files, onDone);
    input.value = "";
  });
  return [h("button", { type: "button", class: "button", title: "Import .mbox or .eml files", onclick: () => input.click() }, icon("import", 15), h("span", { class: "wide-label" }, "Import mail")), input];
}

export function dropZone(pane, mailbox, onDone) {
  const veil = h("div", { class: "drop-veil", hidden: true });
  let depth = 0;
  const files = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  const end = () => {
    depth = 0;
    veil.hidden = true;
  };
  pane.addEventListener("dragenter", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    depth += 1;
    veil.hidden = false;
    fill(veil, icon("import", 28), h("p", {}, `Drop .mbox or .eml files to deliver them to ${mailbox().name}`));
  });
  pane.addEventListener("dragover", (event) => files(event) && event.preventDefault());
  pane.addEventListener("dragleave", () => {
    depth -= 1;
    if (depth <= 0) end();
  });
  pane.addEventListener("drop", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    end();
    deliver(mailbox(), event.dataTransfer.files, onDone);
  });
  return veil;
}
