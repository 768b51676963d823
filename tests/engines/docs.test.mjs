// @ts-check
// docs/many-questions.md: its example runs, and its table has every error code.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { pack, project, remove } from "../support/packed.mjs";

const page = await readFile(new URL("../../docs/many-questions.md", import.meta.url), "utf8");

test("the example of the two steps asks once, and waits for the answer", async () => {
  const code = /<!-- example: steps -->\s+```js\n([^]*?)```/.exec(page)?.[1] ?? "";
  const packed = await pack();
  const folder = await project(packed.tarball, { "steps.mjs": code });
  const mock = createMockApi({ delayMs: 500, answer: "Supply. [c1]" });
  const api = await serve(mock);
  try {
    const env = { ...process.env, AIERA_API_KEY: "test-key", AIERA_BASE_URL: api.url };
    const { stdout } = await promisify(execFile)(process.execPath, ["steps.mjs"], {
      cwd: folder,
      env,
    });
    assert.equal(stdout, "Supply. [c1]\n");
    assert.deepEqual(
      mock.sessions.map(({ title }) => title),
      ["What moved oil? [2026-11-26-1]"],
    );
  } finally {
    await api.close();
    await Promise.all([remove(folder), remove(packed.folder)]);
  }
});

test("the table has the reaction of an engine to each error code", async () => {
  const types = await readFile(
    fileURLToPath(new URL("../../pkg/index.d.mts", import.meta.url)),
    "utf8",
  );
  const codes = /export type AieraChatErrorCode =([^;]*);/.exec(types)?.[1].match(/\w+/g) ?? [];
  assert.ok(codes.length > 10, `${codes}`);
  const table = page.slice(page.indexOf("## What to do with an error"), page.indexOf("## Engines"));
  for (const code of codes) {
    // A prompt in an existing session is not part of the pattern.
    if (code === "prompt_outcome_unknown") continue;
    assert.match(table, new RegExp(`^\\| \`${code}\``, "m"));
  }
});
