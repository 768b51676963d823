// @ts-check
// The sessions in memory, and their shapes: every object goes out with the documented fields in the
// documented order. Knows nothing of HTTP.

import { answerOf, stagesOf } from "./options.js";
import { generatedTitle } from "./answer.js";
import { Run } from "./stages.js";

/** @typedef {import("../../testing.js").MockSession} MockSession */
/** @typedef {import("../../testing.js").MockMessage} MockMessage */
/** @typedef {{ include_messages?: boolean, include_statuses?: boolean }} View */
/**
 * @typedef {object} Stored
 * @property {number} id
 * @property {string} title
 * @property {"generated" | "user"} titleStatus
 * @property {unknown[] | null} sources
 * @property {MockMessage[]} messages
 * @property {MockMessage | null} prompt the one that the run is about
 * @property {number | null} activeMessageId
 * @property {Run | null} run
 * @property {boolean} deleted
 * @property {number} createdAt
 * @property {number} updatedAt
 */

/** A session is created first and its first prompt a second later, as in the API's own example. */
const FIRST_PROMPT_AFTER_MS = 1000;
/** Status messages count from here, so that prompts and answers have ids without gaps. */
const STATUS_IDS_AFTER = 1_000_000;

export class Store {
  /**
   * @param {import("./options.js").CheckedOptions} options
   * @param {() => number} clock
   */
  constructor(options, clock) {
    this.options = options;
    this.clock = clock;
    /** @type {Map<number, Stored>} */
    this.sessions = new Map();
    this.nextId = options.firstId;
    this.nextMessageId = options.firstMessageId;
    this.nextStatusId = options.firstMessageId + STATUS_IDS_AFTER;
  }

  /**
   * @param {{ title?: string, prompt?: string, sources?: unknown[] }} params
   * @returns {MockSession}
   */
  create({ title, prompt, sources }) {
    const now = this.clock();
    /** @type {Stored} */
    const session = {
      id: this.nextId++,
      title: title ?? generatedTitle(prompt),
      titleStatus: title === undefined ? "generated" : "user",
      sources: sources ?? null,
      messages: [],
      prompt: null,
      activeMessageId: null,
      run: null,
      deleted: false,
      createdAt: now,
      updatedAt: now,
    };
    this.sessions.set(session.id, session);
    if (prompt === undefined) return this.view(session);
    const message = this.start(session, prompt, null, now + FIRST_PROMPT_AFTER_MS);
    const { prompt_message_id: _, sources: __, ...initial } = message;
    return { ...this.view(session), initial_prompt: initial };
  }

  /**
   * A session that is not deleted, or one that is, if asked for: soft-deleted sessions can still be
   * read (that is where the documented status `deleted` is seen), and nothing else.
   * @param {number | null} id
   * @param {{ deleted?: boolean }} [options]
   */
  find(id, { deleted = false } = {}) {
    const session = id === null ? undefined : this.sessions.get(id);
    return session && (deleted || !session.deleted) ? this.advance(session) : undefined;
  }

  /** Those not deleted, the latest update first. */
  list() {
    return [...this.sessions.values()]
      .filter((session) => !session.deleted)
      .map((session) => this.advance(session))
      .sort((a, b) => b.updatedAt - a.updatedAt || b.id - a.id);
  }

  /**
   * @param {Stored} session
   * @param {{ title?: string, sources?: unknown[] }} changes an omitted field stays
   */
  update(session, { title, sources }) {
    if (title !== undefined) {
      session.title = title;
      session.titleStatus = "user";
    }
    if (sources !== undefined) session.sources = sources;
    session.updatedAt = this.clock();
  }

  /** @param {Stored} session */
  delete(session) {
    session.deleted = true;
    session.updatedAt = this.clock();
  }

  /**
   * Adds a prompt and starts its run. One that is still running is given up for it.
   * @param {Stored} session
   * @param {string} content
   * @param {unknown} toolSettings
   * @param {number} [at]
   * @returns {MockMessage}
   */
  start(session, content, toolSettings, at = this.clock()) {
    const message = this.message(session, "prompt", this.nextMessageId++, at, {
      content,
      tool_settings: toolSettings ?? null,
    });
    session.messages.push(message);
    session.prompt = message;
    const now = this.clock();
    session.run = new Run(stagesOf(this.options, content, this.view(session)), now);
    session.updatedAt = now;
    this.enter(session, now);
    return message;
  }

  /**
   * Brings a session up to now.
   * @param {Stored} session
   */
  advance(session) {
    const { run } = session;
    while (run && !session.deleted && run.advance(this.clock())) this.enter(session, run.since);
    return session;
  }

  /**
   * What the stage that has just begun brings: a status message, or the answer.
   * @param {Stored} session
   * @param {number} at
   */
  enter(session, at) {
    const { run, prompt } = session;
    if (!run || !prompt) return;
    session.updatedAt = Math.max(session.updatedAt, at);
    if (!run.isOver) {
      const details = { content: run.status, prompt_message_id: prompt.id };
      session.messages.push(this.message(session, "status", this.nextStatusId++, at, details));
      return;
    }
    if (run.status !== "active") return;
    const { content, blocks, sources } = answerOf(
      this.options,
      prompt.content,
      this.view(session, { include_messages: true }),
    );
    const details = { content, prompt_message_id: prompt.id, sources };
    const response = this.message(session, "response", this.nextMessageId++, at, details);
    session.messages.push({ ...response, blocks });
    session.activeMessageId = response.id;
  }

  /**
   * A session as it goes over the wire.
   * @param {Stored} session
   * @param {View} [view]
   * @returns {MockSession}
   */
  view(session, { include_messages = false, include_statuses = false } = {}) {
    const shown = session.messages.filter(
      ({ message_type }) => include_statuses || message_type !== "status",
    );
    return {
      id: session.id,
      title: session.title,
      title_status: session.titleStatus,
      status: session.deleted ? "deleted" : (session.run?.status ?? "active"),
      active_message_id: session.activeMessageId,
      messages: include_messages ? shown : null,
      sources: session.sources,
      model_generation_params: null,
      model_id: null,
      user_id: this.options.userId,
      votes: null,
      created_at: timestamp(session.createdAt),
      updated_at: timestamp(session.updatedAt),
    };
  }

  /**
   * @param {Stored} session
   * @param {string} message_type
   * @param {number} id
   * @param {number} at
   * @param {Partial<MockMessage> & { content: string }} details
   * @returns {MockMessage}
   */
  message(session, message_type, id, at, details) {
    return {
      id,
      session_id: session.id,
      message_type,
      content: details.content,
      ordinal_id: null,
      prompt_message_id: details.prompt_message_id ?? null,
      runner_version: null,
      tool_settings: details.tool_settings ?? null,
      user_id: this.options.userId,
      sources: details.sources ?? null,
      created_at: timestamp(at),
      updated_at: timestamp(at),
    };
  }
}

/**
 * The API's times have no fractions of a second.
 * @param {number} ms
 */
function timestamp(ms) {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
