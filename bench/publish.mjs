// @ts-check
// Writes the latest results into the documentation: plots into bench/plots, and tables between the marks `<!-- bench: NAME
// -->` and `<!-- /bench -->` of each page.
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import * as prettier from "prettier";
import { root } from "../scripts/lib/run.mjs";
import { CLIENTS } from "./lib/peers.mjs";
import { PLOTS } from "./lib/plots.mjs";
import { formatInteger, formatTable, readResult } from "./lib/results.mjs";

/** The root of the written files: the repository, or a copy for tests. */
const TARGET = process.env.BENCH_PUBLISH_TO ?? root;
const MARKED = /(?<=<!-- bench: ([\w-]+) -->\n)[^]*?(?=<!-- \/bench -->)/g;

/** @typedef {import("./lib/results.mjs").Row} Row */
/** @typedef {[title: string, result: string, format: (row: any) => string | number]} Column */

export async function publish() {
  for (const [file, plot] of Object.entries(PLOTS))
    await write(`bench/plots/${file}`, await plot());
  for (const page of await pages()) await publishPage(page);
}

/** The pages of the documentation. */
async function pages() {
  const docs = existsSync(path.join(root, "docs")) ? await readdir(path.join(root, "docs")) : [];
  const inDocs = docs.filter((file) => file.endsWith(".md")).map((file) => `docs/${file}`);
  return ["README.md", "bench/README.md", ...inDocs];
}

/** @param {string} page */
async function publishPage(page) {
  const text = await readFile(path.join(root, page), "utf8");
  /** @type {Map<string, string>} */
  const tables = new Map();
  for (const [, mark] of text.matchAll(MARKED)) tables.set(mark, await tableFor(mark));
  if (tables.size === 0) return;
  const filled = text.replace(MARKED, (_, mark) => `\n${tables.get(mark)}\n\n`);
  const style = await prettier.resolveConfig(path.join(root, page));
  await write(page, await prettier.format(filled, { ...style, filepath: page }));
}

/** @param {string} file @param {string} text */
async function write(file, text) {
  const target = path.join(TARGET, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, text);
}

/** The table for a mark: a summary, or the whole result of that name. @param {string} mark */
async function tableFor(mark) {
  if (Object.hasOwn(SUMMARIES, mark)) return summarize(SUMMARIES[mark]);
  const { about, platform, ...table } = await readResult(mark);
  return `${about} ${platform}.\n\n${formatTable(table)}`;
}

/** Summaries of several results, with one row for each client. @type {Record<string, Column[]>} */
const SUMMARIES = {
  faults: Object.entries({
    create: "POSTs if a create gets 503",
    reset: "POSTs if its connection is reset",
    unknownStatus: "GETs in 10 s on an unknown status",
    stalledBody: "stalled response body",
    abort: "abort during a sleep",
    redirect: "redirect to another origin",
    print: "key in `console.log` or JSON of the client",
  }).map(([key, title]) => [title, "safety", (row) => row[key]]),
  costs: [
    ["lag, s", "lag", ({ lag }) => lag.toFixed(2)],
    ["lag, % of session", "lag", ({ relative }) => relative.toFixed(1)],
    ["requests", "lag", ({ requests }) => requests.toFixed(1)],
    ["CPU of a poll, loop = 1", "cost", ({ ratio }) => ratio.toFixed(2)],
    ["bytes of a call beyond the loop's", "scale", (row) => formatInteger(row.bytesBeyondLoop)],
    ["Node's start to first answer, ms", "start-node", ({ median }) => median.toFixed(0)],
    ["KB in a bundle, gzip", "size", ({ gzip }) => (gzip / 1_000).toFixed(1)],
  ],
};

/** @param {Column[]} columns */
async function summarize(columns) {
  const results = await Promise.all(columns.map(([, result]) => readResult(result)));
  const measured = CLIENTS.filter((client) =>
    results.some(({ rows }) => rows.some((row) => row.client === client)),
  );
  const rows = measured.map((client) => {
    /** @type {Row} */
    const cells = { client: client === "aiera-chat" ? `**${client}**` : client };
    for (const [index, [, , format]] of columns.entries()) {
      const row = results[index].rows.find((one) => one.client === client);
      cells[`column ${index}`] = row ? format(row) : "";
    }
    return cells;
  });
  const titles = columns.map(([title], index) => [`column ${index}`, title]);
  return formatTable({ columns: { client: "", ...Object.fromEntries(titles) }, rows });
}
