// @ts-check
// Builds sessions in the API's shape for the tests of answers.
import { readFileSync } from "node:fs";
import * as answers from "../../../pkg-template/src/answer/index.js";

// The package's types describe the source modules too.
export const { answerOf, turnsOf, Answer } =
  /** @type {Pick<typeof import("../../../pkg-template/answer.js"), keyof typeof answers>} */ (
    /** @type {unknown} */ (answers)
  );

/** @typedef {{ content?: unknown, citations?: unknown }} BlockInput */

/**
 * A citation.
 *
 * @param {unknown} marker
 * @param {string} [source]  type and id, such as `"transcript 12"`
 * @param {Record<string, unknown>} [fields]
 */
export function cite(marker, source = "transcript 12", fields = {}) {
  const [type, id] = source.split(" ");
  return {
    marker,
    quote: `Quote of ${marker}.`,
    date: "2026-04-28",
    author: null,
    url: null,
    source: { id, name: `Source ${id}`, type, meta: {}, parent: null },
    ...fields,
  };
}

/**
 * @param {number} id
 * @param {string} type
 * @param {Record<string, unknown>} [fields]
 */
export const message = (id, type, fields = {}) => ({
  id,
  session_id: 7,
  message_type: type,
  content: "",
  created_at: "2026-04-29T20:52:26Z",
  updated_at: "2026-04-29T20:52:26Z",
  ...fields,
});

/**
 * A session with these messages.
 *
 * @param {unknown} messages
 * @param {Record<string, unknown>} [fields]
 * @returns {any}
 */
export const session = (messages, fields = {}) => ({
  id: 7,
  status: "active",
  messages,
  ...fields,
});

/**
 * A session of one turn, whose response has these blocks.
 *
 * @param {unknown[]} blocks
 */
export const sessionOf = (...blocks) =>
  session([
    message(1, "prompt", { content: "A question?" }),
    message(2, "response", { prompt_message_id: 1, blocks }),
  ]);

/**
 * The answer of a session of one turn with one block.
 *
 * @param {string} content
 * @param {unknown[]} citations
 */
export const answerTo = (content, ...citations) =>
  required(answerOf(sessionOf({ content, citations })));

/**
 * The value, asserted to be present.
 *
 * @template T
 * @param {T | null | undefined} value
 * @returns {T}
 */
export function required(value) {
  if (value === null || value === undefined) throw new Error("expected a value");
  return value;
}

/** The names of the conversations in tests/fixtures/conversations. */
export const CONVERSATIONS = ["earnings", "macro", "comparison"];

/**
 * @param {string} name
 * @returns {any}
 */
export function conversation(name) {
  const file = new URL(`../../fixtures/conversations/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8"));
}
