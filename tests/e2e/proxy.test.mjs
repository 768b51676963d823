// @ts-check
// The demo page on an API with a key: the mock on a port, behind the page's proxy. The tests search all responses to the
// browser for the key.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, describe, test } from "node:test";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import {
  ask,
  errorField,
  openTab,
  settled,
  shown,
  startDemo,
  tryFailure,
  visibleText,
} from "./demo.mjs";

const KEY = "aiera-5ecret/k3y+7f0c";
const QUESTION = "What drove Halden's Q1?";

/** Its possible encodings. */
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

  const creates = () =>
    mock.requests.filter(({ operation }) => operation === "createSession").length;

  test("an answer arrives, and no response to the browser holds the key", async () => {
    const { page, problems, requested, received } = await demo.open();
    await page.getByText("Connected to an API through this page's proxy.").waitFor();
    await page.getByText("A sample answer").waitFor();
    assert.equal(mock.requests.length, 0, "the sample is from the embedded mock");
    assert.equal(await page.locator("#sessions li").count(), 0);
    const chat = await ask(page, QUESTION);
    assert.equal(await settled(page), "ready");
    await visibleText(page, "Revenue grew by 8%").waitFor();

    assert.ok(mock.requests.length > 1);
    for (const { headers } of mock.requests) assert.equal(headers["x-api-key"], KEY);
    const calls = requested.filter((url) => url.includes("/chat-v1/"));
    assert.equal(calls.length, mock.requests.length);
    for (const url of calls) assert.ok(url.startsWith(`${demo.url}api/chat-v1/sessions`), url);
    const wire = await openTab(page, "Wire");
    assert.match(String(await wire.locator("pre").last().textContent()), /"status": "active"/);
    const code = await openTab(page, "Code");
    assert.match(String(await code.textContent()), /base-url="\/some\/where\/api"/);
    assert.deepEqual(problems, []);
    await assertNoKey(page, received);
  });

  test("a reload resumes the session that was shown", async () => {
    const { page, problems, received } = await demo.open();
    const before = creates();
    const chat = await ask(page, QUESTION);
    await chat.getByRole("button", { name: "Stop" }).waitFor();
    await page.waitForFunction(() => location.hash !== "");
    const id = await chat.getAttribute("session-id");
    assert.equal(new URL(page.url()).hash, `#${id}`);
    await page.reload();
    assert.equal(await settled(page), "ready");
    await visibleText(page, "Revenue grew by 8%").waitFor();
    assert.equal(creates(), before + 1, "no prompt is sent twice");

    // Another session's address in the same page, then the first one, which is already open.
    await page.evaluate(() => void (location.hash = "#77"));
    await shown(page).getByText("This conversation does not exist, or is not yours.").waitFor();
    await openTab(page, "Polls");
    assert.equal(await errorField(page, "status"), "404");
    await page.evaluate((known) => void (location.hash = `#${known}`), id);
    await visibleText(page, "Revenue grew by 8%").waitFor();
    assert.equal(await page.locator("#sessions li").count(), 2);
    await page.evaluate(() => void (location.hash = "#1/../../2"));
    assert.equal(await page.locator("#sessions li").count(), 2, "an invalid id opens nothing");

    // The field in the panel checks the id, and opens no session twice.
    const field = page.getByRole("textbox", { name: "Open a session" });
    await field.fill("abc");
    await field.press("Enter");
    await page.getByText("A session id is a number").waitFor();
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    await field.fill(String(id));
    await field.press("Enter");
    assert.equal(await page.locator("#sessions li").count(), 2);
    assert.deepEqual(
      problems.filter((problem) => !problem.includes("404")),
      [],
      "apart from the browser's own message about the 404",
    );
    await assertNoKey(page, received);
  });

  for (const width of [1280, 768, 390]) {
    test(`the field for a session fits into its panel at ${width} px`, async () => {
      const { page } = await demo.open({ viewport: { width, height: 800 } });
      if (width <= 768) await page.getByRole("button", { name: "Sessions" }).click();
      await page.getByRole("textbox", { name: "Open a session" }).fill("abc");
      await page.getByRole("button", { name: "Open", exact: true }).click();
      await page.getByText("A session id is a number").waitFor();
      const [content, panel] = await page
        .getByRole("navigation", { name: "Sessions" })
        .evaluate(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth]);
      assert.equal(content, panel);
    });
  }

  test("the key does not reach the page if the API echoes it", async () => {
    const { page, received } = await demo.open();
    mock.fail({ operation: "getSession", echoKey: true });
    await openTab(page, "Polls");
    await ask(page, QUESTION);
    assert.equal(await settled(page), "error");
    assert.equal(await errorField(page, "code"), "http");
    assert.equal(await errorField(page, "status"), "403");
    await assertNoKey(page, received);
  });

  test("a stopped conversation sends no requests", async () => {
    const { page, problems } = await demo.open();
    const chat = await ask(page, QUESTION);
    await (await openTab(page, "Polls")).locator(".poll").first().waitFor();
    await chat.getByRole("button", { name: "Stop" }).click();
    assert.equal(await settled(page), "ready");
    const count = mock.requests.length;
    await page.waitForTimeout(1500);
    assert.equal(mock.requests.length, count);
    assert.deepEqual(problems, []);
  });

  test("scenarios send nothing to the API", async () => {
    const { page } = await demo.open();
    const count = mock.requests.length;
    await tryFailure(page, "unauthorized");
    assert.equal(await settled(page), "error");
    assert.equal(mock.requests.length, count);
    assert.equal(new URL(page.url()).hash, "");
  });

  test("the server compresses the files", async () => {
    for (const [accepted, encoding] of [
      ["gzip, deflate, br", "br"],
      ["gzip", "gzip"],
      ["br;q=0", null],
    ]) {
      const response = await fetch(demo.url, { headers: { "accept-encoding": String(accepted) } });
      assert.equal(response.headers.get("content-encoding"), encoding);
      assert.equal(response.headers.get("vary"), "accept-encoding");
      assert.match(await response.text(), /<meta name="aiera-api" content="api" \/>/);
    }
  });

  test("the server serves only the page, under its host only", async () => {
    const { port, pathname } = new URL(demo.url);
    /**
     * @param {string} path sent unchanged
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
