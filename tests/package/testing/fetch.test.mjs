// The mock as a `fetch` and as a handler.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { createMockApi } from "../../../pkg-template/src/testing/index.js";
import { BASE, SESSIONS } from "./harness.mjs";

test("fetch with an aborted signal sends nothing, and rejects with the signal's reason", async () => {
  const mock = createMockApi();
  for (const reason of [new Error("no"), "a string", undefined]) {
    const signal = AbortSignal.abort(reason);
    const expected = signal.reason;
    const same = (error) => error === expected;
    await assert.rejects(mock.fetch(BASE + SESSIONS, { signal }), same);
    await assert.rejects(mock.fetch(new Request(BASE + SESSIONS, { signal })), same);
  }
  assert.equal(mock.requests.length, 0);
});

test("fetch aborts in flight, by init or by Request", async () => {
  for (const toArguments of [
    (url, signal) => [url, { signal }],
    (url, signal) => [new Request(url, { signal })],
  ]) {
    const mock = createMockApi({ latencyMs: 60_000 });
    const controller = new AbortController();
    const pending = mock.fetch(...toArguments(BASE + SESSIONS, controller.signal));
    setTimeout(() => controller.abort("gone"), 10);
    await assert.rejects(
      pending.catch((error) => Promise.reject(Object.assign(new Error(), { error }))),
      {
        error: "gone",
      },
    );
  }
});

test("fetch removes its listeners from the signal when the body has been read or cancelled", async () => {
  const counting = new AbortController();
  const { signal } = counting;
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...rest) => (listeners++, addEventListener.apply(signal, rest));
  signal.removeEventListener = (...rest) => (listeners--, removeEventListener.apply(signal, rest));
  const mock = createMockApi({ latencyMs: 1 });
  const response = await mock.fetch(BASE + SESSIONS, { signal });
  assert.ok(listeners > 0);
  await response.text();
  assert.equal(listeners, 0);
  const left = await mock.fetch(BASE + SESSIONS, { signal });
  await left.body.cancel();
  assert.equal(listeners, 0);
});

test("reading a body after the abort fails", async () => {
  const mock = createMockApi();
  const controller = new AbortController();
  const response = await mock.fetch(BASE + SESSIONS, { signal: controller.signal });
  controller.abort("late");
  await assert.rejects(
    response.text().catch((error) => Promise.reject({ error })),
    { error: "late" },
  );
});

test("fetch accepts a Request, a URL, a stream, and a Request with an init; it needs no this", async () => {
  const { fetch, requests } = createMockApi();
  const request = new Request(BASE + SESSIONS, { method: "POST", body: '{"title":"r"}' });
  const response = await fetch(request);
  assert.equal(response.status, 201);
  assert.equal(response.url, BASE + SESSIONS);
  assert.equal(request.bodyUsed, true);
  assert.equal((await fetch(new URL(BASE + SESSIONS))).status, 200);
  const body = new Blob(['{"title":"s"}']).stream();
  await fetch(BASE + SESSIONS, { method: "POST", body, duplex: "half" });
  assert.equal(requests[2].json.title, "s");
  const plain = new Request(BASE + SESSIONS, { headers: { "x-a": "1" } });
  await fetch(plain, { headers: { "x-b": "2" } });
  assert.equal(requests[3].headers["x-a"], undefined);
  assert.equal(requests[3].headers["x-b"], "2");
  await assert.rejects(fetch(BASE + SESSIONS, { body: "x" }), TypeError);
});

test("stalls, latencies and aborts of a mock do not keep the process alive", async () => {
  const script = `
    import { createMockApi } from ${JSON.stringify(new URL("../../../pkg-template/src/testing/index.js", import.meta.url).href)};
    const url = "https://api.test/chat-v1/sessions";
    const mock = createMockApi({ faults: [{ stall: true }, { stall: "body" }, { latencyMs: 60000 }] });
    mock.fetch(url);
    const response = await mock.fetch(url);
    response.text();
    const controller = new AbortController();
    const pending = mock.fetch(url, { signal: controller.signal }).catch((error) => error);
    setTimeout(() => controller.abort("x"), 10);
    console.log(await pending);
  `;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], {
    timeout: 60_000,
  });
  assert.equal(stdout, "x\n");
});

test("handler returns a Response, which is Response.error() for a lost connection", async () => {
  const mock = createMockApi({ faults: [{ operation: "listSessions", drop: true }] });
  const { handler } = mock;
  const made = await handler(new Request(BASE + SESSIONS, { method: "POST", body: "{}" }));
  assert.ok(made instanceof Response);
  assert.equal(made.status, 201);
  assert.equal((await handler(new Request(BASE + SESSIONS))).type, "error");
});

test("handler ends a stall with the request's signal", async () => {
  const mock = createMockApi({ faults: [{ stall: true }] });
  const controller = new AbortController();
  const pending = mock.handler(new Request(BASE + SESSIONS, { signal: controller.signal }));
  controller.abort(new Error("left"));
  assert.equal((await pending).type, "error");
});
