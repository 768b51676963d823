// @ts-check
// The commands that call the API through the package's client: ask, wait, show, list and delete.

import { COMMANDS } from "./commands.js";
import { usageError } from "./command-error.js";
import { addressHints, followUpCommand, resumeCommand } from "./hints.js";
import { loadClient } from "./package.js";
import { Progress } from "./progress.js";
import { renderAnswer } from "./render.js";
import { readSettings, readStdin } from "./settings.js";
import { renderList } from "./session-list.js";
import { oneLine } from "./text.js";
import { decodeText, readChoice, readCount, readId, readSource, readTimeout } from "./values.js";

/** @typedef {import("./run.js").Context} Context */
/** @typedef {import("./run.js").Result} Result */

const DEFAULT_TIMEOUT_MS = 600_000;
const DEFAULT_LIMIT = 20;
const LARGEST_PAGE = 100;

/** The statuses of failed sessions. */
const FAILED = ["finding_sources_error", "generating_response_error", "deleted"];

/** Retries of a command that shows no progress: about two seconds rather than half a minute. */
const FEW_RETRIES = 2;

/** The silence on stdin after which a note says that the command reads it. */
const SILENT_STDIN_MS = 2000;

/** @type {Readonly<Record<string, (context: Context) => Promise<Result>>>} */
const RUNS = { ask, wait, show, list, delete: remove };

/** @param {Context} context @returns {Promise<Result>} */
export const run = (context) => RUNS[context.command](context);

/**
 * Reads the settings and creates the client.
 * @param {Context} context
 */
async function connect(context) {
  const { flags, streams } = context;
  context.settings = await readSettings(flags, (key) => streams.secrets.add(key));
  const { AieraChat, AieraChatError, answerOf } = await loadClient();
  const { key, baseUrl } = context.settings;
  return { chat: new AieraChat({ apiKey: key, baseUrl }), AieraChatError, answerOf };
}

/** @param {Context} context @returns {Promise<Result>} */
async function ask(context) {
  const { flags, streams, signal } = context;
  const startedAt = Date.now();
  const format = readFormat(context);
  const timeoutMs = readTimeoutFlag(context);
  const sources = flags.source?.map(readSource);
  const sessionId = flags.session === undefined ? undefined : readId("--session", flags.session);
  if (sessionId !== undefined && (flags.title !== undefined || sources)) {
    const name = sources ? "--source" : "--title";
    throw usageError(`${name} is for a new session, not for a follow-up with --session`);
  }
  if (flags.title?.trim() === "") throw usageError("--title: expected a title that is not blank");
  const prompt = await readPrompt(context);
  const { chat, AieraChatError, answerOf } = await connect(context);
  const progress = new Progress(streams);
  try {
    let session;
    if (sessionId === undefined) {
      context.phase = "create";
      progress.status("creating the session");
      const params = { prompt, title: flags.title, sources };
      session = await chat.createSession(params, { signal, timeoutMs });
      // A server may send an id as a string.
      context.sessionId = Number(session.id);
      context.status = session.status;
    } else {
      context.phase = "prompt";
      context.sessionId = sessionId;
      progress.status("sending the prompt");
      session = await chat.sendPrompt(sessionId, prompt, { signal, timeoutMs });
      context.promptId = Number(session.id);
    }
    context.hasAnswered = true;
    context.phase = "wait";
    if (flags["no-wait"]) {
      // Printed despite `-q`: without the id, a session that was paid for is lost.
      streams.warn(`session ${context.sessionId}`);
      streams.note(`To wait for the answer: ${resumeCommand(context, "wait")}`);
      return {};
    }
    streams.note(`session ${context.sessionId}`);
    const left = Math.max(1, timeoutMs - (Date.now() - startedAt));
    const promptId = context.promptId ?? session.initial_prompt?.id;
    const waitFor = sessionId ?? session;
    const done = await poll(chat, waitFor, { promptId, timeoutMs: left }, context, progress);
    const result = answered(answerOf(done, { promptId }), done, AieraChatError, context, format);
    if (!result.error && streams.canRewrite) {
      progress.end();
      streams.note(`To ask a follow-up: ${followUpCommand(context)}`);
    }
    return result;
  } finally {
    progress.end();
  }
}

/** @param {Context} context @returns {Promise<Result>} */
async function wait(context) {
  const { streams } = context;
  const format = readFormat(context);
  const timeoutMs = readTimeoutFlag(context);
  const id = readSessionId(context);
  const promptId = readPromptId(context);
  const { chat, AieraChatError, answerOf } = await connect(context);
  context.phase = "wait";
  const progress = new Progress(streams);
  try {
    streams.note(`session ${id}`);
    progress.status("waiting");
    const done = await poll(chat, id, { promptId, timeoutMs }, context, progress);
    return answered(answerOf(done, { promptId }), done, AieraChatError, context, format);
  } finally {
    progress.end();
  }
}

/** @param {Context} context @returns {Promise<Result>} */
async function show(context) {
  const { streams, signal } = context;
  const format = readFormat(context);
  const id = readSessionId(context);
  const promptId = readPromptId(context);
  const { chat, AieraChatError, answerOf } = await connect(context);
  const options = { includeMessages: true, signal, maxRetries: FEW_RETRIES };
  const session = await during(context, "reading the session", chat.getSession(id, options));
  context.status = session.status;
  streams.note(`session ${id}: ${oneLine(String(session.status))}`);
  return answered(answerOf(session, { promptId }), session, AieraChatError, context, format);
}

/** @param {Context} context @returns {Promise<Result>} */
async function list(context) {
  const { flags, streams, signal } = context;
  const limit = flags.limit === undefined ? DEFAULT_LIMIT : readCount("limit", flags.limit, 1);
  const { chat } = await connect(context);
  /** @type {any[]} */
  const sessions = [];
  const progress = new Progress(streams);
  progress.request("reading the list");
  try {
    const pageSize = Math.min(limit, LARGEST_PAGE);
    for await (const session of chat.listSessions(
      { pageSize },
      { signal, maxRetries: FEW_RETRIES },
    )) {
      sessions.push(session);
      if (sessions.length >= limit) break;
    }
  } catch (error) {
    return { error, text: renderList(sessions, streams), fields: { sessions } };
  } finally {
    progress.end();
  }
  if (sessions.length === 0) streams.note("no sessions");
  return { text: renderList(sessions, streams), fields: { sessions } };
}

/** @param {Context} context @returns {Promise<Result>} */
async function remove(context) {
  const id = readSessionId(context);
  const { chat } = await connect(context);
  const { signal } = context;
  await during(
    context,
    "deleting the session",
    chat.deleteSession(id, { signal, maxRetries: FEW_RETRIES }),
  );
  context.streams.note(`session ${id} deleted`);
  return { status: "deleted" };
}

/**
 * Shows progress on a terminal during a call without a status.
 * @template T
 * @param {Context} context
 * @param {string} request
 * @param {Promise<T>} call
 */
async function during({ streams }, request, call) {
  const progress = new Progress(streams);
  progress.request(request);
  try {
    return await call;
  } finally {
    progress.end();
  }
}

/**
 * @param {any} chat
 * @param {any} session
 * @param {{ promptId?: number, timeoutMs: number }} options
 * @param {Context} context
 * @param {Progress} progress
 */
function poll(chat, session, options, context, progress) {
  return chat.pollSession(session, {
    ...options,
    signal: context.signal,
    onUpdate(/** @type {any} */ { status }) {
      context.hasAnswered = true;
      context.status = status;
      progress.status(status);
    },
    onPoll(/** @type {any} */ event) {
      progress.poll(event);
      // Before the retries, not after them.
      if (event.error && event.nextDelayMs !== undefined && !context.hasHinted) {
        const hints = addressHints(event.error, context);
        context.hasHinted = hints.length > 0 && !context.streams.quiet;
        for (const hint of hints) context.streams.note(`  ${hint}`);
      }
    },
  });
}

/**
 * The result of a command that prints an answer. A failed session may hold one too.
 * @param {any} answer
 * @param {any} session
 * @param {any} AieraChatError
 * @param {Context} context
 * @param {{ format: string, citations: string }} format
 * @returns {Result}
 */
function answered(answer, session, AieraChatError, context, format) {
  const { sessionId } = context;
  const { status } = session;
  context.status = status;
  const isWorking = status !== "active" && !FAILED.includes(status);
  if (answer && isWorking) context.streams.note(`The session is still at work: ${oneLine(status)}`);
  /** @type {Result} */
  const result = answer ? { answer, text: renderAnswer(answer, format, context.streams) } : {};
  const fields = { sessionId, lastSession: session, retryable: false };
  // The session's status concerns its last turn.
  const isLastTurn = !answer || context.promptId === undefined;
  if (FAILED.includes(status) && isLastTurn) {
    result.error = new AieraChatError(
      "session_failed",
      `session ${sessionId} failed: ${status}`,
      fields,
    );
  } else if (!answer) {
    const message = `session ${sessionId} holds no answer${isWorking ? ` yet: ${status}` : ""}`;
    result.error = new AieraChatError("no_answer", message, fields);
    if (isWorking) context.hints.push(`To wait for it: ${resumeCommand(context, "wait")}`);
  }
  return result;
}

/** @param {Context} context */
function readFormat({ command, flags }) {
  const { format, citations } = COMMANDS[command].flags;
  return {
    format: readChoice("format", flags.format ?? "markdown", format.choices ?? []),
    citations: readChoice("citations", flags.citations ?? "footnotes", citations.choices ?? []),
  };
}

/** @param {Context} context */
function readTimeoutFlag({ flags }) {
  return flags.timeout === undefined ? DEFAULT_TIMEOUT_MS : readTimeout("timeout", flags.timeout);
}

/** @param {Context} context */
function readSessionId(context) {
  context.sessionId = readId(context.command, String(context.argument));
  return context.sessionId;
}

/** @param {Context} context */
function readPromptId(context) {
  const text = context.flags["prompt-id"];
  if (text !== undefined) context.promptId = readId("--prompt-id", text);
  return context.promptId;
}

/**
 * The argument, or the text of stdin without its final newline.
 * @param {Context} context
 */
async function readPrompt({ argument, flags, streams }) {
  if (argument !== undefined && argument !== "-") {
    if (argument.trim() === "") throw usageError("the prompt is blank");
    return argument;
  }
  const { isatty } = await import("node:tty");
  const isTerminal = isatty(0);
  if (isTerminal && argument === undefined) {
    throw usageError("a prompt is missing", ['Usage: aiera-chat ask "…", or pipe the prompt in.']);
  }
  if (flags["key-file"] === "-") {
    throw usageError("stdin cannot hold both the prompt and the key of --key-file -");
  }
  const note = setTimeout(
    () => streams.note("reading the prompt from stdin"),
    isTerminal ? 0 : SILENT_STDIN_MS,
  );
  try {
    const prompt = decodeText(await readStdin()).replace(/[\r\n]+$/, "");
    if (prompt.trim() === "") throw usageError("the prompt from stdin is blank");
    return prompt;
  } finally {
    clearTimeout(note);
  }
}
