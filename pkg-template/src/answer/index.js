// @ts-check
// The answers of a session: synchronous, and without the WebAssembly module.

import { Answer } from "./answer.js";
import { objectsIn, textOf } from "./fields.js";
import { readOptions } from "./options.js";

export { Answer };

/** @typedef {import("../../answer.js").Turn} Turn */

/**
 * @param {any} session
 * @param {import("../../answer.js").AnswerOptions | null} [options]
 */
export const answerOf = (session, options) => {
  const { promptId } = readOptions(options, "promptId: [1-9]\\d{0,15}");
  return turnsOf(session).findLast((turn) => !promptId || turn.promptId == promptId)?.answer;
};

/**
 * @param {any} session
 * @returns {Turn[]}
 */
export const turnsOf = (session) => {
  /** @type {Record<string, any>} */
  const turns = {};
  const counts = {};
  let latest;
  let isLinked;
  for (const message of objectsIn(session?.messages ?? session?.initial_prompt)) {
    const { message_type: type, statuses } = message;
    const link = +textOf(message.prompt_message_id);
    const isResponse = type === "response";
    let promptId = latest;
    if (type === "prompt") promptId = latest = message.id;
    // An id that is not positive is absent, as it is for the module (`src/web/snapshot.rs`).
    else if (link > 0) {
      promptId = link;
      isLinked ||= isResponse;
    }
    // A response without a prompt's id belongs to the prompt before it, unless an earlier response has such an id.
    else if (isLinked && isResponse) promptId = undefined;
    const turn = (turns["/" + textOf(promptId)] ??= {
      prompt: "",
      promptId: +textOf(promptId) || undefined,
      statuses: [],
    });
    if (type === "prompt") turn.prompt = textOf(message.content);
    // The last response of a turn counts. Its view replaces it below.
    if (isResponse) turn.answer = message;
    turn.statuses.push(type === "status" && message, statuses);
  }
  return Object.values(turns).map((turn) => {
    turn.answer &&= new Answer(session, turn.answer, turn.promptId, counts);
    turn.statuses = objectsIn(turn.statuses);
    return turn;
  });
};
