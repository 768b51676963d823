// @ts-check
// That nothing is left of a call: over 100,000 polls the module's memory does not grow, answered or cut off.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

/**
 * For a process of its own, whose heap is nobody else's. Prints the memory's size now and then.
 * @param {string} fetch
 * @param {string} poll
 */
const child = (fetch, poll) => `
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
  const fetch = ${fetch};
  const chat = new AieraChat({ fetch });
  const poll = ${poll};
  const sizes = [];
  for (let round = 0; round < 5; round++) {
    for (let batch = 0; batch < 100; batch++) {
      const ids = Array.from({ length: 200 }, (_, at) => 1 + batch * 200 + at);
      await Promise.all(ids.map(poll));
    }
    gc();
    sizes.push({ wasm: memories.map((memory) => memory.buffer.byteLength), heap: process.memoryUsage().heapUsed });
  }
  console.log(JSON.stringify({ sizes, left: process.getActiveResourcesInfo() }));
`;

const ANSWERED = `async (url) => {
  const id = Number(/sessions\\/(\\d+)/.exec(url)[1]);
  return new Response(JSON.stringify({ id, status: "active", messages: [] }));
}`;
const NEVER = "() => new Promise(() => {})";
const ABORTED = `async (id) => {
  const leave = new AbortController();
  const left = chat.pollSession(id, { signal: leave.signal }).catch((error) => error.code);
  await new Promise((resolve) => setImmediate(resolve));
  leave.abort();
  if ((await left) !== "aborted") throw new Error(await left);
}`;

for (const [what, fetch, poll] of [
  ["are answered", ANSWERED, "(id) => chat.pollSession(id)"],
  ["are cut off, by a fetch that never ends", NEVER, ABORTED],
]) {
  test(`100,000 polls in flat memory that ${what}`, async () => {
    const args = ["--expose-gc", "--input-type=module", "-e", child(fetch, poll)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const { sizes, left } = JSON.parse(stdout);
    const [first] = sizes;
    for (const { wasm } of sizes) assert.deepEqual(wasm, first.wasm);
    assert.equal(first.wasm.length, 1);
    assert.ok(first.wasm[0] <= 640 * 1_024, `${first.wasm}`);
    assert.ok(sizes.at(-1).heap < first.heap + 16e6, JSON.stringify(sizes));
    assert.deepEqual(
      left.filter((/** @type {string} */ name) => name === "Timeout"),
      [],
    );
  });
}
