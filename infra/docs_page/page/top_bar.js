/** The bar above: name, versions, colours, who calls are made as. */

import { HOME } from "./api_document.js";
import { element } from "./dom.js";
import { signInButton } from "./sign_in.js";

const PLACE = "campus-docs-theme";
const NEXT = { "": "dark", dark: "light", light: "" };
const NAMES = { "": "Auto", dark: "Dark", light: "Light" };

function storedTheme() {
  try {
    return localStorage.getItem(PLACE) ?? "";
  } catch {
    return ""; // storage is refused: follow the system
  }
}

function applyTheme(theme, button) {
  document.documentElement.dataset.theme = theme;
  button.textContent = NAMES[theme];
  try {
    localStorage.setItem(PLACE, theme);
  } catch {
    // without storage the choice lasts until the page is left
  }
}

function themeButton() {
  const button = element("button", { type: "button", class: "quiet", title: "Colours" });
  const shown = () => document.documentElement.dataset.theme;
  button.addEventListener("click", () => applyTheme(NEXT[shown()], button));
  applyTheme(storedTheme(), button);
  return button;
}

function menuButton() {
  const toggle = () => document.body.classList.toggle("menu");
  return element("button", { type: "button", class: "quiet menu-button", onclick: toggle }, "Menu");
}

/** The bar; `switchTo(route)` redraws the links between versions. */
export function topBar() {
  const links = element("div", { class: "versions", role: "group", "aria-label": "Version" });
  const nodes = [
    menuButton(),
    element("a", { class: "brand", href: "#/" }, "Campus ", element("b", {}, "API")),
    links,
    element("span", { class: "space" }),
    themeButton(),
    ...signInButton(),
  ];
  const switchTo = (route) => links.replaceChildren(...route.versions.map(({ version }) =>
    element("a", {
      href: `#/${[version, ...route.rest].join("/")}`,
      "aria-current": version === route.version && "true",
    }, version)));
  return { nodes, switchTo };
}

/** What a caller of an ending version must know, or null. */
export function versionNotice(info) {
  if (!info?.isDeprecated) return null;
  const guide = new URL(`versions/${info.version}/migration-guide`, HOME);
  return element("p", { class: "notice" },
    `${info.version} is deprecated`,
    info.sunsetDate && ` and ends on ${info.sunsetDate.slice(0, 10)}`,
    ". ",
    element("a", { href: guide.href }, "How to move on"));
}
