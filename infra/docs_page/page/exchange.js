/** One call: from what was typed to a request, and from the network to what is shown. */

import { addressOf } from "./api_document.js";
import { resolve } from "./schema.js";

const isList = (root, parameter) => [resolve(root, parameter.schema).type].flat().includes("array");

function appendQuery(root, search, parameter, value) {
  if (!isList(root, parameter)) {
    search.append(parameter.name, value);
    return;
  }
  const items = value.split(",").map((item) => item.trim()).filter(Boolean);
  if (parameter.explode === false) search.append(parameter.name, items.join(","));
  else for (const item of items) search.append(parameter.name, item);
}

/**
 * A request from typed values. `typed.parameters` is a list of [parameter, text]; an empty text
 * leaves the parameter out. `typed.body` is text or null.
 */
export function request(root, operation, typed) {
  const filled = typed.parameters.filter(([, value]) => value !== "");
  const within = (place) => filled.filter(([parameter]) => parameter.in === place);
  const path = within("path").reduce(
    (text, [{ name }, value]) => text.replace(`{${name}}`, encodeURIComponent(value)),
    operation.path,
  );
  const url = addressOf(root, path);
  for (const [parameter, value] of within("query")) {
    appendQuery(root, url.searchParams, parameter, value);
  }
  const headers = Object.fromEntries(within("header").map(([{ name }, value]) => [name, value]));
  if (typed.body !== null) headers["Content-Type"] = typed.mediaType;
  return { method: operation.method.toUpperCase(), url, headers, body: typed.body };
}

/** Send it; the answer's body is text, or a Blob where its type is no text. */
export async function send({ method, url, headers, body }, credentials) {
  const started = performance.now();
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...credentials },
    body: body ?? undefined,
    credentials: "omit",
    cache: "no-store",
    redirect: "follow",
  });
  const type = response.headers.get("Content-Type") ?? "";
  const blob = await response.blob();
  const isText = /json|text|xml|javascript|calendar|csv|markdown/.test(type) || !blob.size;
  return {
    status: response.status,
    reason: response.statusText,
    headers: [...response.headers].sort(([a], [b]) => a.localeCompare(b)),
    milliseconds: Math.round(performance.now() - started),
    bytes: blob.size,
    type,
    content: isText ? await blob.text() : blob,
  };
}

const quoted = (text) => `'${String(text).replace(/'/g, "'\\''")}'`;

/** The same request as a shell command. */
export function curl({ method, url, headers, body }, credentials) {
  const lines = [`curl -i -X ${method} ${quoted(url)}`];
  for (const [name, value] of Object.entries({ ...credentials, ...headers })) {
    lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  }
  if (body !== null) lines.push(`--data-raw ${quoted(body)}`);
  return lines.join(" \\\n  ");
}

/** A fresh idempotency key. Made by hand: randomUUID is refused on plain http addresses. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
