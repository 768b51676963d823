// The mock's faults, each through `fetch` and on a port.
import assert from "node:assert/strict";
import { test as nodeTest } from "node:test";
import { createMockApi } from "../../../pkg-template/src/testing/index.js";
import { serve } from "../../../pkg-template/src/testing/node.js";
import { BASE, create, QUICK, SESSIONS } from "./harness.mjs";

/** The ways to reach the mock: each test runs with all of them. */
const TRANSPORTS = {
  "through fetch": async (mock) => ({
    fetch: (path, init) => mock.fetch(BASE + path, init),
    close: async () => {},
  }),
  "on a port": async (mock) => {
    const server = await serve(mock);
    return { fetch: (path, init) => fetch(server.url + path, init), close: server.close };
  },
};

for (const [transport, open] of Object.entries(TRANSPORTS)) {
  /** A test with faults and the session 2229, which is created before them. */
  const test = (name, faults, body) =>
    nodeTest(`${name}, ${transport}`, { timeout: 30_000 }, async () => {
      const mock = createMockApi(QUICK);
      await create(mock);
      mock.requests.length = 0;
      mock.fail(faults);
      const api = await open(mock);
      try {
        await body((init, path = "/2229") => api.fetch(SESSIONS + path, init), mock);
      } finally {
        await api.close();
      }
    });
  const isSession = async (response) => {
    assert.equal(response.status, 200);
    assert.equal((await response.json()).id, 2229);
  };

  test("drop loses the connection once", { drop: true }, async (send, mock) => {
    await assert.rejects(send(), TypeError);
    await isSession(await send());
    assert.equal(mock.requests.length, 2);
  });

  test("drop in the body loses the connection after half of it", { drop: "body" }, async (send) => {
    const response = await send();
    assert.equal(response.status, 200);
    await assert.rejects(response.text(), TypeError);
    await isSession(await send());
  });

  test(
    "drop with times loses the connection that many times",
    { drop: true, times: 3 },
    async (send) => {
      for (let attempt = 0; attempt < 3; attempt += 1) await assert.rejects(send(), TypeError);
      await isSession(await send());
    },
  );

  test("a create that is dropped creates no session", { drop: true }, async (send, mock) => {
    await assert.rejects(send({ method: "POST", body: "{}" }, ""), TypeError);
    assert.equal(mock.sessions.length, 1);
  });

  test(
    "a create that is dropped and processed creates a session",
    { drop: true, processed: true },
    async (send, mock) => {
      await assert.rejects(send({ method: "POST", body: "{}" }, ""), TypeError);
      assert.equal(mock.sessions.length, 2);
    },
  );

  test("stall sends no response until the abort", { stall: true }, async (send, mock) => {
    const reason = new Error("enough");
    const controller = new AbortController();
    const pending = send({ signal: controller.signal });
    while (mock.requests.length < 1) await new Promise(setImmediate);
    const settled = await Promise.race([
      pending.then(() => "answered"),
      new Promise((resolve) => setTimeout(resolve, 60, "waiting")),
    ]);
    assert.equal(settled, "waiting");
    assert.equal(mock.requests.length, 1);
    controller.abort(reason);
    await assert.rejects(pending, (error) => error === reason);
    await isSession(await send());
  });

  test("stall in the body sends no more of it until the abort", { stall: "body" }, async (send) => {
    const reason = new Error("enough");
    const controller = new AbortController();
    const response = await send({ signal: controller.signal });
    assert.equal(response.status, 200);
    const reader = response.body.getReader();
    const { value } = await reader.read();
    assert.equal(value[0], "{".charCodeAt(0));
    const rest = reader.read();
    const settled = await Promise.race([
      rest.then(() => "more"),
      new Promise((resolve) => setTimeout(resolve, 60, "waiting")),
    ]);
    assert.equal(settled, "waiting");
    controller.abort(reason);
    await assert.rejects(rest, (error) => error === reason);
  });

  test("garble sends an HTML page with 200", { garble: true }, async (send) => {
    const response = await send();
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type"), /^text\/html/);
    assert.match(await response.text(), /^<!doctype html>/);
  });

  test("garble sends truncated JSON", { garble: "truncated" }, async (send) => {
    const response = await send();
    assert.equal(response.status, 200);
    const text = await response.text();
    assert.match(text, /^\{"id":2229/);
    assert.throws(() => JSON.parse(text), SyntaxError);
  });

  test("garble sends an empty body", { garble: "empty" }, async (send) => {
    const response = await send();
    assert.equal(response.status, 200);
    assert.equal(await response.text(), "");
  });

  test(
    "status, headers and body replace those of the response",
    [
      { status: 429, headers: { "Retry-After": "2" } },
      { status: 503, body: { error: 42 } },
      { status: 502, body: "<h1>bad</h1>", headers: { "content-type": "text/html" } },
      { status: 204 },
      { body: new Uint8Array([0xef, 0xbb, 0xbf, 0xff]) },
    ],
    async (send) => {
      const limited = await send();
      assert.equal(limited.status, 429);
      assert.equal(limited.headers.get("retry-after"), "2");
      assert.deepEqual(await limited.json(), { message: "Too Many Requests" });
      const unavailable = await send();
      assert.equal(unavailable.status, 503);
      assert.deepEqual(await unavailable.json(), { error: 42 });
      const gateway = await send();
      assert.equal(gateway.headers.get("content-type"), "text/html");
      assert.equal(await gateway.text(), "<h1>bad</h1>");
      const nothing = await send();
      assert.equal(nothing.status, 204);
      assert.equal(await nothing.text(), "");
      const bytes = new Uint8Array(await (await send()).arrayBuffer());
      assert.deepEqual([...bytes], [0xef, 0xbb, 0xbf, 0xff]);
      await isSession(await send());
    },
  );

  test(
    "headers alone are added to the response",
    { headers: { "x-request-id": "r1" } },
    async (send) => {
      const response = await send();
      assert.equal(response.headers.get("x-request-id"), "r1");
      await isSession(response);
    },
  );

  test(
    "redirect is the response itself where redirects are not followed",
    [{ redirect: true }, { redirect: "/x", status: 307 }],
    async (send) => {
      const first = await send({ redirect: "manual" });
      assert.equal(first.status, 302);
      assert.match(first.headers.get("location"), /^https:\/\/elsewhere\.example\//);
      const second = await send({ redirect: "manual" });
      assert.equal(second.status, 307);
      assert.equal(second.headers.get("location"), "/x");
    },
  );

  test(
    "redirect is followed with the key",
    { redirect: `/api${SESSIONS}?from=redirect`, status: 307 },
    async (send, mock) => {
      const headers = { "x-api-key": "leak", "content-type": "application/json" };
      const response = await send({ method: "POST", body: '{"title":"t"}', headers }, "");
      assert.equal(response.status, 201);
      assert.equal(response.redirected, true);
      assert.equal((await response.json()).title, "t");
      assert.match(mock.requests[1].url, /\/api\/chat-v1\/sessions\?from=redirect$/);
      assert.equal(mock.requests[1].headers["x-api-key"], "leak");
    },
  );

  test(
    "redirect with 303 becomes a GET",
    { redirect: `/api${SESSIONS}`, status: 303 },
    async (send, mock) => {
      const response = await send({ method: "POST", body: "{}" }, "");
      assert.equal(response.status, 200);
      assert.equal(mock.requests[1].method, "GET");
      assert.equal(mock.requests[1].body, "");
      assert.equal(mock.requests[1].headers["content-type"], undefined);
    },
  );

  test(
    "redirect rejects with redirect: error, and in a loop",
    { redirect: `/api${SESSIONS}`, times: Infinity },
    async (send) => {
      await assert.rejects(send({ redirect: "error" }), TypeError);
      await assert.rejects(send(), TypeError);
    },
  );

  test("latencyMs delays the response", { latencyMs: 80 }, async (send) => {
    const start = performance.now();
    await isSession(await send());
    assert.ok(performance.now() - start >= 75);
  });

  test("bodyMs stretches the body", { bodyMs: 80 }, async (send) => {
    const start = performance.now();
    const response = await send();
    const chunks = [];
    for await (const chunk of response.body) chunks.push(chunk);
    assert.ok(performance.now() - start >= 70);
    assert.ok(chunks.length > 1);
    assert.equal(JSON.parse(Buffer.concat(chunks).toString()).id, 2229);
  });

  test("echoKey sends the key back", { echoKey: true }, async (send) => {
    const response = await send({ headers: { "x-api-key": "sk-echo" } });
    assert.equal(response.status, 403);
    assert.match(await response.text(), /sk-echo/);
    assert.equal(response.headers.get("x-key"), "sk-echo");
  });
}
