// The base path: any other path is a 404, so that a test notices a wrong `baseUrl`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createMockApi } from "../../../pkg-template/src/testing/index.js";
import { serve } from "../../../pkg-template/src/testing/node.js";
import { SESSIONS } from "./harness.mjs";

const statuses = async (send, urls) => {
  const found = [];
  for (const url of urls) found.push([url, (await send(url)).status]);
  return found;
};
const all = (status, urls) => urls.map((url) => [url, status]);

test("fetch finds the API at /api, and on plain http: also at the root", async () => {
  const { fetch } = createMockApi();
  const right = [
    `https://premium.aiera.com/api${SESSIONS}`,
    `http://localhost:3000/api${SESSIONS}`,
    `http://localhost:3000${SESSIONS}`,
  ];
  assert.deepEqual(await statuses(fetch, right), all(200, right));
  const wrong = [
    `https://premium.aiera.com${SESSIONS}`,
    `https://premium.aiera.com/api/v2${SESSIONS}`,
    `https://premium.aiera.com/v2/api${SESSIONS}`,
    `https://premium.aiera.com/apis${SESSIONS}`,
    `https://premium.aiera.com/API${SESSIONS}`,
    `https://premium.aiera.com/graphql`,
    `http://localhost:3000/aiera${SESSIONS}`,
  ];
  assert.deepEqual(await statuses(fetch, wrong), all(404, wrong));
});

test("a 404 to another base path names the right one, before the key is checked", async () => {
  const mock = createMockApi({ apiKey: "secret" });
  const response = await mock.fetch(`https://premium.aiera.com/v2${SESSIONS}/2229`);
  assert.equal(response.status, 404);
  assert.deepEqual(await response.json(), {
    error: 'no such path: the base path of this mock API is "/api"',
  });
  const [{ path, operation, sessionId }] = mock.requests;
  assert.deepEqual([path, operation, sessionId], [`/v2${SESSIONS}/2229`, null, null]);
});

test("a port finds the API at its root and at /api", async () => {
  const mock = createMockApi();
  const server = await serve(mock);
  try {
    const urls = ["", "/api", "/aiera", "/a/b"].map((base) => server.url + base + SESSIONS);
    const found = await statuses(fetch, urls);
    assert.deepEqual(
      found.map(([, status]) => status),
      [200, 200, 404, 404],
    );
    assert.equal(mock.requests.length, 4);
  } finally {
    await server.close();
  }
});

test("handler finds the API at any mount point, rootHandler does not", async () => {
  const { handler, rootHandler } = createMockApi();
  const urls = ["", "/api", "/a/b%20c", "/chat-v1/proxy"].map(
    (base) => `https://page.test${base}${SESSIONS}`,
  );
  const send = (to) => (url) => to(new Request(url));
  assert.deepEqual(await statuses(send(handler), urls), all(200, urls));
  assert.deepEqual(
    (await statuses(send(rootHandler), urls)).map(([, status]) => status),
    [404, 200, 404, 404],
  );
});

test("basePath is the only base path of fetch, handler and a port", async () => {
  for (const [basePath, right, wrong] of [
    ["/aiera/v2/", "/aiera/v2", ["", "/api", "/aiera", "/x/aiera/v2"]],
    ["", "", ["/api", "/aiera"]],
    ["/", "", ["/api"]],
  ]) {
    const mock = createMockApi({ basePath });
    const server = await serve(mock);
    const at = (origin, base) => `${origin}${base}${SESSIONS}`;
    const ways = {
      fetch: [(url) => mock.fetch(url), "https://api.test"],
      handler: [(url) => mock.handler(new Request(url)), "https://page.test"],
      port: [(url) => fetch(url), server.url],
    };
    try {
      for (const [name, [send, origin]] of Object.entries(ways)) {
        assert.equal((await send(at(origin, right))).status, 200, `${name} ${right}`);
        for (const base of wrong) {
          assert.equal((await send(at(origin, base))).status, 404, `${name} ${base}`);
        }
      }
    } finally {
      await server.close();
    }
  }
});
