// @ts-check
// The circumstances of a call: its stack, its async context, its time. The module reads them as `CallSite`.
import { builtin } from "./builtin.js";

/**
 * @typedef {object} CallSite
 * @property {{ stack?: string }} stack holds the frames of the caller
 * @property {((run: Function, ...args: any[]) => any) | undefined} context runs a function in the caller's async context
 * @property {number} startedAt milliseconds of `performance.now()`
 * @property {(session: any, promptId: number | undefined) => any} [answer] makes the answer of an `ask`
 */

/**
 * @param {Function} method the public function: the stack omits its frame and those inside it
 * @returns {CallSite}
 */
export function callSite(method) {
  return { stack: stackAt(method), context: asyncContext(), startedAt: performance.now() };
}

/** Older Firefox and Safari have no `captureStackTrace`: their stacks keep the frames of this file. @param {Function} method */
function stackAt(method) {
  if (typeof Error.captureStackTrace !== "function") return new Error();
  const holder = {};
  Error.captureStackTrace(holder, method);
  return holder;
}

/**
 * Replaces the frames of an error, which are the module's, by those of a call.
 * @param {Error} error
 * @param {{ stack?: string } | undefined} holder
 */
export function withStack(error, holder) {
  let stack;
  try {
    // Reading it may run a function of the program (`Error.prepareStackTrace`).
    stack = holder?.stack;
  } catch {
    // The error keeps its frames.
  }
  if (typeof stack !== "string") return error;
  // V8 begins with "Error", others with the first frame.
  const frames = stack.replace(/^Error\b.*\n?/, "");
  const head = frames === stack ? "" : `${error.name}: ${error.message}\n`;
  const value = (head + frames).trimEnd();
  return Object.defineProperty(error, "stack", { value, configurable: true, writable: true });
}

/**
 * The async context of the caller. The module's tasks run in the context of the call that woke them last, so its calls into
 * foreign code go through this. `undefined` if the platform has no async contexts.
 * @returns {CallSite["context"]}
 */
function asyncContext() {
  const { AsyncContext, Zone } = /** @type {any} */ (globalThis);
  /** @type {NonNullable<CallSite["context"]>[]} */
  const layers = [];
  const { AsyncResource } = builtin("node:async_hooks") ?? {};
  if (AsyncResource) {
    // `AsyncLocalStorage.snapshot()` does the same with 2.5 KB a call.
    const resource = new AsyncResource("AieraChat");
    layers.push((run, ...args) => resource.runInAsyncScope(run, undefined, ...args));
  } else if (AsyncContext?.Snapshot) {
    const snapshot = new AsyncContext.Snapshot();
    layers.push((run, ...args) => snapshot.run(run, ...args));
  }
  const zone = Zone?.current;
  if (zone) layers.push((run, ...args) => zone.run(run, undefined, args));
  const [outer, inner] = layers;
  if (!inner) return outer;
  return (run, ...args) => outer(inner, run, ...args);
}
