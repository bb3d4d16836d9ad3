/** What a JSON Schema says, in words and as an example. Pure: no elements here. */

const FORMATS = {
  "date-time": "2026-12-01T12:00:00Z",
  date: "2026-12-01",
  time: "12:00:00Z",
  uuid: "01936f5e-7c00-7000-8000-000000000000",
  email: "ada@example.org",
  uri: "https://example.org/",
  password: "",
};
const DEEPEST = 6; // an example deeper than this is no example

function target(root, reference) {
  const parts = decodeURIComponent(reference).replace(/^#\//, "").split("/");
  const names = parts.map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"));
  return names.reduce((node, name) => node?.[name], root) ?? {};
}

function merged(parts) {
  const all = Object.assign({}, ...parts);
  all.properties = Object.assign({}, ...parts.map((part) => part.properties));
  all.required = parts.flatMap((part) => part.required ?? []);
  return all;
}

/** Follow references and join `allOf`; words beside a reference win over the target's. */
export function resolve(root, schema) {
  let found = schema === true || !schema ? {} : schema;
  while (found.$ref) {
    const { $ref, ...beside } = found;
    found = { ...target(root, $ref), ...beside };
  }
  if (!found.allOf) return found;
  const { allOf, ...rest } = found;
  return merged([...allOf.map((part) => resolve(root, part)), rest]);
}

/** The alternatives of a schema without `null`; one for a schema without alternatives. */
export function variants(root, schema) {
  const plain = resolve(root, schema);
  const choices = plain.anyOf ?? plain.oneOf;
  if (!choices) return [schema];
  return choices.filter((choice) => resolve(root, choice).type !== "null");
}

function oneType(root, schema) {
  const plain = resolve(root, schema);
  const name = schema.$ref?.split("/").pop();
  if ("const" in plain) return JSON.stringify(plain.const);
  if (name && plain.type !== "string") return name;
  const types = [plain.type ?? (plain.properties ? "object" : "any")].flat();
  return types.map((type) => {
    if (type === "array") return `array of ${typeText(root, plain.items ?? {})}`;
    if (type === "object" && typeof plain.additionalProperties === "object") {
      return `map of ${typeText(root, plain.additionalProperties)}`;
    }
    return plain.format && type !== "null" ? `${type} (${plain.format})` : type;
  }).join(" or ");
}

/** A type in words: `array of Assignment`, `string (uuid) or null`. */
export function typeText(root, schema) {
  const plain = resolve(root, schema);
  const choices = plain.anyOf ?? plain.oneOf;
  if (!choices) return oneType(root, schema);
  return [...new Set(choices.map((choice) => typeText(root, choice)))].join(" or ");
}

function range(low, high, unit) {
  if (low === undefined && high === undefined) return null;
  if (low === undefined) return `at most ${high}${unit}`;
  if (high === undefined) return `at least ${low}${unit}`;
  return low === high ? `exactly ${low}${unit}` : `${low} to ${high}${unit}`;
}

function ownLimits(plain) {
  return [
    range(plain.minLength, plain.maxLength, " characters"),
    range(plain.minimum, plain.maximum, ""),
    plain.exclusiveMinimum === undefined ? null : `more than ${plain.exclusiveMinimum}`,
    plain.exclusiveMaximum === undefined ? null : `less than ${plain.exclusiveMaximum}`,
    range(plain.minItems, plain.maxItems, " items"),
    plain.pattern ? `matches ${plain.pattern}` : null,
    plain.readOnly ? "read only" : null,
    plain.writeOnly ? "write only" : null,
  ].filter(Boolean);
}

/** Every bound of a schema in words, and its default. */
export function limits(root, schema) {
  const plain = resolve(root, schema);
  const parts = plain.anyOf || plain.oneOf ? variants(root, plain) : [];
  const bounds = [plain, ...parts.map((part) => resolve(root, part))].flatMap(ownLimits);
  const usual = plain.default ?? null;
  if (usual !== null) bounds.push(`default ${JSON.stringify(usual)}`);
  return [...new Set(bounds)];
}

/** The values a schema allows, when it names them; those of an array's items count too. */
export function choices(root, schema) {
  return variants(root, schema).flatMap((variant) => {
    const plain = resolve(root, variant);
    return plain.enum ?? (plain.items ? choices(root, plain.items) : []);
  });
}

const given = (plain) =>
  [plain.example, plain.examples?.[0], plain.const, plain.default, plain.enum?.[0]]
    .find((value) => value !== undefined);

function objectExample(root, plain, options) {
  const required = new Set(plain.required ?? []);
  const entries = Object.entries(plain.properties ?? {}).filter(([name, schema]) => {
    const { readOnly, ...property } = resolve(root, schema);
    if (options.forRequest && readOnly) return false;
    return options.full || required.has(name) || (property.examples ?? property.example);
  });
  return Object.fromEntries(
    entries.map(([name, property]) => [name, example(root, property, options)]),
  );
}

/**
 * A value that fits. `full` includes optional properties, `forRequest` leaves out read-only ones.
 * A schema inside itself becomes an empty list or null.
 */
export function example(root, schema, options = {}) {
  const { trail = [] } = options;
  const plain = resolve(root, schema);
  const known = given(plain);
  if (known !== undefined && !(known === null && options.full)) return known;
  const choice = plain.anyOf || plain.oneOf ? variants(root, plain)[0] : null;
  if (choice) return example(root, choice, options);
  if (trail.length > DEEPEST || (schema.$ref && trail.includes(schema.$ref))) return null;
  const deeper = { ...options, trail: [...trail, schema.$ref ?? ""] };
  const type = [plain.type ?? (plain.properties ? "object" : "null")].flat()[0];
  if (type === "object") return objectExample(root, plain, deeper);
  if (type === "array") return listExample(root, plain.items ?? {}, deeper);
  if (type === "string") return FORMATS[plain.format] ?? "text";
  if (type === "boolean") return false;
  return type === "null" ? null : plain.minimum ?? plain.exclusiveMinimum ?? 0;
}

function listExample(root, items, options) {
  const one = example(root, items, options);
  return one === null ? [] : [one];
}
