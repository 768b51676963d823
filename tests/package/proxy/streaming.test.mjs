// Streaming bodies through the proxy, and early ends on either side.
import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { test } from "node:test";
import { createProxyHandler } from "../../../pkg-template/src/proxy/index.js";
import { KEY, proxied, until } from "./harness.mjs";

test("the first bytes arrive before the upstream ends", async () => {
  let upstreamRes;
  const { sessions } = await proxied({}, (_, res) => {
    upstreamRes = res;
    res.writeHead(200);
    res.flushHeaders();
  });
  const response = await fetch(sessions);
  assert.equal(response.status, 200, "the headers come before any byte of the body");
  const reader = response.body.getReader();
  upstreamRes.write("first");
  const { value } = await reader.read();
  assert.equal(Buffer.from(value).toString(), "first");
  upstreamRes.end(" last");
  const rest = await reader.read();
  assert.equal(Buffer.from(rest.value).toString(), " last");
  assert.equal((await reader.read()).done, true);
});

test("a client that disconnects before the response ends the upstream's request", async () => {
  const { log, sessions } = await proxied({}, () => {});
  const controller = new AbortController();
  const asking = fetch(sessions, { signal: controller.signal });
  asking.catch(() => {});
  await until(() => log.length === 1, "the request arrives");
  assert.equal(log[0].closed, false);
  controller.abort();
  await assert.rejects(asking);
  await until(() => log[0].closed, "the upstream's request ends");
});

test("a client that disconnects while the response streams ends the upstream's request", async () => {
  const { log, sessions } = await proxied({}, (_, res) => {
    res.writeHead(200);
    res.write("x");
  });
  const controller = new AbortController();
  const response = await fetch(sessions, { signal: controller.signal });
  await response.body.getReader().read();
  assert.equal(log[0].closed, false);
  controller.abort();
  await until(() => log[0].closed, "the upstream's request ends");
});

test("the handler stops on the request's signal, and on a cancelled response body", async () => {
  const { log, handler } = await proxied({}, (req, res) => {
    if (req.url.endsWith("/1")) return;
    res.writeHead(200);
    res.write("x");
  });
  const at = (id, signal) => new Request(`https://page.test/chat-v1/sessions/${id}`, { signal });
  const controller = new AbortController();
  const asking = handler(at(1, controller.signal));
  await until(() => log.length === 1, "the request arrives");
  controller.abort();
  assert.equal((await asking).status, 499);
  await until(() => log[0].closed, "the upstream's request ends with the abort");

  const response = await handler(at(2));
  await response.body.cancel();
  await until(() => log[1].closed, "the upstream's request ends with the cancel");

  const { status } = await handler(at(3, AbortSignal.abort()));
  assert.equal(status, 499);
  assert.equal(log.length, 2, "nothing is sent if the signal was aborted before");
});

test("a fetch that ignores its signal can neither delay the response nor keep its connection", async () => {
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
  await until(() => cancelled, "the late response is cancelled");
});

test("a slow reader slows the upstream, and is not cut off", async () => {
  let written = 0;
  const total = 400 * 65_536;
  const { sessions } = await proxied({ timeoutMs: 500 }, async (_, res) => {
    res.writeHead(200);
    for (; written < total; written += 65_536) {
      if (!res.write(Buffer.alloc(65_536, 97))) await once(res, "drain");
    }
    res.end();
  });
  const req = httpRequest(sessions).end();
  const [res] = await once(req, "response");
  await new Promise((resolve) => setTimeout(resolve, 1200));
  assert.ok(written < total, `${written} bytes were taken from the upstream without a reader`);
  let got = 0;
  for await (const chunk of res) got += chunk.length;
  assert.equal(got, total);
});
