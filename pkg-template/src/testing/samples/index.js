// @ts-check
// The answers of a mock without the option `answer`: one of three samples, chosen by the prompt. They are invented, have
// consistent figures, and say that they are sample data.
import { quotable } from "../text.js";
import { COMPARISON } from "./comparison.js";
import { EARNINGS } from "./earnings.js";
import { MACRO } from "./macro.js";

/** @typedef {import("../../../testing.js").MockSession} MockSession */
/** @typedef {{ blocks: import("../../../testing.js").MockBlockInput[], sources: import("../../../testing.js").MockSource[] }} SampleAnswer */
/**
 * @typedef {object} Sample
 * @property {RegExp} matches  prompts on its topic
 * @property {SampleAnswer} answer
 * @property {{ matches: RegExp, answer: SampleAnswer }[]} followUps
 * @property {SampleAnswer} otherFollowUp
 */

/** The first that matches a prompt applies, or else the last. */
const SAMPLES = [COMPARISON, MACRO, EARNINGS];

const NOTE = "*Sample data from the mock API: companies, sources and figures are invented.*";

/**
 * @param {string} prompt
 * @param {MockSession} session with its messages, the last of which is the prompt
 * @returns {SampleAnswer}
 */
export function sampleAnswer(prompt, session) {
  const prompts = (session.messages ?? []).filter((message) => message.message_type === "prompt");
  const earlier = prompts.slice(0, -1).reverse();
  const topic = topicOf(prompt);
  const earlierTopic = earlier.map(({ content }) => topicOf(content)).find(Boolean);
  const current = earlier.length > 0 ? (earlierTopic ?? EARNINGS) : undefined;
  if (current && (!topic || topic === current)) {
    return introduced(prompt, followUpOf(current, prompt));
  }
  return introduced(prompt, (topic ?? EARNINGS).answer);
}

/** @param {string} prompt */
function topicOf(prompt) {
  return SAMPLES.find(({ matches }) => matches.test(prompt));
}

/**
 * @param {Sample} sample
 * @param {string} prompt
 */
function followUpOf({ followUps, otherFollowUp }, prompt) {
  return followUps.find(({ matches }) => matches.test(prompt))?.answer ?? otherFollowUp;
}

/**
 * The answer with a note and the prompt before its first block.
 *
 * @param {string} prompt
 * @param {SampleAnswer} answer
 * @returns {SampleAnswer}
 */
function introduced(prompt, { blocks: [first, ...others], sources }) {
  const content = [NOTE, `**You asked:** ${quotable(prompt)}`, first.content].join("\n\n");
  return { blocks: [{ ...first, content }, ...others], sources };
}
