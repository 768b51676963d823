// @ts-check
// One run, from question to answer: the calls of the package in their order, and what is known so far. How it looks is up
// to run-view.js; what is waited for, and how long, to the package.
import { AieraChat } from "aiera-chat";
import { connect } from "./connection.js";
import { recording } from "./recorder.js";

/** @typedef {import("aiera-chat").Session} Session */
/** @typedef {import("./failures.js").Failure} Failure */
/**
 * @typedef {object} Plan either a question or the id of a session
 * @property {import("aiera-chat").CreateSessionParams} [params]
 * @property {string} [id]
 * @property {Failure} [failure]
 */
/** @typedef {"begun" | "session" | "poll" | "exchange" | "settled"} Change */

export class Run {
  /**
   * @param {number} number
   * @param {Plan} plan
   */
  constructor(number, plan) {
    this.number = number;
    this.plan = plan;
    this.connection = connect(plan.failure);
    /** @type {((change: Change, detail?: any) => void)[]} */
    this.listeners = [];
    /** @type {Session | undefined} */
    this.session = undefined;
    /** Each status when it was first seen, in order. @type {{ status: string, atMs: number }[]} */
    this.statuses = [];
    /** @type {import("aiera-chat").PollEvent[]} */
    this.polls = [];
    /** @type {"waiting" | "done" | "failed"} */
    this.state = "waiting";
    /** @type {unknown} */
    this.error = undefined;
    this.startedAt = performance.now();
    this.tookMs = 0;
    this.controller = new AbortController();
  }

  /** What the session is called here. */
  get name() {
    const { params, id, failure } = this.plan;
    if (failure) return failure.label;
    return params?.prompt || params?.title || this.session?.title || `Session ${id ?? ""}`.trim();
  }

  get elapsedMs() {
    return this.state === "waiting" ? performance.now() - this.startedAt : this.tookMs;
  }

  cancel() {
    this.controller.abort(new Error("You pressed Cancel."));
  }

  start() {
    return this.#settle(() => this.#ask());
  }

  /** Goes on waiting for the session, after an error that did not end it; without the failure. */
  waitAgain() {
    const id = this.session?.id ?? /** @type {any} */ (this.error)?.sessionId;
    this.connection.heal?.();
    this.controller = new AbortController();
    this.state = "waiting";
    this.error = undefined;
    this.#tell("begun");
    return this.#settle(async () => this.#wait(await this.#client(), id));
  }

  async #ask() {
    const { params, id, failure } = this.plan;
    const chat = await this.#client();
    if (id !== undefined) {
      this.#see("reopened");
      return this.#wait(chat, id);
    }
    if (failure?.abortAfterMs) {
      const stop = () => this.controller.abort(new Error("The two seconds are over."));
      setTimeout(stop, failure.abortAfterMs);
    }
    const { signal } = this.controller;
    const session = await chat.createSession(failure?.params ?? params, { signal });
    this.#see("created");
    this.#update(session);
    await this.#wait(chat, session, failure?.poll);
  }

  async #client() {
    const { failure } = this.plan;
    const fetch = recording(this.connection.fetch, (exchange) => this.#tell("exchange", exchange));
    const Client = failure?.withoutModule ? (await import("aiera-chat/slim")).AieraChat : AieraChat;
    return new Client({ ...this.connection.options, fetch });
  }

  /**
   * @param {AieraChat} chat
   * @param {Session | string | number} session
   * @param {import("aiera-chat").PollOptions} [options]
   */
  async #wait(chat, session, options) {
    this.session = await chat.pollSession(session, {
      ...options,
      signal: this.controller.signal,
      onUpdate: (latest) => this.#update(latest),
      onPoll: (event) => {
        this.polls.push(event);
        this.#tell("poll", event);
      },
    });
  }

  /** @param {() => Promise<void>} work */
  async #settle(work) {
    try {
      await work();
      this.state = "done";
    } catch (error) {
      this.error = error;
      const last = /** @type {any} */ (error)?.lastSession;
      if (typeof last?.status === "string") this.session = last;
      this.state = "failed";
    }
    this.tookMs = performance.now() - this.startedAt;
    this.#tell("settled");
  }

  /** @param {Session} session */
  #update(session) {
    this.session = session;
    this.#see(session.status);
    this.#tell("session", session);
  }

  /** @param {string} status */
  #see(status) {
    if (this.statuses.at(-1)?.status === status) return;
    this.statuses.push({ status, atMs: performance.now() - this.startedAt });
  }

  /**
   * @param {Change} change
   * @param {unknown} [detail]
   */
  #tell(change, detail) {
    for (const listener of this.listeners) listener(change, detail);
  }
}
