// @ts-check
// Stand-ins for the signals of callers. All calls that share a signal share one listener on it (rule 5): Node warns of a leak
// at eleven.

/** @typedef {(type: "abort", listener: () => void) => void} Listen */
/** @typedef {{ aborted: boolean, reason: any, addEventListener: Listen, removeEventListener: Listen }} StandIn */

/** @type {WeakMap<any, StandIn>} */
const standIns = /* @__PURE__ */ new WeakMap();

/** The stand-in; `undefined` for a value that is not a signal. @param {any} signal @returns {StandIn | undefined} */
export function standInFor(signal) {
  try {
    if (typeof signal?.aborted !== "boolean") return undefined;
    if (typeof signal.addEventListener !== "function") return undefined;
  } catch {
    return undefined;
  }
  let standIn = standIns.get(signal);
  if (!standIn) {
    standIn = makeStandIn(signal);
    // A stand-in is its own stand-in.
    standIns.set(signal, standIn).set(standIn, standIn);
  }
  return standIn;
}

/** @param {AbortSignal} signal a signal that throws never fires @returns {StandIn} */
function makeStandIn(signal) {
  /** @type {Set<() => void>} */
  const listeners = new Set();
  // Does not call a listener that another one removes.
  const notify = () => listeners.forEach((listener) => listener());
  const attempt = (/** @type {() => void} */ run) => {
    try {
      run();
    } catch {
      // The signal is not the platform's, and throws.
    }
  };
  return {
    get aborted() {
      return signal.aborted;
    },
    get reason() {
      return signal.reason;
    },
    addEventListener(type, listener) {
      listeners.add(listener);
      if (listeners.size === 1) attempt(() => signal.addEventListener(type, notify));
    },
    removeEventListener(type, listener) {
      listeners.delete(listener);
      if (listeners.size === 0) attempt(() => signal.removeEventListener(type, notify));
    },
  };
}
