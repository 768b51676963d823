// @ts-check
// The stages of a prompt: by time or by polls. They advance when a session is read; there is no timer.

/** @typedef {import("./options.js").Stage} Stage */

/** The usual stages, each with its share of the whole time. */
const USUAL = [
  { status: "finding_sources", share: 0.3 },
  { status: "generating_response", share: 0.7 },
];

/** The stages of a prompt that is cancelled while its response is generated. */
const CANCELLED = [
  { status: "finding_sources", share: 0.3 },
  { status: "generating_response", share: 0.5 },
  { status: "cancelling_response", share: 0.2 },
];

const USUAL_DELAY_MS = 5000;

/** The content of the status messages of the usual stages. The message of any other stage is its status. */
const MESSAGES = /** @type {Record<string, string>} */ ({
  finding_sources: "Searching filings, transcripts, news and research",
  generating_response: "Reading the sources and writing the answer",
  cancelling_response: "Cancelling",
});

/**
 * The usual stages, ending in `outcome`: a status, or `cancelled`.
 *
 * @param {{ outcome?: string, polls?: number, delayMs?: number }} options
 * @returns {Stage[]}
 */
export function usualStages({ outcome = "active", polls, delayMs = USUAL_DELAY_MS }) {
  const cancelled = outcome === "cancelled";
  // `finding_sources_error` follows `finding_sources`: nothing is generated.
  const usual = outcome === "finding_sources_error" ? USUAL.slice(0, 1) : USUAL;
  return [
    ...(cancelled ? CANCELLED : usual).map(({ status, share }) =>
      polls === undefined ? { status, ms: Math.round(delayMs * share) } : { status, polls },
    ),
    cancelled ? { status: "active", response: false } : { status: outcome },
  ];
}

/** @param {Stage} stage */
export function messageOf({ status, message }) {
  return message ?? (Object.hasOwn(MESSAGES, status) ? MESSAGES[status] : status);
}

/** One prompt on its way through its stages. */
export class Run {
  /**
   * @param {readonly Stage[]} stages
   * @param {number} now
   */
  constructor(stages, now) {
    this.stages = stages;
    this.index = 0;
    /** The time at which the current stage began. */
    this.since = now;
    /** The number of polls that returned the current stage. */
    this.shown = 0;
  }

  get stage() {
    return this.stages[this.index];
  }

  get isOver() {
    return this.index === this.stages.length - 1;
  }

  /** Whether the run is over and has a response. */
  get isAnswered() {
    return this.isOver && this.stage.status === "active" && this.stage.response !== false;
  }

  /**
   * Moves to the next stage if the current one has lasted long enough.
   *
   * @param {number} now
   * @returns {boolean} whether it moved
   */
  advance(now) {
    if (this.isOver) return false;
    const { ms, polls } = this.stage;
    if (polls !== undefined ? this.shown < polls : now - this.since < Number(ms)) return false;
    // Stages by time follow each other without gaps, however rarely the session is read.
    this.since = polls !== undefined ? now : this.since + Number(ms);
    this.index += 1;
    this.shown = 0;
    return true;
  }
}
