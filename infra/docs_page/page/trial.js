/** The form that makes a call. */

import { answerView, failureView } from "./answer_view.js";
import { pathValues } from "./api_document.js";
import { copyButton, element } from "./dom.js";
import { curl, newKey, request, send } from "./exchange.js";
import { choices, example, resolve } from "./schema.js";
import * as session from "./session.js";

const KEY = "Idempotency-Key";
const typedBefore = new Map(); // by parameter name, so that an id is typed once for all calls

function select(values, attributes) {
  const options = values.map((value) => element("option", { value }, value));
  return element("select", attributes, element("option", { value: "" }, "–"), options);
}

function input(root, parameter) {
  const plain = resolve(root, parameter.schema ?? {});
  const allowed = plain.type === "boolean" ? ["true", "false"] : choices(root, plain).map(String);
  const isRequired = parameter.required || parameter.in === "path";
  const attributes = { name: `${parameter.in} ${parameter.name}`, required: isRequired };
  if (allowed.length && plain.type !== "array") return select(allowed, attributes);
  const shown = parameter.example ?? plain.examples?.[0] ?? plain.default;
  const hint = plain.type === "array" ? allowed.join(",") : shown;
  return element("input", { ...attributes, autocomplete: "off", placeholder: hint });
}

function renewButton(control) {
  const renew = () => { control.value = control.dataset.made = newKey(); };
  if (control.required) renew();
  const changed = () => control.dispatchEvent(new Event("input", { bubbles: true }));
  const onclick = () => {
    renew();
    changed();
  };
  return element("button", { type: "button", class: "quiet", onclick }, "New key");
}

function row(root, parameter) {
  const control = input(root, parameter);
  const isKey = parameter.name.toLowerCase() === KEY.toLowerCase();
  if (typedBefore.has(parameter.name) && !isKey) control.value = typedBefore.get(parameter.name);
  const label = element("label", {},
    element("span", {}, parameter.name, control.required && element("b", {}, " *"),
      element("small", {}, ` ${parameter.in}`)),
    control);
  const node = element("div", { class: "row" }, label, isKey && renewButton(control));
  return { control, parameter, node };
}

/** Whether an example names things by optional ids: those may not be there. */
function refers(value, schema) {
  const needed = new Set(schema.required);
  return Object.keys(value ?? {}).some((name) => /(Id|_id)s?$/.test(name) && !needed.has(name));
}

function bodyExamples(root, media) {
  const named = Object.entries(media.examples ?? {})
    .map(([name, one]) => [one.summary ?? name, resolve(root, one).value]);
  if (media.example !== undefined) named.unshift(["Example", media.example]);
  const needed = ["Needed fields", example(root, media.schema, { forRequest: true })];
  const all = ["All fields", example(root, media.schema, { forRequest: true, full: true })];
  return refers(media.example, resolve(root, media.schema ?? {}))
    ? [needed, ...named, all] : [...named, needed, all];
}

const asText = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

function bodyPart(root, operation) {
  const content = resolve(root, operation.requestBody ?? {}).content ?? {};
  const [mediaType] = Object.keys(content);
  if (!mediaType) return null;
  const examples = bodyExamples(root, content[mediaType]);
  const first = asText(examples[0][1]);
  const rows = Math.min(first.split("\n").length + 1, 16);
  const text = element("textarea",
    { name: "body", rows, spellcheck: "false", "aria-label": "Body", value: first });
  const options = examples.map(([name], index) => element("option", { value: index }, name));
  const fill = (event) => {
    text.value = asText(examples[event.target.value][1]);
    text.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const pick = element("select", { "aria-label": "Example body", onchange: fill }, options);
  const head = element("div", { class: "row" }, element("span", {}, `Body · ${mediaType}`), pick);
  return { mediaType, text, node: [head, text] };
}

/** Remember ids from a created thing's Location, for the next call's path. */
function learn(api, answer) {
  const location = answer.headers.find(([name]) => name === "location")?.[1];
  for (const [name, value] of (location && pathValues(api, location)) || []) {
    typedBefore.set(name, value);
  }
}

function hintFor(answer) {
  const who = session.current();
  if (answer.status !== 401) return null;
  if (who?.expired) return "Your token has expired: sign in again above.";
  return who ? null : "You are not signed in: use the button above.";
}

/** The form of one operation; it makes the call and shows the answer below. */
export class Trial {
  constructor(api, operation, signal) {
    this.api = api;
    this.operation = operation;
    this.rows = operation.parameters.filter(({ in: place }) => place !== "cookie")
      .map((parameter) => row(api.root, parameter));
    this.body = bodyPart(api.root, operation);
    this.answer = element("div", { "aria-live": "polite" });
    this.command = element("pre", { class: "code", tabindex: "0" });
    this.button = element("button", { class: "main" }, "Send");
    this.node = this.form();
    session.onChange(() => this.showCommand(), signal);
  }

  form() {
    const copy = copyButton(() => curl(this.request(), this.credentials()), "Copy with credential");
    const form = element("form", { class: "trial", "aria-label": "Try it" },
      element("h2", {}, "Try it"),
      this.rows.map(({ node }) => node),
      this.body?.node,
      element("div", { class: "row" }, this.button, element("small", {}, "Ctrl + Enter")),
      element("details", {}, element("summary", {}, "curl"),
        element("div", { class: "block" }, copy, this.command)));
    form.addEventListener("input", () => this.showCommand());
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.call();
    });
    return element("div", {}, form, this.answer);
  }

  /** Public calls carry no credential: a stale one must not spoil them. */
  credentials(secret) {
    return this.operation.security.length ? session.headers(secret) : {};
  }

  request() {
    const parameters = this.rows.map(({ parameter, control }) => [parameter, control.value.trim()]);
    const body = this.body?.text.value || null;
    return request(this.api.root, this.operation,
      { parameters, body, mediaType: this.body?.mediaType });
  }

  showCommand() {
    this.command.textContent = curl(this.request(), this.credentials("$TOKEN"));
  }

  async call() {
    for (const { parameter, control } of this.rows) {
      if (parameter.in === "path") typedBefore.set(parameter.name, control.value);
    }
    this.button.disabled = true;
    try {
      const answer = await send(this.request(), this.credentials());
      learn(this.api, answer);
      this.renewKey(answer);
      this.answer.replaceChildren(answerView(answer, hintFor(answer)));
    } catch (error) {
      this.answer.replaceChildren(failureView(error));
    } finally {
      this.button.disabled = false;
    }
  }

  /** A key this page made is used for one success only; a key that was typed is left alone. */
  renewKey(answer) {
    for (const { control } of this.rows) {
      if (answer.status < 300 && control.dataset.made && control.dataset.made === control.value) {
        control.value = control.dataset.made = newKey();
      }
    }
    this.showCommand();
  }
}
