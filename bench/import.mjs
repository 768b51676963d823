// @ts-check
// What importing the package takes in Node, beside a module with a hand-written loop in it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { measure } from "./lib/apart.mjs";
import { report } from "./lib/report.mjs";
import { beside, BESIDE, interleaved, rounds } from "./lib/rounds.mjs";

const LOOP = `export async function poll(url, headers) {
  for (;;) {
    const response = await fetch(url, { headers });
    if (!response.ok) throw new Error("HTTP " + response.status);
    const session = await response.json();
    if (session.status === "active") return session;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
`;

const folder = await mkdtemp(path.join(tmpdir(), "aiera-chat-import-"));
try {
  const loop = path.join(folder, "loop.mjs");
  await writeFile(loop, LOOP);
  /** @type {Record<string, string>} */
  const modules = {
    "hand-written": pathToFileURL(loop).href,
    "aiera-chat": new URL("../pkg/index.mjs", import.meta.url).href,
    "aiera-chat, CommonJS": new URL("../pkg/index.cjs", import.meta.url).href,
    "aiera-chat/slim": new URL("../pkg/slim.mjs", import.meta.url).href,
  };
  const once = (/** @type {string} */ name) => measure("import-of.mjs", [modules[name]]);
  await report("import", {
    about: "ms to import a module, in Node.",
    columns: { client: "module", ...BESIDE },
    rows: beside(await interleaved(Object.keys(modules), rounds(15), once)),
  });
} finally {
  await rm(folder, { recursive: true });
}
