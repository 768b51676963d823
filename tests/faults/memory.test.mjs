// @ts-check
// That nothing is left of a call: over 100,000 polls the module's memory does not grow.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

/** In a process of its own, whose heap is nobody else's. Prints the memory's size now and then. */
const CHILD = `
  const memories = [];
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...given) => {
    const made = await instantiate(...given);
    const { exports } = made.instance ?? made;
    // Node's own fetch has a module as well, which is not the one meant.
    if (!exports.llhttp_init) memories.push(Object.values(exports).find((one) => one instanceof WebAssembly.Memory));
    return made;
  };
  const { AieraChat } = await import(${JSON.stringify(new URL("../../pkg/index.mjs", import.meta.url).href)});
  const answer = (id) => JSON.stringify({ id, status: "active", messages: [] });
  const fetch = async (url) => new Response(answer(Number(/sessions\\/(\\d+)/.exec(url)[1])));
  const chat = new AieraChat({ fetch });
  const sizes = [];
  for (let round = 0; round < 5; round++) {
    for (let batch = 0; batch < 100; batch++) {
      const ids = Array.from({ length: 200 }, (_, at) => 1 + batch * 200 + at);
      await Promise.all(ids.map((id) => chat.pollSession(id)));
    }
    gc();
    sizes.push({ wasm: memories.map((memory) => memory.buffer.byteLength), heap: process.memoryUsage().heapUsed });
  }
  console.log(JSON.stringify({ sizes, left: process.getActiveResourcesInfo() }));
`;

test("100,000 polls in flat memory", async () => {
  const args = ["--expose-gc", "--input-type=module", "-e", CHILD];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { sizes, left } = JSON.parse(stdout);
  const [first] = sizes;
  for (const { wasm } of sizes) assert.deepEqual(wasm, first.wasm);
  assert.equal(first.wasm.length, 1);
  assert.ok(first.wasm[0] <= 384 * 1_024, `${first.wasm}`);
  assert.ok(sizes.at(-1).heap < first.heap + 16e6, JSON.stringify(sizes));
  assert.deepEqual(
    left.filter((/** @type {string} */ name) => name === "Timeout"),
    [],
  );
});
