// @ts-check
// Builds the turns of a long conversation while the browser is idle, the latest first: the end of the conversation appears
// immediately, and the page is not blocked.

/** @typedef {import("./turn.js").TurnBody} TurnBody */
/** @typedef {import("./turn.js").TurnView} TurnView */

/** The maximum time of one slice. */
const SLICE_MS = 8;

export class Backlog {
  /** In the order of the conversation. @type {Map<TurnView, TurnBody>} */
  #waiting = new Map();
  /** Built views, which are updated immediately. @type {WeakSet<TurnView>} */
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

  /** @param {TurnView} view  removed from the log */
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
    // Safari has no `requestIdleCallback`.
    if (typeof requestIdleCallback === "function") requestIdleCallback(slice, { timeout: 500 });
    else setTimeout(slice, 16);
  }
}
