// @ts-check
// The progress of a call in one line: its status, its time, and a stop button. The line is outside the log, so that
// screen readers do not announce every second.
import { isBusy } from "../conversation.js";
import { formatNumber } from "../format.js";
import { fill, stringFor } from "../strings.js";
import { h } from "./dom.js";

/** @typedef {import("./context.js").ViewContext} ViewContext */
/** @typedef {import("../conversation.js").ConversationState} ConversationState */

export class Progress {
  #status = h("span", { class: "status" });
  #time = h("span", { class: "time" });
  #stop;
  #context;
  #since = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /**
   * @param {() => ViewContext} context
   * @param {() => void} onStop
   */
  constructor(context, onStop) {
    this.#context = context;
    this.#stop = h("button", { type: "button", class: "action", part: "stop", click: onStop });
    this.element = h(
      "div",
      { class: "progress", part: "progress", hidden: true },
      h("span", { class: "pulse" }),
      h("span", { class: "progress-text" }, this.#status, " ", this.#time),
      this.#stop,
    );
  }

  /**
   * @param {ConversationState} state
   * @param {boolean} isRunning  whether the clock runs: only in a document
   */
  update(state, isRunning) {
    const { strings } = this.#context();
    const busy = isBusy(state);
    this.element.hidden = !busy;
    this.#status.textContent = statusText(state, strings);
    this.#stop.textContent = strings.stop;
    this.#since = state.since;
    this.#showTime();
    if (busy && isRunning) this.#timer ??= setInterval(this.#showTime, 1000);
    else this.end();
  }

  end() {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #showTime = () => {
    const { strings, locale } = this.#context();
    const elapsed = Math.max(0, Math.floor((Date.now() - this.#since) / 1000));
    const minutes = formatNumber(Math.floor(elapsed / 60), locale);
    const seconds = formatNumber(elapsed % 60, locale);
    const text = elapsed < 60 ? strings.elapsed : strings.elapsedMinutes;
    this.#time.textContent = elapsed < 1 ? "" : fill(text, { minutes, seconds });
  };
}

/**
 * @param {ConversationState} state
 * @param {ViewContext["strings"]} strings
 */
function statusText({ status, session, turns }, strings) {
  if (status === "submitted") return strings.sending;
  if (!session) return strings.loading;
  const step = /** @type {any} */ (turns.at(-1)?.statuses.at(-1));
  // A status message is the name of a status or a sentence.
  if (typeof step?.content === "string" && /\s/.test(step.content.trim())) return step.content;
  if (session.status === "active") return strings.working;
  return `${stringFor(strings, "", session.status).replace(/…$/, "")}…`;
}
