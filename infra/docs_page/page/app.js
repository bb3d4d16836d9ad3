/** The page: `#/v2/createCourse` shows that call, `#/v2` the overview. */

import { load, versions as askVersions } from "./api_document.js";
import { element } from "./dom.js";
import { operationPage } from "./operation_page.js";
import { errorsPage, overviewPage } from "./overview_page.js";
import { markCurrent, sidebar } from "./sidebar.js";
import { topBar, versionNotice } from "./top_bar.js";

const main = document.getElementById("main");
const nav = document.getElementById("sidebar");
const bar = topBar();
const known = askVersions();
let left = new AbortController();
let listed; // the document whose calls the sidebar holds

async function readRoute() {
  const parts = location.hash.startsWith("#/") ? location.hash.slice(2).split("/") : [];
  const [version, ...rest] = parts.filter(Boolean).map(decodeURIComponent);
  const versions = await known;
  return { version: version ?? versions[0].version, rest, versions };
}

function missing(api, id) {
  return element("div", {},
    element("p", { class: "notice" }, `${api.version} has no call named ${id}.`),
    overviewPage(api));
}

function page(api, rest) {
  if (!rest.length) return overviewPage(api);
  if (rest.join("/") === "-/errors" && api.root["x-error-codes"]) return errorsPage(api);
  const operation = api.ids.get(rest.join("/"));
  return operation ? operationPage(api, operation, left.signal) : missing(api, rest.join("/"));
}

function list(api, route) {
  if (listed !== api) nav.replaceChildren(...sidebar(api));
  listed = api;
  markCurrent(nav, `#/${[route.version, ...route.rest].join("/")}`);
}

function failed(error) {
  listed = null;
  nav.replaceChildren();
  main.replaceChildren(element("p", { class: "notice bad", role: "alert" },
    `This page cannot be shown: ${error.message}`));
}

function draw(api, route) {
  const info = route.versions.find(({ version }) => version === route.version);
  main.replaceChildren(...[versionNotice(info), page(api, route.rest)].filter(Boolean));
  const title = main.querySelector("h1").textContent;
  document.title = `${title} · ${api.root.info.title} ${api.version}`;
}

async function show() {
  const isFirst = !listed;
  left.abort();
  left = new AbortController();
  const { signal } = left;
  document.body.classList.remove("menu");
  try {
    const route = await readRoute();
    bar.switchTo(route);
    const api = await load(route.version);
    if (signal.aborted) return; // another page was asked for meanwhile
    draw(api, route);
    list(api, route);
    scrollTo(0, 0);
    if (!isFirst) main.querySelector("h1").focus({ preventScroll: true });
  } catch (error) {
    if (!signal.aborted) failed(error);
  }
}

function keys(event) {
  const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key !== "/" || isTyping || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  document.body.classList.add("menu"); // on a narrow screen the search is inside the menu
  document.getElementById("search")?.focus();
}

document.getElementById("top").append(...bar.nodes);
addEventListener("hashchange", show);
addEventListener("keydown", keys);
show();
