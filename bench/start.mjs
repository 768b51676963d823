// @ts-check
// How long until a client is there: its import; a process, from its start to the first answer; and a page, from the navigation
// to the first answer, in Chromium. The service answers the first poll with the result.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { launchBrowser } from "../tests/support/browser.mjs";
import { measure, serviceApart } from "./lib/apart.mjs";
import { bundle } from "./lib/bundle.mjs";
import { chosen, remarked } from "./lib/chosen.mjs";
import { report } from "./lib/report.mjs";
import { beside, BESIDE, interleaved, rounds } from "./lib/rounds.mjs";
import { serve } from "./lib/service.mjs";

const columns = { client: "client", ...BESIDE, remark: "remark" };

await imports();
await processes();
await pages();

async function imports() {
  const { resolve } = createRequire(import.meta.url);
  /** @type {Map<string, string[]>} */
  const modules = new Map();
  for (const { name, package: its, imports = [its] } of chosen("import")) {
    const imported = imports.map((one) => import.meta.resolve(one));
    const required = imports.map((one) => pathToFileURL(resolve(one)).href);
    modules.set(name, imported);
    if (`${required}` !== `${imported}`) modules.set(`${name}, CommonJS`, required);
  }
  const once = (/** @type {string} */ name) => measure("import-of.mjs", modules.get(name) ?? []);
  await report("import", {
    about: "ms to import a client in Node, in a process of its own.",
    columns,
    rows: remarked("import", beside(await interleaved([...modules.keys()], rounds(11), once))),
  });
}

async function processes() {
  const peers = chosen("start-node");
  const names = peers.map(({ name }) => name);
  /** @type {Map<string, { baseUrl: string, close: () => void }>} */
  const services = new Map();
  try {
    for (const peer of peers) services.set(peer.name, await serviceApart(peer, { polls: 1 }));
    const once = (/** @type {string} */ name) =>
      measure("start-of.mjs", [name, services.get(name)?.baseUrl ?? ""]);
    await report("start-node", {
      about: "ms from the start of a Node process to the first answer.",
      columns,
      rows: remarked("start-node", beside(await interleaved(names, rounds(11), once))),
    });
  } finally {
    for (const service of services.values()) service.close();
  }
}

async function pages() {
  const peers = chosen("start-browser");
  const able = peers.filter((peer) => !peer.noPages);
  const names = able.map(({ name }) => name);
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
    await once(names[0]);
    await report("start-browser", {
      about:
        "ms from the navigation to the first answer, in Chromium, nothing cached: all of the bundle is loaded and compiled.",
      columns,
      rows: [
        ...remarked("start-browser", beside(await interleaved(names, rounds(9), once))),
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
