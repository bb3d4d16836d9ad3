/** The list of calls, and the search in it. */

import { element, methodLabel } from "./dom.js";

function callLink(api, operation) {
  const attributes = { href: `#/${api.version}/${operation.id}`, "data-words": operation.words };
  return element("li", {}, element("a", attributes, methodLabel(operation.method),
    element("span", { class: operation.deprecated && "struck" }, operation.title)));
}

function groupPart(api, group) {
  const links = group.operations.map((operation) => callLink(api, operation));
  return element("section", {}, element("h2", {}, group.name), element("ul", {}, links));
}

/** Show only calls that hold every typed word; groups without any disappear. */
function filter(list, text, count) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const link of list.querySelectorAll("a[data-words]")) {
    const fits = words.every((word) => link.dataset.words.includes(word));
    link.parentElement.hidden = !fits;
    shown += fits;
  }
  for (const section of list.querySelectorAll("section")) {
    section.hidden = !section.querySelector("li:not([hidden])");
  }
  count.textContent = words.length ? `${shown} found` : "";
}

function searchBox(list) {
  const count = element("p", { class: "muted", "aria-live": "polite" });
  const box = element("input", {
    type: "search", placeholder: "Search  ( / )", "aria-label": "Search calls", id: "search",
    oninput: () => filter(list, box.value, count),
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") list.querySelector("li:not([hidden]) a[data-words]")?.click();
  });
  return [box, count];
}

/** The whole sidebar of a version. */
export function sidebar(api) {
  const list = element("div", { class: "list" },
    element("ul", {},
      element("li", {}, element("a", { href: `#/${api.version}` }, "Overview")),
      api.root["x-error-codes"] && element("li", {},
        element("a", { href: `#/${api.version}/-/errors` }, "Error codes"))),
    api.groups.map((group) => groupPart(api, group)));
  return [...searchBox(list), list];
}

/** Mark the link of the page that is shown, and bring it into sight. */
export function markCurrent(nav, address) {
  for (const link of nav.querySelectorAll("a")) {
    const isCurrent = link.getAttribute("href") === address;
    if (isCurrent) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    if (isCurrent) link.scrollIntoView({ block: "nearest" });
  }
}
