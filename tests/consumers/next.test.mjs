// @ts-check
// The packed package in Next.js 14 and 16, by each of their bundlers, built and in development: in a client component
// behind the proxy, in pages and route handlers on Node and on the edge runtime. Next.js caches GETs on a server and tells
// a page's kind by errors that `fetch` throws.
import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { launchBrowser } from "../support/browser.mjs";
import { toolchains } from "../support/toolchains.mjs";

const KEY = "key-behind-the-proxy-0123456789";
const SAYS = /Local:\s+(http:\S+)/;
const PORT = ["--port", "0", "--hostname", "127.0.0.1"];
/** A session's answer takes so many polls. */
const POLLS = 3;
const STAGES = [{ status: "finding_sources", polls: POLLS - 1 }, { status: "active" }];

/** @type {{ version: string, set: string, bundlers: string[][] }[]} */
const VERSIONS = [
  { version: "Next.js 14", set: "next-14", bundlers: [[]] },
  { version: "Next.js 16", set: ".", bundlers: [["--turbopack"], ["--webpack"]] },
];

/** @type {Awaited<ReturnType<typeof toolchains>>} */
let tools;
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {ReturnType<typeof createMockApi>} */
let mock;
/** @type {Awaited<ReturnType<typeof serve>>} */
let api;
/** @type {Record<string, string>} */
let env;

before(async () => {
  tools = await toolchains();
  mock = createMockApi({ stages: STAGES, answer: { blocks: [BLOCK] } });
  api = await serve(mock);
  env = { AIERA_BASE_URL: api.url, AIERA_API_KEY: KEY };
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await api?.close();
  await tools?.close();
});

const BLOCK = {
  content: "Deliveries rose. [c1]",
  citations: [{ marker: "[c1]", quote: "Deliveries rose" }],
};

/** @param {number} id */
const pollsOf = (id) =>
  mock.requests.filter(({ method, sessionId }) => method === "GET" && sessionId === id).length;

/**
 * What a page or a route handler says of its session.
 * @param {string} url
 */
async function shown(url) {
  const response = await fetch(url);
  const text = await response.text();
  const found = /session (\d+), active, response, (\d+) polls/.exec(text);
  assert.ok(found, `${response.status} of ${url}: ${text.slice(0, 2_000)}`);
  assert.equal(response.status, 200);
  return { id: Number(found[1]), polls: Number(found[2]) };
}

/**
 * Every request of the page makes a session of its own, and every poll reaches the API.
 * @param {string} url
 */
async function asksAtEachRequest(url) {
  const first = await shown(url);
  const second = await shown(url);
  assert.notEqual(second.id, first.id);
  for (const { id, polls } of [first, second]) {
    assert.equal(polls, POLLS);
    assert.equal(pollsOf(id), POLLS);
  }
}

/**
 * The page was rendered once: its polls reached the API then, and no request makes another session.
 * @param {string} url
 */
async function askedOnce(url) {
  const first = await shown(url);
  const second = await shown(url);
  assert.deepEqual(second, first);
  assert.equal(pollsOf(first.id), POLLS);
}

/**
 * Asks in the client component, by a proxy on the page's own origin.
 * @param {string} address
 * @param {string} proxy its path
 */
async function asksInThePage(address, proxy) {
  const before = mock.requests.length;
  const page = await browser.newPage();
  /** @type {string[]} */
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(`${address}/?api=${encodeURIComponent(proxy)}`);
  const output = page.locator("output:not(:empty)");
  assert.equal(await output.innerText({ timeout: 30_000 }), "active, Deliveries rose. [c1], 1");
  assert.deepEqual(complaints, []);
  await page.close();
  const requests = mock.requests.slice(before);
  assert.ok(requests.length > POLLS);
  for (const { headers } of requests) assert.equal(headers["x-api-key"], KEY);
}

for (const { version, set, bundlers } of VERSIONS) {
  for (const bundler of bundlers) {
    describe([version, ...bundler, "built"].join(" "), () => {
      /** @type {{ address: string, stop: () => Promise<void> }} */
      let server;
      let cwd = "";
      before(async () => {
        cwd = await tools.consumer("next", set);
        await tools.run("next", ["build", ...bundler], { cwd, env });
        server = await tools.serve("next", ["start", ...PORT], { cwd, env, says: SAYS });
      });
      after(() => server?.stop());

      test("knows which pages depend on a request", async () => {
        const manifest = path.join(cwd, ".next", "prerender-manifest.json");
        const { routes } = JSON.parse(await readFile(manifest, "utf8"));
        for (const page of ["/static", "/"]) assert.ok(page in routes, page);
        const dynamic = ["/built", "/revalidated", "/cookie", "/moved", "/missing", "/edge"];
        for (const page of [...dynamic, "/api/ask", "/api/handled"]) {
          assert.ok(!(page in routes), page);
        }
      });

      test("a page that could be built without a request asks at each one", () =>
        asksAtEachRequest(`${server.address}/built`));
      test("a page with `revalidate` asks at each request", () =>
        asksAtEachRequest(`${server.address}/revalidated`));
      test("a page with `force-static` asks while it is built", () =>
        askedOnce(`${server.address}/static`));
      test("an answer in the data cache is asked for once", () =>
        askedOnce(`${server.address}/kept`));
      test("a key provider that reads a cookie makes the page dynamic", () =>
        asksAtEachRequest(`${server.address}/cookie`));
      routesAnswer(() => server.address);
      controlFlowPasses(() => server.address);
    });

    describe([version, ...bundler, "in development"].join(" "), () => {
      /** @type {{ address: string, stop: () => Promise<void> }} */
      let server;
      before(async () => {
        const cwd = await tools.consumer("next", set);
        await rm(path.join(cwd, ".next"), { recursive: true, force: true });
        const args = ["dev", ...bundler, ...PORT];
        server = await tools.serve("next", args, { cwd, env, says: SAYS });
      });
      after(() => server?.stop());

      test("a page asks at each request", () => asksAtEachRequest(`${server.address}/built`));
      routesAnswer(() => server.address);
    });
  }
}

/** @param {() => string} address */
function routesAnswer(address) {
  test("a GET route handler asks at each request", () => asksAtEachRequest(`${address()}/api/ask`));

  test("a GET route handler that reads its request asks at each one", async () => {
    const before = mock.requests.length;
    const response = await fetch(`${address()}/api/handled?prompt=Oil`);
    assert.equal(await response.text(), "Oil: Deliveries rose. [c1]");
    const [created, ...polls] = mock.requests.slice(before);
    assert.deepEqual(created.json, { prompt: "Oil" });
    assert.equal(polls.length, POLLS);
  });

  test("a route handler on the edge runtime asks at each request", () =>
    asksAtEachRequest(`${address()}/api/edge`));
  test("a page on the edge runtime asks at each request", () =>
    asksAtEachRequest(`${address()}/edge`));
  test("the client component asks through the proxy on Node", () =>
    asksInThePage(address(), "/api/aiera"));
  test("the client component asks through the proxy on the edge runtime", () =>
    asksInThePage(address(), "/api/edge-aiera"));
}

/** @param {() => string} address */
function controlFlowPasses(address) {
  test("a redirect that `fetch` throws is followed by Next.js", async () => {
    const response = await fetch(`${address()}/moved`, { redirect: "manual" });
    assert.equal(response.status, 307);
    assert.equal(response.headers.get("location"), "/built");
  });

  test("a not-found that `fetch` throws is Next.js's 404", async () => {
    assert.equal((await fetch(`${address()}/missing`)).status, 404);
  });

  test("a control-flow error is the cause, and ends the call at its first attempt", async () => {
    const response = await fetch(`${address()}/caught`);
    const text = await response.text();
    const found = /poll: (.*?), create: (.*?)</.exec(text);
    assert.ok(found, text.slice(0, 2_000));
    assert.deepEqual(found.slice(1), ["1 attempts, same cause", "1 attempts, same cause"]);
  });
}

describe("Next.js 16 with cache components", () => {
  /** @type {{ address: string, stop: () => Promise<void> }} */
  let server;
  let late = 0;
  before(async () => {
    const created = await mock.fetch(`${api.url}/chat-v1/sessions`, { method: "POST", body: "{}" });
    ({ id: late } = await created.json());
    const cwd = await tools.consumer("next-cached");
    const withSession = { ...env, AIERA_SESSION: String(late) };
    await tools.run("next", ["build"], { cwd, env: withSession });
    server = await tools.serve("next", ["start", ...PORT], { cwd, env: withSession, says: SAYS });
  });
  after(() => server?.stop());

  test("a component in a Suspense asks at each request", () =>
    asksAtEachRequest(`${server.address}/streamed`));
  test("a component with `use cache` asks once", () => askedOnce(`${server.address}/kept`));
  test("a component waits for a session that exists", async () => {
    const text = await (await fetch(`${server.address}/late`)).text();
    assert.ok(text.includes(`session ${late}, active`), text.slice(0, 2_000));
  });
});
