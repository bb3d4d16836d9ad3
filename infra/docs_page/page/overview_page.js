/** The first page of a version, and the page of its error codes. */

import { HOME } from "./api_document.js";
import { element, methodLabel } from "./dom.js";
import { inline, markdown } from "./markdown.js";

function callRow(api, operation) {
  const link = element("a", { href: `#/${api.version}/${operation.id}` }, operation.title);
  return element("tr", {},
    element("td", {}, methodLabel(operation.method)),
    element("td", {}, link),
    element("td", {}, element("code", { class: operation.deprecated && "struck" },
      operation.path)));
}

function groupSection(api, group) {
  const rows = group.operations.map((operation) => callRow(api, operation));
  return element("section", {},
    element("h2", {}, group.name),
    group.description && markdown(group.description),
    element("div", { class: "wide" }, element("table", { class: "calls" },
      element("tbody", {}, rows))));
}

/** What the version is, how to sign in, and every call. */
export function overviewPage(api) {
  const { info } = api.root;
  const description = new URL(`openapi.json?version=${api.version}`, HOME);
  return element("article", { class: "overview" },
    element("p", { class: "eyebrow" }, `${api.operations.length} calls · ${api.version}`),
    element("h1", { tabindex: "-1" }, info.title),
    markdown(info.description),
    element("p", {}, "Made from the ",
      element("a", { href: description.href }, "OpenAPI description"),
      ". Sign in above, open a call, and send it."),
    api.groups.map((group) => groupSection(api, group)));
}

function errorRow(error) {
  return element("tr", {},
    element("td", {}, element("span", { class: `status s${String(error.status)[0]}` },
      String(error.status))),
    element("td", {}, element("code", {}, error.code)),
    element("td", {}, inline(error.meaning ?? "")),
    element("td", {}, inline(error.remedy ?? "")),
    element("td", {}, error.retryable ? "yes" : "no"));
}

/** The registry of error codes, from the document's `x-error-codes`. */
export function errorsPage(api) {
  const head = ["Status", "Code", "Meaning", "Remedy", "Retry"]
    .map((name) => element("th", { scope: "col" }, name));
  return element("article", { class: "overview" },
    element("p", { class: "eyebrow" }, api.version),
    element("h1", { tabindex: "-1" }, "Error codes"),
    element("p", {}, "Every error has one of these codes; a code keeps its meaning."),
    element("div", { class: "wide" }, element("table", {},
      element("thead", {}, element("tr", {}, head)),
      element("tbody", {}, api.root["x-error-codes"].map(errorRow)))));
}
