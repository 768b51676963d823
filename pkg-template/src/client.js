// @ts-check
// The public class and functions: each call takes a snapshot of its arguments, loads the module, and forwards.
import { load, loaded } from "#load";
import { answerOf } from "./answer/index.js";
import { callSite } from "./call-site.js";
import { hooks } from "./hooks.js";
import { listPages } from "./pages.js";
import { MAX_TIMER_MS } from "./shared/timers.js";
import { standInFor } from "./signals.js";
import { entriesOf, snapshotOptions, snapshotParams } from "./snapshot.js";
import { watch } from "./watch.js";

/** @typedef {import("./call-site.js").CallSite} CallSite */

/** Options, and the module's client once loaded. @typedef {{ options: any, isMixed: boolean, client?: any }} State */

/**
 * Holds a function that returns the state. A private field would fail if `this` is a Proxy (Vue, Pinia, Valtio) or inherits
 * from a client; a property with data would show the key, or be wrapped itself.
 */
const STATE = Symbol("aiera-chat.state");

/** `timeoutMs` while the module loads, as in `src/core/operation.rs`: a test compares both. @param {string} method */
const defaultTimeoutMs = (method) =>
  method === "ask" || method === "pollSession" ? 600_000 : 60_000;

/**
 * Starts a call: returns a promise, or an iterable of several calls.
 * @typedef {(chat: object, args: any[], options: any, site: CallSite) => any} Start
 */

/** @param {string} method of the module's client @returns {Start} */
const forwarded = (method) => (chat, args, options, site) =>
  forward(chat, method, args, options, site);

/** @type {Start} */
const asked = (chat, args, options, site) => {
  site.answer = (session, promptId) => answerOf(session, promptId ? { promptId } : undefined);
  return forward(chat, "ask", args, options, site);
};

/** @type {Start} */
const watched = (chat, args, options, site) =>
  watch(options, (own) => forward(chat, "pollSession", args, own, later(site)));

/** @type {Start} */
const listed = (chat, [params], options, site) =>
  listPages(snapshotParams(params), options, (page) =>
    forward(chat, "listSessions", [page], options, later(site)),
  );

/** The same call site at a later time. @param {CallSite} site */
const later = (site) => ({ ...site, startedAt: performance.now() });

/**
 * A public function that starts a call.
 * @param {Start} start
 * @param {number} count of the arguments before the options
 * @param {(receiver: any, options: any) => object} clientOf the client of a call
 * @returns {(...args: any[]) => any}
 */
function operation(start, count, clientOf) {
  /** @this {any} @param {any[]} args */
  return function run(...args) {
    const site = callSite(run);
    const options = snapshotOptions(args[count]);
    const before = Array.from({ length: count }, (_, at) => args[at]);
    return start(clientOf(this, options), before, options, site);
  };
}

/** @type {typeof import("../index.js").AieraChat} */
export const AieraChat = /* @__PURE__ */ (() => {
  class AieraChat {
    /** @param {any} [options] */
    constructor(options) {
      setState(this, snapshotOptions(options), false);
    }
  }
  /** @type {[string, Start, number?][]} */
  const methods = [
    ["createSession", forwarded("createSession")],
    ["pollSession", forwarded("pollSession")],
    ["watchSession", watched],
    ["ask", asked],
    ["sendPrompt", forwarded("sendPrompt"), 2],
    ["getSession", forwarded("getSession")],
    ["listSessions", listed],
    ["updateSession", forwarded("updateSession"), 2],
    ["deleteSession", forwarded("deleteSession")],
    ["clearSources", forwarded("clearSources")],
  ];
  for (const [name, start, count = 1] of methods) {
    const value = operation(start, count, (receiver) => receiver);
    Object.defineProperty(AieraChat.prototype, name, { value, configurable: true, writable: true });
  }
  return /** @type {any} */ (AieraChat);
})();

/**
 * A method as a function, with client and call options in one object. It does not use the class, so that a bundle holds
 * only the functions that it imports.
 */
const plain = (/** @type {Start} */ start, count = 1) =>
  operation(start, count, (_, options) => setState({}, options, true));

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

/** @param {object} chat @param {any} options a snapshot @param {boolean} isMixed whether they include those of a call */
function setState(chat, options, isMixed) {
  /** @type {State} */
  const state = { options, isMixed };
  return Object.defineProperty(chat, STATE, { value: () => state });
}

/**
 * Forwards a call to the module, with a snapshot of its arguments. The module starts on an empty stack, since a stack overflow
 * inside it would break it for all calls.
 * @param {any} chat @param {string} method @param {any[]} args @param {any} options a snapshot @param {CallSite} site
 * @returns {Promise<any>}
 */
async function forward(chat, method, args, options, site) {
  /** @type {State | undefined} */
  const state = chat?.[STATE]?.();
  if (!state) {
    const message = `${method} must be called on a client: chat.${method}(…).`;
    throw hooks.error({ code: "invalid_argument", message }, site.stack);
  }
  const copies = args.map(snapshotParams);
  const glue = await (loaded() ?? loadFor(method, copies[0], options, site));
  state.client ??= new glue.Client(state.options, state.isMixed, hooks, site);
  return state.client[method](...copies, options, site);
}

/**
 * Loads the module. The call's signal and its `timeoutMs` apply meanwhile.
 * @param {string} method
 * @param {any} argument the first one: the session, except for an `ask`
 * @param {any} options
 * @param {CallSite} site
 * @returns {Promise<any>}
 */
function loadFor(method, argument, options, { stack, startedAt }) {
  const read = entriesOf(options) ? options : {};
  const timeoutMs = read.timeoutMs ?? defaultTimeoutMs(method);
  const session = sessionIn(method === "ask" ? read.session : argument);
  const signal = standInFor(read.signal);
  return new Promise((resolve, reject) => {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const settle = (/** @type {(value: any) => void} */ finish, /** @type {any} */ value) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      finish(value);
    };
    /** @param {string} code @param {string} message @param {object} fields */
    const fail = (code, message, fields) => {
      const elapsedMs = Math.round(performance.now() - startedAt);
      const details = { code, message, ...session, attempts: 0, elapsedMs, ...fields };
      settle(reject, hooks.error(details, stack));
    };
    const meanwhile = "while the WebAssembly module was loading; nothing was sent.";
    const onAbort = () =>
      fail("aborted", `The call was aborted by its signal ${meanwhile}`, { cause: signal?.reason });
    const onTimeout = () =>
      fail("timeout", `timeoutMs (${timeoutMs} ms) was used up ${meanwhile}`, { retryable: true });
    if (signal?.aborted) return onAbort();
    const isTimed = typeof timeoutMs === "number" && timeoutMs >= 1 && timeoutMs <= MAX_TIMER_MS;
    if (isTimed) timer = setTimeout(onTimeout, timeoutMs);
    signal?.addEventListener("abort", onAbort);
    load().then(
      (module) => settle(resolve, module),
      // Calls that wait for one load share its error, which has the stack of none of them.
      (error) => fail(error.code, error.message, "cause" in error ? { cause: error.cause } : {}),
    );
  });
}

/** The fields of an error about a session, a message or an id. @param {any} argument may also be any wrong value */
function sessionIn(argument) {
  try {
    const { id, session_id } = Object(argument);
    const sessionId = Number(session_id ?? id ?? argument);
    return {
      ...(Number.isSafeInteger(sessionId) && sessionId > 0 && { sessionId }),
      ...(id !== undefined && session_id === undefined && { lastSession: argument }),
    };
  } catch {
    return {}; // A getter throws.
  }
}
