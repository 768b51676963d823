// @ts-check
// The examples of a page of the documentation: code whose first line is a comment with its file name, and the output on the page.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { run } from "../support/packed.mjs";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const KEY = "key-of-the-readme";

/** The answer takes longer than the second for which `resume.mjs` waits. */
const STAGES = [
  { status: "finding_sources", ms: 700 },
  { status: "generating_response", ms: 700 },
  { status: "active" },
];

const FENCE = /^```(\w*)\n([^]*?)^```$/gm;
const CODE = new Set(["js", "jsx", "ts", "html"]);
const FILE_NAME = /^(?:\/\/|<!--) (\S+\.\w+)(?: -->)?\n/;

/**
 * @typedef {object} Example
 * @property {string} file
 * @property {string} code
 * @property {string | undefined} output its output on the page
 */

/**
 * @param {string} page from the root of the repository
 * @returns {Promise<{ text: string, examples: Example[], commands: string[] }>}
 */
export async function readPage(page) {
  const text = await readFile(path.join(ROOT, page), "utf8");
  const fences = [...text.matchAll(FENCE)].map(([, language, content]) => ({ language, content }));
  const examples = fences.flatMap(({ language, content }, index) => {
    if (!CODE.has(language)) return [];
    const [, file] = FILE_NAME.exec(content) ?? [];
    assert.ok(file, `${page}: an example without a file name:\n${content}`);
    assert.match(
      file,
      new RegExp(`\\.[mc]?${language}$`),
      `${page}: ${file} is marked ${language}`,
    );
    const next = fences[index + 1];
    const output = next?.language === "text" ? next.content : undefined;
    return [{ file, code: content, output }];
  });
  const files = examples.map(({ file }) => file);
  assert.equal(new Set(files).size, files.length, `${page}: two examples have one name: ${files}`);
  const shells = fences.filter(({ language }) => language === "sh");
  const commands = shells.flatMap(({ content }) => content.trim().split("\n"));
  return { text, examples, commands };
}

/**
 * @param {string} folder
 * @param {Example[]} examples
 */
export async function writeExamples(folder, examples) {
  for (const { file, code } of examples) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), code);
  }
}

/** A mock of the API on a port, and the environment variables for it. */
export async function startMock() {
  const mock = createMockApi({ apiKey: KEY, stages: STAGES });
  const server = await serve(mock);
  const env = { AIERA_API_KEY: KEY, AIERA_BASE_URL: server.url };
  return { mock, env, close: () => server.close() };
}

/**
 * Runs an unchanged example, and compares its output with the page's.
 * @param {string} folder
 * @param {Example} example
 */
export async function runExample(folder, { file, output }) {
  assert.ok(output, `the page shows no output of ${file}`);
  const { env, close } = await startMock();
  try {
    // TAP, since the default reporter depends on the version of Node.
    const args = file.includes(".test.") ? ["--test", "--test-reporter=tap"] : [];
    // Without the variable that would make this runner report the example's tests.
    const own = { ...env, NODE_TEST_CONTEXT: /** @type {any} */ (undefined) };
    const { stdout } = await run(process.execPath, [...args, file], { cwd: folder, env: own });
    assert.match(stdout.endsWith("\n") ? stdout : `${stdout}\n`, patternOf(output));
  } finally {
    await close();
  }
}

/**
 * A pattern for an output. A line with only `…` matches any lines, a `…` in a line any characters. Trailing spaces are
 * ignored.
 * @param {string} output
 */
export function patternOf(output) {
  const lines = output.trimEnd().split("\n");
  const patterns = lines.map((line) => {
    if (line === "…") return "(?:.*\\n)*?";
    const parts = line.split("…").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
    return `${parts.join(".*")} *\\n`;
  });
  return new RegExp(`^${patterns.join("")}$`);
}

/**
 * Type-checks examples with strict settings.
 * @param {string} folder
 * @param {Example[]} examples
 */
export async function checkTypes(folder, examples) {
  const tsc = path.join(ROOT, "node_modules", ".bin", "tsc");
  const types = path.join(ROOT, "node_modules", "@types");
  // prettier-ignore
  const strict = ["--ignoreConfig", "--strict", "--exactOptionalPropertyTypes", "--skipLibCheck", "false", "--noEmit", "--allowJs", "--checkJs", "--target", "es2023",
    "--lib", "es2023,dom,dom.iterable", "--typeRoots", types, "--types", "node"];
  const bundler = ["--module", "preserve", "--moduleResolution", "bundler"];
  for (const [pattern, how] of /** @type {[RegExp, string[]][]} */ ([
    [/\.[mc]js$/, ["--module", "nodenext"]],
    [/(?<!\.[mc])\.(js|ts)$/, bundler],
    // Parameters have no types in JavaScript.
    [/\.jsx$/, [...bundler, "--jsx", "react-jsx", "--noImplicitAny", "false"]],
  ])) {
    const files = examples.map(({ file }) => file).filter((file) => pattern.test(file));
    if (files.length > 0) await run(tsc, [...strict, ...how, ...files], { cwd: folder });
  }
}

/** The headings of a page, as fragments of links. @param {string} text */
const fragmentsOf = (text) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );

/**
 * Asserts that every link within the repository resolves.
 * @param {string} page
 * @param {string} text
 */
export async function checkLinks(page, text) {
  const links = [
    ...text.replace(FENCE, "").matchAll(/\]\(([^)\s]+)\)|\b(?:src|srcset|href)="([^"]+)"/g),
  ].map(([, link, attribute]) => link ?? attribute);
  for (const link of links) {
    const [address, fragment] = link.split("#");
    const isAbsolute = /^https?:/.test(address);
    const [, own] =
      /^https:\/\/(?:github\.com\/aiera\/aiera-chat\/(?:blob|tree)|raw\.githubusercontent\.com\/aiera\/aiera-chat)\/main\/(.+)$/.exec(
        address,
      ) ?? [];
    if (isAbsolute && !own) continue;
    const target = own ?? path.posix.join(path.posix.dirname(page), address || path.basename(page));
    const content = await readFile(path.join(ROOT, target), "utf8").catch((error) => {
      if (error.code === "EISDIR") return "";
      throw new Error(`${page} links to ${link}, which is not there`);
    });
    if (fragment) assert.ok(fragmentsOf(content).includes(fragment), `${page}: ${link}`);
  }
  return links;
}
