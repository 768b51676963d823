// @ts-check
// Clients for elements whose `client` is not set. Elements with the same base URL share one.
import { AieraChat } from "../index.js";

/** @type {Map<string, InstanceType<typeof AieraChat>>} */
const clients = /* @__PURE__ */ new Map();

/** @param {string | null} baseUrl  null means the API */
export function sharedClient(baseUrl) {
  const key = baseUrl ?? "";
  const client = clients.get(key) ?? new AieraChat(baseUrl === null ? {} : { baseUrl });
  clients.set(key, client);
  return client;
}
