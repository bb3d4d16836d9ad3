/** The part of Markdown that descriptions use: paragraphs, lists, tables, headings, code, links. */

import { element } from "./dom.js";

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^)\s]+)\)/g;
const SAFE_LINK = /^(https?:|mailto:|[#/.]|[\w-]+(?:[/?#.]|$))/i;

function inlineNode([whole, code, strong, emphasis, label, address]) {
  if (code) return element("code", {}, code);
  if (strong) return element("strong", {}, ...inline(strong));
  if (emphasis) return element("em", {}, ...inline(emphasis));
  if (!SAFE_LINK.test(address)) return whole; // javascript: and its like stay text
  return element("a", { href: address }, ...inline(label));
}

/** One line of text as nodes. */
export function inline(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(text.slice(end, match.index), inlineNode(match));
    end = match.index + match[0].length;
  }
  return [...nodes, text.slice(end)];
}

const cells = (row) => row.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
const row = (name, line) =>
  element("tr", {}, cells(line).map((cell) => element(name, {}, inline(cell))));

function table(lines) {
  const body = lines.slice(2).map((line) => row("td", line));
  return element("table", {}, element("thead", {}, row("th", lines[0])),
    element("tbody", {}, body));
}

function list(name, lines, marker) {
  const items = [];
  for (const line of lines) {
    if (marker.test(line)) items.push(line.replace(marker, ""));
    else items[items.length - 1] += ` ${line.trim()}`;
  }
  return element(name, {}, items.map((item) => element("li", {}, inline(item))));
}

function block(lines) {
  const heading = /^(#{1,4}) (.*)/.exec(lines[0]);
  if (heading) {
    const rest = lines.slice(1);
    const level = Math.min(heading[1].length + 2, 5); // below the page's own headings
    return [element(`h${level}`, {}, inline(heading[2])), rest.length ? block(rest) : null];
  }
  if (/^\s*[-*] /.test(lines[0])) return list("ul", lines, /^\s*[-*] /);
  if (/^\s*\d+[.)] /.test(lines[0])) return list("ol", lines, /^\s*\d+[.)] /);
  if (/^\|?[\s:|-]+$/.test(lines[1] ?? "") && lines[0].includes("|")) return table(lines);
  const text = lines.join(" ");
  const start = lines.findIndex((line) => /^\s*([-*]|\d+[.)]) /.test(line));
  if (start > 0) return [block(lines.slice(0, start)), block(lines.slice(start))];
  return element("p", {}, inline(text));
}

function* blocks(text) {
  let lines = [];
  let code = null;
  for (const line of text.split("\n")) {
    if (line.trim().startsWith("```")) {
      if (code) yield element("pre", { class: "code" }, code.join("\n"));
      else if (lines.length) yield block(lines);
      lines = [];
      code = code ? null : [];
    } else if (code) code.push(line);
    else if (line.trim()) lines.push(line);
    else if (lines.length) {
      yield block(lines);
      lines = [];
    }
  }
  if (lines.length) yield block(lines);
}

/** Markdown as one element. */
export function markdown(text) {
  return element("div", { class: "prose" }, ...blocks(text ?? ""));
}
