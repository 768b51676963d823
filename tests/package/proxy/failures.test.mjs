// The responses to the proxy's client after failures of the upstream and of the key.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createProxyHandler } from "../../../pkg-template/src/proxy/index.js";
import { json, KEY, listen, post, proxied, SESSION, until, upstream } from "./harness.mjs";

test("a redirect of the upstream is not followed", async () => {
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
  assert.deepEqual(trap.log, []);
});

test("an unreachable or interrupted upstream causes a 502, a slow one a 504", async () => {
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

  const slow = await proxied({ timeoutMs: 400 }, () => {});
  const late = await slow.handler(request());
  assert.equal(late.status, 504);
  assert.equal(typeof (await late.json()).error, "string");
  await until(() => slow.log[0].closed, "the slow request is closed");
});

test("a timeoutMs too long for a timer does not fire immediately", async () => {
  for (const timeoutMs of [2 ** 40, Infinity]) {
    const { handler } = await proxied({ timeoutMs }, (_, res) =>
      setTimeout(() => json(res, 200, SESSION), 30),
    );
    const response = await handler(new Request("https://page.test/chat-v1/sessions"));
    assert.equal(response.status, 200);
    await response.text();
  }
});

test("a response that is cut off or stalls never looks complete", async () => {
  for (const end of [(res) => res.destroy(), () => {}]) {
    const { sessions } = await proxied({ timeoutMs: 400 }, (_, res) => {
      res.writeHead(200, { "content-type": "application/json" });
      res.write('{"id":');
      setTimeout(end, 20, res);
    });
    const response = await fetch(sessions);
    assert.equal(response.status, 200);
    await assert.rejects(response.text());
  }
});

test("an error whose body stalls or breaks off keeps its status and the part of the body that arrived", async () => {
  for (const end of [(res) => res.destroy(), () => {}]) {
    const { sessions } = await proxied({ timeoutMs: 400 }, (_, res) => {
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

test("without a usable key, nothing is sent, and the reason stays on the server", async () => {
  for (const apiKey of [
    () => {
      throw new Error("vault token is hunter2");
    },
    () => Promise.reject(new Error("hunter2")),
    () => undefined,
    () => " ",
    async () => "hunter2\nX-Evil: 1",
  ]) {
    const { log, sessions } = await proxied({ apiKey });
    const response = await fetch(sessions);
    assert.equal(response.status, 500);
    assert.deepEqual(await response.json(), { error: "the proxy has no API key" });
    assert.deepEqual(log, []);
  }
  const { log, handler } = await proxied({ timeoutMs: 40, apiKey: () => new Promise(() => {}) });
  assert.equal((await handler(new Request("https://page.test/chat-v1/sessions"))).status, 504);
  assert.deepEqual(log, []);
});
