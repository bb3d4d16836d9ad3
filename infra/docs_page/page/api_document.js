/** One version's OpenAPI document, indexed for reading. */

import { resolve } from "./schema.js";

/** Where the API is: the folder above the script's, so that any origin and path will do. */
export const HOME = new URL("../", import.meta.url);
const METHODS = ["get", "post", "put", "patch", "delete", "head", "options"];

async function read(address, signal) {
  const headers = { Accept: "application/json" };
  const response = await fetch(new URL(address, HOME), { headers, signal });
  const content = await response.json().catch(() => null);
  if (response.ok && content) return content;
  throw new Error(content?.error?.message ?? `${address} answered ${response.status}`);
}

function parametersOf(root, item, operation) {
  const all = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
  const resolved = all.map((parameter) => resolve(root, parameter));
  return [...new Map(resolved.map((one) => [`${one.in} ${one.name}`, one])).values()];
}

function securityOf(root, operation) {
  const wanted = operation.security ?? root.security ?? [];
  return wanted.flatMap((choice) => Object.keys(choice));
}

function entry(root, path, item, method, isEvent) {
  const operation = item[method];
  const id = operation.operationId ?? `${method}${path}`.replace(/[^\w]+/g, "-");
  const words = [method, path, id, operation.summary, operation.description, operation.tags];
  return {
    ...operation,
    id,
    method,
    path,
    isEvent,
    tag: operation.tags?.[0] ?? "other",
    title: operation.summary || id,
    parameters: parametersOf(root, item, operation),
    security: securityOf(root, operation),
    words: words.flat().filter(Boolean).join(" ").toLowerCase(),
  };
}

function entries(root, paths = {}, isEvent = false) {
  return Object.entries(paths).flatMap(([path, reference]) => {
    const item = resolve(root, reference);
    return METHODS.filter((method) => item[method])
      .map((method) => entry(root, path, item, method, isEvent));
  });
}

/** The calls of a document, grouped under its tags in the order the document gives. */
function grouped(root, operations) {
  const named = (root.tags ?? []).map((tag) => tag.name);
  const names = new Set([...named, ...operations.map((operation) => operation.tag)]);
  return [...names].map((name) => ({
    name,
    description: root.tags?.find((tag) => tag.name === name)?.description,
    operations: operations.filter((operation) => operation.tag === name),
  })).filter((group) => group.operations.length);
}

function indexed(root, version) {
  const operations = [...entries(root, root.paths), ...entries(root, root.webhooks, true)];
  const ids = new Map(operations.map((operation) => [operation.id, operation]));
  return { root, version, operations, ids, groups: grouped(root, operations) };
}

const loaded = new Map();

/** The indexed document of a version; a failed load is tried again the next time. */
export function load(version) {
  if (!loaded.has(version)) {
    const promise = read(`openapi.json?version=${version}`).then((root) => indexed(root, version));
    promise.catch(() => loaded.delete(version));
    loaded.set(version, promise);
  }
  return loaded.get(version);
}

/** What the API says of its versions; a page without that answer still shows both. */
export async function versions() {
  const known = [{ version: "v2" }, { version: "v1" }];
  const answer = await read("versions", AbortSignal.timeout(3000)).catch(() => null);
  const listed = [answer?.data?.versions ?? answer].flat().filter((one) => one?.version);
  return listed.length ? listed.sort((a, b) => b.version.localeCompare(a.version)) : known;
}

/** The absolute address of a path; calls stay on this origin whatever server a document names. */
export function addressOf(root, path) {
  const server = new URL(root.servers?.[0]?.url ?? "./", new URL("openapi.json", HOME));
  return new URL(server.pathname.replace(/\/$/, "") + path, HOME.origin);
}

/** Values of path parameters in an address that one of the document's paths describes, or null. */
export function pathValues(api, address) {
  for (const { path, isEvent } of api.operations) {
    if (isEvent) continue;
    const names = [...path.matchAll(/{(\w+)}/g)].map((match) => match[1]);
    const literal = path.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
    const match = new RegExp(`${literal.replace(/{\w+}/g, "([^/]+)")}$`).exec(address);
    if (match && names.length) {
      return names.map((name, index) => [name, decodeURIComponent(match[index + 1])]);
    }
  }
  return null;
}
