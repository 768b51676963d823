// @ts-check
// The options of `createMockApi`: one table of options, one of a stage and one of a fault. Other modules act on them.
import {
  anything,
  callback,
  either,
  flag,
  infinity,
  integer,
  invalid,
  kind,
  milliseconds,
  object,
  oneOf,
  readOptions,
  required,
  text,
} from "../shared/options.js";
import { OPERATIONS } from "../shared/operations.js";
import { completeAnswer } from "./answer.js";
import { sampleAnswer } from "./samples/index.js";
import { usualStages } from "./stages.js";
import { startTime } from "./timing.js";

/** @typedef {import("../shared/options.js").Kind} Kind */
/** @typedef {import("../../testing.js").MockSession} MockSession */
/**
 * Options after reading: an absent one is undefined.
 *
 * @template T
 * @typedef {{ [K in keyof T]: Exclude<T[K], null> }} Read
 */
/** @typedef {Read<import("../../testing.js").MockFault>} Fault */
/** @typedef {Read<import("../../testing.js").MockStage>} Stage */
/** @typedef {Read<import("../../testing.js").MockApiOptions> & { firstId: number, firstMessageId: number, userId: number }} MockOptions */

const ARGUMENT = "createMockApi: options";

const id = integer(1);
const delay = either(milliseconds(0), infinity);
const count = either(integer(0), infinity);

/** @param {Kind} item @param {string} expected */
const oneOrMore = (item, expected) =>
  kind(expected, (value) => {
    const items = Array.isArray(value) ? value : [value];
    return items.length > 0 && items.every((entry) => item.read(entry) !== undefined);
  });

const array = kind("an array", Array.isArray);

/** @type {Kind} */
const basePath = {
  expected: 'a path such as "/api", or "" for the root',
  read(value) {
    if (value !== "" && !/^\/[^?#]*$/.test(value)) return undefined;
    return value.replace(/\/+$/, "");
  },
};

const latencyRange = kind(
  "[from, to]",
  (value) =>
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((end) => delay.read(end) !== undefined) &&
    value[0] <= value[1],
);

const clock = kind("milliseconds, an ISO date, a Date or a function", (value) => {
  if (typeof value === "function") return true;
  const isTime = ["number", "string"].includes(typeof value) || typeof value.getTime === "function";
  return isTime && Number.isFinite(startTime(value));
});

const OPTIONS = {
  apiKey: { ...either(text, callback), secret: true },
  basePath,
  stages: either(array, callback),
  outcome: either(text, callback),
  polls: count,
  delayMs: delay,
  answer: either(
    kind("a string", (value) => typeof value === "string"),
    array,
    object,
    callback,
  ),
  afterDelete: oneOf("not-found", "deleted"),
  faults: either(object, array, callback),
  latencyMs: either(delay, latencyRange, callback),
  now: clock,
  firstId: id,
  firstMessageId: id,
  userId: id,
};

const STAGE = { status: required(text), ms: delay, polls: count, message: text, response: flag };

const place = oneOf(true, false, "headers", "body");

const FAULT = {
  operation: oneOrMore(
    oneOf(...OPERATIONS.map(({ name }) => name)),
    "the name of an operation, or several",
  ),
  sessionId: id,
  match: callback,
  nth: oneOrMore(id, "an integer from 1, or several"),
  times: either(id, infinity),
  drop: place,
  stall: place,
  garble: oneOf(true, false, "html", "truncated", "empty"),
  redirect: either(
    flag,
    kind("an address", (value) => typeof value === "string"),
  ),
  echoKey: flag,
  status: integer(200, 599),
  headers: kind(
    "an object of strings",
    (value) => object.read(value) && Object.values(value).every((item) => typeof item === "string"),
  ),
  body: { ...anything, keepsNull: true },
  latencyMs: delay,
  bodyMs: delay,
  processed: flag,
};

/** A fault has at most one of these: each is a way to spoil the response. */
const FAULT_KINDS = /** @type {const} */ (["drop", "stall", "garble", "redirect", "echoKey"]);

/** The pairs of options that exclude each other: both decide how a prompt proceeds. */
const EXCLUSIVE = [
  ["stages", "outcome"],
  ["stages", "polls"],
  ["stages", "delayMs"],
  ["polls", "delayMs"],
];

/**
 * @param {unknown} options
 * @returns {MockOptions}
 */
export function readMockOptions(options) {
  const values = readOptions(ARGUMENT, options, OPTIONS);
  for (const [one, other] of EXCLUSIVE) {
    if (values[one] !== undefined && values[other] !== undefined) {
      throw invalid(`${ARGUMENT}.${one} and ${other} contradict each other.`);
    }
  }
  if (Array.isArray(values.stages)) values.stages = readStages(values.stages);
  if (values.faults && typeof values.faults !== "function") {
    readFaults(values.faults, `${ARGUMENT}.faults`);
  }
  // Reports a wrong answer now rather than at the end of a prompt.
  if (values.answer !== undefined && typeof values.answer !== "function") {
    completeAnswer(values.answer);
  }
  return /** @type {any} */ ({ firstId: 2229, firstMessageId: 20712, userId: 9846, ...values });
}

/**
 * @param {unknown} faults
 * @param {string} argument
 * @returns {Fault[]}
 */
export function readFaults(faults, argument) {
  const list = Array.isArray(faults) ? faults : [faults];
  return list.map((fault, index) => {
    const name = Array.isArray(faults) ? `${argument}[${index}]` : argument;
    if (fault === null || fault === undefined)
      throw invalid(`${name} must be an object, not ${fault}.`);
    const values = readOptions(name, fault, FAULT);
    const kinds = FAULT_KINDS.filter((kind) => values[kind]);
    if (kinds.length > 1) throw invalid(`${name}: ${kinds.join(" and ")} contradict each other.`);
    return values;
  });
}

/**
 * @param {unknown} stages
 * @returns {readonly Stage[]}
 */
function readStages(stages) {
  const argument = `${ARGUMENT}.stages`;
  if (!Array.isArray(stages) || stages.length === 0) {
    throw invalid(`${argument} must be an array of at least one stage.`);
  }
  return stages.map((item, index) => {
    const name = `${argument}[${index}]`;
    const stage = /** @type {Stage} */ (readOptions(name, item, STAGE));
    const lengths = [stage.ms, stage.polls].filter((length) => length !== undefined).length;
    const isLast = index === stages.length - 1;
    if (isLast && lengths > 0) throw invalid(`${name}: the last stage has neither ms nor polls.`);
    if (!isLast && lengths !== 1) throw invalid(`${name} must have either ms or polls.`);
    return stage;
  });
}

/**
 * The stages of one prompt.
 *
 * @param {MockOptions} options
 * @param {string} prompt
 * @param {MockSession} session
 * @returns {readonly Stage[]}
 */
export function stagesFor({ stages, outcome, polls, delayMs }, prompt, session) {
  if (typeof stages === "function") return readStages(stages(prompt, session));
  if (stages) return /** @type {readonly Stage[]} */ (stages);
  const end = typeof outcome === "function" ? outcome(prompt, session) : outcome;
  return usualStages({ outcome: end, polls, delayMs });
}

/**
 * The answer to one prompt.
 *
 * @param {MockOptions} options
 * @param {string} prompt
 * @param {MockSession} session
 */
export function answerFor({ answer = sampleAnswer }, prompt, session) {
  return completeAnswer(typeof answer === "function" ? answer(prompt, session) : answer);
}
