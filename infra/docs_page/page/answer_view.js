/** What came back from a call. */

import { copyButton, element, folded } from "./dom.js";
import { indented, jsonBlock } from "./json_view.js";

function size(bytes) {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KiB`;
}

function download(answer) {
  const link = element("a", { href: URL.createObjectURL(answer.content), download: "answer" },
    `Save the ${answer.type} (${size(answer.bytes)})`);
  return element("p", {}, link);
}

function bodyView(answer) {
  if (answer.content instanceof Blob) return download(answer);
  if (!answer.content) return element("p", { class: "muted" }, "No body.");
  const text = /json/.test(answer.type) ? indented(answer.content).text : answer.content;
  return element("div", { class: "block" }, copyButton(() => text), jsonBlock(answer.content));
}

function headerTable(headers) {
  const rows = headers.map(([name, value]) =>
    element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, value)));
  return element("table", { class: "headers" }, element("tbody", {}, rows));
}

/** Status, time, size, headers and body of an answer. */
export function answerView(answer, hint) {
  const mark = `status s${Math.floor(answer.status / 100)}`;
  return element("section", { class: "answer", "aria-label": "Answer" },
    element("p", { class: "answer-head" },
      element("span", { class: mark }, `${answer.status} ${answer.reason}`.trim()),
      element("span", { class: "muted" }, `${answer.milliseconds} ms · ${size(answer.bytes)}`)),
    hint && element("p", { class: "notice" }, hint),
    bodyView(answer),
    folded(`Headers (${answer.headers.length})`, () => headerTable(answer.headers),
      { open: true, class: "answer-headers" }));
}

/** A call that got no answer at all. */
export function failureView(error) {
  return element("p", { class: "notice bad", role: "alert" },
    `No answer: ${error.message}. Is the API reachable from here?`);
}
