// @ts-check
// Stand-ins for the signals of callers. However many calls share a signal, it has one listener (rule 5): Node warns of a leak at
// eleven.

/**
 * @typedef {object} StandIn
 * @property {boolean} aborted
 * @property {any} reason
 * @property {(type: "abort", listener: () => void) => void} addEventListener
 * @property {(type: "abort", listener: () => void) => void} removeEventListener
 */

/** @type {WeakMap<any, StandIn>} */
const standIns = /* @__PURE__ */ new WeakMap();

/**
 * The stand-in for a signal; `undefined` for a value that is none.
 * @param {any} signal
 * @returns {StandIn | undefined}
 */
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
    // A stand-in stands for itself.
    standIns.set(signal, standIn).set(standIn, standIn);
  }
  return standIn;
}

/** @param {AbortSignal} signal one that throws is never heard @returns {StandIn} */
function makeStandIn(signal) {
  /** @type {Set<() => void>} */
  const listeners = new Set();
  // A listener that another one removes is not called.
  const notify = () => listeners.forEach((listener) => listener());
  const attempt = (/** @type {() => void} */ run) => {
    try {
      run();
    } catch {
      // The signal is the caller's own kind of one.
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
