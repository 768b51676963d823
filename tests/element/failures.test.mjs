// @ts-check
// The text of a failure in the element, and the action that the element offers.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { reached, startChromium } from "./chromium.mjs";
import { QUICK } from "./site.mjs";

/** @type {Awaited<ReturnType<typeof startChromium>>} */
let chromium;
before(async () => {
  chromium = await startChromium();
});
after(() => chromium?.close());

const HTML = { "content-type": "text/html" };
const REFUSED = { error: "The origin is not allowed.", refused_by: "aiera-chat/proxy" };

/** @type {Record<string, { fault: any, code: string, name: string, action: string }>} */
const FAILURES = {
  "a redirect": {
    fault: { operation: "createSession", redirect: "/login" },
    code: "redirected",
    name: "errorRedirected",
    action: "Try again",
  },
  "an HTML page in place of a session that was created": {
    fault: { operation: "createSession", garble: "html" },
    code: "create_outcome_unknown",
    name: "errorDecode",
    action: "Try again",
  },
  "an HTML page in place of the session": {
    fault: { operation: "getSession", garble: "html", times: Infinity },
    code: "decode",
    name: "errorDecode",
    action: "Keep waiting",
  },
  "a refusal by the package's proxy": {
    fault: {
      operation: "createSession",
      status: 403,
      body: REFUSED,
      headers: { "x-refused-by": "aiera-chat/proxy" },
    },
    code: "http",
    name: "errorProxyRefused",
    action: "Try again",
  },
  "a refusal by a proxy of the network": {
    fault: {
      operation: "createSession",
      status: 403,
      body: "<!doctype html><title>Blocked</title>",
      headers: HTML,
    },
    code: "http",
    name: "errorProxyRefused",
    action: "Try again",
  },
  "a refusal by the API": {
    fault: { operation: "createSession", status: 403, body: { message: "Forbidden" } },
    code: "http",
    name: "errorRefused",
    action: "Try again",
  },
  "a lost connection": {
    // Chromium repeats a request that failed on a reused connection.
    fault: { operation: "createSession", drop: true, times: Infinity },
    code: "create_outcome_unknown",
    name: "errorCreateUnknown",
    action: "Try again",
  },
};

describe("a failure is shown as a sentence, with the action that fits:", () => {
  for (const [title, { fault, code, name, action }] of Object.entries(FAILURES)) {
    test(title, async () => {
      const { path, mock } = chromium.site.addApi(QUICK);
      mock.fail(fault);
      const { page } = await chromium.open(`<aiera-chat base-url="${path}"></aiera-chat>`);
      await page.evaluate(
        `document.querySelector("aiera-chat").pollOptions = { intervalMs: 10, maxIntervalMs: 10, maxRetries: 1 }`,
      );
      const [rejected, text] = /** @type {string[]} */ (
        await page.evaluate(`(() => {
          const chat = document.querySelector("aiera-chat");
          return chat.ask("What is new?").catch(({ code }) => [code, chat.strings.${name}]);
        })()`)
      );
      assert.equal(rejected, code);
      assert.equal(await page.locator(".notice p").textContent(), text);
      assert.equal(await page.locator(".notice button").textContent(), action);
    });
  }
});

test("an ask with a misspelt field rejects, shows an error, and sends an event", async () => {
  const { path, requests } = chromium.site.addApi(QUICK);
  const { page } = await chromium.open(`<aiera-chat base-url="${path}"></aiera-chat>`);
  const code = await page.evaluate(
    `document.querySelector("aiera-chat").ask({ promt: "What is new?" }).catch(({ code }) => code)`,
  );
  assert.equal(code, "invalid_argument");
  await reached(page, "error");
  assert.equal(
    await page.locator(".notice").textContent(),
    "This chat is not set up correctly.",
    "no action: asking again would fail again",
  );
  assert.deepEqual(
    await page.evaluate(
      `events.flatMap(({ type, detail }) => type === "error" ? [detail.error.code] : [])`,
    ),
    ["invalid_argument"],
  );
  assert.deepEqual(requests(), []);
  // The next question works as usual.
  await page.evaluate(`document.querySelector("aiera-chat").ask("What is new?").then(() => {})`);
  await reached(page, "ready");
  assert.equal(await page.locator(".notice").count(), 0);
});

test("an ask with a blank text rejects, and does not change the conversation", async () => {
  const { path } = chromium.site.addApi(QUICK);
  const { page } = await chromium.open(`<aiera-chat base-url="${path}"></aiera-chat>`);
  const [code, status] = /** @type {string[]} */ (
    await page.evaluate(`(() => {
      const chat = document.querySelector("aiera-chat");
      return chat.ask("  ").catch(({ code }) => [code, chat.status]);
    })()`)
  );
  assert.deepEqual([code, status], ["invalid_argument", "idle"]);
});

test("the element survives a document without a window", async () => {
  const { path } = chromium.site.addApi(QUICK);
  const { page, problems } = await chromium.open(`<aiera-chat base-url="${path}"></aiera-chat>`);
  await page.evaluate(`{
    const chat = document.querySelector("aiera-chat");
    const other = document.implementation.createHTMLDocument();
    other.body.append(chat);
    document.body.append(chat);
  }`);
  assert.deepEqual(problems, []);
  assert.equal(
    await page.evaluate(
      `getComputedStyle(document.querySelector("aiera-chat").shadowRoot.querySelector(".column")).display`,
    ),
    "flex",
    "its styles are back",
  );
});

test("the focus moves from a page's control in the greeting when the greeting is removed", async () => {
  const { path } = chromium.site.addApi(QUICK);
  const { page } = await chromium.open(
    `<aiera-chat base-url="${path}"><button slot="empty">Ask for me</button></aiera-chat>`,
    {
      script: `document.querySelector("button").addEventListener("click", () => {
        void document.querySelector("aiera-chat").ask("What is new?");
      });`,
    },
  );
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await reached(page, "ready");
  assert.equal(
    await page.evaluate(`document.querySelector("aiera-chat").shadowRoot.activeElement?.nodeName`),
    "TEXTAREA",
  );
});
