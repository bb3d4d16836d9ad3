/** A schema as a list of fields that unfold. */

import { element, folded } from "./dom.js";
import { inline } from "./markdown.js";
import { choices, limits, resolve, typeText, variants } from "./schema.js";

function fieldHead(root, name, schema, isRequired) {
  const plain = resolve(root, schema);
  return element("div", { class: "field-head" },
    element("code", { class: plain.deprecated ? "name struck" : "name" }, name),
    element("span", { class: "type" }, typeText(root, schema)),
    isRequired && element("span", { class: "required" }, "required"),
    plain.deprecated && element("span", { class: "deprecated" }, "deprecated"));
}

/** Description, bounds and allowed values of one schema. */
export function notes(root, schema, description = resolve(root, schema).description) {
  const allowed = choices(root, schema);
  const bounds = limits(root, schema);
  return [
    description && element("p", {}, inline(description)),
    bounds.length > 0 && element("p", { class: "muted" }, bounds.join(" · ")),
    allowed.length > 0 && element("p", { class: "values" },
      allowed.map((value) => element("code", {}, String(value)))),
  ];
}

/** The schemas with properties inside a schema, through lists, maps and alternatives. */
function objects(root, schema) {
  return variants(root, schema).flatMap((variant) => {
    const plain = resolve(root, variant);
    if (plain.properties) return [variant];
    const inner = plain.items ?? plain.additionalProperties;
    return inner && typeof inner === "object" ? objects(root, inner) : [];
  });
}

function field(root, name, schema, isRequired) {
  const inner = objects(root, schema);
  return element("li", {},
    fieldHead(root, name, schema, isRequired),
    ...notes(root, schema),
    inner.map((one) => folded(`Fields of ${typeText(root, one)}`, () => fields(root, one))));
}

function fields(root, schema) {
  const plain = resolve(root, schema);
  const required = new Set(plain.required ?? []);
  const items = Object.entries(plain.properties ?? {})
    .map(([name, property]) => field(root, name, property, required.has(name)));
  return element("ul", { class: "fields" }, items);
}

/** A whole schema: its fields, or its type when it has none. */
export function schemaView(root, schema) {
  const inner = objects(root, schema);
  const type = element("span", { class: "type" }, typeText(root, schema));
  if (inner.length === 0) return element("div", {}, type, ...notes(root, schema));
  if (inner.length === 1) return fields(root, inner[0]);
  const parts = inner.map((one) => folded(typeText(root, one), () => fields(root, one)));
  return element("div", {}, element("p", { class: "muted" }, "One of:"), parts);
}

/** Parameters in the look of fields. */
export function parameterView(root, parameters) {
  const items = parameters.map((parameter) => {
    const schema = parameter.schema ?? {};
    const isRequired = parameter.required || parameter.in === "path";
    const head = fieldHead(root, parameter.name, schema, isRequired);
    const text = parameter.description ?? resolve(root, schema).description;
    return element("li", {}, head, ...notes(root, schema, text));
  });
  return element("ul", { class: "fields" }, items);
}
