// The mock on a port, and the command that starts it.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createMockApi } from "../../../pkg-template/src/testing/index.js";
import { serve } from "../../../pkg-template/src/testing/node.js";
import { call, create, SESSIONS } from "./harness.mjs";

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

test("serve passes repeated cookies, and reads // as a path", async () => {
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

test("serve lets other origins in only with cors", async () => {
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

test("aiera-chat-mock runs from a shell", { timeout: 60_000 }, async () => {
  const bin = fileURLToPath(new URL("../../../pkg-template/src/testing/bin.js", import.meta.url));
  const args = ["--port", "0", "--delay", "0", "--api-key", "k", "--outcome", "deleted"];
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = await once(child.stdout.setEncoding("utf8"), "data");
    const [url] = /http:\S+/.exec(line);
    const headers = { "x-api-key": "k" };
    assert.equal((await call(url, "POST", SESSIONS, { prompt: "?" })).status, 403);
    assert.equal((await call(url, "POST", SESSIONS, { prompt: "?" }, headers)).status, 201);
    const { json } = await call(url, "GET", `${SESSIONS}/2229`, undefined, headers);
    assert.equal(json.status, "deleted");
  } finally {
    child.kill("SIGTERM");
  }
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
  const failing = promisify(execFile)(process.execPath, [bin, "--delay", "soon"]);
  await assert.rejects(failing, (error) => error.code === 1 && /--delay/.test(error.stderr));
});
