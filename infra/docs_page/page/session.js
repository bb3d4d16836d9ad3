/** Who the calls are made as. Kept for this tab only; a refresh token is never kept. */

import { HOME } from "./api_document.js";

const PLACE = "campus-docs-credential";
const changes = new EventTarget();
let credential = readCredential();
let expiry;
announce();

function readCredential() {
  try {
    return JSON.parse(sessionStorage.getItem(PLACE));
  } catch {
    return null; // storage is refused, or holds something else
  }
}

function keep(value) {
  credential = value;
  try {
    if (value) sessionStorage.setItem(PLACE, JSON.stringify(value));
    else sessionStorage.removeItem(PLACE);
  } catch {
    // without storage the credential lasts until the page is left
  }
  announce();
}

function announce() {
  clearTimeout(expiry);
  const left = (credential?.expiresAt ?? 0) - Date.now();
  if (left > 0) expiry = setTimeout(announce, Math.min(left, 2 ** 31 - 1));
  changes.dispatchEvent(new Event("change"));
}

/** Call back now and at every change, the token's expiry included, until `signal` aborts. */
export function onChange(callback, signal) {
  changes.addEventListener("change", callback, { signal });
  callback();
}

/** `{kind: "token" | "key", secret, label, expired}`, or null when calls are anonymous. */
export function current() {
  return credential && { ...credential, expired: Date.now() > (credential.expiresAt ?? Infinity) };
}

export function useToken(token) {
  const secret = token.trim().replace(/^bearer\s+/i, "");
  keep({ kind: "token", secret, label: "Bearer token", expiresAt: expiryOf(secret) });
}

export function useKey(key) {
  keep({ kind: "key", secret: key.trim(), label: "API key" });
}

export function signOut() {
  keep(null);
}

function expiryOf(token) {
  try {
    const claims = token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
    return JSON.parse(atob(claims)).exp * 1000 || undefined;
  } catch {
    return undefined; // not a JWT: the API will judge it
  }
}

/** Exchange email and password for an access token; rejects with the API's own words. */
export async function signIn(email, password) {
  const response = await fetch(new URL("v2/auth/sign-in", HOME), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  const answer = await response.json().catch(() => ({}));
  const token = answer.data?.accessToken;
  if (!response.ok || !token) {
    throw new Error(answer.error?.message ?? `Sign-in answered ${response.status}`);
  }
  const expiresAt = Date.now() + answer.data.expiresIn * 1000;
  keep({ kind: "token", secret: token, label: email, expiresAt });
}

/** The headers that carry the credential; `secret` overrides it where it must not be shown. */
export function headers(secret = credential?.secret) {
  if (!credential) return {};
  if (credential.kind === "key") return { "X-API-Key": secret };
  return { Authorization: `Bearer ${secret}` };
}
