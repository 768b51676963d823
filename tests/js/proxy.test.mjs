// The proxy, on real servers: an upstream that records what reaches it, the proxy on a port of its own, and raw sockets
// for what no well-behaved client sends. Every refusal must show that the upstream saw nothing.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { createProxyHandler } from "../../pkg-template/src/proxy/index.js";
import { toNodeListener } from "../../pkg-template/src/proxy/node.js";
import { OPERATIONS } from "../../pkg-template/src/proxy/operations.js";
import { redact } from "../../pkg-template/src/redact.js";

const KEY = 'sk-live/4f9A"c7+d2&81e6=Zz';
const SESSION = '{"id": 2229,  "status":"active", "note":"é\\u00e9"}';

const closers = [];
after(() => {
  for (const close of closers) close();
});

async function listen(listener) {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address();
  return { server, port, url: `http://127.0.0.1:${port}` };
}

/** An upstream whose log holds each request, body included; `respond` writes the answer. */
async function upstream(respond = (_, res) => json(res, 200, SESSION)) {
  const seen = [];
  const { url, port } = await listen((req, res) => {
    const entry = {
      method: req.method,
      url: req.url,
      headers: req.headers,
      body: "",
      closed: false,
    };
    seen.push(entry);
    res.on("close", () => (entry.closed = !res.writableFinished));
    req.on("data", (chunk) => (entry.body += chunk));
    req.on("end", () => respond(req, res, entry));
  });
  return { url: `${url}/api`, port, seen };
}

function json(res, status, body, headers = {}) {
  res.writeHead(status, { "content-type": "application/json", ...headers });
  res.end(body);
}

/** An upstream with the proxy before it. */
async function proxied(options = {}, respond = undefined) {
  const up = await upstream(respond);
  const handler = createProxyHandler({ apiKey: KEY, baseUrl: up.url, ...options });
  const { url, port } = await listen(toNodeListener(handler));
  return { ...up, base: url, port, handler, sessions: `${url}/any/where/chat-v1/sessions` };
}

const post = (body, headers = {}) => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body,
});

/** Sends bytes as they are; resolves with what came back by `lingerMs` after the head of the first answer. */
async function raw(port, text, { lingerMs = 0 } = {}) {
  const socket = connect(port, "127.0.0.1");
  let got = "";
  socket.on("data", (chunk) => {
    const first = !got.includes("\r\n\r\n");
    got += chunk.toString("latin1");
    if (first && got.includes("\r\n\r\n")) setTimeout(() => socket.destroy(), lingerMs);
  });
  socket.on("error", () => {});
  socket.setTimeout(2000, () => socket.destroy());
  socket.write(text, "latin1");
  await once(socket, "close");
  return got;
}

const statusOf = (text) => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);

async function until(check, what) {
  for (let i = 0; i < 200; i++) {
    if (check()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`never happened: ${what}`);
}

describe("what goes through", () => {
  test("each operation of the table, from wherever it is mounted, with the key and nothing of the client's own", async () => {
    const { seen, base } = await proxied();
    for (const mount of ["", "/api", "/a/b-c/caf%C3%A9"]) {
      for (const { method, path, body } of OPERATIONS) {
        seen.length = 0;
        const sent = body ? '{"content" : "caf\u00e9"}' : undefined;
        const response = await fetch(base + mount + path.replace("{id}", "2229"), {
          method,
          body: sent,
          headers: {
            ...(sent ? { "content-type": "application/json; charset=utf-8" } : {}),
            accept: "application/json, text/plain",
            "x-api-key": "mine",
            authorization: "Bearer mine",
            cookie: "session=mine",
            forwarded: "for=10.0.0.1",
            "x-forwarded-for": "10.0.0.1",
            "x-forwarded-host": "evil.example",
            "x-http-method-override": "DELETE",
            "user-agent": "mine",
            "x-anything": "mine",
          },
        });
        assert.equal(response.status, 200, `${method} ${path}`);
        assert.equal(await response.text(), SESSION);
        assert.equal(seen.length, 1);
        const [{ headers, ...request }] = seen;
        assert.equal(request.method, method);
        assert.equal(request.url, `/api${path.replace("{id}", "2229")}`);
        assert.equal(request.body, sent ?? "");
        assert.equal(headers["x-api-key"], KEY);
        assert.equal(headers.accept, "application/json, text/plain");
        assert.equal(headers["content-type"], sent ? "application/json" : undefined);
        assert.doesNotMatch(JSON.stringify(headers), /mine|10\.0\.0\.1|evil|DELETE/);
        assert.ok(!("transfer-encoding" in headers), "sent with a length of its own");
      }
    }
  });

  test("the documented query, written anew", async () => {
    const { seen, sessions } = await proxied();
    await fetch(`${sessions}/7?include_votes=false&include_messages=true`);
    await fetch(`${sessions}?page_size=100&page=12`);
    await fetch(`${sessions}?`);
    assert.deepEqual(
      seen.map(({ url }) => url),
      [
        "/api/chat-v1/sessions/7?include_messages=true&include_votes=false",
        "/api/chat-v1/sessions?page=12&page_size=100",
        "/api/chat-v1/sessions",
      ],
    );
  });

  test("of the answer's headers those on the list; never cached, sniffed or rendered", async () => {
    const date = "Wed, 29 Apr 2026 20:52:25 GMT";
    const { sessions } = await proxied({}, (_, res) =>
      json(res, 201, SESSION, {
        date,
        "retry-after": "7",
        "x-request-id": "r-1",
        "x-amzn-requestid": "r-2",
        "set-cookie": ["a=1", "b=2"],
        "cache-control": "public, max-age=1000",
        "access-control-allow-origin": "*",
        connection: "close, request-id",
        "request-id": "hop",
        "x-powered-by": "upstream",
        "proxy-authenticate": "Basic",
      }),
    );
    const { status, headers } = await fetch(sessions, post("{}"));
    assert.equal(status, 201);
    assert.equal(headers.get("date"), date);
    assert.equal(headers.get("retry-after"), "7");
    assert.equal(headers.get("x-request-id"), "r-1");
    assert.equal(headers.get("x-amzn-requestid"), "r-2");
    assert.equal(headers.get("content-type"), "application/json");
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.match(headers.get("content-security-policy"), /sandbox/);
    for (const name of [
      "set-cookie",
      "request-id",
      "x-powered-by",
      "proxy-authenticate",
      "access-control-allow-origin",
    ]) {
      assert.equal(headers.get(name), null, name);
    }
  });

  test("not a header that the client's Connection names", async () => {
    const { seen, port } = await proxied();
    const target = "GET /chat-v1/sessions HTTP/1.1\r\nHost: a.test\r\n";
    await raw(port, `${target}Accept-Language: de\r\nConnection: close, Accept-Language\r\n\r\n`);
    await raw(port, `${target}Accept-Language: de\r\nConnection: close\r\n\r\n`);
    assert.notEqual(seen[0].headers["accept-language"], "de");
    assert.equal(seen[1].headers["accept-language"], "de");
  });

  test("an answer that the upstream compressed", async () => {
    const { sessions } = await proxied({}, (_, res) =>
      json(res, 200, gzipSync(SESSION), { "content-encoding": "gzip" }),
    );
    assert.equal(await (await fetch(sessions)).text(), SESSION);
  });

  test("success bodies byte for byte, whatever is in them, the key included", async () => {
    const bytes = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf, 0xff, 0x00]), Buffer.from(KEY)]);
    const { sessions } = await proxied({}, (_, res) => json(res, 200, bytes));
    const response = await fetch(sessions);
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), bytes);
  });

  test("statuses without a body, and errors as the upstream words them", async () => {
    let status = 204;
    const { sessions } = await proxied({}, (_, res) => {
      if (status === 204) return res.writeHead(204).end();
      json(res, status, '{"error":"content is required"}', { "retry-after-ms": "1500" });
    });
    assert.equal((await fetch(sessions)).status, 204);
    for (status of [400, 403, 404, 429, 503]) {
      const response = await fetch(sessions);
      assert.equal(response.status, status);
      assert.equal(response.headers.get("retry-after-ms"), "1500");
      assert.equal(await response.text(), '{"error":"content is required"}');
    }
  });

  test("the handler as it is, with a key function asked per request and a fetch of one's own", async () => {
    const { url, seen } = await upstream();
    let asked = 0;
    const calls = [];
    const handler = createProxyHandler({
      apiKey: async () => ` key-${++asked}\n`,
      baseUrl: new URL(`${url}/`),
      fetch: (input, init) => {
        calls.push([input, init]);
        return fetch(input, init);
      },
      authorize: null,
    });
    for (let i = 0; i < 2; i++) {
      const response = await handler(new Request("https://page.test/x/chat-v1/sessions/1"));
      assert.equal(await response.text(), SESSION);
    }
    assert.deepEqual(
      seen.map((request) => request.headers["x-api-key"]),
      ["key-1", "key-2"],
    );
    assert.equal(calls[0][0], `${url}/chat-v1/sessions/1`);
    assert.equal(calls[0][1].redirect, "manual");
    assert.equal(calls[0][1].cache, "no-store");
  });
});

describe("what is refused, with the upstream untouched", () => {
  test("paths: raw, encoded and in tricks", async () => {
    const { seen, port } = await proxied();
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
    assert.deepEqual(seen, []);
  });

  test("the same in a Request, for what its URL still shows", async () => {
    const { seen, handler } = await proxied();
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
    assert.deepEqual(seen, []);
  });

  test("methods, with what the path does take", async () => {
    const { seen, port, handler } = await proxied();
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
    assert.deepEqual(seen, []);
  });

  test("queries that are not documented", async () => {
    const { seen, sessions } = await proxied();
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
    assert.deepEqual(seen, []);
  });

  test("bodies of another kind: a form of another site cannot be JSON", async () => {
    const { seen, sessions, port } = await proxied();
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
    assert.deepEqual(seen, []);
  });

  test("bodies over the limit: declared, streamed, and streamed without an end", async () => {
    const { seen, sessions, port } = await proxied({ maxBodyBytes: 1000 });
    const exact = await fetch(sessions, post("x".repeat(1000)));
    assert.equal(exact.status, 200);
    assert.equal(seen.pop().body.length, 1000);

    assert.equal((await fetch(sessions, post("x".repeat(1001)))).status, 413);
    const chunked = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(400));
      },
    });
    const endless = await fetch(sessions, { ...post(chunked), duplex: "half" }).catch((e) => e);
    // The connection is cut a moment later; whether fetch shows the answer or the cut is its choice.
    assert.ok(endless instanceof Error || endless.status === 413);

    const head = "POST /chat-v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    const declared = await raw(port, `${head}Content-Length: 1001\r\n\r\n`);
    assert.equal(statusOf(declared), 413);
    const wary = await proxied({ maxBodyBytes: 10, authorize: () => assert.fail("asked") });
    assert.equal((await fetch(wary.sessions, post("x".repeat(11)))).status, 413);
    const part = `200\r\n${"x".repeat(512)}\r\n`;
    const streamed = await raw(port, `${head}Transfer-Encoding: chunked\r\n\r\n${part}${part}`);
    assert.equal(statusOf(streamed), 413);
    assert.deepEqual(seen, []);
  });

  test("an upload that goes on after its refusal loses its connection", async () => {
    const { port, seen } = await proxied({ maxBodyBytes: 10 });
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    let got = "";
    socket.on("data", (chunk) => (got += chunk));
    socket.write(
      "POST /chat-v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" +
        "Transfer-Encoding: chunked\r\n\r\n",
    );
    const drip = setInterval(() => socket.write("10\r\n0123456789abcdef\r\n"), 20);
    await once(socket, "close");
    clearInterval(drip);
    assert.equal(statusOf(got), 413);
    assert.deepEqual(seen, []);
  });

  test("messages that two servers could read in two ways", async () => {
    const { seen, port } = await proxied();
    const line = "POST /chat-v1/sessions HTTP/1.1\r\n";
    const type = "Content-Type: application/json\r\n";
    const inner = "DELETE /chat-v1/sessions/1 HTTP/1.1\r\nHost: a\r\n\r\n";
    const cases = {
      "TE and CL": `${line}Host: a\r\n${type}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
      "CL and TE": `${line}Host: a\r\n${type}Transfer-Encoding: chunked\r\nContent-Length: 50\r\n\r\n0\r\n\r\n${inner}`,
      "two lengths": `${line}Host: a\r\n${type}Content-Length: 2\r\nContent-Length: 60\r\n\r\n{}${inner}`,
      "odd coding": `${line}Host: a\r\n${type}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${inner}`,
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
      // Node closes a CONNECT that nobody handles without an answer.
      const refused = name === "connect" ? got === "" : [400, 404].includes(status);
      assert.ok(refused, `${name}: ${got.slice(0, 60)}`);
    }
    assert.deepEqual(seen, []);
  });

  test("a body on a GET goes nowhere", async () => {
    const { seen, port } = await proxied();
    const inner = "DELETE /chat-v1/sessions/1 HTTP/1.1\r\nHost: a\r\n\r\n";
    const head = `GET /chat-v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: ${inner.length}\r\n\r\n`;
    assert.equal(statusOf(await raw(port, head + inner, { lingerMs: 50 })), 200);
    assert.equal(seen.length, 1);
    assert.equal(seen[0].method, "GET");
    assert.equal(seen[0].body, "");
  });

  test("an upload that breaks off", async () => {
    const { seen, port } = await proxied();
    const socket = connect(port, "127.0.0.1");
    socket.write(
      "POST /chat-v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{}",
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(seen, []);
  });

  test("an upload that never ends in time is a 408", async () => {
    const { seen, handler } = await proxied({ timeoutMs: 50 });
    const body = new ReadableStream({ start: (c) => c.enqueue(new TextEncoder().encode("{")) });
    const init = { ...post(body), duplex: "half" };
    const response = await handler(new Request("https://page.test/chat-v1/sessions", init));
    assert.equal(response.status, 408);
    assert.deepEqual(seen, []);
  });
});

describe("origins", () => {
  const from = (origin, site) => ({
    ...(origin ? { origin } : {}),
    ...(site ? { "sec-fetch-site": site } : {}),
  });
  /** fetch would not send these headers as they stand from a page; node's own client does. */
  const ask = (url, headers, method = "GET") =>
    new Promise((resolve, reject) => {
      const req = httpRequest(url, { method, headers }, (res) => {
        res.resume();
        res.on("end", () => resolve({ status: res.statusCode, headers: res.headers }));
      });
      req.on("error", reject);
      req.end();
    });

  test("by default the proxy's own only", async () => {
    const { seen, base, sessions } = await proxied();
    for (const headers of [
      from(),
      from(base),
      from(base.replace("http:", "https:")), // TLS ends before the proxy
      from(base, "same-origin"),
      from(null, "same-origin"),
      from(null, "none"),
    ]) {
      assert.equal((await ask(sessions, headers)).status, 200, JSON.stringify(headers));
    }
    seen.length = 0;
    for (const headers of [
      from("https://evil.example"),
      from("null"),
      from("garbage"),
      { origin: "" },
      from(`${base}.evil.example`),
      from(`${base}1`),
      from(`${base}/`),
      from("http://127.0.0.1"),
      from(base, "cross-site"),
      from(base, "same-site"),
      from(null, "cross-site"),
      from(null, "same-site"),
      { origin: "https://evil.example", "x-forwarded-host": "evil.example" },
    ]) {
      const response = await ask(sessions, headers);
      assert.equal(response.status, 403, JSON.stringify(headers));
      assert.equal(response.headers["access-control-allow-origin"], undefined);
    }
    const preflight = { ...from("https://evil.example"), "access-control-request-method": "POST" };
    assert.equal((await ask(sessions, preflight, "OPTIONS")).status, 403);
    assert.deepEqual(seen, []);
  });

  test("those on the list get CORS answers, errors and preflights included", async () => {
    const allowed = "https://app.example";
    const { seen, base, sessions } = await proxied({
      allowedOrigins: ["https://App.example:443/", "capacitor://localhost"],
    });
    const preflight = await ask(
      sessions,
      {
        ...from(allowed, "cross-site"),
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type, x-csrf-token,b@d",
      },
      "OPTIONS",
    );
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers["access-control-allow-origin"], allowed);
    assert.equal(preflight.headers["access-control-allow-credentials"], "true");
    assert.equal(preflight.headers["access-control-allow-methods"], "GET, POST");
    assert.equal(preflight.headers["access-control-allow-headers"], "content-type, x-csrf-token");
    assert.match(preflight.headers.vary, /origin/);
    assert.deepEqual(seen, [], "a preflight is the proxy's own affair");

    for (const origin of [allowed, "capacitor://localhost"]) {
      const got = await ask(sessions, from(origin, "cross-site"));
      assert.equal(got.status, 200);
      assert.equal(got.headers["access-control-allow-origin"], origin);
      assert.match(got.headers["access-control-expose-headers"], /retry-after/);
      assert.match(got.headers.vary, /origin/);
    }
    const wrong = await ask(`${sessions}?x=1`, from(allowed));
    assert.equal(wrong.status, 400);
    assert.equal(wrong.headers["access-control-allow-origin"], allowed);

    const own = await ask(sessions, from(base));
    assert.equal(own.status, 200);
    assert.equal(own.headers["access-control-allow-origin"], undefined);
    assert.match(own.headers.vary, /origin/);
    for (const origin of [
      "https://evil.example",
      "http://app.example",
      "https://app.example.evil",
    ]) {
      const got = await ask(sessions, from(origin));
      assert.equal(got.status, 403, origin);
      assert.equal(got.headers["access-control-allow-origin"], undefined);
    }
  });

  test("a list of hosts keeps out names that only point here", async () => {
    const { seen, port } = await proxied({ allowedHosts: ["localhost:3000"] });
    const get = (host) => raw(port, `GET /chat-v1/sessions HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assert.equal(statusOf(await get("rebound.example:3000")), 403);
    assert.equal(seen.length, 0);
    assert.equal(statusOf(await get("localhost:3000")), 200);
  });
});

describe("authorize", () => {
  test("true goes, a Response is the answer, anything else is a 403", async () => {
    let verdict;
    const { seen, sessions } = await proxied({ authorize: async () => verdict });
    for (verdict of [false, undefined, null, "yes", 1, {}]) {
      assert.equal((await fetch(sessions, post("{}"))).status, 403, String(verdict));
    }
    verdict = new Response("log in", {
      status: 401,
      headers: [
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ],
    });
    const response = await fetch(sessions);
    assert.equal(response.status, 401);
    assert.equal(await response.text(), "log in");
    assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
    assert.deepEqual(seen, []);
    verdict = true;
    assert.equal((await fetch(sessions)).status, 200);
    assert.equal(seen.length, 1);
  });

  test("a throw is a 500 without details, which the host hears of", async () => {
    const errors = [];
    const { seen, sessions } = await proxied({
      authorize: () => {
        throw new Error("database password is hunter2");
      },
      onError: (error) => {
        errors.push(error.message);
        throw new Error("a broken logger");
      },
    });
    const response = await fetch(sessions);
    assert.equal(response.status, 500);
    assert.doesNotMatch(await response.text(), /hunter2/);
    assert.deepEqual(errors, ["database password is hunter2"]);
    assert.deepEqual(seen, []);
  });

  test("gets the request itself, cookies and body included; the upstream gets the body too", async () => {
    const got = [];
    const { seen, sessions, handler } = await proxied({
      authorize: async (request) => {
        got.push([request, request.headers.get("cookie"), await request.json()]);
        return true;
      },
    });
    const response = await fetch(sessions, post('{"prompt":"x"}', { cookie: "session=1" }));
    assert.equal(response.status, 200);
    assert.deepEqual(got[0].slice(1), ["session=1", { prompt: "x" }]);
    assert.equal(seen[0].body, '{"prompt":"x"}');
    const request = new Request("https://page.test/chat-v1/sessions", post("{}"));
    await (await handler(request)).text();
    assert.equal(got[1][0], request);
  });

  test("its answer is readable for a page on the list", async () => {
    const { sessions } = await proxied({
      allowedOrigins: ["https://app.example"],
      authorize: () => new Response("no", { status: 401, headers: { vary: "cookie" } }),
    });
    const response = await fetch(sessions, { headers: { origin: "https://app.example" } });
    assert.equal(response.status, 401);
    assert.equal(response.headers.get("access-control-allow-origin"), "https://app.example");
    assert.equal(response.headers.get("vary"), "cookie, origin");
  });
});

describe("the upstream's faults", () => {
  test("a redirect is not followed", async () => {
    const trap = await upstream();
    for (const status of [300, 301, 302, 303, 307, 308, 304]) {
      const { sessions } = await proxied({}, (_, res) => {
        res.writeHead(status, { location: `${trap.url}/chat-v1/sessions` }).end();
      });
      for (const init of [undefined, post("{}")]) {
        const response = await fetch(sessions, { ...init, redirect: "manual" });
        assert.equal(response.status, 502);
        assert.equal(response.headers.get("location"), null);
        assert.match((await response.json()).error, /redirect/);
      }
    }
    assert.deepEqual(trap.seen, []);
  });

  test("unreachable is a 502, cut off is a 502, slow is a 504", async () => {
    const gone = await listen(() => {});
    gone.server.close();
    const errors = [];
    const dead = createProxyHandler({
      apiKey: KEY,
      baseUrl: gone.url,
      onError: (error) => errors.push(error),
    });
    const request = () => new Request("https://page.test/chat-v1/sessions");
    const refused = await dead(request());
    assert.equal(refused.status, 502);
    assert.deepEqual(await refused.json(), { error: "the API cannot be reached" });
    assert.equal(errors.length, 1);

    const cut = await proxied({}, (_, res) => res.destroy());
    assert.equal((await cut.handler(request())).status, 502);

    const slow = await proxied({ timeoutMs: 60 }, () => {});
    const late = await slow.handler(request());
    assert.equal(late.status, 504);
    assert.equal(typeof (await late.json()).error, "string");
    await until(() => slow.seen[0].closed, "the slow exchange is closed");
  });

  test("a time limit too long for a timer does not fire at once", async () => {
    for (const timeoutMs of [2 ** 40, Infinity]) {
      const { handler } = await proxied({ timeoutMs }, (_, res) =>
        setTimeout(() => json(res, 200, SESSION), 30),
      );
      const response = await handler(new Request("https://page.test/chat-v1/sessions"));
      assert.equal(response.status, 200);
      await response.text();
    }
  });

  test("an answer that is cut off or stalls never looks whole", async () => {
    for (const end of [(res) => res.destroy(), () => {}]) {
      const { sessions } = await proxied({ timeoutMs: 80 }, (_, res) => {
        res.writeHead(200, { "content-type": "application/json" });
        res.write('{"id":');
        setTimeout(end, 20, res);
      });
      const response = await fetch(sessions);
      assert.equal(response.status, 200);
      await assert.rejects(response.text());
    }
  });

  test("an error whose body stalls or breaks off keeps its status, and what came of it", async () => {
    for (const end of [(res) => res.destroy(), () => {}]) {
      const { sessions } = await proxied({ timeoutMs: 80 }, (_, res) => {
        res.writeHead(429, { "retry-after": "3" });
        res.write(`slow down, ${KEY}`);
        setTimeout(end, 20, res);
      });
      const response = await fetch(sessions);
      assert.equal(response.status, 429);
      assert.equal(response.headers.get("retry-after"), "3");
      assert.equal(await response.text(), "slow down, [redacted]");
    }
  });

  test("without a usable key nothing is sent, and nothing is told", async () => {
    for (const apiKey of [
      () => {
        throw new Error("vault token is hunter2");
      },
      () => Promise.reject(new Error("hunter2")),
      () => undefined,
      () => " ",
      async () => "hunter2\nX-Evil: 1",
    ]) {
      const { seen, sessions } = await proxied({ apiKey });
      const response = await fetch(sessions);
      assert.equal(response.status, 500);
      assert.deepEqual(await response.json(), { error: "the proxy has no API key" });
      assert.deepEqual(seen, []);
    }
    const { seen, handler } = await proxied({ timeoutMs: 40, apiKey: () => new Promise(() => {}) });
    assert.equal((await handler(new Request("https://page.test/chat-v1/sessions"))).status, 504);
    assert.deepEqual(seen, []);
  });
});

describe("redaction", () => {
  const percent = [...KEY].map((c) => `%${c.charCodeAt(0).toString(16)}`).join("");
  const hexEntities = [...KEY].map((c) => `&#x${c.charCodeAt(0).toString(16)};`).join("");
  const decEntities = [...KEY].map((c) => `&#${c.charCodeAt(0)};`).join("");
  const unicode = [...KEY]
    .map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
  const html = KEY.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/\//g, "&sol;");
  const echoes = {
    raw: KEY,
    "upper case": KEY.toUpperCase(),
    "as JSON": JSON.stringify(KEY).slice(1, -1),
    "as JSON in JSON": JSON.stringify(JSON.stringify(KEY)).slice(3, -3),
    "as JSON with escaped slashes": JSON.stringify(KEY).slice(1, -1).replace("/", "\\/"),
    "as \\u escapes": unicode,
    "as a URL component": encodeURIComponent(KEY),
    "as a URL component, twice": encodeURIComponent(encodeURIComponent(KEY)),
    "percent-encoded throughout": percent,
    "as HTML": html,
    "as HTML in JSON": JSON.stringify(html).slice(1, -1),
    "as hexadecimal entities": hexEntities,
    "as decimal entities": decEntities,
    "cut at its end": KEY.slice(0, 9),
    "cut at its start": KEY.slice(-9),
    "cut on both sides": KEY.slice(5, 13),
  };
  for (const [name, echo] of Object.entries(echoes)) {
    test(`an echo ${name}`, async () => {
      const { sessions } = await proxied({}, (_, res) =>
        json(res, 403, `{"error":"bad key: ${echo}!"}`, { "x-request-id": `r:${KEY}:1` }),
      );
      const response = await fetch(sessions);
      assert.equal(response.status, 403);
      assert.equal(await response.text(), '{"error":"bad key: [redacted]!"}');
      assert.equal(response.headers.get("x-request-id"), "r:[redacted]:1");
    });
  }

  test("headers of successes too, and no reason phrase", async () => {
    const { port } = await proxied({}, (_, res) => {
      res.writeHead(200, `OK ${KEY}`, { "request-id": KEY });
      res.end("{}");
    });
    const got = await raw(port, "GET /chat-v1/sessions HTTP/1.1\r\nHost: a\r\n\r\n");
    assert.equal(statusOf(got), 200);
    assert.ok(!got.includes(KEY));
    assert.match(got, /request-id: \[redacted\]/);
  });

  test("an error that goes on is read to 64 KiB, also when the key is at the cut", async () => {
    let upstreamClosed = false;
    const { sessions } = await proxied({}, (_, res) => {
      res.on("close", () => (upstreamClosed = true));
      res.writeHead(500, { "content-type": "text/plain" });
      res.write("x".repeat(64 * 1024 - 12) + KEY);
      const more = setInterval(() => res.write("y".repeat(70_000)), 5);
      res.on("close", () => clearInterval(more));
    });
    const text = await (await fetch(sessions)).text();
    assert.equal(text, `${"x".repeat(64 * 1024 - 12)}[redacted]`);
    await until(() => upstreamClosed, "the endless error is let go");
  });

  test("what does not hold the key stays as it is, byte for byte", async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x22, 0x25, 0x34]);
    const { sessions } = await proxied({}, (_, res) => json(res, 500, bytes));
    assert.deepEqual(Buffer.from(await (await fetch(sessions)).arrayBuffer()), bytes);
    for (const text of ["", "sk-live", `\\u00e9 &amp; %41 ${KEY.slice(0, 7)}`, "İ".repeat(20)]) {
      assert.equal(redact(text, KEY), text);
    }
    assert.equal(redact("İ ABC ", "abc"), "İ [redacted] ");
  });

  test("a long body of escapes takes no long time", () => {
    const started = performance.now();
    redact("&amp;#x26;%25".repeat(5000), KEY);
    assert.ok(performance.now() - started < 1000);
  });
});

describe("streaming and cancelling", () => {
  test("the first bytes arrive before the upstream ends", async () => {
    let upstreamRes;
    const { sessions } = await proxied({}, (_, res) => {
      upstreamRes = res;
      res.writeHead(200);
      res.flushHeaders();
    });
    const response = await fetch(sessions);
    assert.equal(response.status, 200, "the head comes before any byte of the body");
    const reader = response.body.getReader();
    upstreamRes.write("first");
    const { value } = await reader.read();
    assert.equal(Buffer.from(value).toString(), "first");
    upstreamRes.end(" last");
    const rest = await reader.read();
    assert.equal(Buffer.from(rest.value).toString(), " last");
    assert.equal((await reader.read()).done, true);
  });

  test("a client that leaves while the upstream thinks ends the upstream's request", async () => {
    const { seen, sessions } = await proxied({}, () => {});
    const controller = new AbortController();
    const asking = fetch(sessions, { signal: controller.signal });
    asking.catch(() => {});
    await until(() => seen.length === 1, "the request arrives");
    assert.equal(seen[0].closed, false);
    controller.abort();
    await assert.rejects(asking);
    await until(() => seen[0].closed, "the upstream hears of it");
  });

  test("and while the answer streams", async () => {
    const { seen, sessions } = await proxied({}, (_, res) => {
      res.writeHead(200);
      res.write("x");
    });
    const controller = new AbortController();
    const response = await fetch(sessions, { signal: controller.signal });
    await response.body.getReader().read();
    assert.equal(seen[0].closed, false);
    controller.abort();
    await until(() => seen[0].closed, "the upstream hears of it");
  });

  test("the handler alone: the request's signal, and cancelling the answer's body", async () => {
    const { seen, handler } = await proxied({}, (req, res) => {
      if (req.url.endsWith("/1")) return;
      res.writeHead(200);
      res.write("x");
    });
    const at = (id, signal) => new Request(`https://page.test/chat-v1/sessions/${id}`, { signal });
    const controller = new AbortController();
    const asking = handler(at(1, controller.signal));
    await until(() => seen.length === 1, "the request arrives");
    controller.abort();
    assert.equal((await asking).status, 499);
    await until(() => seen[0].closed, "the upstream hears of the abort");

    const response = await handler(at(2));
    await response.body.cancel();
    await until(() => seen[1].closed, "the upstream hears of the cancel");

    const { status } = await handler(at(3, AbortSignal.abort()));
    assert.equal(status, 499);
    assert.equal(seen.length, 2, "aborted before: nothing is sent");
  });

  test("a fetch that does not know its signal cannot hold the answer back, nor keep its connection", async () => {
    let cancelled = false;
    let arrive;
    const handler = createProxyHandler({
      apiKey: KEY,
      timeoutMs: 20,
      fetch: () => new Promise((resolve) => (arrive = resolve)),
    });
    const response = await handler(new Request("https://page.test/chat-v1/sessions"));
    assert.equal(response.status, 504);
    arrive(new Response(new ReadableStream({ cancel: () => void (cancelled = true) })));
    await until(() => cancelled, "the late answer is let go");
  });

  test("a slow reader slows the upstream down, and is not cut off for it", async () => {
    let written = 0;
    const total = 400 * 65_536;
    const { sessions } = await proxied({ timeoutMs: 150 }, async (_, res) => {
      res.writeHead(200);
      for (; written < total; written += 65_536) {
        if (!res.write(Buffer.alloc(65_536, 97))) await once(res, "drain");
      }
      res.end();
    });
    const req = httpRequest(sessions).end();
    const [res] = await once(req, "response");
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.ok(written < total, `${written} bytes were taken from the upstream with nobody reading`);
    let got = 0;
    for await (const chunk of res) got += chunk.length;
    assert.equal(got, total);
  });
});

describe("the adapter in other hands", () => {
  /** As Express hands a request on: mount point cut off from `url`, body parsed. */
  const expressLike = (listener, parse) => (req, res) => {
    req.originalUrl = req.url;
    req.url = req.url.replace(/^\/api(?:\/chat-v1)?/, "");
    const next = (error) => json(res, error ? 500 : 418, '{"next":true}');
    if (!parse) return listener(req, res, next);
    let text = "";
    req.on("data", (chunk) => (text += chunk));
    req.on("end", () => {
      req.body = parse(text);
      listener(req, res, next);
    });
  };

  test("a body that was parsed before is written anew; one that was lost is an error", async () => {
    const { seen, url } = await upstream();
    const listener = toNodeListener(
      createProxyHandler({ apiKey: KEY, baseUrl: url, maxBodyBytes: 40 }),
    );
    for (const [parse, status, body] of [
      [JSON.parse, 200, '{"content":"é","n":1}'],
      [(text) => text, 200, '{ "content":"é", "n":1 }'],
      [(text) => Buffer.from(text), 200, '{ "content":"é", "n":1 }'],
      [() => undefined, 500],
      [() => ({ content: "x".repeat(40) }), 413],
    ]) {
      seen.length = 0;
      const { url: base } = await listen(expressLike(listener, parse));
      const target = `${base}/api/chat-v1/sessions/1/prompt`;
      const response = await fetch(target, post('{ "content":"é", "n":1 }'));
      assert.equal(response.status, status, String(parse));
      assert.deepEqual(
        seen.map((request) => request.body),
        body ? [body] : [],
      );
    }
  });

  test("the limit counts what is written anew, not what the parser has read", async () => {
    const { seen, url } = await upstream();
    const handler = createProxyHandler({ apiKey: KEY, baseUrl: url, maxBodyBytes: 40 });
    const { url: base } = await listen(expressLike(toNodeListener(handler), JSON.parse));
    const padded = `{"prompt":"x"${" ".repeat(50)}}`;
    assert.equal((await fetch(`${base}/api/chat-v1/sessions`, post(padded))).status, 200);
    assert.equal(seen[0].body, '{"prompt":"x"}');
  });

  test("any handler's stream is cancelled when the client leaves", async () => {
    let cancelled = false;
    const endless = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(1)),
      cancel: () => void (cancelled = true),
    });
    const { url } = await listen(toNodeListener(() => new Response(endless)));
    const controller = new AbortController();
    const response = await fetch(url, { signal: controller.signal });
    await response.body.getReader().read();
    controller.abort();
    await until(() => cancelled, "the stream is cancelled");
  });

  test("an empty `body` that an older parser left beside an unread stream is not taken for it", async () => {
    const { seen, url } = await upstream();
    const listener = toNodeListener(createProxyHandler({ apiKey: KEY, baseUrl: url }));
    const { url: base } = await listen((req, res) => {
      req.body = {};
      listener(req, res);
    });
    await fetch(`${base}/chat-v1/sessions`, post('{"prompt":"x"}'));
    assert.equal(seen[0].body, '{"prompt":"x"}');
  });

  test("other paths go on to the next handler; the proxy's own do not", async () => {
    const { seen, url } = await upstream();
    const listener = toNodeListener(createProxyHandler({ apiKey: KEY, baseUrl: url }));
    const { url: base } = await listen(expressLike(listener));
    assert.equal((await fetch(`${base}/api/other?x=/chat-v1/`)).status, 418);
    assert.equal((await fetch(`${base}/api/chat-v1/other`)).status, 404);
    assert.equal((await fetch(`${base}/api/chat-v1/sessions`)).status, 200);
    assert.equal(seen.length, 1);
  });

  test("a handler that breaks: to `next`, or a 500", async () => {
    const listener = toNodeListener(async () => {
      throw new Error("hunter2");
    });
    const plain = await listen(listener);
    const response = await fetch(`${plain.url}/chat-v1/sessions`);
    assert.equal(response.status, 500);
    assert.doesNotMatch(await response.text(), /hunter2/);
    const express = await listen(expressLike(listener));
    assert.deepEqual(await (await fetch(`${express.url}/chat-v1/sessions`)).json(), { next: true });
    assert.throws(() => toNodeListener({}), /toNodeListener/);
  });

  test("a client that resets its connection ends nothing but itself", async () => {
    const { port, sessions, seen } = await proxied({}, (req, res) => {
      res.writeHead(200);
      const more = setInterval(() => res.write("x".repeat(10_000)), 1);
      res.on("close", () => clearInterval(more));
      if (req.url.endsWith("/2")) res.end("{}");
    });
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /chat-v1/sessions/1 HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(socket, "data");
    socket.resetAndDestroy();
    await until(() => seen[0].closed, "the upstream hears of it");
    assert.equal((await fetch(`${sessions}/2`)).status, 200);
  });
});

describe("options", () => {
  const good = { apiKey: "key" };
  for (const [name, options] of [
    ["options", undefined],
    ["options", null],
    ["options", "key"],
    ["apiKey", {}],
    ["apiKey", { apiKey: undefined }],
    ["apiKey", { apiKey: " " }],
    ["apiKey", { apiKey: 42 }],
    ["apiKey", { apiKey: "secret\r\nx: y" }],
    ["apiKey", { apiKey: "sécret" }],
    ["apikey", { ...good, apikey: "x" }],
    ["baseUrl", { ...good, baseUrl: "" }],
    ["baseUrl", { ...good, baseUrl: "/api" }],
    ["baseUrl", { ...good, baseUrl: "http://premium.aiera.com/api" }],
    ["baseUrl", { ...good, baseUrl: "http://127.0.0.1.evil.example" }],
    ["baseUrl", { ...good, baseUrl: "ftp://localhost/" }],
    ["baseUrl", { ...good, baseUrl: "https://user:pass@a.example/" }],
    ["baseUrl", { ...good, baseUrl: "https://a.example/?x=1" }],
    ["baseUrl", { ...good, baseUrl: "https://a.example/?" }],
    ["baseUrl", { ...good, baseUrl: "https://a.example/#x" }],
    ["baseUrl", { ...good, baseUrl: 42 }],
    ["authorize", { ...good, authorize: true }],
    ["fetch", { ...good, fetch: {} }],
    ["onError", { ...good, onError: "log" }],
    ["allowedOrigins", { ...good, allowedOrigins: "https://a.example" }],
    ["allowedOrigins", { ...good, allowedOrigins: ["*"] }],
    ["allowedOrigins", { ...good, allowedOrigins: ["https://*.example"] }],
    ["allowedOrigins", { ...good, allowedOrigins: ["a.example"] }],
    ["allowedOrigins", { ...good, allowedOrigins: ["null"] }],
    ["allowedOrigins", { ...good, allowedOrigins: ["https://a.example/path"] }],
    ["allowedHosts", { ...good, allowedHosts: ["http://localhost"] }],
    ["maxBodyBytes", { ...good, maxBodyBytes: 0 }],
    ["maxBodyBytes", { ...good, maxBodyBytes: 1.5 }],
    ["maxBodyBytes", { ...good, maxBodyBytes: "1" }],
    ["timeoutMs", { ...good, timeoutMs: 0 }],
    ["timeoutMs", { ...good, timeoutMs: NaN }],
    ["timeoutMs", { ...good, timeoutMs: "5" }],
  ]) {
    test(`${name} wrong: ${JSON.stringify(options)}`, () => {
      assert.throws(
        () => createProxyHandler(options),
        (error) =>
          error instanceof TypeError &&
          error.message.includes(name) &&
          !/s.cret/.test(error.message),
      );
    });
  }

  test("null is absent, and loopback may be plain", () => {
    createProxyHandler({
      apiKey: "key",
      baseUrl: null,
      authorize: null,
      allowedOrigins: null,
      allowedHosts: null,
      fetch: null,
      maxBodyBytes: null,
      timeoutMs: null,
      onError: null,
    });
    for (const baseUrl of ["http://localhost:1", "http://127.1.2.3/api/", "http://[::1]:80"]) {
      createProxyHandler({ apiKey: "key", baseUrl });
    }
  });

  test("the documented address is the default", async () => {
    const urls = [];
    const handler = createProxyHandler({
      apiKey: "key",
      fetch: async (url) => {
        urls.push(url);
        return new Response("{}");
      },
    });
    await handler(new Request("https://page.test/chat-v1/sessions/5/prompt", post("{}")));
    assert.deepEqual(urls, ["https://premium.aiera.com/api/chat-v1/sessions/5/prompt"]);
  });
});
