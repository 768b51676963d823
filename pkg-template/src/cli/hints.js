// @ts-check
// Hints after a failure: the command that resumes, the setting that is missing, the place to look.

import { DEFAULT_BASE_URL } from "../shared/http.js";
import { isKeyRefusal } from "./exit-codes.js";
import { shellArgument } from "./text.js";

/** @typedef {import("./run.js").Context} Context */

/**
 * A command that continues this session.
 * @param {Context} context
 * @param {"wait" | "show"} command
 */
export function resumeCommand(context, command) {
  const { sessionId, promptId } = context;
  const prompt = promptId === undefined ? [] : ["--prompt-id", String(promptId)];
  return commandWith(context, [command, String(sessionId), ...prompt]);
}

/** @param {Context} context */
export const followUpCommand = (context) =>
  `${commandWith(context, ["ask", "--session", String(context.sessionId)])} "…"`;

/**
 * A command with the flags that it needs to reach the same API.
 * @param {Context} context
 * @param {string[]} command
 */
function commandWith({ flags }, command) {
  // npx does not put the command on the path.
  const npx = process.env.npm_command === "exec" ? ["npx"] : [];
  const parts = [...npx, "aiera-chat", ...command];
  for (const name of ["base-url", "key-file"]) {
    if (flags[name] !== undefined) parts.push(`--${name}`, shellArgument(flags[name]));
  }
  return parts.join(" ");
}

/** @param {Context} context */
export const listCommand = (context) => commandWith(context, ["list"]);

/**
 * @param {any} error
 * @param {Context} context
 * @returns {string[]}
 */
export function hintsFor(error, context) {
  const hints = [...(error?.hints ?? []), ...context.hints];
  const id = context.sessionId;
  const { code, status } = error ?? {};
  if (isKeyRefusal(error)) hints.push(...keyHints(context));
  if (code === "invalid_argument" && /baseUrl/.test(error.message)) {
    hints.push(`The base URL came from ${context.settings?.baseUrlFrom}.`);
  }
  if (code === "http" && status === 404 && id !== undefined) {
    hints.push(`There is no session ${id} for this key. To list sessions: ${listCommand(context)}`);
  }
  if (!context.hasHinted) hints.push(...addressHints(error, context));
  if (code === "create_outcome_unknown") {
    hints.push(`Look for the session before you repeat the question: ${listCommand(context)}`);
  }
  if (code === "prompt_outcome_unknown" && id !== undefined) {
    hints.push(`Look for the prompt before you repeat it: ${resumeCommand(context, "show")}`);
  }
  if (context.phase === "wait" && goesOn(code) && status !== 404) {
    hints.push(`The session continues: ${resumeCommand(context, "wait")}`);
  }
  return hints;
}

/** Whether the session may continue after a poll that failed with this code. @param {string} code */
const goesOn = (code) =>
  ["timeout", "network", "http", "decode", "redirected", "key_unavailable"].includes(code);

/** @param {Context} context */
function keyHints({ settings }) {
  if (settings?.key === undefined) {
    return ["No API key was sent. Set AIERA_API_KEY, or give --key-file FILE."];
  }
  return [`The API key came from ${settings.keyFrom}.`];
}

/**
 * Whether the first request reached a server that is not this API. The service's MCP server reads the same variable for
 * another address.
 * @param {any} error
 * @param {Context} context
 */
function pointsElsewhere(error, { settings, hasAnswered }) {
  if (!settings || settings.baseUrlFrom === "default" || hasAnswered) return false;
  const cause = error?.cause?.code ? error.cause : error;
  if (cause?.code === "redirected" || cause?.code === "decode") return true;
  return (
    cause?.code === "http" &&
    (cause.status === 405 || (cause.status === 404 && !isApiNotFound(cause)))
  );
}

/** Whether a 404 is from this API: JSON that mentions the session. @param {any} error */
function isApiNotFound({ body }) {
  try {
    const { error } = JSON.parse(body);
    return typeof error === "string" && /session/i.test(error);
  } catch {
    return false;
  }
}

/**
 * Hints if the base URL seems to be another service's, else none.
 * @param {any} error
 * @param {Context} context
 * @returns {string[]}
 */
export function addressHints(error, context) {
  if (!pointsElsewhere(error, context)) return [];
  const { baseUrl = "", baseUrlFrom } = context.settings ?? {};
  const doubt = `${baseUrlFrom} is ${baseUrl}, which does not answer like the Chat Sessions API.`;
  return baseUrlFrom === "AIERA_BASE_URL"
    ? [
        doubt,
        "Aiera's MCP server reads the same variable for another address.",
        `Unset it, or give --base-url ${DEFAULT_BASE_URL}`,
      ]
    : [doubt];
}
