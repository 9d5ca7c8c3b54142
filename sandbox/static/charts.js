// data_visualization: bars, lines and areas on axes, slices as a list of bars. Drawn as Slack draws
// them: a colour a series, its name below, the value of each point on hover. What is drawn is read
// out as a table.

import { h, svg } from "./dom.js";
import { textOf } from "./mrkdwn.js";

const WIDEST = 560, HEIGHT = 210;
const EDGE = { top: 10, right: 8, bottom: 26, left: 34 };
const INNER = HEIGHT - EDGE.top - EDGE.bottom;
const TICKS = 4;
const LETTER = 6.2;

export function dataVisualization(block) {
  const chart = block.chart || {};
  const title = textOf(block.title);
  const content = chart.segments ? slices(title, chart.segments) : axes(title, chart);
  return h("figure", { class: "data-table" }, h("figcaption", {}, title), content);
}

// ── Slices ───────────────────────────────────────────────────────────────────────────────────────
function bar(share) {
  const inner = h("span", { class: "bar-fill" });
  inner.style.width = `${Math.round(Math.max(0, Math.min(1, share)) * 100)}%`;
  return h("span", { class: "bar", "aria-hidden": "true" }, inner);
}

function slices(label, rows) {
  const top = Math.max(...rows.map((row) => Math.abs(row.value)), 1e-9);
  return h("table", { class: "slices", "aria-label": label }, h("tbody", {}, rows.map((row) => h("tr", {},
    h("th", { scope: "row" }, row.label), h("td", { class: "bar-cell" }, bar(Math.abs(row.value) / top)),
    h("td", { class: "align-right" }, String(row.value))))));
}

// ── Axes ─────────────────────────────────────────────────────────────────────────────────────────
function axes(title, chart) {
  const series = chart.series || [];
  const config = chart.axis_config || {};
  const names = config.categories || (series[0]?.data || []).map((one) => one.label);
  const scale = scaled(series.flatMap((one) => one.data.map((point) => point.value)));
  const draw = chart.type === "bar" ? barsOf : linesOf;
  const image = h("div", { class: "chart", role: "img", "aria-label": title });
  const fit = () => {
    const width = Math.min(image.clientWidth, WIDEST);
    if (!width) return;
    const step = (width - EDGE.left - EDGE.right) / Math.max(1, names.length);
    image.replaceChildren(svg("svg", { width, height: HEIGHT, "aria-hidden": "true" },
      grid(scale, width), labels(names, step), series.map((one, at) => draw(one, at, { scale, step, of: series.length, chart }))));
  };
  new ResizeObserver(fit).observe(image);
  return [
    config.y_label ? h("div", { class: "chart-axis" }, config.y_label) : null,
    image,
    config.x_label ? h("div", { class: "chart-axis chart-axis-x" }, config.x_label) : null,
    series.length > 1 ? h("div", { class: "chart-key" }, series.map((one, at) => h("span", {},
      h("i", { class: `chart-mark tone-${at % 6}`, "aria-hidden": "true" }), one.name))) : null,
    spoken(title, names, series),
  ];
}

// Round steps from zero (or below) to at least the largest value.
function scaled(values) {
  const high = Math.max(0, ...values), low = Math.min(0, ...values);
  const rough = (high - low || 1) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough - 1e-9);
  const first = Math.floor(low / step) * step, last = Math.ceil(high / step - 1e-9) * step;
  const ticks = [];
  for (let at = first; at <= last + step / 2; at += step) ticks.push(Number(at.toFixed(6)));
  return { ticks, y: (value) => EDGE.top + INNER * (1 - (value - first) / (last - first || 1)) };
}

function grid(scale, width) {
  return scale.ticks.map((tick) => [
    svg("line", { class: "chart-line", x1: EDGE.left, x2: width - EDGE.right, y1: scale.y(tick), y2: scale.y(tick) }),
    svg("text", { class: "chart-text", x: EDGE.left - 6, y: scale.y(tick) + 4, "text-anchor": "end" }, String(tick)),
  ]);
}

// Every so many of them, where all don't fit.
function labels(names, step) {
  const longest = Math.max(1, ...names.map((name) => name.length)) * LETTER + 6;
  const every = Math.max(1, Math.ceil(longest / step));
  return names.map((name, at) => (at % every ? null
    : svg("text", { class: "chart-text", x: middle(at, step), y: HEIGHT - 8, "text-anchor": "middle" }, name)));
}

const middle = (at, step) => EDGE.left + step * (at + .5);

function told(series, point) {
  return svg("title", {}, `${series.name}, ${point.label}: ${point.value}`);
}

function barsOf(series, number, { scale, step, of }) {
  const wide = Math.min(28, (step * .72) / of);
  return series.data.map((point, at) => {
    const top = scale.y(Math.max(0, point.value)), foot = scale.y(Math.min(0, point.value));
    const x = middle(at, step) + (number - of / 2) * wide;
    return svg("rect", { class: `tone-${number % 6}`, x: x + .5, y: top, width: Math.max(1, wide - 1), height: Math.max(1, foot - top), rx: 2 },
      told(series, point));
  });
}

function linesOf(series, number, { scale, step, chart }) {
  const at = series.data.map((point, place) => [middle(place, step), scale.y(point.value)]);
  const path = at.map(([x, y], place) => `${place ? "L" : "M"}${x} ${y}`).join("");
  const foot = scale.y(0);
  return [
    chart.type === "area" && at.length ? svg("path", { class: `chart-area tone-${number % 6}`, d: `${path}L${at.at(-1)[0]} ${foot}L${at[0][0]} ${foot}Z` }) : null,
    svg("path", { class: `chart-path tone-${number % 6}`, d: path }),
    series.data.map((point, place) => svg("circle", { class: `tone-${number % 6}`, cx: at[place][0], cy: at[place][1], r: 3 }, told(series, point))),
  ];
}

function spoken(title, names, series) {
  return h("table", { class: "unseen" }, h("caption", {}, title),
    h("thead", {}, h("tr", {}, h("th", {}), series.map((one) => h("th", { scope: "col" }, one.name)))),
    h("tbody", {}, names.map((name, at) => h("tr", {}, h("th", { scope: "row" }, name),
      series.map((one) => h("td", {}, String(one.data[at]?.value ?? "")))))));
}
