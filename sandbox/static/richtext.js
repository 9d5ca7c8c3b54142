// rich_text blocks: sections, lists, quotes and preformatted text.

import { h } from "./dom.js";
import { slackDate } from "./format.js";
import { emojiNode, mention, safeLink } from "./mrkdwn.js";
import { channelName, nameOf } from "./people.js";

const WRAPPERS = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]];

function styled(node, style) {
  let wrapped = node;
  for (const [key, tag] of WRAPPERS) if (style && style[key]) wrapped = h(tag, {}, wrapped);
  return wrapped;
}

const LEAVES = {
  text: (leaf) => h("span", { class: "lines pre-line" }, leaf.text),
  link: (leaf) => safeLink(leaf.url, leaf.text),
  emoji: (leaf) => emojiNode(leaf.name, `:${leaf.name}:`),
  user: (leaf) => mention(`@${nameOf(leaf.user_id)}`),
  channel: (leaf) => mention(`#${channelName(leaf.channel_id)}`),
  usergroup: (leaf) => mention(`@${leaf.usergroup_id}`),
  broadcast: (leaf) => mention(`@${leaf.range}`),
  date: (leaf) => h("time", {}, slackDate(leaf.timestamp, leaf.format || "{date}", leaf.fallback)),
  color: (leaf) => h("code", {}, leaf.value),
};

function leaves(elements) {
  return (elements || []).map((leaf) => {
    const make = LEAVES[leaf.type];
    return make ? styled(make(leaf), leaf.style) : leaf.text || "";
  });
}

function list(element) {
  const ordered = element.style === "ordered";
  const indent = Math.min(Number(element.indent || 0), 8);
  return h(ordered ? "ol" : "ul", {
    class: `rich-list indent-${indent}`, start: ordered && element.offset ? element.offset + 1 : null,
  }, (element.elements || []).map((item) => h("li", {}, leaves(item.elements))));
}

const PARTS = {
  rich_text_section: (part) => h("p", { class: "rich-section" }, leaves(part.elements)),
  rich_text_list: list,
  rich_text_quote: (part) => h("blockquote", {}, leaves(part.elements)),
  rich_text_preformatted: (part) => h("pre", {}, h("code", {}, leaves(part.elements))),
};

export function richText(block) {
  return (block.elements || []).map((part) => (PARTS[part.type] ? PARTS[part.type](part) : leaves([part])));
}

export function richPlain(block) {
  const walk = (node) => {
    if (node.text && typeof node.text === "string") return node.text;
    return (node.elements || []).map(walk).join("");
  };
  return walk(block);
}
