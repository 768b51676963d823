// @ts-check
// Turns of a long conversation that are built when the browser is idle, the latest first, so that the end of the conversation
// appears at once and nothing blocks the page.

/** @typedef {import("./turn.js").TurnBody} TurnBody */
/** @typedef {import("./turn.js").TurnView} TurnView */

/** How long one slice may take. */
const SLICE_MS = 8;

export class Backlog {
  /** In the order of the conversation. @type {Map<TurnView, TurnBody>} */
  #waiting = new Map();
  /** Those that were built, which follow a change at once. @type {WeakSet<TurnView>} */
  #built = new WeakSet();
  #isRunning = false;
  #isScheduled = false;

  /**
   * @param {TurnView} view
   * @param {TurnBody} body
   * @param {boolean} isUrgent
   */
  show(view, body, isUrgent) {
    if (isUrgent || this.#built.has(view)) return this.#build(view, body);
    view.silence();
    this.#waiting.set(view, body);
    this.#schedule();
  }

  /** @param {TurnView} view  no longer shown */
  drop(view) {
    this.#waiting.delete(view);
  }

  clear() {
    this.#waiting.clear();
  }

  /** @param {boolean} isRunning  whether the element is in a document */
  setRunning(isRunning) {
    this.#isRunning = isRunning;
    this.#schedule();
  }

  /**
   * @param {TurnView} view
   * @param {TurnBody} body
   */
  #build(view, body) {
    this.#waiting.delete(view);
    this.#built.add(view);
    view.update(body);
  }

  #schedule() {
    if (this.#isScheduled || !this.#isRunning || this.#waiting.size === 0) return;
    this.#isScheduled = true;
    const slice = () => {
      this.#isScheduled = false;
      if (!this.#isRunning) return;
      const end = performance.now() + SLICE_MS;
      for (const [view, body] of [...this.#waiting].reverse()) {
        if (performance.now() > end) break;
        this.#build(view, body);
      }
      this.#schedule();
    };
    // Safari has none.
    if (typeof requestIdleCallback === "function") requestIdleCallback(slice, { timeout: 500 });
    else setTimeout(slice, 16);
  }
}
