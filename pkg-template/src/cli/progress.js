// @ts-check
// The progress of a call on stderr: one line that is rewritten on a terminal, else a line for each change. Rewriting uses
// spaces rather than escape sequences, which also suits NO_COLOR.

import { cutTo, oneLine, widthOf } from "./text.js";

/** @typedef {import("./streams.js").Streams} Streams */

const TICK_MS = 1000;

export class Progress {
  #streams;
  /** The request under way, such as `creating the session`, then the session's status. */
  #status = "";
  #startedAt = Date.now();
  /** The time of the next request. @type {number | undefined} */
  #nextAt;
  #shownWidth = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #isRewritten;

  /** @param {Streams} streams */
  constructor(streams) {
    this.#streams = streams;
    this.#isRewritten = streams.canRewrite && !streams.quiet;
    if (!this.#isRewritten) return;
    streams.clearProgress = () => this.#clear();
    this.#timer = setInterval(() => this.#draw(), TICK_MS);
    this.#timer.unref();
  }

  /** @param {string} status */
  status(status) {
    if (status === this.#status) return;
    this.#status = status;
    if (this.#isRewritten) this.#draw();
    else this.#streams.note(`${oneLine(status)} (${this.#seconds()} s)`);
  }

  /** A call without a status: shown on terminals only, from the next tick on. @param {string} request */
  request(request) {
    if (this.#isRewritten) this.#status = request;
  }

  /** One exchange of a poll. @param {any} event */
  poll({ sessionStatus, error, nextDelayMs }) {
    this.#nextAt = nextDelayMs === undefined ? undefined : Date.now() + nextDelayMs;
    if (sessionStatus) this.status(sessionStatus);
    if (error && nextDelayMs !== undefined) {
      this.#streams.note(`${oneLine(error.message)} (next request in ${inSeconds(nextDelayMs)} s)`);
    }
    if (this.#isRewritten) this.#draw();
  }

  end() {
    clearInterval(this.#timer);
    this.#clear();
    this.#isRewritten = false;
    this.#streams.clearProgress = () => {};
  }

  #seconds() {
    return Math.floor((Date.now() - this.#startedAt) / 1000);
  }

  #draw() {
    if (!this.#status) return;
    const parts = [oneLine(this.#status), `${this.#seconds()} s`];
    if (this.#nextAt !== undefined) {
      const left = inSeconds(Math.max(0, this.#nextAt - Date.now()));
      parts.push(left > 0 ? `next poll in ${left} s` : "polling");
    }
    const columns = process.stderr.columns || 80;
    const row = cutTo(this.#streams.redact(parts.join(" · ")), columns - 1);
    const width = widthOf(row);
    process.stderr.write(`\r${row}${" ".repeat(Math.max(0, this.#shownWidth - width))}`);
    this.#shownWidth = width;
  }

  #clear() {
    if (this.#shownWidth === 0) return;
    process.stderr.write(`\r${" ".repeat(this.#shownWidth)}\r`);
    this.#shownWidth = 0;
  }
}

/** @param {number} ms */
const inSeconds = (ms) => Math.ceil(ms / 1000);
