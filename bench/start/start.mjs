// @ts-check
// Measures the start of a client: its import, a process from its start to the first answer, and a page in Chromium from the
// navigation to the first answer. The first poll returns the result.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { launchBrowser } from "../../tests/support/browser.mjs";
import { bundlePeer } from "../lib/bundle.mjs";
import { measure, startService } from "../lib/child-process.mjs";
import { serve } from "../lib/http-service.mjs";
import { report } from "../lib/results.mjs";
import { compareToFirst, COMPARISON, interleave, roundCount } from "../lib/rounds.mjs";
import { selectPeers, withRemarks } from "../lib/selection.mjs";

const IMPORT_WORKER = new URL("./import.worker.mjs", import.meta.url);
const START_WORKER = new URL("./start.worker.mjs", import.meta.url);
const COLUMNS = { client: "client", ...COMPARISON, remark: "remark" };

/** Runs the bundled `connect` of a peer in a page. */
const PAGE_SCRIPT = `
  const { create, poll } = connect({ baseUrl: location.origin, key: "a key" });
  await poll(await create(), { intervalMs: 1 });
  globalThis.answerTime = performance.now();`;
const PAGE = `<!doctype html><link rel="icon" href="data:," /><script type="module" src="/main.js"></script>`;

export async function run() {
  await measureImports();
  await measureProcesses();
  await measurePages();
}

async function measureImports() {
  const { resolve } = createRequire(import.meta.url);
  /** @type {Map<string, string[]>} */
  const modules = new Map();
  for (const { name, package: packageName, modules: sources = [packageName] } of selectPeers(
    "import",
  )) {
    const imported = sources.map((source) => import.meta.resolve(source));
    const required = sources.map((source) => pathToFileURL(resolve(source)).href);
    modules.set(name, imported);
    if (`${required}` !== `${imported}`) modules.set(`${name}, CommonJS`, required);
  }
  const times = await interleave([...modules.keys()], roundCount(11), (name) =>
    measure(IMPORT_WORKER, modules.get(name) ?? []),
  );
  await report("import", {
    about: "Import of a client in Node, in ms. Each import runs in a separate process.",
    columns: COLUMNS,
    rows: withRemarks("import", compareToFirst(times)),
  });
}

async function measureProcesses() {
  const peers = selectPeers("start-node");
  const names = peers.map(({ name }) => name);
  /** @type {Map<string, { baseUrl: string, close: () => void }>} */
  const services = new Map();
  try {
    for (const peer of peers) services.set(peer.name, await startService(peer, { polls: 1 }));
    const times = await interleave(names, roundCount(11), (name) =>
      measure(START_WORKER, [name, services.get(name)?.baseUrl ?? ""]),
    );
    await report("start-node", {
      about: "From the start of a Node process to the first answer, in ms.",
      columns: COLUMNS,
      rows: withRemarks("start-node", compareToFirst(times)),
    });
  } finally {
    for (const service of services.values()) service.close();
  }
}

async function measurePages() {
  const peers = selectPeers("start-browser");
  const measured = peers.filter((peer) => !peer.notInBrowser);
  const names = measured.map(({ name }) => name);
  const browser = await launchBrowser();
  /** @type {Map<string, Awaited<ReturnType<typeof serve>>>} */
  const services = new Map();
  try {
    for (const peer of measured) {
      const pages = {
        "/": { body: PAGE, type: "text/html" },
        "/main.js": { body: await bundlePeer(peer, PAGE_SCRIPT), type: "text/javascript" },
      };
      services.set(peer.name, await serve(peer, { polls: 1, pages }));
    }
    const open = async (/** @type {string} */ name) => {
      // A new context has no cached files and no compiled code.
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(`${services.get(name)?.baseUrl}/`);
      const answerTime = await page.waitForFunction("globalThis.answerTime");
      const ms = Number(await answerTime.jsonValue());
      await context.close();
      return ms;
    };
    // The first page of a browser takes longer.
    await open(names[0]);
    const rows = withRemarks(
      "start-browser",
      compareToFirst(await interleave(names, roundCount(9), open)),
    );
    const excluded = peers.flatMap(({ name, notInBrowser }) =>
      notInBrowser ? [{ client: name, remark: notInBrowser }] : [],
    );
    await report("start-browser", {
      about:
        "From the navigation to the first answer in Chromium, in ms. Nothing is cached: the page loads and compiles the whole bundle.",
      columns: COLUMNS,
      rows: [...rows, ...excluded],
    });
  } finally {
    for (const service of services.values()) service.close();
    await browser.close();
  }
}
