// @ts-check
// Asks a question and prints the answer; progress goes to stderr. Ctrl-C cancels.
//   AIERA_API_KEY=… node examples/ask.mjs "What were the key takeaways from Tesla Q1 2026 earnings?"
//   node examples/ask.mjs --mock "What were the key takeaways from Tesla Q1 2026 earnings?"
import { parseArgs } from "node:util";

const USAGE = `Usage: node examples/ask.mjs [--mock] "<question>"

  --mock          ask the mock API instead of the real one
  AIERA_API_KEY   the API key; not needed with --mock
  AIERA_BASE_URL  where the API is, unless at its usual address
`;

/**
 * In your project, write `import { AieraChat } from "aiera-chat"`. In the package's repository, the package is not
 * installed, but built in pkg/.
 * @returns {Promise<typeof import("../pkg/index.mjs")>}
 */
const loadPackage = () => import("aiera-chat").catch(() => import("../pkg/index.mjs"));
/** @returns {Promise<typeof import("../pkg/testing.mjs")>} */
const loadTesting = () => import("aiera-chat/testing").catch(() => import("../pkg/testing.mjs"));

const { values, positionals } = parseArgs({
  options: { mock: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  allowPositionals: true,
});
const [prompt] = positionals;

if (values.help) process.stdout.write(USAGE);
else if (!prompt) fail(USAGE);
else await ask(prompt).catch((error) => fail(`${inWords(error)}\n`));

/** @param {string} prompt */
async function ask(prompt) {
  const { AieraChat } = await loadPackage();
  const chat = new AieraChat(values.mock ? await mockOptions() : realOptions());

  const controller = new AbortController();
  const { signal } = controller;
  process.once("SIGINT", () => controller.abort(new Error("Ctrl-C")));

  const answer = await chat.ask(prompt, {
    signal,
    onCreated: ({ id }) => say(`session ${id}`),
    onUpdate: ({ status }) => say(status),
    onPoll: ({ attempt, error, nextDelayMs, reason }) => {
      if (error) say(`poll ${attempt}: ${error.message}`);
      if (nextDelayMs === undefined) return;
      say(`poll ${attempt}: next in ${Math.round(nextDelayMs)} ms (${reason})`);
    },
  });

  process.stdout.write(`${answer.toMarkdown()}\n`);
}

function realOptions() {
  const { AIERA_API_KEY: apiKey, AIERA_BASE_URL: baseUrl } = process.env;
  if (!apiKey) throw new Error("AIERA_API_KEY is not set; --mock needs none.");
  return { apiKey, baseUrl: baseUrl || undefined };
}

async function mockOptions() {
  const { createMockApi } = await loadTesting();
  return { fetch: createMockApi().fetch };
}

/** @param {any} error */
function inWords({ code, message, sessionId }) {
  const where = sessionId === undefined ? "" : ` (session ${sessionId})`;
  return code ? `${code}: ${message}${where}` : message;
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`);
}

/** @param {string} text */
function fail(text) {
  process.stderr.write(text);
  process.exitCode = 1;
}
