// @ts-check
// Clients of elements that have no client of their own: elements with the same address share one.
import { AieraChat } from "../index.js";

/** @type {Map<string, InstanceType<typeof AieraChat>>} */
const clients = /* @__PURE__ */ new Map();

/** @param {string | null} baseUrl  absent is the API itself */
export function sharedClient(baseUrl) {
  const key = baseUrl ?? "";
  const client = clients.get(key) ?? new AieraChat(baseUrl === null ? {} : { baseUrl });
  clients.set(key, client);
  return client;
}
