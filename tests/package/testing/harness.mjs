// The mock's documents, and calls of its operations without the client.
import { readFileSync } from "node:fs";

const fixture = (name) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), "utf8"));
export const CREATED = fixture("create-session");
export const ACTIVE = fixture("session-active");

export const BASE = "https://api.test/api";
export const SESSIONS = "/chat-v1/sessions";
export const NOW = "2026-04-29T20:52:25Z";
export const PROMPT = CREATED.initial_prompt.content;
export const QUICK = { polls: 0 };

/** JSON in, JSON out; `mock` or the base URL of a real server. */
export async function call(target, method, path, body, headers = {}) {
  const init = { method, headers: { "content-type": "application/json", ...headers } };
  if (body !== undefined) init.body = typeof body === "string" ? body : JSON.stringify(body);
  const response = await (typeof target === "string"
    ? fetch(target + path, init)
    : target.fetch(BASE + path, init));
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
}

export const create = (mock, body = { prompt: PROMPT }) => call(mock, "POST", SESSIONS, body);
export const get = (mock, id, query = "") => call(mock, "GET", `${SESSIONS}/${id}${query}`);
export const WITH_MESSAGES = "?include_messages=true";
