// @ts-check
// The public class and functions: they check the arguments at once, load the module on the first call, and pass the call on
// to it.
import { load } from "#load";
import { invalid } from "./arguments/invalid.js";
import {
  clientOptions,
  createBody,
  createOptions,
  pollOptions,
  sessionRef,
} from "./arguments/options.js";
import { createCaller } from "./host.js";
import { ABORTED, problemError } from "./problems.js";
import { watch } from "./watch.js";

/** @typedef {import("../index.js").SessionRef} SessionRef */
/** @typedef {import("../index.js").AieraChatOptions} AieraChatOptions */
/** @typedef {import("../index.js").CallOptions} CallOptions */
/** @typedef {import("../index.js").PollOptions} PollOptions */
/** @typedef {import("../index.js").CreateSessionParams} CreateSessionParams */

/**
 * A client's inner side: its options as they were read, and what makes its calls, once the module is there.
 * @typedef {{ values: Record<string, any>, call?: ReturnType<typeof createCaller> }} Inner
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
 * Makes a call: its arguments are checked at once, what they are follows when the module is there.
 * @param {() => [client: Inner, id: number, subject: unknown, options: ReturnType<typeof createOptions>]} read the
 *   arguments, or throws; an id of 0 creates
 * @returns {Promise<any>}
 */
function call(read) {
  return new Promise((resolve, reject) => {
    const [client, id, subject, options] = read();
    refuseAborted(id, subject, options.signal);
    load()
      .then((module) => {
        refuseAborted(id, subject, options.signal);
        client.call ??= createCaller(client.values, module.Client);
        client.call(id, subject, options, resolve, reject);
      })
      .catch(reject);
  });
}

/**
 * A call whose signal is aborted before it begins is over: nothing is sent.
 * @param {number} id
 * @param {unknown} session
 * @param {any} signal
 */
function refuseAborted(id, session, signal) {
  if (signal?.aborted)
    throw problemError(id, [ABORTED, 0, 0, 0], { cause: signal.reason }, session);
}

/**
 * @param {() => Inner} client
 * @param {unknown} params
 * @param {unknown} options
 * @param {boolean} [plain] whether the client's options stand among those of the call
 */
function create(client, params, options, plain = false) {
  return call(() => {
    const found = client();
    const how = createOptions(options, found.values, plain);
    return [found, 0, createBody(params), how];
  });
}

/**
 * @param {() => Inner} client
 * @param {unknown} ref
 * @param {unknown} options
 * @param {boolean} [plain]
 */
function poll(client, ref, options, plain = false) {
  return call(() => {
    const found = client();
    const how = pollOptions(options, found.values, plain);
    const { id, session } = sessionRef(ref);
    return [found, id, session, how];
  });
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
