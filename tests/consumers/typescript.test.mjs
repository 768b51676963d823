// @ts-check
// The packed package's declarations under the oldest supported TypeScript, one in between and the newest, with each mode of
// module resolution: a caller's code, and every entry.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { toolchains } from "../support/toolchains.mjs";

const NEWEST = fileURLToPath(new URL("../../node_modules/typescript", import.meta.url));

/** @type {{ version: string, ways: { module: string, resolution: string, files: string[] }[] }[]} */
const VERSIONS = [
  {
    version: "4.7",
    ways: [
      { module: "node16", resolution: "node16", files: ["user.mts", "user.cts"] },
      { module: "esnext", resolution: "node", files: ["user.ts"] },
    ],
  },
  {
    version: "5.0",
    ways: [
      { module: "node16", resolution: "node16", files: ["user.mts", "user.cts"] },
      { module: "esnext", resolution: "bundler", files: ["user.ts"] },
      { module: "esnext", resolution: "node", files: ["user.ts"] },
    ],
  },
  {
    version: "newest",
    ways: [
      { module: "node16", resolution: "node16", files: ["user.mts", "user.cts"] },
      { module: "nodenext", resolution: "nodenext", files: ["user.mts", "user.cts"] },
      { module: "esnext", resolution: "bundler", files: ["user.ts"] },
    ],
  },
];

/** Entries whose declarations need the DOM. */
const OF_THE_PAGE = ["./element", "./react"];

describe("declarations", () => {
  /** @type {Awaited<ReturnType<typeof toolchains>>} */
  let tools;
  /** @type {Record<string, any>} */
  let entries;
  let cwd = "";

  before(async () => {
    tools = await toolchains();
    cwd = await tools.consumer("types");
    for (const ending of ["cts", "ts"]) {
      await cp(path.join(cwd, "user.mts"), path.join(cwd, `user.${ending}`));
    }
    const manifest = path.join(tools.folder, "node_modules", "aiera-chat", "package.json");
    entries = JSON.parse(await readFile(manifest, "utf8")).exports;
  });
  after(async () => tools?.close());

  /**
   * A file that imports every entry.
   * @param {string} ending
   * @param {boolean} dom
   */
  async function importAll(ending, dom) {
    const names = Object.keys(entries)
      .filter((name) => typeof entries[name] === "object")
      .filter((name) => dom || !OF_THE_PAGE.includes(name))
      .filter((name) => ending !== "cts" || entries[name].require);
    assert.ok(names.includes("."));
    const imports = names.map(
      (name, at) => `import * as entry${at} from "aiera-chat${name.slice(1)}";`,
    );
    const used = `export const all = [${names.map((_, at) => `entry${at}`)}];`;
    const file = `entries.${ending}`;
    await writeFile(path.join(cwd, file), [...imports, used, ""].join("\n"));
    return file;
  }

  for (const { version, ways } of VERSIONS) {
    for (const { module, resolution, files } of ways) {
      // Without the DOM library once per version, since it does not depend on the resolution.
      const libs = resolution === "node16" ? ["es2022", "es2022,dom"] : ["es2022,dom"];
      for (const lib of libs) {
        test(`the declarations compile with TypeScript ${version}, ${resolution}, lib ${lib}`, async () => {
          const dom = lib.includes("dom");
          const all = await Promise.all(
            files.map((file) => importAll(file.slice("user.".length), dom)),
          );
          const compilerOptions = {
            ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false },
            ...{ noEmit: true, types: [] },
            ...{ target: "es2022", lib: lib.split(","), module, moduleResolution: resolution },
          };
          const config = { compilerOptions, files: [...files, ...all] };
          await writeFile(path.join(cwd, "tsconfig.json"), JSON.stringify(config));
          const folder = path.join(tools.folder, "node_modules", `typescript-${version}`);
          const tsc = path.join(version === "newest" ? NEWEST : folder, "bin", "tsc");
          assert.deepEqual(await diagnostics([tsc, "-p", "."], cwd), []);
        });
      }
    }
  }
});

/**
 * The diagnostics of tsc for the caller's files and the package's, without those for other packages.
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<string[]>}
 */
function diagnostics(args, cwd) {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      const found = stdout.split("\n").filter((line) => /error TS\d+/.test(line));
      if (error && !found.length) return reject(new Error(stdout + stderr));
      resolve(found.filter((line) => !/node_modules\/(?!aiera-chat\/)/.test(line)));
    });
  });
}
