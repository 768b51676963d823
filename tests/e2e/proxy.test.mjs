// @ts-check
// The demo page on an API with a key: the mock on a real port, behind the page's own proxy. The key is looked for in
// everything that the browser received.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, describe, test } from "node:test";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { ask, errorField, settled, shown, startDemo } from "./demo.mjs";

const KEY = "aiera-5ecret/k3y+7f0c";

/** The ways that it might be written. */
const SPELLINGS = [
  KEY,
  encodeURIComponent(KEY),
  JSON.stringify(KEY).slice(1, -1),
  Buffer.from(KEY).toString("base64"),
  Buffer.from(KEY).toString("hex"),
];

describe("the demo page behind its proxy", { concurrency: false }, () => {
  const mock = createMockApi({ apiKey: KEY, delayMs: 2500 });
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let api;
  /** @type {Awaited<ReturnType<typeof startDemo>>} */
  let demo;
  before(async () => {
    api = await serve(mock);
    demo = await startDemo({ api: { apiKey: KEY, baseUrl: api.url } });
  });
  after(async () => {
    await demo?.close();
    await api?.close();
  });

  /**
   * @param {import("playwright-core").Page} page
   * @param {Promise<string>[]} received
   */
  async function assertNoKey(page, received) {
    const own = await page.evaluate(() =>
      JSON.stringify([
        document.documentElement.outerHTML,
        document.cookie,
        { ...localStorage },
        { ...sessionStorage },
        location.href,
        performance.getEntries(),
      ]),
    );
    const all = [own, ...(await Promise.all(received))];
    assert.ok(
      all.some((text) => text.includes("finding_sources")),
      "there is something to search",
    );
    for (const text of all) {
      for (const spelling of SPELLINGS) assert.ok(!text.includes(spelling), text.slice(0, 200));
    }
  }

  test("an answer, and no key in anything that the browser received", async () => {
    const { page, problems, requested, received } = await demo.open();
    await page.getByText("Real API, through this page's own proxy").waitFor();
    const run = await ask(page);
    assert.equal(await settled(run), "done");
    assert.match(String(await run.locator(".prose").textContent()), /Tesla Q1 2026/);
    const names = await run.locator(".step-name").allTextContents();
    assert.deepEqual(names, ["Created", "Finding sources", "Generating response", "Answer ready"]);

    assert.ok(mock.requests.length > 1);
    for (const { headers } of mock.requests) assert.equal(headers["x-api-key"], KEY);
    const calls = requested.filter((url) => url.includes("/chat-v1/"));
    assert.equal(calls.length, mock.requests.length);
    for (const url of calls) assert.ok(url.startsWith(`${demo.url}api/chat-v1/sessions`), url);
    for (const tab of ["On the wire", "Code"]) await run.getByRole("tab", { name: tab }).click();
    assert.deepEqual(problems, []);
    await assertNoKey(page, received);
  });

  test("a reload goes on with the session that was shown", async () => {
    const { page, problems, received } = await demo.open();
    const before = mock.requests.filter(({ operation }) => operation === "createSession").length;
    const run = await ask(page);
    const id = /Session (\d+)/.exec(
      String(await run.getByText(/^Session \d+$/).textContent()),
    )?.[1];
    assert.equal(new URL(page.url()).hash, `#${id}`);
    await page.reload();
    const again = await shown(page);
    assert.equal(await again.locator(".step-name").first().textContent(), "Reopened");
    assert.equal(await settled(again), "done");
    assert.match(String(await again.locator(".prose").textContent()), /Tesla Q1 2026/);
    const after = mock.requests.filter(({ operation }) => operation === "createSession").length;
    assert.equal(after, before + 1, "nothing is asked anew");

    // Another session's address in the same page; then back, to one that is open already.
    await page.evaluate(() => void (location.hash = "#77"));
    const missing = await shown(page).then(async (run) => {
      await run.getByText("404").first().waitFor();
      return run;
    });
    assert.equal(await errorField(missing, "status"), "404");
    await page.evaluate((known) => void (location.hash = `#${known}`), id);
    await again.locator(".prose").waitFor();
    assert.equal(await page.locator(".run").count(), 2);
    // Nobody's words are taken for an id.
    await page.evaluate(() => void (location.hash = "#1/../../2"));
    assert.equal(await page.locator(".run").count(), 2);
    assert.deepEqual(
      problems.filter((problem) => !problem.includes("404")),
      [],
      "the browser's own line about the 404 aside",
    );
    await assertNoKey(page, received);
  });

  test("no key where the service echoes it", async () => {
    const { page, received } = await demo.open();
    mock.fail({ operation: "getSession", echoKey: true });
    const run = await ask(page);
    assert.equal(await settled(run), "failed");
    assert.equal(await errorField(run, "code"), "http");
    assert.equal(await errorField(run, "status"), "403");
    await assertNoKey(page, received);
  });

  test("a cancel reaches the service", async () => {
    const { page, problems } = await demo.open();
    const run = await ask(page);
    await run.locator(".poll").first().waitFor();
    await run.getByRole("button", { name: "Cancel" }).click();
    assert.equal(await settled(run), "failed");
    const count = mock.requests.length;
    await page.waitForTimeout(1500);
    assert.equal(mock.requests.length, count);
    assert.deepEqual(problems, []);
  });

  test("failing runs stay in the page", async () => {
    const { page } = await demo.open();
    await page.getByLabel("How it goes").selectOption("unauthorized");
    await page.getByText("nothing is sent to the API").waitFor();
    const count = mock.requests.length;
    const run = await ask(page, "unauthorized");
    assert.equal(await settled(run), "failed");
    assert.equal(mock.requests.length, count);
  });

  test("the server gives out the page and nothing else, under its own name only", async () => {
    const { port, pathname } = new URL(demo.url);
    /**
     * @param {string} path sent as it is
     * @param {Record<string, string>} [headers]
     * @returns {Promise<import("node:http").IncomingMessage>}
     */
    const get = (path, headers) =>
      new Promise((resolve, reject) => {
        const sent = request({ host: "127.0.0.1", port, path, headers }, (response) => {
          response.resume();
          resolve(response);
        });
        sent.on("error", reject).end();
      });
    const page = await get(pathname);
    assert.equal(page.statusCode, 200);
    assert.match(
      String(page.headers["content-security-policy"]),
      /default-src 'none'.*frame-ancestors 'none'/,
    );
    assert.equal(page.headers["x-content-type-options"], "nosniff");
    for (const path of [
      "/",
      "/package.json",
      `${pathname}../../package.json`,
      `${pathname}..%2f..%2fpackage.json`,
      `${pathname}%2e%2e/%2e%2e/package.json`,
      `${pathname}..%5c..%5cpackage.json`,
      `${pathname}%00`,
      `${pathname}%`,
      "//evil.example/",
    ]) {
      assert.equal((await get(path)).statusCode, 404, path);
    }
    const sessions = `${pathname}api/chat-v1/sessions`;
    assert.equal((await get(sessions)).statusCode, 200);
    const count = mock.requests.length;
    const { statusCode } = await get(sessions, { host: `evil.example:${port}` });
    assert.ok(Number(statusCode) >= 400, `${statusCode}`);
    assert.equal(mock.requests.length, count);
  });
});
