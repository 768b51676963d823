// @ts-check
// stdout and stderr: whether they are terminals and show styles. Writing survives a reader that closes its pipe.

import { redact } from "../redact.js";
import { withoutControls } from "./text.js";

/** A shorter key is not redacted on stderr, since that would garble every message. */
const SHORTEST_KEY = 6;

export class Streams {
  constructor() {
    this.quiet = false;
    /** Keys that must not be shown. @type {Set<string>} */
    this.secrets = new Set();
    /** The first failure of stdout other than a closed pipe. @type {Error | undefined} */
    this.failure = undefined;
    /** Clears the progress from the terminal before other output. */
    this.clearProgress = () => {};
    process.stdout.on("error", (error) => this.#fail(error));
    // Without stderr, no report is possible.
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
   * Writes to stdout; resolves once the system has the text, or the pipe is closed.
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

  /** Resolves once the system has all of stderr. @returns {Promise<void>} */
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
