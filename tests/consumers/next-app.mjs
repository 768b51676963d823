// @ts-check
// The app of `next/` in a version of Next.js with one of its bundlers, built and in development: a client component behind
// the proxy, pages and route handlers on Node and on the edge runtime. Next.js caches GETs on a server, and detects dynamic
// pages by errors that `fetch` throws.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { launchBrowser } from "../support/browser.mjs";
import { toolchains } from "../support/toolchains.mjs";

const KEY = "key-behind-the-proxy-0123456789";
const ADDRESS = /Local:\s+(http:\S+)/;
const PORT = ["--port", "0", "--hostname", "127.0.0.1"];
/** The number of polls of a session. */
const POLLS = 3;
const STAGES = [{ status: "finding_sources", polls: POLLS - 1 }, { status: "active" }];
const BLOCK = {
  content: "Deliveries rose. [c1]",
  citations: [{ marker: "[c1]", quote: "Deliveries rose" }],
};

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

/** @param {number} id */
const pollsOf = (id) =>
  mock.requests.filter(({ method, sessionId }) => method === "GET" && sessionId === id).length;

/**
 * The text of a page or a route handler about its session.
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
 * Asserts that every request of the page creates a session, and that every poll reaches the API.
 * @param {string} url
 */
export async function asksAtEachRequest(url) {
  const first = await shown(url);
  const second = await shown(url);
  assert.notEqual(second.id, first.id);
  for (const { id, polls } of [first, second]) {
    assert.equal(polls, POLLS);
    assert.equal(pollsOf(id), POLLS);
  }
}

/**
 * Asserts that the page was rendered once: its polls reached the API then, and no request creates another session.
 * @param {string} url
 */
export async function askedOnce(url) {
  const first = await shown(url);
  const second = await shown(url);
  assert.deepEqual(second, first);
  assert.equal(pollsOf(first.id), POLLS);
}

/**
 * Asks in the client component through a proxy on the page's own origin.
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

/**
 * @typedef {object} App
 * @property {string} name
 * @property {string} folder under tests/consumers
 * @property {string} [set] of toolchains
 * @property {string[]} [bundler] the option that selects the bundler
 */

/**
 * Builds and starts an app, and runs tests on it.
 * @param {App} app
 * @param {(server: { address: string, cwd: string, session: number }) => void} tests receive the server, whose address is
 * set when the tests run
 */
export function describeBuilt({ name, folder, set, bundler = [] }, tests) {
  describe(`${name}, built`, () => {
    const server = { address: "", cwd: "", session: 0 };
    let stop = async () => {};
    before(async () => {
      const created = await mock.fetch(`${api.url}/chat-v1/sessions`, {
        method: "POST",
        body: "{}",
      });
      ({ id: server.session } = /** @type {any} */ (await created.json()));
      const cwd = await tools.consumer(folder, set);
      const variables = { ...env, AIERA_SESSION: String(server.session) };
      await tools.run("next", ["build", ...bundler], { cwd, env: variables });
      const how = { cwd, env: variables, addressPattern: ADDRESS };
      const started = await tools.serve("next", ["start", ...PORT], how);
      Object.assign(server, { address: started.address, cwd });
      stop = started.stop;
    });
    after(() => stop());
    tests(server);
  });
}

/**
 * Tests of the app in `next/`.
 * @param {Omit<App, "folder">} app
 */
export function describeNext(app) {
  describeBuilt({ ...app, folder: "next" }, (server) => {
    test("Next.js knows which pages depend on a request", async () => {
      const manifest = path.join(server.cwd, ".next", "prerender-manifest.json");
      const { routes } = JSON.parse(await readFile(manifest, "utf8"));
      for (const page of ["/static", "/"]) assert.ok(page in routes, page);
      const pages = ["/built", "/revalidated", "/cookie", "/moved", "/missing", "/edge"];
      for (const page of [...pages, "/api/ask", "/api/handled"]) {
        assert.ok(!(page in routes), page);
      }
    });

    test("a page that could be built without a request asks on each request", () =>
      asksAtEachRequest(`${server.address}/built`));
    test("a page with `revalidate` asks on each request", () =>
      asksAtEachRequest(`${server.address}/revalidated`));
    test("a page with `force-static` asks during the build", () =>
      askedOnce(`${server.address}/static`));
    test("a page with an answer in the data cache asks once", () =>
      askedOnce(`${server.address}/kept`));
    test("a key provider that reads a cookie makes the page dynamic", () =>
      asksAtEachRequest(`${server.address}/cookie`));
    test("a page on the edge runtime asks on each request", () =>
      asksAtEachRequest(`${server.address}/edge`));
    routesAnswer(server);
    test("the client component asks through the proxy on Node", () =>
      asksInThePage(server.address, "/api/aiera"));
    controlFlowPasses(server);
  });

  const { name, set, bundler = [] } = app;
  describe(`${name}, in development`, () => {
    const server = { address: "" };
    let stop = async () => {};
    before(async () => {
      const cwd = await tools.consumer("next", set);
      const how = { cwd, env, addressPattern: ADDRESS };
      const started = await tools.serve("next", ["dev", ...bundler, ...PORT], how);
      server.address = started.address;
      stop = started.stop;
    });
    after(() => stop());
    routesAnswer(server);
  });
}

/** @param {{ address: string }} server */
function routesAnswer(server) {
  test("a GET route handler asks on each request", () =>
    asksAtEachRequest(`${server.address}/api/ask`));

  test("a GET route handler that reads its request asks on each request", async () => {
    const before = mock.requests.length;
    const response = await fetch(`${server.address}/api/handled?prompt=Oil`);
    assert.equal(await response.text(), "Oil: Deliveries rose. [c1]");
    const [created, ...polls] = mock.requests.slice(before);
    assert.deepEqual(created.json, { prompt: "Oil" });
    assert.equal(polls.length, POLLS);
  });

  test("a route handler on the edge runtime asks on each request", () =>
    asksAtEachRequest(`${server.address}/api/edge`));
  test("the client component asks through the proxy on the edge runtime", () =>
    asksInThePage(server.address, "/api/edge-aiera"));
}

/** @param {{ address: string }} server */
function controlFlowPasses(server) {
  test("Next.js follows a redirect that `fetch` throws", async () => {
    const response = await fetch(`${server.address}/moved`, { redirect: "manual" });
    assert.equal(response.status, 307);
    assert.equal(response.headers.get("location"), "/built");
  });

  test("a not-found error that `fetch` throws becomes Next.js's 404", async () => {
    assert.equal((await fetch(`${server.address}/missing`)).status, 404);
  });

  test("a control-flow error ends the call at its first attempt, and is its cause", async () => {
    const response = await fetch(`${server.address}/caught`);
    const text = await response.text();
    const found = /poll: (.*?), create: (.*?)</.exec(text);
    assert.ok(found, text.slice(0, 2_000));
    assert.deepEqual(found.slice(1), ["1 attempts, same cause", "1 attempts, same cause"]);
  });
}
