// @ts-check
// A conversation with the assistant: one session, its turns, and the call in progress. The element and the React hooks are
// views of it and share its rules for asking, resuming, stopping and recovering.
import { AieraChatError, turnsOf } from "../index.js";

/** @typedef {import("../../index.js").AieraChat} AieraChat */
/** @typedef {import("../../index.js").Answer} Answer */
/** @typedef {import("../../index.js").AskOptions} AskOptions */
/** @typedef {import("../../index.js").PollOptions} PollOptions */
/** @typedef {import("../../index.js").Session} Session */
/** @typedef {import("../../index.js").Turn} Turn */
/** @typedef {import("../../element.js").ConversationStatus} ConversationStatus */
/** @typedef {Parameters<AieraChat["ask"]>[0]} Prompt */

/**
 * An immutable snapshot of a conversation. Each state is a new object.
 *
 * @typedef {object} ConversationState
 * @property {ConversationStatus} status
 * @property {number | string | undefined} sessionId  a string only if a caller passed an invalid id
 * @property {Session | undefined} session  the newest state of the session
 * @property {readonly Turn[]} turns  oldest first; an unchanged turn is the same object
 * @property {AieraChatError | undefined} error  set while `status` is `error`
 * @property {Recovery | undefined} recovery  the action that fits an error or a stopped turn
 * @property {boolean} isStopped  whether the last turn was stopped before its answer
 * @property {number} since  the start of the call in progress, in milliseconds since the epoch
 */

/**
 * Callbacks for the events of a conversation. The state changes before a callback runs.
 *
 * @typedef {object} ConversationEvents
 * @property {(status: ConversationStatus) => void} [status]
 * @property {(sessionId: number | null) => void} [sessionChange]  after an ask or a reset, not after `open`
 * @property {(answer: Answer) => void} [answer]  once per answer
 * @property {(error: AieraChatError) => void} [error]  not for a stopped call
 */

/** A user's remedy for a failure: ask the prompt again, wait for the answer again, or begin a new conversation. */
/** @typedef {"ask" | "wait" | "reset"} Recovery */

/**
 * The latest prompt, until the session lists it.
 *
 * @typedef {object} Pending
 * @property {Prompt} prompt
 * @property {string} text
 * @property {number | undefined} promptId
 * @property {number} index  the number of turns before it
 */

/**
 * A call in progress.
 *
 * @typedef {object} Call
 * @property {AbortController} controller
 * @property {boolean} isCreating  whether its request may create a session whose id has not arrived
 * @property {boolean} hasPolled  whether the session was polled, which implies an accepted prompt
 * @property {() => void} end  stops listening to the caller's signal
 * @property {Prompt} [prompt]
 * @property {Promise<Answer>} [promise]
 */

/** @type {ConversationState} */
export const IDLE = {
  status: "idle",
  sessionId: undefined,
  session: undefined,
  turns: [],
  error: undefined,
  recovery: undefined,
  isStopped: false,
  since: 0,
};

/** The changes that the start of a call makes to the state. */
const CALLING = { error: undefined, recovery: undefined, isStopped: false };

export class Conversation {
  #client;
  #pollOptions;
  /** @type {ConversationEvents} */
  #events;
  #state = IDLE;
  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** The turns that the session lists. @type {readonly Turn[]} */
  #listed = [];
  /** The latest session and its turns. @type {{ session: Session, turns: Turn[] } | undefined} */
  #read;
  /** @type {Pending | undefined} */
  #pending;
  /** @type {Call | undefined} */
  #call;
  /** Asks that begin after the call in progress. @type {{ begin: () => void, reject: (error: unknown) => void }[]} */
  #queue = [];
  #isPaused;
  /** Whether `start` has a session to wait for. */
  #isInterrupted = false;

  /**
   * Has no side effects: a conversation may be constructed and dropped.
   *
   * @param {object} settings
   * @param {() => AieraChat} settings.client  for the next call
   * @param {() => PollOptions | null | undefined} settings.pollOptions  for the next call
   * @param {number | string | null} [settings.sessionId]  opened by `start`
   * @param {boolean} [settings.isPaused]  whether requests wait for `start`
   * @param {ConversationEvents} [settings.events]
   */
  constructor({ client, pollOptions, sessionId, isPaused = false, events = {} }) {
    this.#client = client;
    this.#pollOptions = pollOptions;
    this.#events = events;
    this.#isPaused = isPaused;
    if (sessionId !== undefined && sessionId !== null) {
      this.#isInterrupted = true;
      this.#state = { ...IDLE, status: "working", sessionId: normalId(sessionId) };
    }
  }

  getState = () => this.#state;

  /** @param {() => void} listener  called after every state change */
  subscribe = (listener) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /**
   * Asks in the session, or creates one. An ask during another call begins after that call. Repeating a prompt while it is
   * being sent, as a double click does, returns the same promise.
   *
   * @param {Prompt} prompt
   * @returns {Promise<Answer>}
   */
  ask = (prompt) => {
    const sent = this.#state.status === "submitted" && this.#call;
    if (sent && sent.promise && sent.prompt === prompt) return sent.promise;
    this.#isPaused = false;
    /** @type {Promise<Answer>} */
    const promise = new Promise((resolve, reject) => {
      const begin = () => {
        this.#ask(prompt).then(resolve, reject);
        if (this.#call) this.#call.promise = promise;
      };
      this.#queue.push({ begin, reject });
    });
    // The state reports a failure, so a caller may ignore the promise.
    promise.catch(() => {});
    this.#beginNext();
    return promise;
  };

  /** Stops waiting; the ask rejects with `aborted`. The session continues, and `wait` resumes polling. */
  stop = () => {
    this.#rejectQueue();
    if (!isBusy(this.#state)) return;
    this.#cancel();
    this.#isInterrupted = false;
    this.#setStopped();
  };

  /** Forgets the session: the next ask creates another. */
  reset = () => {
    const { sessionId } = this.#state;
    this.#forget();
    this.#set({ ...IDLE });
    if (sessionId !== undefined) notify(this.#events.sessionChange, null);
  };

  /**
   * Shows a session, and waits for its answer if it is unfinished.
   *
   * @param {number | string} sessionId
   */
  open(sessionId) {
    this.#forget();
    this.#set({
      ...IDLE,
      status: "working",
      sessionId: normalId(sessionId),
      since: Date.now(),
    });
    if (this.#isPaused) this.#isInterrupted = true;
    else this.wait();
  }

  /** Resumes waiting for the session. Its outcome is in the state. */
  wait = () => {
    if (!this.#call && this.#state.sessionId !== undefined) void this.#wait();
  };

  /** Stops polling until `start`. A create in flight is not cancelled, which would lose its session's id. */
  pause() {
    this.#isPaused = true;
    this.#rejectQueue();
    if (this.#call && !this.#call.isCreating) this.#interrupt();
  }

  /** Begins, or resumes after `pause`. */
  start() {
    this.#isPaused = false;
    if (!this.#isInterrupted) return;
    this.#isInterrupted = false;
    this.wait();
  }

  /** Performs the state's `recovery`. */
  recover = () => {
    const { recovery, turns, sessionId } = this.#state;
    const prompt = this.#pending?.prompt ?? turns.at(-1)?.prompt;
    if (recovery === "wait") this.wait();
    else if (recovery === "reset" || !prompt) this.reset();
    else void this.ask(promptFor(prompt, sessionId !== undefined));
  };

  /** @param {Prompt} prompt */
  async #ask(prompt) {
    const { sessionId } = this.#state;
    const text = textOf(prompt);
    if (!text.trim()) return this.#refuse(prompt);
    const call = this.#begin({ prompt, isCreating: sessionId === undefined });
    this.#pending = { prompt, text, promptId: undefined, index: this.#listed.length };
    this.#set({ ...CALLING, status: "submitted", since: Date.now() });
    try {
      const answer = await this.#client().ask(prompt, {
        ...this.#callOptions(call),
        ...(sessionId !== undefined && { session: sessionId }),
        onCreated: (session) => this.#created(call, session),
      });
      if (this.#end(call)) {
        if (this.#pending) this.#pending.promptId = answer.promptId;
        this.#show(answer.session, answer, { status: "ready" });
        notify(this.#events.answer, answer);
      }
      return answer;
    } catch (error) {
      this.#fail(call, error);
      throw error;
    } finally {
      this.#beginNext();
    }
  }

  /**
   * Lets the client reject a prompt without a text. A blank string does not change the conversation, as in the composer. Any
   * other value is a mistake of the application, such as a misspelt field, and is shown.
   *
   * @param {Prompt} prompt
   */
  async #refuse(prompt) {
    try {
      return await this.#client().ask(prompt);
    } catch (/** @type {any} */ error) {
      if (typeof prompt !== "string" && !this.#call) {
        this.#set({ ...CALLING, status: "error", error });
        notify(this.#events.error, error);
      }
      throw error;
    }
  }

  async #wait() {
    const { sessionId } = this.#state;
    const call = this.#begin({ hasPolled: true });
    const promptId = this.#pending?.promptId;
    this.#set({ ...CALLING, status: "working", since: Date.now() });
    try {
      const session = await this.#client().pollSession(/** @type {number} */ (sessionId), {
        ...this.#callOptions(call),
        ...(promptId !== undefined && { promptId }),
      });
      const answer = this.#answerIn(session);
      if (!answer && this.#pending) throw noAnswer(session);
      if (!this.#end(call)) return;
      this.#show(session, answer, { status: "ready" });
      if (answer) notify(this.#events.answer, answer);
    } catch (error) {
      this.#fail(call, error);
    }
    this.#beginNext();
  }

  /**
   * The caller's options with those of the conversation. The caller may replace a callback during the call.
   *
   * @param {Call} call
   * @returns {PollOptions}
   */
  #callOptions(call) {
    const { signal, ...options } = this.#pollOptions() ?? {};
    call.end = follow(signal, call.controller);
    return {
      ...options,
      signal: call.controller.signal,
      onUpdate: (session) => {
        call.hasPolled = true;
        // The call is about to end with the answer; show the answer once.
        const isAnswered = session.status === "active" && this.#answerIn(session);
        if (call === this.#call && !isAnswered) {
          this.#show(session, undefined, { status: "working" });
        }
        this.#pollOptions()?.onUpdate?.(session);
      },
      onPoll: (event) => {
        call.hasPolled = true;
        this.#pollOptions()?.onPoll?.(event);
      },
    };
  }

  /**
   * @param {Call} call
   * @param {Session} session
   */
  #created(call, session) {
    if (call !== this.#call) return;
    call.isCreating = false;
    call.hasPolled = true;
    if (this.#pending) this.#pending.promptId = normalId(session.initial_prompt?.id);
    const sessionId = normalId(session.id);
    this.#set({ session, sessionId, status: "working" });
    notify(this.#events.sessionChange, sessionId);
    if (this.#isPaused) this.#interrupt();
  }

  /**
   * @param {Call} call
   * @param {any} error
   */
  #fail(call, error) {
    if (!this.#end(call)) return;
    if (error.code === "aborted") {
      // Aborted by the signal in the caller's options.
      this.#setStopped();
      return;
    }
    const { lastSession } = error;
    const recovery = recoveryOf(error, {
      hasSession: this.#state.sessionId !== undefined,
      hasPolled: call.hasPolled,
      hasPrompt: Boolean(this.#pending) || this.#state.turns.length > 0,
    });
    const changes = /** @type {const} */ ({ status: "error", error, recovery });
    if (lastSession?.messages) this.#show(lastSession, undefined, changes);
    else this.#set(changes);
    notify(this.#events.error, error);
  }

  /** @param {Partial<Call>} call */
  #begin(call) {
    this.#isInterrupted = false;
    this.#call = {
      controller: new AbortController(),
      isCreating: false,
      hasPolled: false,
      end() {},
      ...call,
    };
    return this.#call;
  }

  /**
   * Ends a call. Returns false if the call was cancelled or interrupted: its outcome is dropped.
   *
   * @param {Call} call
   */
  #end(call) {
    call.end();
    if (call !== this.#call) return false;
    this.#call = undefined;
    return true;
  }

  #cancel() {
    const call = this.#call;
    this.#call = undefined;
    call?.controller.abort();
  }

  #interrupt() {
    this.#cancel();
    this.#isInterrupted = true;
  }

  #forget() {
    this.#rejectQueue();
    this.#cancel();
    this.#pending = undefined;
    this.#listed = [];
    this.#read = undefined;
    this.#isInterrupted = false;
  }

  #beginNext() {
    while (!this.#call && !this.#isPaused && this.#queue.length > 0) this.#queue.shift()?.begin();
  }

  #rejectQueue() {
    for (const { reject } of this.#queue.splice(0)) {
      reject(new AieraChatError("aborted", "The conversation was stopped before this was asked."));
    }
  }

  /**
   * @param {Session} session
   * @param {Answer | undefined} answer  of the last turn, if complete
   * @param {Partial<ConversationState>} changes
   */
  #show(session, answer, changes) {
    if (session.messages) this.#listed = reuseTurns(this.#listed, this.#turnsIn(session), answer);
    this.#set({ session, sessionId: normalId(session.id), ...changes });
  }

  #setStopped() {
    const recovery = this.#state.sessionId === undefined ? "ask" : "wait";
    this.#set({ status: "ready", isStopped: true, recovery });
  }

  /** @param {Partial<ConversationState>} changes */
  #set(changes) {
    const before = this.#state;
    this.#state = { ...before, ...changes, turns: this.#turns() };
    const { status } = this.#state;
    for (const listener of [...this.#listeners]) notify(listener, undefined);
    if (status !== before.status) notify(this.#events.status, status);
  }

  /**
   * The answer to the pending prompt, else of the last turn.
   *
   * @param {Session} session
   */
  #answerIn(session) {
    const pending = this.#pending;
    const turns = this.#turnsIn(session);
    if (!pending) return turns.at(-1)?.answer;
    return turns.slice(pending.index).find((turn) => isTurnOf(turn, pending))?.answer;
  }

  /**
   * The turns of a session. Long sessions are slow to read, so the latest result is kept.
   *
   * @param {Session} session
   */
  #turnsIn(session) {
    if (this.#read?.session !== session) this.#read = { session, turns: turnsOf(session) };
    return this.#read.turns;
  }

  #turns() {
    const pending = this.#pending;
    if (!pending || this.#isPendingListed()) return this.#listed;
    const { text: prompt, promptId } = pending;
    return [...this.#listed, /** @type {Turn} */ ({ prompt, promptId, statuses: [] })];
  }

  #isPendingListed() {
    const pending = this.#pending;
    return pending && this.#listed.slice(pending.index).some((turn) => isTurnOf(turn, pending));
  }
}

/** @param {ConversationState} state */
export function isBusy({ status }) {
  return status === "submitted" || status === "working";
}

/**
 * The action that fits a failure. Never `ask` if the prompt was accepted and its answer can be waited for.
 *
 * @param {any} error  an `AieraChatError`
 * @param {{ hasSession: boolean, hasPolled: boolean, hasPrompt: boolean }} facts
 * @returns {Recovery}
 */
export function recoveryOf({ code, status, lastSession }, { hasSession, hasPolled, hasPrompt }) {
  const ask = hasPrompt ? "ask" : "reset";
  if (code === "session_failed") return lastSession?.status === "deleted" ? "reset" : ask;
  if (code === "no_answer" || code === "create_outcome_unknown") return ask;
  if (code === "prompt_outcome_unknown") return "wait";
  if (code === "invalid_argument") return hasPolled ? "reset" : ask;
  if (code === "http" && hasSession && (status === 404 || status === 410)) return "reset";
  return hasSession && hasPolled ? "wait" : ask;
}

/**
 * @param {Turn} turn
 * @param {Pending} pending
 */
function isTurnOf({ prompt, promptId }, pending) {
  return pending.promptId === undefined
    ? prompt?.trim() === pending.text.trim()
    : promptId === pending.promptId;
}

/**
 * Converts a decimal id to a number. Other values do not change; the client rejects them.
 *
 * @param {any} id
 */
function normalId(id) {
  return /^[1-9]\d{0,15}$/.test(String(id)) ? Number(id) : id;
}

/** @param {Session} lastSession */
function noAnswer(lastSession) {
  const sessionId = normalId(lastSession.id);
  const message = `Session ${sessionId} holds no answer to the prompt.`;
  return new AieraChatError("no_answer", message, { sessionId, lastSession, retryable: false });
}

/** @param {Prompt} prompt */
function textOf(prompt) {
  const { prompt: first, content: followUp } = /** @type {any} */ (prompt ?? {});
  return String((typeof prompt === "string" ? prompt : (followUp ?? first)) ?? "");
}

/**
 * Converts a prompt that creates a session to one that follows up, or the reverse.
 *
 * @param {Prompt} prompt
 * @param {boolean} isFollowUp
 */
function promptFor(prompt, isFollowUp) {
  if (typeof prompt === "string") return prompt;
  return isFollowUp === "content" in prompt ? prompt : textOf(prompt);
}

/**
 * The turns of a newer state of a session. Unchanged turns are the same objects as before.
 *
 * @param {readonly Turn[]} before
 * @param {Turn[]} now
 * @param {Answer | undefined} answer  replaces its equal
 * @returns {readonly Turn[]}
 */
function reuseTurns(before, now, answer) {
  const turns = now.map((turn, index) => {
    const earlier = before[index];
    if (earlier && isSameTurn(earlier, turn)) return earlier;
    const isAnswered = answer && turn.answer?.message.id === answer.message.id;
    return isAnswered ? { ...turn, answer } : turn;
  });
  const isSame = turns.length === before.length && turns.every((turn, i) => turn === before[i]);
  return isSame ? before : turns;
}

/**
 * @param {Turn} a
 * @param {Turn} b
 */
function isSameTurn(a, b) {
  const [x, y] = [a.answer, b.answer];
  return (
    a.promptId === b.promptId &&
    a.prompt === b.prompt &&
    a.statuses.length === b.statuses.length &&
    x?.message.id === y?.message.id &&
    x?.text === y?.text &&
    x?.citations.length === y?.citations.length &&
    x?.sources.length === y?.sources.length
  );
}

/**
 * Aborts a controller with a caller's signal while the controller is in use.
 *
 * @param {any} signal
 * @param {AbortController} controller
 */
function follow(signal, controller) {
  if (!signal) return () => {};
  const abort = () => controller.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);
  return () => signal.removeEventListener("abort", abort);
}

/**
 * Calls a listener of the application. Its exception does not affect the conversation.
 *
 * @template T
 * @param {((value: T) => void) | null | undefined} listener
 * @param {T} value
 */
function notify(listener, value) {
  try {
    listener?.(value);
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
}
