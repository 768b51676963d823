// @ts-check
// How a prompt's status moves on: by time or by polls. Worked out when somebody looks; there is no
// timer. What a status means for the session's messages is up to the store.

/** @typedef {import("../../testing.js").MockStage} MockStage */

/** The usual way, and the share of the whole time that each part takes. */
const USUAL = [
  { status: "finding_sources", share: 0.3 },
  { status: "generating_response", share: 0.7 },
];
const USUAL_DELAY_MS = 5000;

/**
 * The usual stages, ending in `outcome`.
 * @param {{ outcome?: string, polls?: number, delayMs?: number }} options
 * @returns {MockStage[]}
 */
export function usualStages({ outcome = "active", polls, delayMs = USUAL_DELAY_MS }) {
  // `finding_sources_error` comes out of `finding_sources`: nothing is generated after it.
  const passed = outcome === "finding_sources_error" ? USUAL.slice(0, 1) : USUAL;
  return [
    ...passed.map(({ status, share }) =>
      polls === undefined ? { status, ms: Math.round(delayMs * share) } : { status, polls },
    ),
    { status: outcome },
  ];
}

/** One prompt's way through its stages. */
export class Run {
  /**
   * @param {readonly MockStage[]} stages
   * @param {number} now
   */
  constructor(stages, now) {
    this.stages = stages;
    this.index = 0;
    /** When the present stage began. */
    this.since = now;
    /** How many polls were shown the present stage. */
    this.shown = 0;
  }

  get status() {
    return this.stages[this.index].status;
  }

  get isOver() {
    return this.index === this.stages.length - 1;
  }

  /**
   * Moves to the next stage if the present one has lasted long enough.
   * @param {number} now
   * @returns {boolean} whether it moved
   */
  advance(now) {
    if (this.isOver) return false;
    const { ms, polls } = this.stages[this.index];
    if (polls !== undefined ? this.shown < polls : now - this.since < Number(ms)) return false;
    // By time, stages follow one another without gaps, however rarely anybody looks.
    this.since = polls !== undefined ? now : this.since + Number(ms);
    this.index += 1;
    this.shown = 0;
    return true;
  }
}
