// The requests and responses that the proxy passes on, on real servers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { createProxyHandler } from "../../../pkg-template/src/proxy/index.js";
import { OPERATIONS } from "../../../pkg-template/src/shared/operations.js";
import { json, KEY, post, proxied, raw, SESSION, upstream } from "./harness.mjs";

test("each operation is forwarded from every mount point, with the key and without the client's headers", async () => {
  const { log, base } = await proxied();
  for (const mount of ["", "/api", "/a/b-c/caf%C3%A9"]) {
    for (const { method, path, body } of OPERATIONS) {
      log.length = 0;
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
      assert.equal(log.length, 1);
      const [{ headers, ...request }] = log;
      assert.equal(request.method, method);
      assert.equal(request.url, `/api${path.replace("{id}", "2229")}`);
      assert.equal(request.body, sent ?? "");
      assert.equal(headers["x-api-key"], KEY);
      assert.equal(headers.accept, "application/json, text/plain");
      assert.equal(headers["content-type"], sent ? "application/json" : undefined);
      assert.doesNotMatch(JSON.stringify(headers), /mine|10\.0\.0\.1|evil|DELETE/);
      assert.ok(!("transfer-encoding" in headers), "sent with a Content-Length");
    }
  }
});

test("the documented query parameters are forwarded in the documented order", async () => {
  const { log, sessions } = await proxied();
  await fetch(`${sessions}/7?include_votes=false&include_messages=true`);
  await fetch(`${sessions}?page_size=100&page=12`);
  await fetch(`${sessions}?`);
  assert.deepEqual(
    log.map(({ url }) => url),
    [
      "/api/chat-v1/sessions/7?include_messages=true&include_votes=false",
      "/api/chat-v1/sessions?page=12&page_size=100",
      "/api/chat-v1/sessions",
    ],
  );
});

test("the query parameters that Next.js adds for a catch-all route are ignored, under any name", async () => {
  const { log, base } = await proxied();
  const mount = "/caf%C3%A9/acme/aiera";
  const sessions = `${base}${mount}/chat-v1/sessions`;
  const cases = [
    [`${sessions}?path=chat-v1&path=sessions`, ""],
    [`${sessions}?path=chat-v1%2Fsessions&page=2`, "?page=2"],
    [`${sessions}?page=2&rest=aiera&rest=chat-v1&rest=sessions`, "?page=2"],
    [`${sessions}?page=chat-v1&page=sessions&page_size=5`, "?page_size=5"],
    [`${sessions}?all=caf%C3%A9&all=acme&all=aiera&all=chat-v1&all=sessions`, ""],
    [`${sessions}?tenant=acme&path=chat-v1&path=sessions`, ""],
    [`${sessions}/7?path=chat-v1&path=sessions&path=7&include_votes=true`, "/7?include_votes=true"],
    [`${sessions}/7?nxtPpath=chat-v1/sessions/7`, "/7"],
  ];
  for (const [url, rest] of cases) {
    assert.equal((await fetch(url)).status, 200, url);
    assert.equal(log.pop().url, `/api/chat-v1/sessions${rest}`);
  }
  const prompt = await fetch(
    `${sessions}/7/prompt?path=chat-v1&path=sessions&path=7&path=prompt`,
    post("{}"),
  );
  assert.equal(prompt.status, 200);
  assert.equal(log.pop().url, "/api/chat-v1/sessions/7/prompt");
  for (const query of [
    "path=sessions",
    "path=chat-v1",
    "path=chat-v1&path=sessions&path=8",
    "id=7",
  ]) {
    assert.equal((await fetch(`${sessions}/7?${query}`)).status, 400, query);
  }
  assert.deepEqual(log, []);
});

test("an api_key in the query never reaches the upstream", async () => {
  const { log, base } = await proxied();
  const urls = [
    "/chat-v1/sessions?api_key=theirs",
    "/chat-v1/sessions?page=1&api_key=theirs",
    "/chat-v1/sessions/7?API_KEY=theirs",
    "/theirs/chat-v1/sessions?api_key=theirs",
  ];
  const statuses = [];
  for (const url of urls) statuses.push((await fetch(base + url)).status);
  assert.deepEqual(statuses, [400, 400, 400, 200]);
  // The last one looks like a part of the route, and is omitted.
  assert.deepEqual(
    log.map(({ url }) => url),
    ["/api/chat-v1/sessions"],
  );
});

test("a Latin-1 key is sent unchanged, without surrounding white space", async () => {
  const { log, sessions } = await proxied({ apiKey: " sécret-ÿ\n" });
  assert.equal((await fetch(sessions)).status, 200);
  assert.equal(log[0].headers["x-api-key"], "sécret-ÿ");
});

test("only the listed headers of a response pass, and it is never cached, sniffed or rendered", async () => {
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

test("a header that the client's Connection names does not pass", async () => {
  const { log, port } = await proxied();
  const target = "GET /chat-v1/sessions HTTP/1.1\r\nHost: a.test\r\n";
  await raw(port, `${target}Accept-Language: de\r\nConnection: close, Accept-Language\r\n\r\n`);
  await raw(port, `${target}Accept-Language: de\r\nConnection: close\r\n\r\n`);
  assert.notEqual(log[0].headers["accept-language"], "de");
  assert.equal(log[1].headers["accept-language"], "de");
});

test("a response that the upstream compressed arrives decompressed", async () => {
  const { sessions } = await proxied({}, (_, res) =>
    json(res, 200, gzipSync(SESSION), { "content-encoding": "gzip" }),
  );
  assert.equal(await (await fetch(sessions)).text(), SESSION);
});

test("the body of a success passes byte for byte, even if it holds the key", async () => {
  const bytes = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf, 0xff, 0x00]), Buffer.from(KEY)]);
  const { sessions } = await proxied({}, (_, res) => json(res, 200, bytes));
  const response = await fetch(sessions);
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), bytes);
});

test("responses without a body pass, and errors pass with the upstream's body", async () => {
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

test("the handler accepts a replacement fetch, and a key function that it calls for each request", async () => {
  const { url, log } = await upstream();
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
    log.map((request) => request.headers["x-api-key"]),
    ["key-1", "key-2"],
  );
  assert.equal(calls[0][0], `${url}/chat-v1/sessions/1`);
  assert.equal(calls[0][1].redirect, "manual");
  assert.equal(calls[0][1].cache, "no-store");
});
