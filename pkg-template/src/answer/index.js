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
    const { message_type: type, prompt_message_id: link, statuses } = message;
    // A response without a prompt's id belongs to the prompt before it, unless an earlier response has such an id.
    isLinked ||= type === "response" && link;
    const promptId =
      type === "prompt"
        ? (latest = message.id)
        : (link ?? (isLinked && type === "response" ? undefined : latest));
    const turn = (turns["/" + textOf(promptId)] ??= {
      prompt: "",
      promptId: +textOf(promptId) || undefined,
      statuses: [],
    });
    if (type === "prompt") turn.prompt = textOf(message.content);
    // The last response of a turn counts. Its view replaces it below.
    if (type === "response") turn.answer = message;
    turn.statuses = objectsIn([turn.statuses, type === "status" && message, statuses]);
  }
  return Object.values(turns).map((turn) => {
    turn.answer &&= new Answer(session, turn.answer, turn.promptId, counts);
    return turn;
  });
};
