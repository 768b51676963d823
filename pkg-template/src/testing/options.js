// @ts-check
// What createMockApi() accepts: one table of options and one of a fault's fields. Whatever is
// unknown or wrong is a TypeError that names it. What the options do is up to the other modules.

import { completeAnswer, defaultAnswer } from "./answer.js";
import { OPERATION_NAMES } from "./operations.js";
import { usualStages } from "./stages.js";
import { startTime } from "./timing.js";

/** @typedef {import("../../testing.js").MockApiOptions} MockApiOptions */
/** @typedef {import("../../testing.js").MockFault} MockFault */
/** @typedef {import("../../testing.js").MockSession} MockSession */
/** @typedef {import("../../testing.js").MockStage} MockStage */
/** @typedef {MockApiOptions & { firstId: number, firstMessageId: number, userId: number }} CheckedOptions */
/** @typedef {readonly [expected: string, is: (value: any) => boolean]} Rule */

const isFunction = (/** @type {unknown} */ value) => typeof value === "function";
const isObject = (/** @type {unknown} */ value) => typeof value === "object" && value !== null;
const isText = (/** @type {unknown} */ value) => typeof value === "string" && value !== "";
const isTime = (/** @type {unknown} */ value) => typeof value === "number" && value >= 0;
const isCount = (/** @type {any} */ value) => value === Infinity || isWhole(value, 0);
const isBoolean = (/** @type {unknown} */ value) => typeof value === "boolean";

/**
 * @param {any} value
 * @param {number} least
 */
const isWhole = (value, least) => Number.isSafeInteger(value) && value >= least;

/**
 * @param {any} value
 * @param {(item: any) => boolean} is
 */
const isOneOrMore = (value, is) => (Array.isArray(value) ? value.every(is) : is(value));

/** @type {Rule} */
const ID = ["an integer from 1", (value) => isWhole(value, 1)];
/** @type {Rule} */
const MILLISECONDS = ["milliseconds, 0 or more", isTime];

/** @type {Record<string, Rule>} */
const OPTIONS = {
  apiKey: ["a non-empty string or a function", (value) => isText(value) || isFunction(value)],
  stages: ["an array or a function", (value) => Array.isArray(value) || isFunction(value)],
  outcome: ["a status or a function", (value) => isText(value) || isFunction(value)],
  polls: ["an integer from 0, or Infinity", isCount],
  delayMs: MILLISECONDS,
  answer: [
    "a string, an array of blocks, an object or a function",
    (value) => typeof value === "string" || isObject(value) || isFunction(value),
  ],
  faults: ["a fault, an array of faults or a function", (v) => isObject(v) || isFunction(v)],
  latencyMs: [
    "milliseconds, [from, to] or a function",
    (v) =>
      isTime(v) ||
      isFunction(v) ||
      (Array.isArray(v) && v.length === 2 && v.every(isTime) && v[0] <= v[1]),
  ],
  now: [
    "milliseconds, an ISO date, a Date or a function",
    (value) =>
      isFunction(value) ||
      ((isWhole(value, 0) || isText(value) || isFunction(value?.getTime)) &&
        Number.isFinite(startTime(value))),
  ],
  firstId: ID,
  firstMessageId: ID,
  userId: ID,
};

/** @type {Record<string, Rule>} */
const STAGE = {
  status: ["a non-empty string", isText],
  ms: MILLISECONDS,
  polls: ["an integer from 0, or Infinity", isCount],
};

/** @type {Rule} */
const PLACE = ['true, "headers" or "body"', (v) => isBoolean(v) || v === "headers" || v === "body"];

/** @type {Record<string, Rule>} */
const FAULT = {
  operation: [
    `one or several of ${OPERATION_NAMES.join(", ")}`,
    (value) => isOneOrMore(value, (name) => OPERATION_NAMES.includes(name)),
  ],
  sessionId: ID,
  match: ["a function", isFunction],
  nth: ["an integer from 1, or several", (v) => isOneOrMore(v, (item) => isWhole(item, 1))],
  times: ["an integer from 1, or Infinity", (v) => v === Infinity || isWhole(v, 1)],
  drop: PLACE,
  stall: PLACE,
  garble: [
    'true, "html", "truncated" or "empty"',
    (value) => isBoolean(value) || ["html", "truncated", "empty"].includes(value),
  ],
  redirect: ["true or an address", (value) => isBoolean(value) || typeof value === "string"],
  echoKey: ["a boolean", isBoolean],
  status: ["an HTTP status from 200 to 599", (v) => isWhole(v, 200) && v <= 599],
  headers: [
    "an object of strings",
    (value) => isObject(value) && Object.values(value).every((item) => typeof item === "string"),
  ],
  body: ["anything", () => true],
  latencyMs: MILLISECONDS,
  bodyMs: MILLISECONDS,
  processed: ["a boolean", isBoolean],
};

/** Of these, a fault has one at most: each is a way for the answer to go wrong. */
const FAULT_KINDS = /** @type {const} */ (["drop", "stall", "garble", "redirect", "echoKey"]);
/** Of these, there is one at most: each says how a prompt proceeds. */
const WAYS = [
  ["stages", "outcome"],
  ["stages", "polls"],
  ["stages", "delayMs"],
  ["polls", "delayMs"],
];

/**
 * @param {MockApiOptions | undefined | null} options
 * @returns {CheckedOptions}
 */
export function checkOptions(options) {
  const given = /** @type {any} */ (checkTable("createMockApi", OPTIONS, options ?? {}));
  for (const [one, other] of WAYS) {
    if (given[one] !== undefined && given[other] !== undefined) {
      throw new TypeError(`createMockApi: ${one} and ${other} contradict each other`);
    }
  }
  if (Array.isArray(given.stages)) checkStages(given.stages);
  if (isObject(given.faults)) checkFaults(given.faults, "createMockApi: faults");
  // A wrong answer is found now rather than when a session comes to it.
  if (given.answer !== undefined && !isFunction(given.answer)) completeAnswer(given.answer);
  return { firstId: 2229, firstMessageId: 20712, userId: 9846, ...given };
}

/**
 * @param {unknown} faults
 * @param {string} where
 * @returns {MockFault[]}
 */
export function checkFaults(faults, where) {
  const list = Array.isArray(faults) ? faults : [faults];
  return list.map((fault) => {
    const given = /** @type {any} */ (checkTable(where, FAULT, fault));
    const kinds = FAULT_KINDS.filter((kind) => given[kind]);
    if (kinds.length > 1) {
      throw new TypeError(`${where}: ${kinds.join(" and ")} contradict each other`);
    }
    return given;
  });
}

/**
 * @param {readonly unknown[]} stages
 * @returns {readonly MockStage[]}
 */
function checkStages(stages) {
  if (!Array.isArray(stages) || stages.length === 0) {
    throw new TypeError("createMockApi: stages: expected at least one stage");
  }
  stages.forEach((stage, index) => {
    const where = `createMockApi: stages[${index}]`;
    const { status, ms, polls } = /** @type {any} */ (checkTable(where, STAGE, stage));
    if (status === undefined) throw new TypeError(`${where}: status is missing`);
    const lengths = [ms, polls].filter((length) => length !== undefined).length;
    const isLast = index === stages.length - 1;
    if (lengths !== (isLast ? 0 : 1)) {
      throw new TypeError(
        isLast
          ? `${where}: the last stage has neither ms nor polls`
          : `${where}: expected either ms or polls`,
      );
    }
  });
  return stages;
}

/**
 * A copy without what is undefined or null.
 * @param {string} where
 * @param {Record<string, Rule>} table
 * @param {unknown} value
 * @returns {Record<string, unknown>}
 */
function checkTable(where, table, value) {
  if (!isObject(value) || Array.isArray(value)) throw new TypeError(`${where}: expected an object`);
  /** @type {Record<string, unknown>} */
  const checked = {};
  for (const [name, item] of Object.entries(/** @type {object} */ (value))) {
    if (!Object.hasOwn(table, name)) {
      const known = Object.keys(table).join(", ");
      throw new TypeError(`${where}: unknown option ${name}; there are ${known}`);
    }
    if (item === undefined || (item === null && name !== "body")) continue;
    const [expected, is] = table[name];
    if (!is(item)) throw new TypeError(`${where}: ${name}: expected ${expected}`);
    checked[name] = item;
  }
  return checked;
}

/**
 * The stages of one prompt.
 * @param {CheckedOptions} options
 * @param {string} prompt
 * @param {MockSession} session
 * @returns {readonly MockStage[]}
 */
export function stagesOf({ stages, outcome, polls, delayMs }, prompt, session) {
  if (typeof stages === "function") return checkStages(stages(prompt, session));
  if (stages) return stages;
  const end = typeof outcome === "function" ? outcome(prompt, session) : outcome;
  return usualStages({ outcome: end, polls, delayMs });
}

/**
 * The answer to one prompt.
 * @param {CheckedOptions} options
 * @param {string} prompt
 * @param {MockSession} session
 */
export function answerOf({ answer = defaultAnswer }, prompt, session) {
  return completeAnswer(typeof answer === "function" ? answer(prompt, session) : answer);
}
