// @ts-check
// The headers that pass in each direction: one list for each. Cookies, credentials, forwarding and hop-by-hop headers
// therefore need no rule, except one: a header that `Connection` names is hop-by-hop too.
import { redact } from "../redact.js";
import { CLIENT_HEADERS } from "../shared/http.js";
import { ALWAYS } from "./refusal.js";

const TO_API = ["accept", "accept-language"];

const TO_CLIENT = ["content-type", ...CLIENT_HEADERS];

/**
 * @param {Headers} source
 * @param {readonly string[]} names
 * @returns {[string, string][]}
 */
function pick(source, names) {
  const hops = (source.get("connection") ?? "").toLowerCase().split(/[\s,]+/);
  return names.flatMap((name) => {
    const value = source.get(name);
    return value === null || hops.includes(name)
      ? []
      : [/** @type {[string, string]} */ ([name, value])];
  });
}

/**
 * @param {Headers} sent
 * @param {string} key
 * @param {boolean} hasBody
 */
export function upstreamHeaders(sent, key, hasBody) {
  const headers = new Headers({ accept: "application/json" });
  for (const [name, value] of pick(sent, TO_API)) headers.set(name, value);
  if (hasBody) headers.set("content-type", "application/json");
  headers.set("x-api-key", key);
  return headers;
}

/**
 * @param {Headers} received
 * @param {string} key
 */
export function downstreamHeaders(received, key) {
  const headers = new Headers(ALWAYS);
  for (const [name, value] of pick(received, TO_CLIENT)) headers.set(name, redact(value, key));
  return headers;
}

const JSON_TYPE = /^application\/json[\t ]*(?:;[\t ]*charset="?utf-8"?[\t ]*)?$/i;

/**
 * Whether the headers of a body allow JSON. A form that another site submits never does.
 *
 * @param {Headers} headers
 */
export function declaresJson(headers) {
  const encoding = headers.get("content-encoding") ?? "identity";
  return JSON_TYPE.test(headers.get("content-type") ?? "") && encoding.toLowerCase() === "identity";
}
