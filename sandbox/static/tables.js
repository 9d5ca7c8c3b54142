// table and data_table.

import { h, icon, uid } from "./dom.js";
import { plural } from "./format.js";
import { richPlain, richText } from "./richtext.js";
import { plain, textOf } from "./mrkdwn.js";

function cellContent(cell) {
  if (!cell) return "";
  if (cell.type === "rich_text") return richText(cell);
  if (cell.type === "raw_number") return cell.text ?? String(cell.value);
  return plain(cell.text ?? "");
}

function cellKey(cell) {
  if (!cell) return "";
  if (cell.type === "raw_number") return Number(cell.value);
  return (cell.type === "rich_text" ? richPlain(cell) : cell.text || "").toLowerCase();
}

function scroll(label, content) {
  return h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": label }, content);
}

export function table(block) {
  const settings = block.column_settings || [];
  const style = (index) => {
    const column = settings[index] || {};
    return `align-${column.align || "left"} ${column.is_wrapped ? "wrapped" : ""}`;
  };
  const [head = [], ...body] = block.rows || [];
  return scroll("Table", h("table", { class: "grid" },
    h("thead", {}, h("tr", {}, head.map((cell, i) => h("th", { scope: "col", class: style(i) }, cellContent(cell))))),
    h("tbody", {}, body.map((row) => h("tr", {}, row.map((cell, i) => h("td", { class: style(i) }, cellContent(cell))))))));
}

function sorted(rows, column, direction) {
  if (column < 0) return rows;
  return [...rows].sort((left, right) => {
    const a = cellKey(left[column]);
    const b = cellKey(right[column]);
    return (a < b ? -1 : Number(a > b)) * direction;
  });
}

export function dataTable(block) {
  const [head = [], ...body] = block.rows || [];
  const size = Math.max(1, block.page_size || 5);
  const state = { page: 0, column: -1, direction: 1 };
  const caption = uid("caption");
  const thead = h("thead");
  const tbody = h("tbody");
  const foot = h("div", { class: "table-foot" });

  const sortBy = (column) => {
    state.direction = state.column === column ? -state.direction : 1;
    state.column = column;
    state.page = 0;
    draw(column);
  };
  const turn = (step) => {
    state.page += step;
    draw();
  };
  const headCell = (cell, index) => {
    const active = state.column === index;
    const order = active ? (state.direction > 0 ? "ascending" : "descending") : null;
    return h("th", { scope: "col", "aria-sort": order, class: body[0]?.[index]?.type === "raw_number" ? "align-right" : "" },
      h("button", { type: "button", class: "sort", onclick: () => sortBy(index), "data-column": index },
        cellContent(cell), h("span", { class: `sort-mark ${order || ""}`, "aria-hidden": "true" }, icon("chevron", 12))));
  };
  const bodyCell = (cell, index) => h(index === (block.row_header_column_index || 0) ? "th" : "td", {
    scope: index === (block.row_header_column_index || 0) ? "row" : null,
    class: cell?.type === "raw_number" ? "align-right" : "",
  }, cellContent(cell));

  function draw(focusColumn) {
    const pages = Math.max(1, Math.ceil(body.length / size));
    const from = state.page * size;
    const rows = sorted(body, state.column, state.direction).slice(from, from + size);
    thead.replaceChildren(h("tr", {}, head.map(headCell)));
    tbody.replaceChildren(...rows.map((row) => h("tr", {}, row.map(bodyCell))));
    foot.replaceChildren(h("span", { role: "status" }, pages > 1
      ? `${from + 1}–${Math.min(from + size, body.length)} of ${body.length}` : plural(body.length, "row")));
    if (pages > 1) {
      foot.append(
        h("button", { type: "button", class: "button small", disabled: state.page === 0, onclick: () => turn(-1) }, "Previous"),
        h("button", { type: "button", class: "button small", disabled: state.page >= pages - 1, onclick: () => turn(1) }, "Next"));
    }
    if (focusColumn !== undefined) thead.querySelector(`[data-column="${focusColumn}"]`)?.focus();
  }
  draw();
  return h("figure", { class: "data-table" },
    h("figcaption", { id: caption }, textOf(block.caption)),
    scroll(textOf(block.caption) || "Table", h("table", { class: "grid", "aria-labelledby": caption }, thead, tbody)), foot);
}
