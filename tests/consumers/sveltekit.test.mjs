// @ts-check
// The packed package in SvelteKit, built and in development: in load functions, whose `fetch` returns a Response with headers
// that throw when read, in the hydrated page, and with the proxy as a server route.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { launchBrowser } from "../support/browser.mjs";
import { toolchains } from "../support/toolchains.mjs";

const KEY = "key-behind-the-proxy-0123456789";
const ADDRESS = /Local:\s+(http:\S+?)\/?\s/;
/** The number of polls of a session. */
const POLLS = 3;

describe("SvelteKit", () => {
  /** @type {Awaited<ReturnType<typeof toolchains>>} */
  let tools;
  /** @type {ReturnType<typeof createMockApi>} */
  let mock;
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let api;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Record<string, string>} */
  let env;
  let cwd = "";

  before(async () => {
    tools = await toolchains();
    mock = createMockApi({
      apiKey: KEY,
      stages: [{ status: "finding_sources", polls: POLLS - 1 }, { status: "active" }],
      answer: "Deliveries rose.",
    });
    // A header that the load function cannot read must not fail the response.
    mock.fail({
      operation: "getSession",
      headers: { "retry-after": "0", "x-request-id": "a-request" },
      times: Infinity,
    });
    api = await serve(mock);
    env = { AIERA_BASE_URL: api.url, AIERA_API_KEY: KEY };
    browser = await launchBrowser();
    cwd = await tools.consumer("sveltekit");
  });
  after(async () => {
    await browser?.close();
    await api?.close();
    await tools?.close();
  });

  /** @param {string} address */
  async function answers(address) {
    const text = async (/** @type {string} */ path) => (await fetch(address + path)).text();
    const html = await text("/");
    const [, id] =
      /<p>session (\d+), active, 3 polls, 3 refused<\/p>/.exec(html) ?? assert.fail(html);
    const polls = mock.requests.filter(
      ({ method, sessionId }) => method === "GET" && sessionId === Number(id),
    );
    assert.equal(polls.length, POLLS, "every poll reached the API");
    assert.match(await text("/missing"), /<p>http, 404, 1 attempts, 1 refused<\/p>/);
    assert.match(await text("/server"), /<p>Deliveries rose\.<\/p>/);

    const page = await browser.newPage();
    /** @type {string[]} */
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    await page.goto(`${address}/`);
    const output = page.locator("output:not(:empty)");
    assert.equal(await output.innerText({ timeout: 30_000 }), "Deliveries rose.");
    assert.match(await page.title(), /^session \d+, active, 3 polls, \d refused$/);
    assert.deepEqual(complaints, []);
    await page.close();
    for (const { headers } of mock.requests) assert.equal(headers["x-api-key"], KEY);
  }

  test("the package works in a built SvelteKit app", async () => {
    await tools.run("vite", ["build", "--logLevel", "error"], { cwd, env });
    const args = ["preview", "--port", "0", "--host", "127.0.0.1"];
    const server = await tools.serve("vite", args, { cwd, env, addressPattern: ADDRESS });
    await answers(server.address);
    await server.stop();
  });

  test("the package works in SvelteKit's development server", async () => {
    const args = ["dev", "--port", "0", "--host", "127.0.0.1"];
    const server = await tools.serve("vite", args, { cwd, env, addressPattern: ADDRESS });
    await answers(server.address);
    await server.stop();
  });
});
