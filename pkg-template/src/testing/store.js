// @ts-check
// The sessions in memory and their shapes: every object has the documented fields in the documented order. Independent of HTTP.
import { answerFor, stagesFor } from "./options.js";
import { messageOf, Run } from "./stages.js";
import { titleOf } from "./text.js";

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
 * @property {MockMessage | null} prompt the prompt of the run
 * @property {number | null} activeMessageId
 * @property {Run | null} run
 * @property {boolean} deleted
 * @property {number} createdAt
 * @property {number} updatedAt
 */

/** The first prompt is a second later than its session, as in the API's example. */
const FIRST_PROMPT_AFTER_MS = 1000;
/** The ids of status messages count from here, so that those of prompts and responses have no gaps. */
const STATUS_IDS_AFTER = 1_000_000;

export class Store {
  /**
   * @param {import("./options.js").MockOptions} options
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
   * @param {{ title?: string, prompt?: string, sources?: unknown[], tool_settings?: unknown }} params
   * @returns {MockSession}
   */
  create({ title, prompt, sources, tool_settings = null }) {
    const now = this.clock();
    /** @type {Stored} */
    const session = {
      id: this.nextId++,
      title: title ?? titleOf(prompt),
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
    const message = this.start(session, prompt, tool_settings, now + FIRST_PROMPT_AFTER_MS);
    const { prompt_message_id: _, sources: __, ...initial } = message;
    return { ...this.view(session), initial_prompt: initial };
  }

  /**
   * A session by its id. A deleted one is found only for reading, and only if the option `afterDelete` says so.
   *
   * @param {number | null} id
   * @param {{ forReading?: boolean }} [options]
   */
  find(id, { forReading = false } = {}) {
    const session = id === null ? undefined : this.sessions.get(id);
    const readable = forReading && this.options.afterDelete === "deleted";
    return session && (readable || !session.deleted) ? this.advance(session) : undefined;
  }

  /** The sessions that are not deleted, most recently updated first. */
  list() {
    return [...this.sessions.values()]
      .map((session) => this.advance(session))
      .filter((session) => statusOf(session) !== "deleted")
      .sort((a, b) => b.updatedAt - a.updatedAt || b.id - a.id);
  }

  /**
   * @param {Stored} session
   * @param {{ title?: string, sources?: unknown[] }} changes an absent field does not change
   */
  update(session, { title, sources }) {
    if (title === undefined && sources === undefined) return;
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
   * Adds a prompt and starts its run, which replaces one that is not over.
   *
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
    session.run = new Run(stagesFor(this.options, content, this.view(session)), now);
    session.updatedAt = now;
    this.enter(session, now);
    return message;
  }

  /**
   * Advances a session to the current time.
   *
   * @param {Stored} session
   */
  advance(session) {
    const { run } = session;
    while (run && !session.deleted && run.advance(this.clock())) this.enter(session, run.since);
    return session;
  }

  /**
   * Adds the message of a stage that has just begun: a status, or the response at the end.
   *
   * @param {Stored} session
   * @param {number} at
   */
  enter(session, at) {
    const { run, prompt } = session;
    if (!run || !prompt) return;
    session.updatedAt = Math.max(session.updatedAt, at);
    if (!run.isOver) {
      const details = { content: messageOf(run.stage), prompt_message_id: prompt.id };
      session.messages.push(this.message(session, "status", this.nextStatusId++, at, details));
      return;
    }
    if (!run.isAnswered) return;
    const { content, blocks, sources } = answerFor(
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
   * A session in the form of a response.
   *
   * @param {Stored} session
   * @param {View} [view]
   * @returns {MockSession}
   */
  view(session, { include_messages = false, include_statuses = false } = {}) {
    const messages = include_statuses
      ? session.messages.map((message) => withStatuses(message, session.messages))
      : session.messages.filter(({ message_type }) => message_type !== "status");
    return {
      id: session.id,
      title: session.title,
      title_status: session.titleStatus,
      status: statusOf(session),
      active_message_id: session.activeMessageId,
      messages: include_messages ? messages : null,
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

/** @param {Stored} session */
function statusOf({ deleted, run }) {
  return deleted ? "deleted" : (run?.stage.status ?? "active");
}

/**
 * A response with the statuses of its prompt, which are also messages; any other message unchanged.
 *
 * @param {MockMessage} message
 * @param {MockMessage[]} messages
 * @returns {MockMessage}
 */
function withStatuses(message, messages) {
  if (message.message_type !== "response") return message;
  const statuses = messages
    .filter(({ message_type }) => message_type === "status")
    .filter(({ prompt_message_id }) => prompt_message_id === message.prompt_message_id)
    .map(({ id, content, created_at }) => ({ id, content, created_at }));
  return { ...message, statuses };
}

/**
 * A time as the API writes it, without fractions of a second.
 *
 * @param {number} ms
 */
function timestamp(ms) {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
