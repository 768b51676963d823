// The mock on a port.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { createMockApi } from "../../../pkg-template/src/testing/index.js";
import { serve } from "../../../pkg-template/src/testing/node.js";
import { SESSIONS } from "./harness.mjs";

test("serve destroys the socket on a drop", async () => {
  const mock = createMockApi({ faults: { drop: true } });
  const server = await serve(mock);
  const socket = connect(server.port, "127.0.0.1");
  let received = "";
  socket.on("data", (data) => (received += data)).on("error", () => {});
  socket.write("GET /chat-v1/sessions HTTP/1.1\r\nHost: x\r\n\r\n");
  // Not `once`, which would reject with the error of a reset.
  await new Promise((resolve) => socket.once("close", resolve));
  assert.equal(received, "");
  await server.close();
});

test("close ends stalled requests and frees the port", { timeout: 60_000 }, async () => {
  const mock = createMockApi({ faults: [{ stall: true }, { stall: "body" }] });
  const server = await serve(mock, { port: 0 });
  const stalled = fetch(server.url + SESSIONS);
  stalled.catch(() => {});
  while (mock.requests.length < 1) await new Promise(setImmediate);
  const half = await fetch(server.url + SESSIONS);
  await server.close();
  await assert.rejects(stalled, TypeError);
  await assert.rejects(half.text(), TypeError);
  const another = createServer().listen(server.port, "127.0.0.1");
  await once(another, "listening");
  another.close();
});

test("the handler's signal aborts when the client disconnects", async () => {
  let signal;
  const server = await serve((request) => {
    signal = request.signal;
    return new Promise(() => {});
  });
  const controller = new AbortController();
  const pending = fetch(server.url, { signal: controller.signal });
  pending.catch(() => {});
  while (!signal) await new Promise(setImmediate);
  controller.abort();
  await once(signal, "abort");
  await server.close();
});

test("serve passes repeated cookies, and treats // as a path", async () => {
  let url;
  const server = await serve((request) => {
    url = request.url;
    const headers = [
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ];
    return new Response("ok", { headers });
  });
  const response = await fetch(`${server.url}//evil.example/x`);
  assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
  assert.equal(url, `${server.url}//evil.example/x`);
  await server.close();
});

test("serve allows other origins only with cors", async () => {
  const closed = await serve(createMockApi());
  const plain = await fetch(closed.url + SESSIONS, { headers: { origin: "http://a.test" } });
  assert.equal(plain.headers.get("access-control-allow-origin"), null);
  await closed.close();

  const mock = createMockApi();
  for (const [cors, expected] of [
    [true, "http://a.test"],
    ["http://b.test", "http://b.test"],
  ]) {
    const server = await serve(mock, { cors });
    const preflight = await fetch(server.url + SESSIONS, {
      method: "OPTIONS",
      headers: { origin: "http://a.test", "access-control-request-headers": "x-api-key" },
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get("access-control-allow-origin"), expected);
    assert.equal(preflight.headers.get("access-control-allow-headers"), "x-api-key");
    const answer = await fetch(server.url + SESSIONS, { headers: { origin: "http://a.test" } });
    assert.equal(answer.headers.get("access-control-allow-origin"), expected);
    assert.equal(answer.status, 200);
    await server.close();
  }
  assert.ok(mock.requests.every(({ method }) => method !== "OPTIONS"));
});

test("serve refuses wrong options and a port in use", async () => {
  await assert.rejects(serve(createMockApi(), { prot: 1 }), /unknown option prot/);
  await assert.rejects(serve(createMockApi(), { port: 70_000 }), /port/);
  await assert.rejects(serve({}), { code: "invalid_argument" });
  const server = await serve(createMockApi());
  await assert.rejects(serve(createMockApi(), { port: server.port }), { code: "EADDRINUSE" });
  await server.close();
});
