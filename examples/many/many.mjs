// @ts-check
import { createInterface } from "node:readline";
import { AieraChat, AieraChatError } from "aiera-chat";
import { inParallel } from "./parallel.mjs";

const chat = new AieraChat({
  apiKey: process.env.AIERA_API_KEY,
  baseUrl: process.env.AIERA_BASE_URL,
});

/** Refusals that affect all questions. */
const OF_ALL = new Set([401, 402, 403]);

const stop = new AbortController();
process.once("SIGINT", () => stop.abort(new Error("Ctrl-C")));

/** @param {string} prompt */
async function ask(prompt) {
  const { signal } = stop;
  try {
    const answer = await chat.ask(prompt, { signal });
    console.log(JSON.stringify({ prompt, id: answer.sessionId, answer: answer.toMarkdown() }));
  } catch (error) {
    if (!(error instanceof AieraChatError)) throw error;
    process.exitCode = 1;
    const { code, message, sessionId } = error;
    // The id allows polling the session later: it continues at the service.
    console.log(JSON.stringify({ prompt, id: sessionId, code, message }));
    if (OF_ALL.has(error.status ?? 0) || code === "invalid_argument") stop.abort(error);
  }
}

const lines = createInterface({ input: process.stdin });
/** @type {string[]} */
const questions = [];
for await (const line of lines) if (line.trim()) questions.push(line);
await inParallel(Number(process.env.AT_ONCE ?? 4), questions, ask, stop.signal);
