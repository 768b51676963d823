// @ts-check
// The public class and functions: they check the arguments at once, load the module on the first call, and pass the call on
// to it.
import { load, loaded } from "#load";
import { invalid } from "./arguments/invalid.js";
import {
  clientOptions,
  createBody,
  createOptions,
  pollOptions,
  sessionRef,
} from "./arguments/options.js";
import { createHost, error } from "./host.js";
import { watch } from "./watch.js";

/** @typedef {import("../index.js").SessionRef} SessionRef */
/** @typedef {import("../index.js").AieraChatOptions} AieraChatOptions */
/** @typedef {import("../index.js").CallOptions} CallOptions */
/** @typedef {import("../index.js").PollOptions} PollOptions */
/** @typedef {import("../index.js").CreateSessionParams} CreateSessionParams */

/**
 * A client's inner side: its options as they were read, and the module's client once there is one.
 * @typedef {{ values: Record<string, any>, module?: any }} Inner
 */

/**
 * Not a private field: developer tools show those, and there is a key in it.
 * @type {WeakMap<object, Inner>}
 */
const clients = /* @__PURE__ */ new WeakMap();

/** @param {object} self */
function inner(self) {
  const found = clients.get(self);
  if (found) return found;
  throw invalid(
    "createSession, pollSession and watchSession must be called on an AieraChat, as chat.createSession(…).",
  );
}

/**
 * @param {Inner} client
 * @param {number} id 0 for a create
 * @param {unknown} subject
 * @param {ReturnType<typeof createOptions>} options
 */
async function call(client, id, subject, { numbers, pairs, signal, onUpdate, onPoll }) {
  refuseAborted(id, subject, signal);
  const module = loaded() ?? (await load());
  refuseAborted(id, subject, signal);
  client.module ??= new module.Client(createHost(client.values));
  return new Promise((resolve, reject) => {
    // In the order of `Told` in `src/web/running.rs`.
    const told = [resolve, reject, onUpdate, onPoll];
    client.module.call(
      id,
      subject,
      ...numbers,
      pairs,
      signal,
      Boolean(onPoll),
      (/** @type {number} */ kind, /** @type {any} */ thing) => {
        try {
          told[kind]?.(thing);
        } catch (error) {
          report(error);
        }
      },
    );
  });
}

/**
 * What a callback threw is the caller's business, as any uncaught error.
 * @param {unknown} error
 */
function report(error) {
  if (typeof globalThis.reportError === "function") return globalThis.reportError(error);
  queueMicrotask(() => {
    throw error;
  });
}

/**
 * A call whose signal is aborted before it begins is over: nothing is sent.
 * @param {number} id
 * @param {unknown} session
 * @param {any} signal
 */
function refuseAborted(id, session, signal) {
  if (!signal?.aborted) return;
  const fields = ["aborted", "The signal was aborted before the call; nothing was sent."];
  const named = id ? [undefined, undefined, undefined, id] : Array(4).fill(undefined);
  throw error([...fields, ...named, 0, 0], id ? session : undefined, true, signal.reason);
}

/**
 * @param {() => Inner} client
 * @param {unknown} params
 * @param {unknown} options
 * @param {boolean} [plain] whether the client's options stand among those of the call
 */
async function create(client, params, options, plain = false) {
  const found = client();
  const how = createOptions(options, found.values, plain);
  return call(found, 0, createBody(params), how);
}

/**
 * @param {() => Inner} client
 * @param {unknown} ref
 * @param {unknown} options
 * @param {boolean} [plain]
 */
async function poll(client, ref, options, plain = false) {
  const found = client();
  const how = pollOptions(options, found.values, plain);
  const { id, session } = sessionRef(ref);
  return call(found, id, session, how);
}

export class AieraChat {
  /** @param {AieraChatOptions | null} [options] */
  constructor(options) {
    clients.set(this, { values: clientOptions(options) });
  }

  /**
   * @param {CreateSessionParams | null} [params]
   * @param {CallOptions | null} [options]
   */
  createSession(params, options) {
    return create(() => inner(this), params, options);
  }

  /**
   * @param {SessionRef} session
   * @param {PollOptions | null} [options]
   */
  pollSession(session, options) {
    return poll(() => inner(this), session, options);
  }

  /**
   * @param {SessionRef} session
   * @param {PollOptions | null} [options]
   */
  watchSession(session, options) {
    return watch(options, (waiting) => poll(() => inner(this), session, waiting));
  }
}

/**
 * @param {CreateSessionParams | null} [params]
 * @param {(AieraChatOptions & CallOptions) | null} [options]
 */
export function createSession(params, options) {
  return create(() => ({ values: clientOptions(options, "create") }), params, options, true);
}

/**
 * @param {SessionRef} session
 * @param {(AieraChatOptions & PollOptions) | null} [options]
 */
export function pollSession(session, options) {
  return poll(() => ({ values: clientOptions(options, "poll") }), session, options, true);
}

/**
 * @param {SessionRef} session
 * @param {(AieraChatOptions & PollOptions) | null} [options]
 */
export function watchSession(session, options) {
  return watch(options, (waiting) => pollSession(session, waiting));
}
