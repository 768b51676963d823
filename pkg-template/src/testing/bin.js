#!/usr/bin/env node
// @ts-check
// `npx aiera-chat-mock`: the mock API on a port, from a shell.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { createMockApi } from "./index.js";
import { serve } from "./node.js";

const HELP = `Usage: aiera-chat-mock [options]

The Chat Sessions API in memory, on a port of this machine.

  --port <n>         port (8787; 0 for any free one)
  --host <name>      address to listen on (127.0.0.1)
  --delay <ms>       time from a prompt to its answer (5000)
  --polls <n>        instead of --delay: polls that each stage is shown to
  --outcome <status> the status that a prompt ends in (active), such as generating_response_error, or cancelled
  --answer <file>    a Markdown file that is the answer
  --latency <ms>     time that each response takes (0)
  --api-key <key>    refuse requests without this X-API-Key
  --cors             let pages of all origins use it
  --quiet            do not print requests
  --help             this text
`;

const OPTIONS = /** @type {const} */ ({
  port: { type: "string", default: "8787" },
  host: { type: "string" },
  delay: { type: "string" },
  polls: { type: "string" },
  outcome: { type: "string" },
  answer: { type: "string" },
  latency: { type: "string" },
  "api-key": { type: "string" },
  cors: { type: "boolean" },
  quiet: { type: "boolean" },
  help: { type: "boolean", short: "h" },
});

main().catch((error) => {
  process.stderr.write(`aiera-chat-mock: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});

async function main() {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return void process.stdout.write(HELP);
  const mock = createMockApi({
    delayMs: toNumber("delay", values.delay),
    polls: toNumber("polls", values.polls),
    latencyMs: toNumber("latency", values.latency),
    outcome: values.outcome,
    apiKey: values["api-key"],
    answer: values.answer === undefined ? undefined : readFileSync(values.answer, "utf8"),
  });
  /** @param {Request} request */
  const handler = async (request) => {
    const response = await mock.rootHandler(request);
    const { pathname, search } = new URL(request.url);
    if (!values.quiet) {
      process.stdout.write(`${request.method} ${pathname}${search} ${response.status}\n`);
    }
    return response;
  };
  const { host, cors } = values;
  const server = await serve(/** @type {any} */ (handler), {
    port: toNumber("port", values.port),
    host,
    cors,
  });
  process.stdout.write(`Chat Sessions API (mock) on ${server.url}\n`);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close());
}

/**
 * @param {string} name
 * @param {string | undefined} text
 */
function toNumber(name, text) {
  if (text === undefined) return undefined;
  const number = text.trim() === "" ? NaN : Number(text);
  if (Number.isNaN(number)) throw new TypeError(`--${name}: expected a number, not "${text}"`);
  return number;
}
