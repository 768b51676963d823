// The workflow of a question: one create, then any number of polls.
import { WorkflowEntrypoint } from "cloudflare:workers";
import { NonRetryableError } from "cloudflare:workflows";
import { AieraChat, AieraChatError, answerOf } from "aiera-chat";
import { findSession } from "./find-session.js";

/**
 * A round is one session of a question. `unknown` is a create of an earlier round whose outcome is unknown, and `sessionId`
 * a session of an earlier round to wait for.
 * @typedef {{
 *   question: string, prompt: string, round: number, delayMs?: number, sessionId?: number,
 *   unknown?: { title: string, sentAt: number }
 * }} Params
 * @typedef {{ code: string, message: string, [field: string]: unknown }} Reason
 */

/** Errors that affect every question: a wrong key, a wrong address. They are retried after a while. */
const SETUP_CODES = new Set(["key_unavailable", "redirected", "wasm_unavailable"]);
const SETUP_STATUSES = new Set([401, 402, 403]);
const SETUP_PAUSE_MS = 60_000;

/** No retry, and longer than the create's `timeoutMs`. */
const ONCE = { retries: { limit: 0, delay: 1_000 }, timeout: "2 minutes" };

/** Retries the list until it responds, since only the list shows whether the session exists. */
const PATIENT = { retries: { limit: 100, delay: "30 seconds", backoff: "constant" } };

/** @extends {WorkflowEntrypoint<any, Params>} */
export class QuestionWorkflow extends WorkflowEntrypoint {
  /**
   * @param {import("cloudflare:workers").WorkflowEvent<Params>} event
   * @param {import("cloudflare:workers").WorkflowStep} step
   */
  async run({ payload, instanceId, timestamp }, step) {
    const { question, prompt, delayMs } = payload;
    const title = titleOf(instanceId, prompt);
    // Workflows have no limiter, so each instance waits for its start time.
    if (delayMs) await step.sleep("pace", delayMs);
    let sessionId;
    try {
      sessionId = await this.session(title, payload, step);
      const answer = await this.wait(sessionId, step);
      const result = { id: question, prompt, sessionId, ...answer };
      await step.do("store", () =>
        this.env.RESULTS.put(`answer:${question}`, JSON.stringify(result)),
      );
    } catch (error) {
      const reason = reasonOf(error);
      const { code, message } = reason;
      const sentAt = timestamp.getTime();
      const dead = { id: instanceId, code, reason: message, error: reason, title, sentAt };
      const entry = JSON.stringify({ ...payload, ...dead, sessionId });
      await step.do("bury", () => this.env.RESULTS.put(`dead:${instanceId}`, entry));
      throw error;
    }
  }

  /** @type {(title: string, params: Params, step: import("cloudflare:workers").WorkflowStep) => Promise<number>} */
  async session(title, { prompt, sessionId, unknown }, step) {
    if (sessionId) return sessionId;
    const earlier = unknown && (await this.find(unknown, step));
    if (earlier) return earlier;
    for (;;) {
      const sentAt = await step.do("clock", async () => Date.now());
      const outcome = await step.do("create", ONCE, ({ attempt }) =>
        this.create(attempt, { title, prompt }),
      );
      if (outcome.sessionId) return outcome.sessionId;
      if (outcome.pauseMs) {
        // The service has refused the request or never received it: there is no session.
        await step.sleep("before the next create", outcome.pauseMs);
        continue;
      }
      const found = await this.find({ title, sentAt }, step);
      if (found) return found;
      await step.sleep("until no create can still arrive", Number(this.env.SETTLE_MS));
      const foundLater = await this.find({ title, sentAt }, step);
      if (foundLater) return foundLater;
      throw deadLetter(outcome.unknown);
    }
  }

  /**
   * `retries: { limit: 0 }` alone is not enough: Workflows repeats an interrupted step despite its limit. The number of the
   * attempt is saved before the step runs.
   * @type {(attempt: number, params: { title: string, prompt: string }) => Promise<{
   *   sessionId?: number, pauseMs?: number, unknown?: Reason
   * }>}
   */
  async create(attempt, params) {
    if (attempt > 1) {
      const message = "The create was cut off, and no session has the question's title";
      return { unknown: { code: "create_outcome_unknown", message } };
    }
    try {
      return { sessionId: (await this.chat().createSession(params)).id };
    } catch (error) {
      if (!(error instanceof AieraChatError)) throw error;
      const { code, message } = error;
      if (code === "create_outcome_unknown") return { unknown: { code, message } };
      // A create does not name a session, so a 404 means a wrong address.
      if (isSetup(error) || error.status === 404) return { pauseMs: SETUP_PAUSE_MS };
      if (error.retryable)
        return { pauseMs: Math.max(error.retryAfterMs ?? 0, Number(this.env.PAUSE_MS)) };
      throw deadLetter(error);
    }
  }

  /** @type {(unknown: { title: string, sentAt: number }, step: import("cloudflare:workers").WorkflowStep) => Promise<number | null>} */
  find({ title, sentAt }, step) {
    return step.do(
      "find",
      PATIENT,
      async () => (await findSession(this.chat(), title, sentAt))?.id ?? null,
    );
  }

  /** @type {(sessionId: number, step: import("cloudflare:workers").WorkflowStep) => Promise<{ text: string, citations: unknown[] }>} */
  async wait(sessionId, step) {
    const timeout = Number(this.env.POLL_MS) + 60_000;
    const since = await step.do("clock", async () => Date.now());
    for (;;) {
      const outcome = await step.do("poll", { timeout }, () => this.poll(sessionId, since));
      if (outcome.answer) return outcome.answer;
      // A sleeping instance does not count as a running one.
      await step.sleep("before the next poll", outcome.pauseMs ?? Number(this.env.PAUSE_MS));
    }
  }

  /** @type {(sessionId: number, since: number) => Promise<{ answer?: { text: string, citations: any[] }, pauseMs?: number }>} */
  async poll(sessionId, since) {
    const { POLL_MS, PAUSE_MS, GIVE_UP_MS } = this.env;
    try {
      const session = await this.chat().pollSession(sessionId, { timeoutMs: Number(POLL_MS) });
      const answer = answerOf(session);
      if (!answer)
        throw new AieraChatError("no_answer", "The session holds no answer", { sessionId });
      const { text, citations } = answer;
      return { answer: { text, citations } };
    } catch (error) {
      if (!(error instanceof AieraChatError)) throw error;
      if (isSetup(error)) return { pauseMs: SETUP_PAUSE_MS };
      // `timeout` is retryable: the session has no answer yet.
      if (error.retryable && Date.now() - since < Number(GIVE_UP_MS)) {
        return { pauseMs: Math.max(error.retryAfterMs ?? 0, Number(PAUSE_MS)) };
      }
      throw deadLetter(error);
    }
  }

  chat() {
    const { AIERA_API_KEY, AIERA_BASE_URL } = this.env;
    return new AieraChat({ apiKey: AIERA_API_KEY, baseUrl: AIERA_BASE_URL });
  }
}

/** @param {{ code: string, status?: number }} error */
const isSetup = ({ code, status = 0 }) => SETUP_CODES.has(code) || SETUP_STATUSES.has(status);

/**
 * Ends an instance. Workflows saves only an error's message, so the message is the reason as JSON.
 * @param {{ code?: string, message?: string, toJSON?(): object }} reason
 */
function deadLetter(reason) {
  const { lastSession, ...saved } = reason.toJSON?.() ?? reason;
  return new NonRetryableError(JSON.stringify(saved));
}

/** @returns {Reason} */
function reasonOf(/** @type {any} */ { message = "" }) {
  try {
    const reason = JSON.parse(message.slice(message.indexOf("{")));
    if (typeof reason.code === "string") return reason;
  } catch {
    // The workflow failed for another reason.
  }
  return { code: "workflow_error", message };
}

/**
 * Unique, and readable in a list of sessions.
 * @type {(instanceId: string, prompt: string) => string}
 */
function titleOf(instanceId, prompt) {
  // Cuts between characters: half of a surrogate pair would be replaced.
  return `${[...prompt.replace(/\s+/g, " ")].slice(0, 80).join("")} [${instanceId}]`;
}
