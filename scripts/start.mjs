// @ts-check
// `npm start`: sets up what is missing, builds what is out of date, and serves the demo page. Without AIERA_API_KEY the
// page runs on its embedded mock; with it, on the real API through a proxy on the page's own origin. Node's own modules
// only until the set-up is done.
import { parseArgs } from "node:util";
import { ensurePackage } from "./lib/fresh.mjs";
import { setUp } from "./lib/setup.mjs";

const USUAL_PORT = 5173;

const HELP = `Usage: npm start -- [--port <n>]

  --port <n>  port of 127.0.0.1 (PORT, or ${USUAL_PORT}); the next free one where it is taken

  AIERA_API_KEY   the page talks to the real API; the key stays in this process
  AIERA_BASE_URL  where that is, unless at its usual address
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
  await setUp();
  await ensurePackage();
  const [{ buildDemo, DIST }, { serveDemo }] = await Promise.all([
    import("./demo.mjs"),
    import("./lib/serve-demo.mjs"),
  ]);
  await buildDemo();

  const apiKey = process.env.AIERA_API_KEY?.trim();
  const baseUrl = process.env.AIERA_BASE_URL?.trim() || undefined;
  const api = apiKey ? { apiKey, baseUrl } : undefined;
  const server = await serveDemo({ folder: DIST, port, api });
  const where = api
    ? `on ${baseUrl ?? "the real API"}, through a proxy that holds the key`
    : "on the embedded mock; set AIERA_API_KEY for the real API";
  console.log(`Demo: ${server.url} (${where})`);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close());
}

/** @param {string | undefined} text */
function toPort(text) {
  if (text === undefined) return USUAL_PORT;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new Error(`The port must be a number from 0 to 65535, not "${text}".`);
}
