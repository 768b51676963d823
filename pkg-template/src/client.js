// @ts-check
// The public class and functions. They load the module on the first call, and pass everything on to it: what may be
// asked for, and what is answered, is decided there.
import { load, loaded } from "#load";
import { AieraChatError } from "./errors.js";
import { host } from "./host.js";
import { watch } from "./watch.js";

/**
 * The clients' inner sides. Not a private field: developer tools show those, and there is a key behind it.
 * @type {WeakMap<object, (call: (client: any) => Promise<any>) => Promise<any>>}
 */
const clients = /* @__PURE__ */ new WeakMap();

/**
 * A copy, so that a change after the call changes nothing; anything but a plain object is left for the module to refuse.
 * @template T
 * @param {T} value
 * @returns {T}
 */
function snapshot(value) {
  if (Object.prototype.toString.call(value) !== "[object Object]") return value;
  const copy = /** @type {any} */ ({ ...value });
  if (Array.isArray(copy.sources)) copy.sources = [...copy.sources];
  return copy;
}

/**
 * At once where the module is there, so that a wrong argument is refused and a signal heard at once.
 * @template T
 * @param {(module: any) => T | Promise<T>} use
 * @returns {Promise<T>}
 */
async function withModule(use) {
  return use(loaded() ?? (await load()));
}

/**
 * @param {unknown} self
 * @param {(client: any) => Promise<any>} call
 */
async function withClient(self, call) {
  const run = clients.get(/** @type {object} */ (self));
  if (!run) {
    const message =
      "createSession, pollSession and watchSession must be called on an AieraChat: chat.createSession(…).";
    throw new AieraChatError("invalid_argument", message);
  }
  return run(call);
}

export class AieraChat {
  /** @param {import("../index.js").AieraChatOptions} [options] */
  constructor(options) {
    const kept = snapshot(options);
    /** @type {any} */
    let client;
    clients.set(this, (call) =>
      withModule((module) => call((client ??= new module.Client(host, kept)))),
    );
  }

  /**
   * @param {import("../index.js").CreateSessionParams} [params]
   * @param {import("../index.js").CallOptions} [options]
   */
  createSession(params, options) {
    const [what, how] = [snapshot(params), snapshot(options)];
    return withClient(this, (client) => client.createSession(what, how));
  }

  /**
   * @param {import("../index.js").SessionRef} session
   * @param {import("../index.js").PollOptions} [options]
   */
  pollSession(session, options) {
    const how = snapshot(options);
    return withClient(this, (client) => client.pollSession(session, how));
  }

  /**
   * @param {import("../index.js").SessionRef} session
   * @param {import("../index.js").PollOptions} [options]
   */
  watchSession(session, options) {
    const how = snapshot(options);
    return watch(how, (waiting) => this.pollSession(session, waiting));
  }
}

/**
 * @param {import("../index.js").CreateSessionParams} [params]
 * @param {import("../index.js").AieraChatOptions & import("../index.js").CallOptions} [options]
 */
export function createSession(params, options) {
  const [what, how] = [snapshot(params), snapshot(options)];
  return withModule((module) => module.createSession(host, what, how));
}

/**
 * @param {import("../index.js").SessionRef} session
 * @param {import("../index.js").AieraChatOptions & import("../index.js").PollOptions} [options]
 */
export function pollSession(session, options) {
  const how = snapshot(options);
  return withModule((module) => module.pollSession(host, session, how));
}

/**
 * @param {import("../index.js").SessionRef} session
 * @param {import("../index.js").AieraChatOptions & import("../index.js").PollOptions} [options]
 */
export function watchSession(session, options) {
  const how = snapshot(options);
  return watch(how, (waiting) => pollSession(session, waiting));
}
