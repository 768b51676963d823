// @ts-check
// Measures, in Chromium, the time in which a long conversation appears in `<aiera-chat>` and, with the same texts, in the
// chat element deep-chat, and the time in which the card of a citation opens.
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { inRoot } from "../../scripts/lib/run.mjs";
import { nodeModules } from "../../scripts/lib/setup.mjs";
import { launchBrowser } from "../../tests/support/browser.mjs";
import { report } from "../lib/results.mjs";
import { median } from "../lib/rounds.mjs";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const TURNS = Number(process.env.BENCH_TURNS ?? 200);
const CITATIONS = 50;

export async function run() {
  await nodeModules(inRoot("bench", "element"), "deep-chat", ["--ignore-scripts"]);
  const pages = await serve();
  const browser = await launchBrowser();
  const rows = [];
  try {
    for (const element of ["aiera-chat", "deep-chat"]) {
      /** @type {Record<string, number[]>} */
      const samples = {};
      for (let round = 0; round < ROUNDS; round += 1) {
        const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
        await page.goto(`${pages.url}${element}`);
        await page.waitForFunction("window.measure");
        const figures = /** @type {Record<string, number>} */ (
          await page.evaluate(`measure(${TURNS}, ${CITATIONS})`)
        );
        for (const [name, value] of Object.entries(figures)) (samples[name] ??= []).push(value);
        await page.close();
      }
      const medians = Object.entries(samples).map(([name, values]) => [name, median(values)]);
      rows.push({ element, ...Object.fromEntries(medians) });
    }
  } finally {
    await browser.close();
    pages.close();
  }
  await report("element", {
    about: `Medians of ${ROUNDS} rounds in Chromium, in ms, until the frame is painted: ${TURNS} turns with ${CITATIONS} citations each. deep-chat shows the same texts, with links instead of citations. The added turn of the element is asked, and arrives with the whole conversation, as from the API; deep-chat receives only its text.`,
    columns: {
      element: "element",
      render: "conversation appears",
      complete: "all of it is built",
      card: "card opens",
      card99: "99 % of cards",
      scroll: "slowest step of a scroll",
      followUp: "a turn is added",
      elements: "elements",
    },
    rows,
  });
}

/** One page for each element. */
async function serve() {
  /** @type {Map<string, string>} */
  const files = new Map();
  for (const name of ["aiera-chat", "deep-chat"]) {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL(`${name}.page.js`, import.meta.url))],
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      target: "es2022",
      alias: { "aiera-chat": inRoot("pkg", "index.mjs") },
      logLevel: "error",
    });
    files.set(`/${name}.js`, outputFiles[0].text);
    files.set(
      `/${name}`,
      `<!doctype html><meta charset="utf-8"><title>${name}</title><body><script type="module" src="/${name}.js"></script>`,
    );
  }
  const server = createServer(({ url = "" }, response) => {
    const body = files.get(url);
    response.setHeader("Content-Type", url.endsWith(".js") ? "text/javascript" : "text/html");
    response.writeHead(body ? 200 : 404).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
