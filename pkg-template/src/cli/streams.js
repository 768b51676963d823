// @ts-check
// stdout and stderr: whether they are terminals and show styles. Writing survives a reader that leaves.

import { redact } from "../redact.js";
import { withoutControls } from "./text.js";

/** A shorter key is left alone on stderr: taking it out would garble every message. */
const SHORTEST_KEY = 6;

export class Streams {
  constructor() {
    this.quiet = false;
    /** Keys that must not be shown. @type {Set<string>} */
    this.secrets = new Set();
    /** The first failure of stdout that is not a reader that left. @type {Error | undefined} */
    this.failure = undefined;
    /** Takes the progress off the terminal before something else is written. */
    this.clearProgress = () => {};
    process.stdout.on("error", (error) => this.#fail(error));
    // Without stderr there is nowhere to report to.
    process.stderr.on("error", () => {});
  }

  /** Whether stdout shows styles. */
  get isStyled() {
    return process.stdout.isTTY === true && mayStyle();
  }

  get isTerminal() {
    return process.stdout.isTTY === true;
  }

  /** Whether a line of stderr can be rewritten. */
  get canRewrite() {
    return process.stderr.isTTY === true && process.env.TERM !== "dumb";
  }

  /** Columns of stdout's terminal. */
  get columns() {
    return process.stdout.columns || 80;
  }

  /** A note on stderr, unless the flag is `-q`. @param {string} text */
  note(text) {
    if (!this.quiet) this.warn(text);
  }

  /** A line on stderr. @param {string} text */
  warn(text) {
    this.clearProgress();
    process.stderr.write(`${this.redact(withoutControls(text))}\n`);
  }

  /** @param {string} text */
  redact(text) {
    let clean = text;
    for (const key of this.secrets) {
      if (key.length >= SHORTEST_KEY) clean = redact(clean, key);
    }
    return clean;
  }

  /**
   * Writes to stdout; resolves once the text is with the system, or its reader has left.
   * @param {string} text
   * @returns {Promise<void>}
   */
  async print(text) {
    this.clearProgress();
    if (text === "") return;
    await new Promise((resolve) => {
      process.stdout.write(text, (error) => {
        if (error) this.#fail(error);
        resolve(undefined);
      });
    });
  }

  /** Resolves once all of stderr is with the system. @returns {Promise<void>} */
  async flush() {
    await new Promise((resolve) => process.stderr.write("", resolve));
  }

  /** @param {Error} error */
  #fail(error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code;
    if (code !== "EPIPE" && code !== "ERR_STREAM_DESTROYED") this.failure ??= error;
  }
}

/** https://no-color.org: set and not empty. */
function mayStyle() {
  const { NO_COLOR, TERM } = process.env;
  return !NO_COLOR && TERM !== "dumb";
}
