// @ts-check
// Runs one command: reads the arguments, settles with the first of a result, an error, a signal or a crash, and reports it on
// stdout, on stderr and as the exit code.

import { COMMANDS } from "./commands.js";
import { CommandError } from "./command-error.js";
import { EXIT, exitCodeOf, SIGNALS } from "./exit-codes.js";
import { withFlagNames } from "./flag-names.js";
import { hintsFor, listCommand, resumeCommand } from "./hints.js";
import { parse, wantsJson } from "./parse.js";
import { Streams } from "./streams.js";
import { jsonText } from "./text.js";

/**
 * The state of a command, for the report after a failure or a signal.
 * @typedef {object} Context
 * @property {string} command
 * @property {string} [argument]
 * @property {Record<string, any>} flags
 * @property {Streams} streams
 * @property {AbortSignal} signal aborted by Ctrl-C
 * @property {"start" | "create" | "prompt" | "wait"} phase the request under way
 * @property {number} [sessionId]
 * @property {number} [promptId]
 * @property {string} [status] the session's latest status
 * @property {boolean} hasAnswered whether the API has answered once in this process
 * @property {import("./settings.js").Settings} [settings]
 * @property {string[]} hints for the report of a failure
 * @property {boolean} hasHinted whether stderr has a hint on the base URL
 * @property {boolean} hasPrinted whether stdout is complete
 * @property {() => Promise<void>} [stop] ends a server
 */
/**
 * @typedef {object} Result
 * @property {string} [text] for stdout, without --json
 * @property {any} [answer]
 * @property {any} [error]
 * @property {number} [exitCode] default: by the error
 * @property {string} [status]
 * @property {Record<string, unknown>} [fields] more fields of the JSON object
 */

/**
 * @param {readonly string[]} argv
 * @returns {Promise<void>}
 */
export async function run(argv) {
  const streams = new Streams();
  const { AIERA_API_KEY: key } = process.env;
  if (key?.trim()) streams.secrets.add(key.trim());
  const controller = new AbortController();
  /** @type {Context} */
  const context = {
    command: "",
    flags: {},
    streams,
    signal: controller.signal,
    phase: "start",
    hasAnswered: false,
    hints: [],
    hasHinted: false,
    hasPrinted: false,
  };
  const isJson = wantsJson(argv);

  /** @type {Promise<Result>} */
  const ended = new Promise((resolve) => {
    for (const [name, exitCode] of Object.entries(SIGNALS)) {
      process.once(name, () => {
        resolve(interrupted(context, exitCode));
        controller.abort();
      });
    }
    const onCrash = (/** @type {unknown} */ error) => resolve(crashed(error));
    process.on("uncaughtException", onCrash);
    process.on("unhandledRejection", onCrash);
    // No timer or request is left to settle the command. The process must not exit with success.
    process.once("beforeExit", () => onCrash(new Error("the command never finished")));
  });
  const result = await Promise.race([
    ended,
    execute(argv, context).catch((error) => ({ error: error ?? new Error("failed") })),
  ]);
  // From here on, a signal ends the process at once, even while stdout is a full pipe.
  for (const name of Object.keys(SIGNALS)) process.removeAllListeners(name);
  await context.stop?.();
  process.exit(
    await report(result, context, isJson).catch((error) => report(crashed(error), context, isJson)),
  );
}

/**
 * @param {readonly string[]} argv
 * @param {Context} context
 * @returns {Promise<Result>}
 */
async function execute(argv, context) {
  const { command, argument, flags } = parse(argv);
  Object.assign(context, { command, argument, flags });
  context.streams.quiet = flags.quiet === true;
  switch (command) {
    case "":
    case "help": {
      const { helpText } = await import("./help.js");
      if (argument !== undefined && !Object.hasOwn(COMMANDS, argument)) parse([argument]);
      const text = helpText(argument);
      if (command === "help") return { text, fields: { help: text } };
      context.streams.warn(text.trimEnd());
      return { error: new CommandError("invalid_argument", "a command is missing") };
    }
    case "version": {
      const text = await version();
      return { text: `${text}\n`, fields: { version: text } };
    }
    case "completion": {
      const { completionScript } = await import("./completion.js");
      return { text: completionScript(String(argument)) };
    }
    case "proxy":
      return (await import("./proxy.js")).proxy(context);
    case "mock":
      return (await import("./mock.js")).mock(context);
    default:
      return (await import("./sessions.js")).run(context);
  }
}

async function version() {
  const { readFile } = await import("node:fs/promises");
  const manifest = await readFile(new URL("./package.json", import.meta.url), "utf8");
  return String(JSON.parse(manifest).version);
}

/**
 * @param {Result} result
 * @param {Context} context
 * @param {boolean} isJson
 * @returns {Promise<number>} the exit code
 */
async function report(result, context, isJson) {
  const { streams } = context;
  const { text = "", error } = result;
  const exitCode = result.exitCode ?? (error ? exitCodeOf(error) : EXIT.success);
  context.sessionId ??= error?.sessionId;
  if (!context.hasPrinted) {
    const shown = isJson ? jsonText(toJSON(result, exitCode, context)) : text;
    context.hasPrinted = true;
    await streams.print(shown);
  }
  if (error) {
    streams.warn(`aiera-chat: ${withFlagNames(String(error.message), context)}`);
    if (error.isCrash) streams.warn(String(error.stack).replace(/^.*\n/, ""));
    for (const hint of hintsFor(error, context)) streams.warn(`  ${hint}`);
  }
  const { failure } = streams;
  if (failure) streams.warn(`aiera-chat: stdout cannot be written: ${failure.message}`);
  await streams.flush();
  return failure && exitCode === EXIT.success ? EXIT.failure : exitCode;
}

/**
 * @param {Result} result
 * @param {number} exitCode
 * @param {Context} context
 */
function toJSON({ answer, error, status, fields }, exitCode, { command, sessionId, ...context }) {
  return {
    ok: exitCode === EXIT.success,
    sessionId: sessionId ?? null,
    status: status ?? error?.lastSession?.status ?? context.status ?? null,
    answer: answer?.toJSON() ?? null,
    error: error ? errorToJSON(error, context.streams) : null,
    ...(command === "list" ? { sessions: [] } : {}),
    ...fields,
  };
}

/**
 * @param {any} error
 * @param {Streams} streams
 */
function errorToJSON(error, streams) {
  const { name = "Error", message = String(error), code } = error;
  const fields = error.toJSON?.() ?? { name, message, ...(code !== undefined && { code }) };
  // The client redacts the server's text. This redacts the user's arguments and the text of crashes.
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [
      field,
      typeof value === "string" ? streams.redact(value) : value,
    ]),
  );
}

/** @param {unknown} thrown @returns {Result} */
function crashed(thrown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const crash = Object.assign(new Error(`internal error: ${error.message}`), { isCrash: true });
  crash.name = error.name;
  crash.stack = error.stack;
  return { error: crash, exitCode: EXIT.failure };
}

/**
 * @param {Context} context
 * @param {number} exitCode
 * @returns {Result}
 */
function interrupted(context, exitCode) {
  const { phase } = context;
  if (context.stop) return { exitCode: EXIT.success };
  /** @type {Record<Context["phase"], [string, string[]]>} */
  const reports = {
    start: ["interrupted", []],
    create: [
      "interrupted while the session was being created: it may exist",
      [`To list sessions, most recently updated first: ${listCommand(context)}`],
    ],
    prompt: [
      "interrupted while the prompt was being sent: the session may be working on it",
      [`To see the session: ${resumeCommand(context, "show")}`],
    ],
    wait: [
      "interrupted; the session continues",
      [`To continue waiting: ${resumeCommand(context, "wait")}`],
    ],
  };
  const [message, hints] = reports[phase];
  const error = new CommandError("aborted", message, hints);
  error.name = "AbortError";
  return { error, exitCode };
}
