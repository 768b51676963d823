// The adapter of `aiera-chat/proxy/node` in Express, and with other handlers.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { createProxyHandler } from "../../../pkg-template/src/proxy/index.js";
import { toNodeListener } from "../../../pkg-template/src/proxy/node.js";
import { json, KEY, listen, post, proxied, until, upstream } from "./harness.mjs";

/** Behaves like Express: removes the mount point from `url`, and parses the body. */
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

test("a parsed body is serialized, and a lost body is an error", async () => {
  const { log, url } = await upstream();
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
    log.length = 0;
    const { url: base } = await listen(expressLike(listener, parse));
    const target = `${base}/api/chat-v1/sessions/1/prompt`;
    const response = await fetch(target, post('{ "content":"é", "n":1 }'));
    assert.equal(response.status, status, String(parse));
    assert.deepEqual(
      log.map((request) => request.body),
      body ? [body] : [],
    );
  }
});

test("the size limit counts the serialized body, not the bytes that the parser has read", async () => {
  const { log, url } = await upstream();
  const handler = createProxyHandler({ apiKey: KEY, baseUrl: url, maxBodyBytes: 40 });
  const { url: base } = await listen(expressLike(toNodeListener(handler), JSON.parse));
  const padded = `{"prompt":"x"${" ".repeat(50)}}`;
  assert.equal((await fetch(`${base}/api/chat-v1/sessions`, post(padded))).status, 200);
  assert.equal(log[0].body, '{"prompt":"x"}');
});

test("the stream of any handler is cancelled when the client disconnects", async () => {
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

test("an empty `body` of an older parser does not replace an unread stream", async () => {
  const { log, url } = await upstream();
  const listener = toNodeListener(createProxyHandler({ apiKey: KEY, baseUrl: url }));
  const { url: base } = await listen((req, res) => {
    req.body = {};
    listener(req, res);
  });
  await fetch(`${base}/chat-v1/sessions`, post('{"prompt":"x"}'));
  assert.equal(log[0].body, '{"prompt":"x"}');
});

test("only paths without /chat-v1/ go to the next handler", async () => {
  const { log, url } = await upstream();
  const listener = toNodeListener(createProxyHandler({ apiKey: KEY, baseUrl: url }));
  const { url: base } = await listen(expressLike(listener));
  assert.equal((await fetch(`${base}/api/other?x=/chat-v1/`)).status, 418);
  assert.equal((await fetch(`${base}/api/chat-v1/other`)).status, 404);
  assert.equal((await fetch(`${base}/api/chat-v1/sessions`)).status, 200);
  assert.equal(log.length, 1);
});

test("an error of the handler goes to `next`, or becomes a 500", async () => {
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

test("a client that resets its connection ends only its request", async () => {
  const { port, sessions, log } = await proxied({}, (req, res) => {
    res.writeHead(200);
    const more = setInterval(() => res.write("x".repeat(10_000)), 1);
    res.on("close", () => clearInterval(more));
    if (req.url.endsWith("/2")) res.end("{}");
  });
  const socket = connect(port, "127.0.0.1");
  socket.write("GET /chat-v1/sessions/1 HTTP/1.1\r\nHost: a\r\n\r\n");
  await once(socket, "data");
  socket.resetAndDestroy();
  await until(() => log[0].closed, "the upstream's request ends");
  assert.equal((await fetch(`${sessions}/2`)).status, 200);
});
