// @ts-check
// The parts of the element that esbuild transforms: the style sheet, minified as text, and marked without the half that
// writes HTML.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** A style sheet as a string. @type {import("esbuild").Plugin} */
export const styleSheets = {
  name: "style-sheets",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const options = /** @type {const} */ ({ minify: true, write: false, logLevel: "error" });
      const { outputFiles } = await build({ entryPoints: [path], ...options });
      return { contents: outputFiles[0].text.trim(), loader: "text" };
    });
  },
};

/**
 * marked's lexer, from the modules in marked's source map. Its bundle ends with assignments to `marked`, which keep
 * bundlers from dropping the parser and the renderer: 3.3 KB after gzip that the element does not call.
 *
 * @type {import("esbuild").Plugin}
 */
export const markedLexer = {
  name: "marked-lexer",
  setup({ onResolve, onLoad }) {
    const namespace = "marked";
    /** @type {Promise<Map<string, string>> | undefined} */
    let modules;
    onResolve({ filter: /^marked$/ }, () => ({ path: "./entry.ts", namespace }));
    onResolve({ filter: /^\.\//, namespace }, ({ path }) => ({ path, namespace }));
    onLoad({ filter: /.*/, namespace }, async ({ path }) => {
      const contents = (await (modules ??= readModules())).get(path);
      if (contents === undefined) throw new Error(`marked's source map does not hold ${path}`);
      return { contents, loader: "ts" };
    });
  },
};

async function readModules() {
  const file = fileURLToPath(import.meta.resolve("marked"));
  const { sources, sourcesContent } = JSON.parse(await readFile(`${file}.map`, "utf8"));
  const modules = new Map(
    sources.map((/** @type {string} */ source, /** @type {number} */ index) => [
      source.replace(/^.*\/src\//, "./"),
      sourcesContent[index],
    ]),
  );
  return modules.set(
    "./entry.ts",
    'export { _Lexer as Lexer } from "./Lexer.ts"; export { _Tokenizer as Tokenizer } from "./Tokenizer.ts";',
  );
}
