// The two workflows of a question: `create`, which sends one create and starts `wait`, and `wait`, which may run any number
// of times.
import { randomUUID } from "node:crypto";
import { DBOS } from "@dbos-inc/dbos-sdk";
import { AieraChatError, answerOf } from "aiera-chat";
import { DeadLetterError, isSetup } from "./errors.mjs";
import { findSession } from "./find-session.mjs";
import { openClient, settings } from "./settings.mjs";
import { titleOf, waitId } from "./ids.mjs";

const chat = openClient();

/**
 * A round is one session of a question. `unknown` is a create of an earlier round whose outcome is unknown, and `sessionId`
 * a session of an earlier round to wait for.
 * @typedef {{
 *   prompt: string, round: number, sessionId?: number, unknown?: { title: string, sentAt: number }
 * }} Question
 */

/** @param {Question} question */
async function create(question) {
  const id = /** @type {string} */ (DBOS.workflowID);
  const earlier = question.unknown && (await find(question.unknown));
  const sessionId = question.sessionId ?? earlier ?? (await createSession(id, question));
  const wait = { workflowID: waitId(id) };
  await DBOS.startWorkflow(waitWorkflow, wait)({ prompt: question.prompt, sessionId });
  return sessionId;
}

/**
 * DBOS repeats a step whose result it has not saved, so a crash could repeat a create. The permit prevents that: it is
 * saved in the database, and allows one create in the process that created it.
 * @type {(id: string, question: Question) => Promise<number>}
 */
async function createSession(id, { prompt }) {
  const title = titleOf(id, prompt);
  for (;;) {
    const { permit, sentAt } = await DBOS.runStep(makePermit, { name: "permit" });
    const outcome = await DBOS.runStep(() => sendCreate(permit, { title, prompt }), {
      name: "create",
      retriesAllowed: false,
    });
    if (outcome.sessionId) return outcome.sessionId;
    if (outcome.pauseMs) {
      // The service has refused the request or never received it: there is no session.
      await DBOS.sleep(outcome.pauseMs);
      continue;
    }
    const found = await find({ title, sentAt });
    if (found) return found;
    await DBOS.sleep(Math.max(sentAt + settings.settleMs - (await DBOS.now()), 1));
    const foundLater = await find({ title, sentAt });
    if (foundLater) return foundLater;
    throw new DeadLetterError({ ...outcome.unknown, title, sentAt });
  }
}

/** Permits of this process that no create has used. */
const permits = new Set();

async function makePermit() {
  const permit = randomUUID();
  permits.add(permit);
  return { permit, sentAt: Date.now() };
}

/**
 * @param {string} permit
 * @param {{ title: string, prompt: string }} params
 * @returns {Promise<{ sessionId?: number, pauseMs?: number, unknown?: { code: string, message: string } }>}
 */
async function sendCreate(permit, params) {
  if (!permits.delete(permit)) {
    const message = "A worker died during the create, and no session has the question's title";
    return { unknown: { code: "create_outcome_unknown", message } };
  }
  try {
    return { sessionId: (await chat.createSession(params)).id };
  } catch (error) {
    if (!(error instanceof AieraChatError)) throw error;
    if (error.code === "create_outcome_unknown") {
      return { unknown: { code: error.code, message: error.message } };
    }
    // A create does not name a session, so a 404 means a wrong address.
    if (isSetup(error) || error.status === 404) return { pauseMs: settings.setupPauseMs };
    if (error.retryable) return { pauseMs: Math.max(error.retryAfterMs ?? 0, settings.pauseMs) };
    throw new DeadLetterError(error);
  }
}

/**
 * The id of the session with this title, if there is one. Retries the list until it responds, since only the list shows
 * whether the session exists.
 * @type {(unknown: { title: string, sentAt: number }) => Promise<number | undefined>}
 */
async function find({ title, sentAt }) {
  for (;;) {
    const { sessionId, pauseMs } = await DBOS.runStep(() => search(title, sentAt), {
      name: "find",
    });
    if (!pauseMs) return sessionId;
    await DBOS.sleep(pauseMs);
  }
}

/** @type {(title: string, sentAt: number) => Promise<{ sessionId?: number, pauseMs?: number }>} */
async function search(title, sentAt) {
  try {
    return { sessionId: (await findSession(chat, title, sentAt))?.id };
  } catch (error) {
    if (!(error instanceof AieraChatError)) throw error;
    return { pauseMs: isSetup(error) ? settings.setupPauseMs : settings.pauseMs };
  }
}

/** @param {{ prompt: string, sessionId: number }} question */
async function wait({ prompt, sessionId }) {
  const since = await DBOS.now();
  for (;;) {
    const lastPoll = (await DBOS.now()) - since >= settings.giveUpMs;
    const outcome = await DBOS.runStep(() => poll(sessionId, lastPoll), { name: "poll" });
    if (outcome.answer) return { prompt, sessionId, ...outcome.answer };
    // A sleeping workflow is a timer in this process and a row in the database. It is not in a queue, so it holds no slot.
    await DBOS.sleep(outcome.pauseMs ?? settings.pauseMs);
  }
}

/**
 * @param {number} sessionId
 * @param {boolean} lastPoll whether the workflow gives up after this poll
 * @returns {Promise<{ answer?: { text: string, citations: unknown[] }, pauseMs?: number }>}
 */
async function poll(sessionId, lastPoll) {
  try {
    const session = await chat.pollSession(sessionId, { timeoutMs: settings.pollMs });
    const answer = answerOf(session);
    if (!answer) {
      throw new AieraChatError("no_answer", "The session holds no answer", { sessionId });
    }
    const { text, citations } = answer;
    return { answer: { text, citations } };
  } catch (error) {
    if (!(error instanceof AieraChatError)) throw error;
    if (isSetup(error)) return { pauseMs: settings.setupPauseMs };
    // `timeout` is retryable: the session has no answer yet.
    if (error.retryable && !lastPoll)
      return { pauseMs: Math.max(error.retryAfterMs ?? 0, settings.pauseMs) };
    throw new DeadLetterError(error);
  }
}

export const createWorkflow = DBOS.registerWorkflow(create, { name: "create" });
export const waitWorkflow = DBOS.registerWorkflow(wait, { name: "wait" });
