// @ts-check
// One conversation of the page: its `<aiera-chat>` element, the facts below the composer, and a record of the latest exchange
// for the drawer.
import { el, plural, seconds } from "./dom.js";
import { recording } from "./recorder.js";

/** @typedef {import("./connection.js").Connection} Connection */
/** @typedef {import("./failures.js").Failure} Failure */
/** @typedef {import("aiera-chat").AieraChatError} AieraChatError */
/** @typedef {import("aiera-chat").PollEvent} PollEvent */

/**
 * One question with its requests, or one session that was opened.
 *
 * @typedef {object} Exchanges
 * @property {string} [prompt] absent if a session was opened
 * @property {number | string | null} sessionId of the session; null for a new one
 * @property {Failure} [failure]
 * @property {PollEvent[]} polls
 * @property {import("./recorder.js").Exchange[]} requests
 * @property {AieraChatError} [error]
 * @property {number} startedAt
 */

/**
 * @typedef {object} ConversationOptions
 * @property {Connection} connection
 * @property {Failure} [failure]
 * @property {number | string} [sessionId]  of the session to open
 * @property {string} note  shown below the composer until the first answer
 * @property {() => void} onChange
 */

export class Conversation {
  /** @type {Exchanges | undefined} */
  latest;
  #connection;
  #note;
  #onChange;
  #facts = el("p", { class: "facts" });

  /** @param {ConversationOptions} options */
  constructor({ connection, failure, sessionId, note, onChange }) {
    this.failure = failure;
    this.#connection = connection;
    this.#note = note;
    this.#onChange = onChange;
    const element = document.createElement("aiera-chat");
    this.element = element;
    element.append(el("div", { slot: "footer", class: "footer" }, this.#facts));
    this.#setFacts(note);
    element.addEventListener("aiera-chat.status", (event) => {
      if (event.target === element) this.#onStatus(event.detail.status);
    });
    element.addEventListener("aiera-chat.answer", (event) => {
      if (event.target === element) this.#onAnswer(event.detail.answer);
    });
    element.addEventListener("aiera-chat.error", (event) => {
      if (event.target === element) this.#onError(event.detail.error);
    });
    if (sessionId !== undefined) element.sessionId = sessionId;
    this.ready = this.#useClient();
  }

  /** Whether there is neither a question nor a session. */
  get isBlank() {
    return this.latest === undefined;
  }

  get name() {
    const { session, sessionId, turns } = this.element;
    if (this.failure) return this.failure.label;
    return turns[0]?.prompt || session?.title || `Session ${sessionId ?? ""}`.trim();
  }

  get isBusy() {
    const { status } = this.element;
    return status === "submitted" || status === "working";
  }

  /**
   * Runs the scenario of this conversation.
   *
   * @param {string} prompt
   */
  async runFailure(prompt) {
    const { stopAfterMs, followUp } = this.failure ?? {};
    const { element } = this;
    await this.ready;
    if (stopAfterMs) setTimeout(() => element.stop(), stopAfterMs);
    try {
      await element.ask(prompt);
      if (!followUp) return;
      const asked = element.ask(followUp);
      // The element scrolls only to a user's question, and reserves space for its answer below it.
      requestAnimationFrame(() => element.scrollIntoView({ block: "end" }));
      await asked;
    } catch {
      // The element shows the error.
    }
  }

  async #useClient() {
    const { element } = this;
    const record = recording(this.#connection.fetch, (request) => {
      if (!this.latest) return;
      const { requests } = this.latest;
      if (!requests.includes(request)) requests.push(request);
      this.#onChange();
    });
    element.pollOptions = {
      ...this.#connection.pollOptions,
      onPoll: (event) => {
        this.latest?.polls.push(event);
        this.#onChange();
      },
    };
    element.client = await this.#connection.client(record);
  }

  /** @param {import("aiera-chat/element").ConversationStatus} status */
  #onStatus(status) {
    const { latest } = this;
    if (status === "submitted") this.#begin(this.element.turns.at(-1)?.prompt);
    else if (status === "working" && latest && (latest.error || latest.prompt)) {
      // The user keeps waiting for the same question.
      latest.error = undefined;
    } else if (status === "working") this.#begin();
    if (this.isBusy) this.#setFacts(this.#note);
    else if (status === "ready" && latest?.prompt && !this.element.turns.at(-1)?.answer) {
      this.#showFacts("Stopped");
    }
    this.#onChange();
  }

  /** @param {string | null} [prompt] */
  #begin(prompt) {
    this.latest = {
      prompt: prompt ?? undefined,
      sessionId: this.element.sessionId,
      failure: this.failure,
      polls: [],
      requests: [],
      startedAt: performance.now(),
    };
  }

  /** @param {import("aiera-chat").Answer} answer */
  #onAnswer(answer) {
    const cited = answer.citations.flatMap(({ source }) => (source ? [source] : []));
    const sources = new Set([...cited, ...answer.sources].map(({ type, id }) => `${type}:${id}`));
    this.#showFacts(plural(sources.size, "source"));
    this.#onChange();
  }

  /** @param {AieraChatError} error */
  #onError(error) {
    if (this.latest) this.latest.error = error;
    const status = error.code === "http" ? ` (${error.status})` : "";
    this.#showFacts(`Error code ${error.code}${status}`);
    // The scenario is over: the action of the error succeeds.
    this.#connection.heal();
    void this.#useClient();
    this.#onChange();
  }

  /** @param {string} outcome */
  #showFacts(outcome) {
    const { startedAt = 0, polls = [] } = this.latest ?? {};
    const took = seconds(performance.now() - startedAt);
    const counted = polls.length > 0 ? [plural(polls.length, "poll")] : [];
    this.#setFacts([outcome, took, ...counted].join(" · "));
  }

  /** @param {string} text */
  #setFacts(text) {
    this.#facts.textContent = text;
  }
}
