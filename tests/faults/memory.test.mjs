// @ts-check
// The module's memory and the heap stay flat over any number of calls, and a settled call leaves nothing. Rules: 5.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

const PACKAGE = new URL("../../pkg/index.mjs", import.meta.url).href;

/**
 * Runs a script in a process, and parses the JSON that it prints.
 * @param {string} script
 */
async function inChild(script) {
  const args = ["--expose-gc", "--input-type=module", "-e", script];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

/**
 * A script that makes `count` calls in five rounds, and prints the sizes of both memories after each.
 * @param {{ fetch: string, call: string, count: number }} calls
 */
const rounds = ({ fetch, call, count }) => `
  const memories = [];
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...args) => {
    const result = await instantiate(...args);
    const { exports } = result.instance ?? result;
    // Node's fetch has a WebAssembly module too.
    if (!exports.llhttp_init) memories.push(Object.values(exports).find((one) => one instanceof WebAssembly.Memory));
    return result;
  };
  const { AieraChat } = await import(${JSON.stringify(PACKAGE)});
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const session = (id, status = "active") => new Response(JSON.stringify({ id, status, messages: [
    { id: 5, message_type: "response", prompt_message_id: id, content: "12 %" },
  ] }));
  const idIn = (url) => Number(/sessions\\/(\\d+)/.exec(url)?.[1] ?? 7);
  const chat = new AieraChat({ fetch: ${fetch} });
  const call = ${call};
  const sizes = [];
  for (let round = 0; round < 5; round++) {
    for (let batch = 0; batch < ${count / 1_000}; batch++) {
      const ids = Array.from({ length: 200 }, (_, at) => 1 + batch * 200 + at);
      await Promise.all(ids.map(call));
    }
    gc();
    sizes.push({ wasm: memories.map((memory) => memory.buffer.byteLength), heap: process.memoryUsage().heapUsed });
  }
  console.log(JSON.stringify({ sizes, resources: process.getActiveResourcesInfo() }));
`;

const answered = "async (url) => session(idIn(url))";
const refused = `async () => new Response('{"error":"' + "no ".repeat(500) + '"}', { status: 400 })`;
const code = (/** @type {string} */ expected) =>
  `(error) => { if (error.code !== "${expected}") throw error; }`;

/** @type {Record<string, { fetch: string, call: string, count: number }>} */
const CALLS = {
  "100,000 polls that are answered": {
    fetch: answered,
    call: "(id) => chat.pollSession(id)",
    count: 100_000,
  },
  "20,000 polls that are aborted, by a fetch that never settles": {
    fetch: "() => new Promise(() => {})",
    call: `async (id) => {
      const controller = new AbortController();
      const poll = chat.pollSession(id, { signal: controller.signal }).catch(${code("aborted")});
      await turn();
      controller.abort();
      await poll;
    }`,
    count: 20_000,
  },
  "10,000 polls past their deadline": {
    fetch: "() => new Promise(() => {})",
    // The calls of a batch are all in progress before one times out, so that the first round needs the most memory.
    call: `(id) => chat.pollSession(id, { timeoutMs: 50 }).catch(${code("timeout")})`,
    count: 10_000,
  },
  "10,000 creates that are refused": {
    fetch: refused,
    call: `() => chat.createSession({ prompt: "?" }).catch(${code("http")})`,
    count: 10_000,
  },
  "10,000 calls that lose their response": {
    fetch: `() => Promise.reject(new TypeError("lost"))`,
    call: `(id) => chat.sendPrompt(id, "?").catch(${code("prompt_outcome_unknown")})`,
    count: 10_000,
  },
  "10,000 asks": {
    fetch: answered,
    call: `(id) => chat.ask("?", { session: id })`,
    count: 10_000,
  },
  "10,000 watches that are left": {
    fetch: `async (url) => session(idIn(url), "finding_sources")`,
    call: `async (id) => { for await (const _ of chat.watchSession(id)) break; }`,
    count: 10_000,
  },
};

for (const [name, calls] of Object.entries(CALLS)) {
  test(`memory stays flat over ${name}`, async () => {
    const { sizes, resources } = await inChild(rounds(calls));
    const [first] = sizes;
    for (const { wasm } of sizes) assert.deepEqual(wasm, first.wasm);
    assert.equal(first.wasm.length, 1);
    // 200 concurrent calls need most of it.
    assert.ok(first.wasm[0] <= 1_024 * 1_024, `${first.wasm}`);
    assert.ok(sizes.at(-1).heap < first.heap + 16e6, JSON.stringify(sizes));
    assert.deepEqual(
      resources.filter((/** @type {string} */ resource) => resource === "Timeout"),
      [],
    );
  });
}

test("memory stays flat over one call of many polls", async () => {
  const { sizes } = await inChild(
    rounds({
      fetch: `async (url) => session(idIn(url), "pondering")`,
      // Every poll returns a different session.
      call: `async (id) => {
        if (id % 200 !== 1) return;
        let polls = 0;
        const controller = new AbortController();
        const onPoll = () => { if (++polls === 1_000) controller.abort(); };
        await chat.pollSession(id, { intervalMs: 1, maxIntervalMs: 1, timeoutMs: Infinity, onPoll, signal: controller.signal })
          .catch(${code("aborted")});
      }`,
      count: 1_000,
    }),
  );
  for (const { wasm } of sizes) assert.deepEqual(wasm, sizes[0].wasm);
  assert.ok(sizes.at(-1).heap < sizes[0].heap + 4e6, JSON.stringify(sizes));
});

test("callbacks, options and the result of a settled call are collected", async () => {
  const script = `
    const { AieraChat } = await import(${JSON.stringify(PACKAGE)});
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const session = { id: 7, status: "active", messages: [{ id: 5, message_type: "response", content: "12 %" }] };
    const chat = new AieraChat({ apiKey: async () => "key", fetch: async () => Response.json(session) });
    const never = new AieraChat({ fetch: () => new Promise(() => {}) });
    const { signal } = new AbortController();
    const refs = {};
    async function make(name, call) {
      const onUpdate = () => {};
      const onPoll = () => {};
      const options = { onUpdate, onPoll, signal };
      const result = await call(options).catch((error) => error);
      for (const [part, value] of Object.entries({ onUpdate, onPoll, options, result })) {
        refs[name + " " + part] = new WeakRef(value);
      }
    }
    await make("poll", (options) => chat.pollSession(7, options));
    await make("ask", (options) => chat.ask("?", options));
    await make("timeout", (options) => never.pollSession(7, { ...options, timeoutMs: 5 }));
    await make("aborted", (options) => never.pollSession(7, { ...options, signal: AbortSignal.abort() }));
    await make("watch", async (options) => {
      for await (const session of chat.watchSession(7, options)) return session;
    });
    for (let turns = 0; turns < 20; turns++) { await turn(); gc(); }
    const kept = Object.entries(refs).filter(([, ref]) => ref.deref()).map(([name]) => name);
    console.log(JSON.stringify({ count: Object.keys(refs).length, kept }));
    chat.apiKey; never.apiKey; signal.aborted; // They outlive their calls.
  `;
  assert.deepEqual(await inChild(script), { count: 20, kept: [] });
});

test("the last poll removes the listeners on the page", async () => {
  const script = `
    const counts = {};
    const target = (name) => ({
      addEventListener: (type) => void (counts[name + " " + type] = (counts[name + " " + type] ?? 0) + 1),
      removeEventListener: (type) => void counts[name + " " + type]--,
    });
    globalThis.document = { visibilityState: "visible", ...target("document") };
    globalThis.location = { origin: "https://page.example" };
    globalThis.window = globalThis.self = Object.assign(globalThis, target("window"));
    const { AieraChat } = await import(${JSON.stringify(PACKAGE)});
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    let sent = 0;
    const chat = new AieraChat({ baseUrl: "/api", fetch: () => new Promise(() => void sent++) });
    const controller = new AbortController();
    const polls = [1, 2, 2, 3].map((id) => chat.pollSession(id, { signal: controller.signal }).catch((error) => error.code));
    while (sent < 3) await turn();
    const during = { ...counts };
    controller.abort();
    console.log(JSON.stringify({ codes: await Promise.all(polls), during, after: counts }));
  `;
  const { codes, during, after } = await inChild(script);
  assert.deepEqual(codes, Array(4).fill("aborted"));
  const events = ["document visibilitychange", "window online", "window offline"];
  assert.deepEqual(during, Object.fromEntries(events.map((event) => [event, 1])));
  assert.deepEqual(after, Object.fromEntries(events.map((event) => [event, 0])));
});
