/** The dialog in which a caller says who they are, and the button that opens it. */

import { element } from "./dom.js";
import * as session from "./session.js";

function field(label, attributes) {
  const control = element("input", { required: true, spellcheck: "false", ...attributes });
  return { control, node: element("label", {}, element("span", {}, label), control) };
}

function part(title, kind, fields, action, onDone) {
  const problem = element("p", { class: "notice bad", role: "alert", hidden: true });
  const button = element("button", { class: kind }, title);
  const form = element("form", {}, fields.map(({ node }) => node), problem, button);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.hidden = true;
    try {
      await action(...fields.map(({ control }) => control.value));
      form.reset();
      onDone();
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
  return form;
}

function parts(close) {
  const email = field("Email", { type: "email", name: "email", autocomplete: "username" });
  const password = field("Password",
    { type: "password", name: "password", autocomplete: "current-password" });
  const token = field("Access token", { name: "token", autocomplete: "off" });
  const key = field("API key", { name: "key", autocomplete: "off", placeholder: "campus_…" });
  return [
    part("Sign in", "main", [email, password], session.signIn, close),
    element("h3", {}, "or paste"),
    part("Use token", null, [token], session.useToken, close),
    part("Use key", null, [key], session.useKey, close),
  ];
}

function dialog() {
  const box = element("dialog", { "aria-label": "Sign in" });
  const close = () => box.close();
  const leave = () => {
    session.signOut();
    close();
  };
  box.append(
    element("div", { class: "row" }, element("h2", {}, "Sign in"),
      element("button", { type: "button", class: "quiet", onclick: close }, "Close")),
    element("p", { class: "muted" }, "Kept in this tab only, and sent to this origin only."),
    ...parts(close),
    element("button", { type: "button", class: "quiet leave", onclick: leave }, "Sign out"));
  box.addEventListener("click", (event) => {
    if (event.target === box) close(); // the backdrop
  });
  return box;
}

/** The button with its dialog; it always tells who calls are made as. */
export function signInButton() {
  const box = dialog();
  const button = element("button", { type: "button", id: "who", onclick: () => box.showModal() });
  session.onChange(() => {
    const who = session.current();
    button.textContent = who ? `${who.label}${who.expired ? " (expired)" : ""}` : "Sign in";
    button.className = who?.expired ? "bad" : who ? "known" : "main";
    box.querySelector(".leave").hidden = !who;
  });
  return [button, box];
}
