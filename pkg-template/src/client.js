// @ts-check
// The public class and functions: each call takes a snapshot of its arguments, loads the module, and forwards.
import { load, loaded } from "#load";
import { answerOf } from "./answer/index.js";
import { callSite } from "./call-site.js";
import { hooks } from "./hooks.js";
import { listPages } from "./pages.js";
import { standInFor } from "./signals.js";
import { entriesOf, snapshotOptions, snapshotParams } from "./snapshot.js";
import { watch } from "./watch.js";

/** @typedef {import("./call-site.js").CallSite} CallSite */

/**
 * A client's options, and the module's client once it is there.
 * @typedef {{ options: any, isMixed: boolean, client?: any }} State
 */

/**
 * Holds a function that returns the state. A private field would fail where `this` is a Proxy (Vue, Pinia, Valtio) or an object
 * made from a client; a property that holds data would show the key, or be wrapped in turn.
 */
const STATE = Symbol("aiera-chat.state");

/**
 * The defaults of `timeoutMs` while the module loads; `src/core/operation.rs` has them for every call, and a test holds both.
 * @param {string} method
 */
const defaultTimeoutMs = (method) =>
  method === "ask" || method === "pollSession" ? 600_000 : 60_000;

/** The longest delay of a timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * The way in which a call begins: as a promise, or as an iterable that stands for several calls.
 * @typedef {(chat: object, args: any[], options: any, site: CallSite) => any} Start
 */

/**
 * @param {string} method of the module's client
 * @returns {Start}
 */
const forwarded = (method) => (chat, args, options, site) =>
  forward(chat, method, args, options, site);

/** @type {Start} */
const asked = (chat, args, options, site) =>
  forward(chat, "ask", args, options, {
    ...site,
    answer: (session, promptId) => answerOf(session, promptId ? { promptId } : undefined),
  });

/** @type {Start} */
const watched = (chat, args, options, site) =>
  watch(options, (own) => forward(chat, "pollSession", args, own, later(site)));

/** @type {Start} */
const listed = (chat, [params], options, site) =>
  listPages(snapshotParams(params), options, (page) =>
    forward(chat, "listSessions", [page], options, later(site)),
  );

/**
 * The same call site at a later time.
 * @param {CallSite} site
 */
const later = (site) => ({ ...site, startedAt: performance.now() });

/**
 * @param {object} chat
 * @param {Start} start
 * @param {any[]} args those before the options
 * @param {any} options
 * @param {Function} caller the public function
 */
function begin(chat, start, args, options, caller) {
  const site = callSite(caller);
  return start(chat, args, snapshotOptions(options), site);
}

export class AieraChat {
  /** @param {any} [options] */
  constructor(options) {
    setState(this, options, false);
  }

  /** @param {any} [params] @param {any} [options] */
  createSession(params, options) {
    return begin(this, forwarded("createSession"), [params], options, methods().createSession);
  }

  /** @param {any} session @param {any} [options] */
  pollSession(session, options) {
    return begin(this, forwarded("pollSession"), [session], options, methods().pollSession);
  }

  /** @param {any} session @param {any} [options] */
  watchSession(session, options) {
    return begin(this, watched, [session], options, methods().watchSession);
  }

  /** @param {any} prompt @param {any} [options] */
  ask(prompt, options) {
    return begin(this, asked, [prompt], options, methods().ask);
  }

  /** @param {any} session @param {any} prompt @param {any} [options] */
  sendPrompt(session, prompt, options) {
    return begin(this, forwarded("sendPrompt"), [session, prompt], options, methods().sendPrompt);
  }

  /** @param {any} session @param {any} [options] */
  getSession(session, options) {
    return begin(this, forwarded("getSession"), [session], options, methods().getSession);
  }

  /** @param {any} [params] @param {any} [options] */
  listSessions(params, options) {
    return begin(this, listed, [params], options, methods().listSessions);
  }

  /** @param {any} session @param {any} params @param {any} [options] */
  updateSession(session, params, options) {
    return begin(
      this,
      forwarded("updateSession"),
      [session, params],
      options,
      methods().updateSession,
    );
  }

  /** @param {any} session @param {any} [options] */
  deleteSession(session, options) {
    return begin(this, forwarded("deleteSession"), [session], options, methods().deleteSession);
  }

  /** @param {any} session @param {any} [options] */
  clearSources(session, options) {
    return begin(this, forwarded("clearSources"), [session], options, methods().clearSources);
  }
}

// A function: the access alone would keep the class in every bundle.
const methods = () => AieraChat.prototype;

/**
 * A method as a function of its own, with client and call options in one object. It does not use the class, so that a bundle
 * holds the functions that it imports and no more.
 * @param {Start} start
 * @param {number} [count] of the arguments before the options
 * @returns {(...args: any[]) => any}
 */
function plain(start, count = 1) {
  return function run(...args) {
    const options = args[count];
    const chat = {};
    setState(chat, options, true);
    return begin(chat, start, args.slice(0, count), options, run);
  };
}

export const createSession = /* @__PURE__ */ plain(/* @__PURE__ */ forwarded("createSession"));
export const pollSession = /* @__PURE__ */ plain(/* @__PURE__ */ forwarded("pollSession"));
export const watchSession = /* @__PURE__ */ plain(watched);
export const ask = /* @__PURE__ */ plain(asked);
export const sendPrompt = /* @__PURE__ */ plain(/* @__PURE__ */ forwarded("sendPrompt"), 2);
export const getSession = /* @__PURE__ */ plain(/* @__PURE__ */ forwarded("getSession"));
export const listSessions = /* @__PURE__ */ plain(listed);
export const updateSession = /* @__PURE__ */ plain(/* @__PURE__ */ forwarded("updateSession"), 2);
export const deleteSession = /* @__PURE__ */ plain(/* @__PURE__ */ forwarded("deleteSession"));
export const clearSources = /* @__PURE__ */ plain(/* @__PURE__ */ forwarded("clearSources"));

/**
 * @param {object} chat
 * @param {any} options
 * @param {boolean} isMixed whether options of a call stand among those of the client
 */
function setState(chat, options, isMixed) {
  /** @type {State} */
  const state = { options: snapshotOptions(options), isMixed };
  Object.defineProperty(chat, STATE, { value: () => state });
}

/**
 * Forwards a call to the module, which reads its arguments at once; where it is still to be loaded, a snapshot of them.
 * @param {any} chat
 * @param {string} method
 * @param {any[]} args
 * @param {any} options a snapshot
 * @param {CallSite} site
 * @returns {Promise<any>}
 */
async function forward(chat, method, args, options, site) {
  /** @type {State | undefined} */
  const state = chat?.[STATE]?.();
  if (!state) {
    const message = `${method} must be called on a client: chat.${method}(…).`;
    throw hooks.error({ code: "invalid_argument", message }, site.stack);
  }
  let glue = loaded();
  if (!glue) {
    args = args.map(snapshotParams);
    glue = await loadFor(method, args[0], options, site);
  }
  state.client ??= new glue.Client(state.options, state.isMixed, hooks, site);
  return state.client[method](...args, options, site);
}

/**
 * Loads the module. The call's signal and its `timeoutMs` hold meanwhile.
 * @param {string} method
 * @param {any} argument the first one, which is the session but for an `ask`
 * @param {any} options
 * @param {CallSite} site
 * @returns {Promise<any>}
 */
function loadFor(method, argument, options, { stack, startedAt }) {
  const given = entriesOf(options) ? options : {};
  const timeoutMs = given.timeoutMs ?? defaultTimeoutMs(method);
  const session = method === "ask" ? given.session : argument;
  const signal = standInFor(given.signal);
  return new Promise((resolve, reject) => {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const settle = (/** @type {(value: any) => void} */ how, /** @type {any} */ value) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      how(value);
    };
    const fail = (/** @type {string} */ message, /** @type {any} */ details) => {
      const elapsedMs = Math.round(performance.now() - startedAt);
      const fields = { ...details, ...sessionIn(session), attempts: 0, elapsedMs };
      settle(reject, hooks.error({ ...fields, message }, stack));
    };
    const meanwhile = "while the WebAssembly module was loading; nothing was sent.";
    const onAbort = () => {
      const details = { code: "aborted", cause: signal?.reason };
      fail(`The call was aborted by its signal ${meanwhile}`, details);
    };
    const onTimeout = () => {
      const details = { code: "timeout", retryable: true };
      fail(`timeoutMs (${timeoutMs} ms) was used up ${meanwhile}`, details);
    };
    if (signal?.aborted) return onAbort();
    if (timeoutMs >= 1 && timeoutMs <= MAX_TIMER_MS) timer = setTimeout(onTimeout, timeoutMs);
    signal?.addEventListener("abort", onAbort);
    load().then(
      (module) => settle(resolve, module),
      // The calls that wait for one load share its error, which has the stack of none of them.
      (error) =>
        fail(error.message, {
          code: error.code,
          ...("cause" in error && { cause: error.cause }),
        }),
    );
  });
}

/**
 * The session in an argument, as an error carries it.
 * @param {any} argument a session, a message, or an id; or something else
 */
function sessionIn(argument) {
  try {
    const { id, session_id } = Object(argument);
    const isSession = id !== undefined && session_id === undefined;
    const sessionId = Number(session_id ?? id ?? argument);
    return {
      sessionId: Number.isSafeInteger(sessionId) && sessionId > 0 ? sessionId : undefined,
      lastSession: isSession ? argument : undefined,
    };
  } catch {
    // It cannot be read.
    return {};
  }
}
