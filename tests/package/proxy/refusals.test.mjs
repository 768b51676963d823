// The requests that the proxy refuses: raw sockets send those that no well-behaved client sends. Each test asserts that
// nothing reached the upstream.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { matchQuery } from "../../../pkg-template/src/proxy/operations.js";
import { OPERATIONS } from "../../../pkg-template/src/shared/operations.js";
import { closed, post, proxied, raw, statusOf } from "./harness.mjs";

test("paths other than the operations' are refused, even if encoded or disguised", async () => {
  const { log, port } = await proxied();
  const targets = [
    "/chat-v1/sessions/",
    "/chat-v1/",
    "/chat-v1",
    "/",
    "*",
    "/chat-v2/sessions",
    "/CHAT-V1/sessions",
    "/xchat-v1/sessions",
    "/chat-v1/sessions;a=b",
    "/chat-v1/sessions/2229/messages",
    "/chat-v1/sessions/2229/sources",
    "/chat-v1/sessions/prompt",
    "/chat-v1/sessions/0",
    "/chat-v1/sessions/007",
    "/chat-v1/sessions/-1",
    "/chat-v1/sessions/1.0",
    "/chat-v1/sessions/1e3",
    "/chat-v1/sessions/0x10",
    "/chat-v1/sessions/%31",
    "/chat-v1/sessions/1%00",
    "/chat-v1/sessions/1%0d%0aX-A:%20b",
    "/chat-v1/sessions/9007199254740992",
    "/chat-v1/sessions/99999999999999999999",
    "/chat-v1/%73essions",
    "/%63hat-v1/sessions",
    "/chat-v1%2fsessions",
    "/chat-v1/sessions%2f2229",
    "/chat-v1/sessions%5c2229",
    "/chat-v1\\sessions",
    "\\chat-v1\\sessions",
    "/chat-v1/sessions\\..\\sessions",
    "/chat-v1//sessions",
    "//chat-v1/sessions",
    "/a//chat-v1/sessions",
    "//evil.example/chat-v1/sessions",
    "/chat-v1/sessions//2229",
    "/chat-v1/./sessions",
    "/chat-v1/../chat-v1/sessions",
    "/chat-v1/sessions/../sessions",
    "/chat-v1/sessions/../../admin",
    "/admin/../chat-v1/sessions",
    "/chat-v1/%2e/sessions",
    "/chat-v1/x/%2e%2e/sessions",
    "/chat-v1/sessions/%2E%2E/sessions",
    "/chat-v1/sessions/.%2e/sessions",
    "/a/%2e%2e/chat-v1/sessions",
    "/a%2f..%2f/chat-v1/sessions",
    "/a%252f/chat-v1/sessions",
    "/a%5c/chat-v1/sessions",
    "/a%00/chat-v1/sessions",
    "/chat-v1/sessions/chat-v1/sessions",
    "/chat-v1/chat-v1/sessions",
    "/chat-v1/sessions#/x",
    "/chat-v1/sessions?page=1#x",
    "http://evil.example/chat-v1/sessions",
    "https://premium.aiera.com/chat-v1/sessions",
    "http:/chat-v1/sessions",
    "@evil.example/chat-v1/sessions",
    "?/chat-v1/sessions",
  ];
  for (const target of targets) {
    const got = await raw(port, `GET ${target} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
    assert.ok([400, 404].includes(statusOf(got)), `${target}: ${got.slice(0, 80)}`);
  }
  assert.deepEqual(log, []);
});

test("the same paths are refused in a Request, if its URL still shows them", async () => {
  const { log, handler } = await proxied();
  for (const path of [
    "/chat-v1%2fsessions",
    "/a%2f..%2fb/chat-v1/sessions",
    "//chat-v1/sessions",
    "/a//chat-v1/sessions",
    "/a%5cb/chat-v1/sessions",
    "/chat-v1/sessions/..%2f1",
    "/chat-v1/sessions/%2e%2e/%2e%2e/admin",
    "/chat-v1/sessions/1/chat-v1/sessions",
    "/chat-v1/sessions/1/",
  ]) {
    const response = await handler(new Request(`https://page.test${path}`));
    assert.equal(response.status, 404, path);
    assert.equal(response.headers.get("content-type"), "application/json");
    assert.equal(typeof (await response.json()).error, "string");
  }
  assert.deepEqual(log, []);
});

test("a wrong method is refused with the methods of the path", async () => {
  const { log, port, handler } = await proxied();
  for (const [method, path, allow] of [
    ["PUT", "/chat-v1/sessions", "GET, POST"],
    ["DELETE", "/chat-v1/sessions", "GET, POST"],
    ["HEAD", "/chat-v1/sessions", "GET, POST"],
    ["OPTIONS", "/chat-v1/sessions", "GET, POST"],
    ["POST", "/chat-v1/sessions/1", "GET, PATCH, DELETE"],
    ["GET", "/chat-v1/sessions/1/prompt", "POST"],
    ["GET", "/chat-v1/sessions/1/sources/clear", "POST"],
  ]) {
    const response = await handler(new Request(`https://page.test${path}`, { method }));
    assert.equal(response.status, 405, `${method} ${path}`);
    assert.equal(response.headers.get("allow"), allow);
  }
  const trace = await raw(port, "TRACE /chat-v1/sessions HTTP/1.1\r\nHost: a.test\r\n\r\n");
  assert.equal(statusOf(trace), 405);
  assert.deepEqual(log, []);
});

test("query parameters that are not documented are refused", async () => {
  const { log, sessions } = await proxied();
  for (const target of [
    "?x=1",
    "?page=0",
    "?page=-1",
    "?page=1&page=2",
    "?page",
    "?page=1&",
    "?page=%31",
    "?p%61ge=1",
    "?page_size=101",
    "?page_size=1%26admin%3d1",
    "?include_messages=true",
    "?__proto__=1",
    "?constructor=1",
    "?api_key=x",
    "/1?include_messages=1",
    "/1?include_messages=true;x",
    "/1?page=1",
  ]) {
    const response = await fetch(sessions + target);
    assert.equal(response.status, 400, target);
    assert.match((await response.json()).error, /query parameter/);
  }
  const withQuery = await fetch(`${sessions}?page=1`, post("{}"));
  assert.equal(withQuery.status, 400);
  assert.deepEqual(log, []);
});

test("a query of any length is refused: the work grows with the length, not with its square", () => {
  const operation = OPERATIONS.find(({ name }) => name === "listSessions");
  const query = { pathname: "/chat-v1/sessions", search: `?${"a&".repeat(400_000)}x=1` };
  const values = { pathname: query.pathname, search: `?${"a=/b&".repeat(200_000)}x=1` };
  const path = {
    pathname: "/a".repeat(100_000) + query.pathname,
    search: `?${"a=a&".repeat(100_000)}x=1`,
  };
  for (const request of [query, values, path])
    assert.ok("problem" in matchQuery(operation, request));
});

test("a body of another type than JSON is refused, so a form of another site cannot send one", async () => {
  const { log, sessions, port } = await proxied();
  const untyped = "POST /chat-v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}";
  assert.equal(statusOf(await raw(port, untyped)), 415);
  for (const headers of [
    { "content-type": "text/plain" },
    { "content-type": "application/x-www-form-urlencoded" },
    { "content-type": "multipart/form-data; boundary=x" },
    { "content-type": "text/plain; x=application/json" },
    { "content-type": "application/jsonx" },
    { "content-type": "application/json; charset=utf-16" },
    { "content-type": "application/json, text/plain" },
    { "content-type": "application/json", "content-encoding": "gzip" },
    { "content-type": "" },
  ]) {
    const response = await fetch(sessions, post('{"prompt":"x"}', headers));
    assert.equal(response.status, 415, JSON.stringify(headers));
  }
  const clear = await fetch(
    `${sessions}/1/sources/clear`,
    post("", { "content-type": "text/plain" }),
  );
  assert.equal(clear.status, 415);
  assert.deepEqual(log, []);
});

test("a body over the limit is refused, whether declared, streamed or endless", async () => {
  const { log, sessions, port } = await proxied({ maxBodyBytes: 1000 });
  const exact = await fetch(sessions, post("x".repeat(1000)));
  assert.equal(exact.status, 200);
  assert.equal(log.pop().body.length, 1000);

  assert.equal((await fetch(sessions, post("x".repeat(1001)))).status, 413);
  const chunked = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(400));
    },
  });
  const endless = await fetch(sessions, { ...post(chunked), duplex: "half" }).catch((e) => e);
  // The connection ends a moment later, so `fetch` sees either the response or the lost connection.
  assert.ok(endless instanceof Error || endless.status === 413);

  const head = "POST /chat-v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
  const declared = await raw(port, `${head}Content-Length: 1001\r\n\r\n`);
  assert.equal(statusOf(declared), 413);
  const wary = await proxied({ maxBodyBytes: 10, authorize: () => assert.fail("asked") });
  assert.equal((await fetch(wary.sessions, post("x".repeat(11)))).status, 413);
  const part = `200\r\n${"x".repeat(512)}\r\n`;
  const streamed = await raw(port, `${head}Transfer-Encoding: chunked\r\n\r\n${part}${part}`);
  assert.equal(statusOf(streamed), 413);
  assert.deepEqual(log, []);
});

test("an upload that continues after its refusal loses its connection", async () => {
  const { port, log } = await proxied({ maxBodyBytes: 10 });
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  let received = "";
  socket.on("data", (chunk) => (received += chunk));
  socket.write(
    "POST /chat-v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" +
      "Transfer-Encoding: chunked\r\n\r\n",
  );
  const drip = setInterval(() => socket.write("10\r\n0123456789abcdef\r\n"), 20);
  await closed(socket);
  clearInterval(drip);
  assert.equal(statusOf(received), 413);
  assert.deepEqual(log, []);
});

test("ambiguous HTTP messages are refused", async () => {
  const { log, port } = await proxied();
  const line = "POST /chat-v1/sessions HTTP/1.1\r\n";
  const type = "Content-Type: application/json\r\n";
  const inner = "DELETE /chat-v1/sessions/1 HTTP/1.1\r\nHost: a\r\n\r\n";
  const cases = {
    "TE and CL": `${line}Host: a\r\n${type}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
    "CL and TE": `${line}Host: a\r\n${type}Transfer-Encoding: chunked\r\nContent-Length: 50\r\n\r\n0\r\n\r\n${inner}`,
    "two lengths": `${line}Host: a\r\n${type}Content-Length: 2\r\nContent-Length: 60\r\n\r\n{}${inner}`,
    "unknown coding": `${line}Host: a\r\n${type}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${inner}`,
    "space before colon": `${line}Host: a\r\n${type}Content-Length : 2\r\n\r\n{}`,
    "folded header": `${line}Host: a\r\n${type}X-A: b\r\n Content-Length: 2\r\nTransfer-Encoding: x\r\n\r\n{}`,
    "bare CR in a value": `${line}Host: a\r\n${type}Accept: a\rX-Evil: b\r\nContent-Length: 2\r\n\r\n{}`,
    "NUL in a value": `${line}Host: a\r\n${type}Accept: a\0b\r\nContent-Length: 2\r\n\r\n{}`,
    "two hosts": `${line}Host: a\r\nHost: b\r\n${type}Content-Length: 2\r\n\r\n{}`,
    "no host": `${line}${type}Content-Length: 2\r\n\r\n{}`,
    "host with a path": `${line}Host: a/chat-v1\r\n${type}Content-Length: 2\r\n\r\n{}`,
    "host with a user": `${line}Host: x@a\r\n${type}Content-Length: 2\r\n\r\n{}`,
    "host with a port too high": `${line}Host: a:99999\r\n${type}Content-Length: 2\r\n\r\n{}`,
    "another host in the target": `POST http://b/chat-v1/sessions HTTP/1.1\r\nHost: a\r\n${type}Content-Length: 2\r\n\r\n{}`,
    connect: "CONNECT premium.aiera.com:443 HTTP/1.1\r\nHost: a\r\n\r\n",
  };
  for (const [name, text] of Object.entries(cases)) {
    const got = await raw(port, text, { lingerMs: 50 });
    const status = statusOf(got);
    // Node closes a CONNECT without a handler without a response.
    const refused = name === "connect" ? got === "" : [400, 404].includes(status);
    assert.ok(refused, `${name}: ${got.slice(0, 60)}`);
  }
  assert.deepEqual(log, []);
});

test("the body of a GET is not forwarded", async () => {
  const { log, port } = await proxied();
  const inner = "DELETE /chat-v1/sessions/1 HTTP/1.1\r\nHost: a\r\n\r\n";
  const head = `GET /chat-v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: ${inner.length}\r\n\r\n`;
  assert.equal(statusOf(await raw(port, head + inner, { lingerMs: 50 })), 200);
  assert.equal(log.length, 1);
  assert.equal(log[0].method, "GET");
  assert.equal(log[0].body, "");
});

test("nothing is sent for an upload that breaks off", async () => {
  const { log, port } = await proxied();
  const socket = connect(port, "127.0.0.1");
  socket.write(
    "POST /chat-v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{}",
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(log, []);
});

test("an upload that does not end in time causes a 408", async () => {
  const { log, handler } = await proxied({ timeoutMs: 50 });
  const body = new ReadableStream({ start: (c) => c.enqueue(new TextEncoder().encode("{")) });
  const init = { ...post(body), duplex: "half" };
  const response = await handler(new Request("https://page.test/chat-v1/sessions", init));
  assert.equal(response.status, 408);
  assert.deepEqual(log, []);
});
