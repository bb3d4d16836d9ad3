/** The page of one call: what it takes and gives on the left, the form on the right. */

import { addressOf } from "./api_document.js";
import { copyButton, element, folded, methodLabel } from "./dom.js";
import { jsonBlock } from "./json_view.js";
import { markdown } from "./markdown.js";
import { example, resolve } from "./schema.js";
import { parameterView, schemaView } from "./schema_view.js";
import { Trial } from "./trial.js";

const PLACES = { path: "Path", query: "Query", header: "Headers", cookie: "Cookies" };

function parameters(api, operation) {
  return Object.entries(PLACES).map(([place, title]) => {
    const found = operation.parameters.filter((parameter) => parameter.in === place);
    if (!found.length) return null;
    return element("section", {}, element("h2", {}, title), parameterView(api.root, found));
  });
}

function requestBody(api, operation) {
  const body = resolve(api.root, operation.requestBody ?? {});
  return Object.entries(body.content ?? {}).map(([type, media]) =>
    element("section", {},
      element("h2", {}, "Body ", element("small", {}, type)),
      body.description && markdown(body.description),
      schemaView(api.root, media.schema ?? {})));
}

function examplesOf(api, media) {
  const named = Object.entries(media.examples ?? {})
    .map(([name, one]) => [one.summary ?? name, resolve(api.root, one).value]);
  if (media.example !== undefined) named.unshift(["Example", media.example]);
  if (!named.length && media.schema) {
    named.push(["Example", example(api.root, media.schema, { full: true })]);
  }
  return named;
}

function mediaView(api, type, media) {
  return [
    element("p", { class: "muted" }, type),
    media.schema && schemaView(api.root, media.schema),
    examplesOf(api, media).map(([name, value]) => folded(name, () => jsonBlock(value))),
  ];
}

function responseView(api, status, reference) {
  const response = resolve(api.root, reference);
  const head = [
    element("span", { class: `status s${status[0]}` }, status),
    element("span", {}, ` ${response.description ?? ""}`),
  ];
  const headers = Object.entries(response.headers ?? {})
    .map(([name, header]) => ({ name, ...resolve(api.root, header) }));
  const content = () => element("div", { class: "response" },
    headers.length > 0 && [element("h3", {}, "Headers"), parameterView(api.root, headers)],
    Object.entries(response.content ?? {}).map(([type, media]) => mediaView(api, type, media)),
    !response.content && element("p", { class: "muted" }, "No body."));
  return folded(head, content, { open: status.startsWith("2") });
}

function responses(api, operation) {
  return element("section", {}, element("h2", {}, "Answers"),
    Object.entries(operation.responses ?? {})
      .map(([status, response]) => responseView(api, status, response)));
}

function securityLine(api, operation) {
  const schemes = api.root.components?.securitySchemes ?? {};
  const names = operation.security.map((name) => {
    const scheme = schemes[name] ?? {};
    return scheme.type === "apiKey" ? `API key (${scheme.name})` : "bearer token";
  });
  const text = names.length ? `Needs a ${[...new Set(names)].join(" or an ")}` : "Public";
  return element("p", { class: "muted" }, text);
}

/** On a narrow screen the form is below the text: a way to it. */
function jumpButton() {
  const jump = () => document.querySelector("aside").scrollIntoView();
  return element("button", { type: "button", class: "quiet jump", onclick: jump }, "Try it");
}

function pathLine(api, operation) {
  const { href, pathname } = addressOf(api.root, operation.path);
  const path = operation.isEvent ? operation.path : decodeURI(pathname);
  return element("p", { class: "path" }, methodLabel(operation.method), element("code", {}, path),
    !operation.isEvent && [copyButton(() => decodeURI(href), "Copy URL"), jumpButton()]);
}

function heading(api, operation) {
  return [
    element("p", { class: "eyebrow" }, `${operation.tag} · ${api.version}`),
    element("h1", { tabindex: "-1" }, operation.title),
    pathLine(api, operation),
    operation.deprecated && element("p", { class: "notice" },
      "Deprecated: it still works, but new clients should not use it."),
    securityLine(api, operation),
  ];
}

/** Everything about one call; `signal` ends when the page is left. */
export function operationPage(api, operation, signal) {
  const text = element("div", { class: "text" },
    heading(api, operation),
    operation.description && markdown(operation.description),
    parameters(api, operation),
    requestBody(api, operation),
    responses(api, operation));
  const trial = operation.isEvent ? null : new Trial(api, operation, signal).node;
  return element("article", { class: "operation" }, text,
    trial && element("aside", { "aria-label": "Call" }, trial));
}
