// @ts-check
// The bundle of an application that uses only the hooks contains neither the element nor its Markdown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const PKG = fileURLToPath(new URL("../../pkg/", import.meta.url));

/**
 * The bytes that each file of the package adds to a bundle.
 *
 * @param {string} contents
 */
async function bundled(contents) {
  const { metafile } = await build({
    stdin: { contents, resolveDir: PKG },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    external: ["react"],
    metafile: true,
  });
  const [{ inputs }] = Object.values(metafile.outputs);
  const files = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return files.map(([file]) => file.replace(/^.*\//, "")).sort();
}

for (const hook of ["useAieraChat", "useAsk"]) {
  test(`${hook} does not bundle the element`, async () => {
    const files = await bundled(`export { ${hook} } from "./react.mjs";`);
    assert.deepEqual(files, ["index.mjs", "react.mjs"]);
  });
}

test("the widget and the element's entry together bundle the element once", async () => {
  const files = await bundled(
    `import "./element.mjs"; export { AieraChatWidget } from "./react.mjs";`,
  );
  assert.deepEqual(files, ["element.mjs", "index.mjs", "react-widget.mjs", "react.mjs"]);
});
