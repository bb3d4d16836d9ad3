/** JSON as coloured text. */

import { element } from "./dom.js";

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g;
const COLOURED_LENGTH = 200_000; // beyond this, colouring costs more than it helps

function kindOf(match) {
  if (match[1]) return match[2] ? "key" : "string";
  return /^[-\d]/.test(match[0]) ? "number" : "word";
}

function* pieces(text) {
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const token = match[1] ?? match[0];
    yield text.slice(end, match.index);
    yield element("span", { class: `json-${kindOf(match)}` }, token);
    end = match.index + token.length;
  }
  yield text.slice(end);
}

/** Text that is shown as JSON when it is JSON, else as it is. */
export function indented(text) {
  try {
    JSON.parse(text);
  } catch {
    return { text, isJson: false };
  }
  return { text: reindent(text), isJson: true };
}

/** Indent without parsing numbers: a round trip through JSON.parse would change long integers. */
function reindent(text) {
  const tokens = text.match(/"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  let depth = 0;
  const line = () => `\n${"  ".repeat(depth)}`;
  return tokens.map((token, index) => {
    const [before, after] = [tokens[index - 1], tokens[index + 1]];
    if (token === "{" || token === "[") {
      depth += 1;
      return token + (after === "}" || after === "]" ? "" : line());
    }
    if (token === "}" || token === "]") {
      depth -= 1;
      return (before === "{" || before === "[" ? "" : line()) + token;
    }
    if (token === ",") return `,${line()}`;
    return token === ":" ? ": " : token;
  }).join("");
}

/** A block of JSON; `value` is text or anything that JSON can say. */
export function jsonBlock(value) {
  const source = typeof value === "string" ? value : JSON.stringify(value);
  const { text, isJson } = indented(source);
  const coloured = isJson && text.length < COLOURED_LENGTH;
  return element("pre", { class: "code", tabindex: "0" }, coloured ? [...pieces(text)] : text);
}
