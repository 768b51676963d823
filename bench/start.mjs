// @ts-check
// How long until a client is there: its import; a process, from its start to the first answer; and a page, from the navigation
// to the first answer, in Chromium. The service answers the first poll with the result.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { launchBrowser } from "../tests/support/browser.mjs";
import { measure, serviceApart } from "./lib/apart.mjs";
import { bundle } from "./lib/bundle.mjs";
import { chosen } from "./lib/chosen.mjs";
import { report } from "./lib/report.mjs";
import { beside, BESIDE, interleaved, rounds } from "./lib/rounds.mjs";
import { serve } from "./lib/service.mjs";

const peers = chosen();
const names = peers.map(({ name }) => name);
const columns = { client: "client", ...BESIDE };

await imports();
await processes();
await pages();

async function imports() {
  const { resolve } = createRequire(import.meta.url);
  const own = (/** @type {string} */ file) => new URL(file, import.meta.url).href;
  /** @type {Record<string, string>} */
  const modules = {
    "hand-written": own("peers/hand-written.mjs"),
    "aiera-chat": own("../pkg/index.mjs"),
    "aiera-chat, CommonJS": own("../pkg/index.cjs"),
    "aiera-chat/slim": own("../pkg/slim.mjs"),
  };
  for (const name of names) modules[name] ??= pathToFileURL(resolve(name)).href;
  const once = (/** @type {string} */ name) => measure("import-of.mjs", [modules[name]]);
  await report("import", {
    about: "ms to import a client in Node, in a process of its own.",
    columns,
    rows: beside(await interleaved(Object.keys(modules), rounds(15), once)),
  });
}

async function processes() {
  /** @type {Map<string, { baseUrl: string, close: () => void }>} */
  const services = new Map();
  try {
    for (const peer of peers) services.set(peer.name, await serviceApart(peer, { polls: 1 }));
    const once = (/** @type {string} */ name) =>
      measure("start-of.mjs", [name, services.get(name)?.baseUrl ?? ""]);
    await report("start-node", {
      about: "ms from the start of a Node process to the first answer.",
      columns,
      rows: beside(await interleaved(names, rounds(15), once)),
    });
  } finally {
    for (const service of services.values()) service.close();
  }
}

async function pages() {
  const able = peers.filter((peer) => !peer.noPages);
  const browser = await launchBrowser();
  /** @type {Map<string, Awaited<ReturnType<typeof serve>>>} */
  const services = new Map();
  try {
    for (const peer of able) {
      const script = await bundle(
        peer,
        `
        const { create, wait } = connect({ baseUrl: location.origin, key: "a key" });
        await wait(await create(), { intervalMs: 1 });
        globalThis.answered = performance.now();`,
      );
      const html = `<!doctype html><link rel="icon" href="data:," /><script type="module" src="/main.js"></script>`;
      const pages = {
        "/": { body: html, type: "text/html" },
        "/main.js": { body: script, type: "text/javascript" },
      };
      services.set(peer.name, await serve(peer, { polls: 1, pages }));
    }
    const once = async (/** @type {string} */ name) => {
      // A context of its own has no cache, neither of files nor of compiled code.
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(`${services.get(name)?.baseUrl}/`);
      const got = await page.waitForFunction("globalThis.answered");
      const ms = Number(await got.jsonValue());
      await context.close();
      return ms;
    };
    // The first page of a browser takes longer, whoever's it is.
    await once(able[0].name);
    await report("start-browser", {
      about:
        "ms from the navigation to the first answer, in Chromium, nothing cached: all of the bundle is loaded and compiled.",
      columns: { ...columns, remark: "remark" },
      rows: [
        ...beside(
          await interleaved(
            able.map(({ name }) => name),
            rounds(11),
            once,
          ),
        ),
        ...peers.flatMap(({ name, noPages }) =>
          noPages ? [{ client: name, remark: noPages }] : [],
        ),
      ],
    });
  } finally {
    for (const service of services.values()) service.close();
    await browser.close();
  }
}
