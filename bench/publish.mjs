// @ts-check
// `npm run bench -- publish`: shows what was measured last. The tables go into the two READMEs, between their marks, and the
// plots beside them. Measures nothing itself.
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as prettier from "prettier";
import { CLIENTS } from "./lib/peers.mjs";
import { resultOf, results, table } from "./lib/report.mjs";

const PLOTS = ["lag.svg", "costs.svg"];
const path = (/** @type {string} */ file) => fileURLToPath(new URL(file, import.meta.url));

/** @typedef {import("./lib/report.mjs").Row} Row */

/**
 * One table for the clients, of columns out of several results.
 * @param {[title: string, question: string, shown: (row: any) => string | number][]} columns
 */
async function together(columns) {
  const results = await Promise.all(columns.map(([, question]) => resultOf(question)));
  return table({
    columns: Object.fromEntries([
      ["client", ""],
      ...columns.map(([title], at) => [`c${at}`, title]),
    ]),
    rows: CLIENTS.map((client) => {
      /** @type {Row} */
      const cells = { client: client === "aiera-chat" ? `**${client}**` : client };
      for (const [at, [, , shown]] of columns.entries()) {
        const row = results[at].rows.find((row) => row.client === client);
        cells[`c${at}`] = row ? shown(row) : "";
      }
      return cells;
    }),
  });
}

/** @param {number} number @param {number} digits */
const fixed = (number, digits) => number.toFixed(digits);

/** What is said of each question, by mark: whole tables, but for those of the main README, which are short. */
const MARKS = {
  costs: () =>
    together([
      ["KB in a bundle, gzip", "size", ({ gzip }) => fixed(gzip / 1_000, 1)],
      ["ms from Node's start to an answer", "start-node", ({ median }) => fixed(median, 0)],
      ["CPU of a poll, beside the loop's", "cost", ({ ratio }) => fixed(ratio, 2)],
      ["bytes of a wait, beyond the loop's", "scale", ({ beyond }) => beyond],
      ["s of lag", "lag", ({ lag }) => fixed(lag, 2)],
      ["% of the wait", "lag", ({ relative }) => fixed(relative, 1)],
      ["requests", "lag", ({ requests }) => fixed(requests, 1)],
    ]),
  faults: () =>
    together(
      Object.entries({
        create: "POSTs of a create on a 503",
        reset: "on a reset connection",
        status: "GETs in 10 s on an unknown status",
        stall: "a body that stalls",
        abort: "an abort during a sleep",
        redirect: "a redirect to another origin",
        print: "`console.log` and JSON of the client",
      }).map(([which, title]) => [title, "safety", (row) => row[which]]),
    ),
};

/** @param {string} mark */
async function block(mark) {
  if (Object.hasOwn(MARKS, mark)) return MARKS[/** @type {keyof typeof MARKS} */ (mark)]();
  const result = await resultOf(mark);
  return `${result.about} ${result.node}.\n\n${table(result)}`;
}

const MARKED = /(?<=<!-- bench: ([\w-]+) -->\n)[^]*?(?=<!-- \/bench -->)/g;

/** @param {string} file */
async function fill(file) {
  const text = await readFile(file, "utf8");
  /** @type {Map<string, string>} */
  const blocks = new Map();
  for (const [, mark] of text.matchAll(MARKED)) blocks.set(mark, await block(mark));
  const filled = text.replace(MARKED, (_, mark) => `\n${blocks.get(mark)}\n\n`);
  const style = await prettier.resolveConfig(file);
  await writeFile(file, await prettier.format(filled, { ...style, filepath: file }));
}

await mkdir(path("plots"), { recursive: true });
for (const plot of PLOTS) await cp(results(plot), path(`plots/${plot}`));
for (const file of ["../README.md", "README.md"]) await fill(path(file));
