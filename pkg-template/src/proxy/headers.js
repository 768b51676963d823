// @ts-check
// Which headers go through, each way: two lists, everything else stays behind. So cookies, credentials, forwarding and
// hop-by-hop headers need no rule of their own, except one: what `Connection` names is hop-by-hop too.

import { ALWAYS } from "./answer.js";
import { redact } from "../redact.js";

const UP = ["accept", "accept-language"];

const BACK = [
  "content-type",
  "date",
  "retry-after",
  "retry-after-ms",
  "x-request-id",
  "request-id",
  "x-amzn-requestid",
];

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
  for (const [name, value] of pick(sent, UP)) headers.set(name, value);
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
  for (const [name, value] of pick(received, BACK)) headers.set(name, redact(value, key));
  return headers;
}

const JSON_TYPE = /^application\/json[\t ]*(?:;[\t ]*charset="?utf-8"?[\t ]*)?$/i;

/**
 * Whether the headers of a body allow it to be JSON. A form that another site submits never has them.
 *
 * @param {Headers} headers
 */
export function saysJson(headers) {
  const encoding = headers.get("content-encoding") ?? "identity";
  return JSON_TYPE.test(headers.get("content-type") ?? "") && encoding.toLowerCase() === "identity";
}
