// @ts-check
// `npm start`: installs missing tools, builds outdated parts, and serves the demo page. Without AIERA_API_KEY, the page uses
// its embedded mock; with it, the real API through a proxy on the page's own origin. Uses only modules of Node until the
// set-up is done.
import { parseArgs } from "node:util";
import { packageSteps } from "./lib/fresh.mjs";
import { runSteps } from "./lib/run.mjs";
import { setUpSteps } from "./lib/setup.mjs";

const DEFAULT_PORT = 5173;

const HELP = `Usage: npm start -- [--port <n>]

  --port <n>  port on 127.0.0.1 (default: PORT, or ${DEFAULT_PORT}); the next free one if it is in use

  AIERA_API_KEY   uses the real API; the key stays in this process
  AIERA_BASE_URL  the base URL of the API, if it is not the default
`;

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

async function main() {
  const { values } = parseArgs({
    options: { port: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) return void process.stdout.write(HELP);
  const port = toPort(values.port ?? (process.env.PORT || undefined));
  await runSteps([
    ...setUpSteps(),
    ...packageSteps(),
    { title: "building the demo page", run: buildPage },
  ]);

  const apiKey = process.env.AIERA_API_KEY?.trim();
  const baseUrl = process.env.AIERA_BASE_URL?.trim() || undefined;
  const api = apiKey ? { apiKey, baseUrl } : undefined;
  const [{ DIST }, { serveDemo }] = await Promise.all([
    import("./demo.mjs"),
    import("./lib/serve-demo.mjs"),
  ]);
  const server = await serveDemo({ folder: DIST, port, api });
  const source = api
    ? `on ${baseUrl ?? "the real API"}, through a proxy that holds the key`
    : "on the embedded mock; set AIERA_API_KEY for the real API";
  console.log(`Demo: ${server.url} (${source})`);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close());
}

async function buildPage() {
  const { buildDemo } = await import("./demo.mjs");
  await buildDemo();
}

/** @param {string | undefined} text */
function toPort(text) {
  if (text === undefined) return DEFAULT_PORT;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new Error(`The port must be a number from 0 to 65535, not "${text}".`);
}
