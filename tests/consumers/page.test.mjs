// @ts-check
// The built package in a static page, in Chromium: under a content security policy, without a network, hidden and shown, in
// workers, and in documents that inherit their origin.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { createMockApi } from "../../pkg/testing.mjs";
import { toNodeListener } from "../../pkg/proxy-node.mjs";
import { launchBrowser } from "../support/browser.mjs";

const STRICT = "default-src 'none'; connect-src 'self'; script-src 'self'";

/** The scripts of the page and of the worker, which run code from the test. */
const SCRIPTS = /** @type {Record<string, string>} */ ({
  "/page.mjs": `import * as aiera from "/pkg/index.mjs"; window.aiera = aiera; document.title = "ready";`,
  "/worker.mjs": `import { AieraChat } from "/pkg/index.mjs";
    const chat = new AieraChat({ baseUrl: "/api" });
    chat.pollSession(2229).then((done) => postMessage(done.status), (error) => postMessage(String(error)));`,
});

describe("in a page", () => {
  const mock = createMockApi({
    stages: [{ status: "generating_response", ms: 1e9 }, { status: "active" }],
    firstId: 2229,
  });
  const api = toNodeListener(mock.handler);
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    if (pathname.startsWith("/api/")) return api(request, response);
    const csp = searchParams.get("csp");
    if (csp !== null) response.setHeader("Content-Security-Policy", csp);
    if (pathname === "/") {
      response.setHeader("Content-Type", "text/html");
      return response.end(
        `<!doctype html><title>?</title><script type="module" src="/page.mjs"></script>`,
      );
    }
    response.setHeader("Content-Type", "text/javascript");
    // A sandboxed document has another origin, so the module needs CORS headers.
    response.setHeader("Access-Control-Allow-Origin", "*");
    const script = SCRIPTS[pathname];
    const file = new URL(`../..${pathname}`, import.meta.url);
    response.statusCode = script || pathname.startsWith("/pkg/") ? 200 : 404;
    response.end(script ?? (pathname.startsWith("/pkg/") ? await readFile(file, "utf8") : ""));
  });
  /** @type {import("playwright-core").Browser} */
  let browser;
  let origin = "";

  before(async () => {
    browser = await launchBrowser();
    await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
    origin = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
    await mock.fetch(`${origin}/api/chat-v1/sessions`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ prompt: "?" }),
    });
  });
  after(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });

  /** @param {string} [csp] */
  async function open(csp) {
    const page = await browser.newPage();
    await page.goto(`${origin}/${csp === undefined ? "" : `?csp=${encodeURIComponent(csp)}`}`);
    await page.waitForFunction(() => document.title === "ready");
    return page;
  }

  /** Polls in the page, which keeps the events. */
  const POLL = `(() => {
    window.events = [];
    const leave = (window.leave = new AbortController());
    const options = { baseUrl: "/api", intervalMs: 20, maxIntervalMs: 40, maxRetries: 0, signal: leave.signal };
    window.outcome = aiera.pollSession(2229, { ...options, onPoll: (event) => events.push(event) }).then(
      (session) => session.status, (error) => error.code + ": " + error.message);
  })()`;

  test("the package works under a strict policy that allows WebAssembly", async () => {
    const page = await open(`${STRICT} 'wasm-unsafe-eval'`);
    await page.evaluate(POLL);
    await page.waitForFunction(() => /** @type {any} */ (window).events.length > 1);
    await page.evaluate("leave.abort()");
    assert.match(String(await page.evaluate("outcome")), /^aborted/);
    await page.close();
  });

  test("the error names a policy that forbids WebAssembly, and the directive to add", async () => {
    const page = await open(STRICT);
    await page.evaluate(POLL);
    const outcome = String(await page.evaluate("outcome"));
    assert.match(outcome, /^wasm_unavailable: .*'wasm-unsafe-eval'.*script-src/);
    await page.close();
  });

  test("a key in a page is refused", async () => {
    const page = await open();
    const code = await page.evaluate(
      `aiera.createSession({}, { apiKey: "key", baseUrl: "/api" }).catch((error) => error.code)`,
    );
    assert.equal(code, "invalid_argument");
    await page.close();
  });

  test("a base URL with any path is on the page's own origin", async () => {
    const page = await open();
    for (const baseUrl of [
      "//elsewhere.example/api",
      "/\\elsewhere.example",
      "http://elsewhere.example",
    ]) {
      const call = `aiera.createSession({}, { baseUrl: ${JSON.stringify(baseUrl)} }).catch((error) => error.code)`;
      assert.equal(await page.evaluate(call), "invalid_argument", baseUrl);
    }
    await page.close();
  });

  test("polling stops without a network, and continues at once when it is back", async () => {
    const page = await open();
    await page.evaluate(POLL);
    await page.waitForFunction("events.length > 2");
    await page.context().setOffline(true);
    await page.waitForTimeout(100);
    const before = mock.requests.length;
    await page.waitForTimeout(400);
    assert.equal(mock.requests.length, before, "nothing is sent");
    await page.context().setOffline(false);
    const seen = await page.evaluate("events.length");
    await page.waitForFunction(
      (/** @type {any} */ count) => /** @type {any} */ (window).events.length > count + 1,
      seen,
    );
    await page.evaluate("leave.abort()");
    assert.match(String(await page.evaluate("outcome")), /^aborted/);
    await page.close();
  });

  test("a hidden page polls slowly, and polls at once when it is shown", async () => {
    const page = await open();
    const show = (/** @type {string} */ state) =>
      page.evaluate(`Object.defineProperty(document, "visibilityState", { value: "${state}", configurable: true });
        document.dispatchEvent(new Event("visibilitychange"))`);
    await page.evaluate(POLL);
    await page.waitForFunction("events.length > 2");
    await show("hidden");
    await page
      .waitForFunction("events.at(-1).reason === 'hidden'", null, { timeout: 1_000 })
      .catch(() => {});
    await page.waitForTimeout(100);
    const before = await page.evaluate("events.length");
    await page.waitForTimeout(500);
    assert.equal(await page.evaluate("events.length"), before, "nothing is sent");
    await show("visible");
    await page.waitForFunction(
      (/** @type {any} */ count) => /** @type {any} */ (window).events.length > count,
      before,
      {
        timeout: 1_000,
      },
    );
    await page.evaluate("leave.abort()");
    await page.close();
  });

  test("a module worker asks", async () => {
    mock.reset();
    const page = await open();
    await page.evaluate(
      `fetch("/api/chat-v1/sessions", { method: "POST", body: "{}", headers: { "Content-Type": "application/json" } })`,
    );
    const status = await page.evaluate(`new Promise((resolve) => {
      new Worker("/worker.mjs", { type: "module" }).onmessage = (event) => resolve(event.data);
    })`);
    assert.equal(status, "active");
    await page.close();
  });

  /** Documents without their own address, and the code of a page that opens each. @type {Record<string, string>} */
  const INHERITED = {
    "an iframe with srcdoc": `frame.srcdoc = html`,
    "an iframe without an address": `
      frame.contentDocument.open();
      frame.contentDocument.write(html);
      frame.contentDocument.close()`,
    "an iframe with a blob's address": `
      frame.src = URL.createObjectURL(new Blob([html], { type: "text/html" }))`,
  };
  /** The content of such a document: a script that polls, and reports to its parent. */
  const HOLDS = `
    const script = \`import { AieraChat } from "\${location.origin}/pkg/index.mjs";
      const chat = new AieraChat({ baseUrl: "/api" });
      chat.createSession({ prompt: "?" }).then(({ status }) => status, (error) => error.code + ": " + error.message)
        .then((result) => parent.postMessage({ result, origin: location.origin, own: self.origin }, "*"));\`;
    const html = '<script type="module">' + script + "</scr" + "ipt>";`;

  for (const [name, fill] of Object.entries(INHERITED)) {
    test(`${name} asks through a path on the origin that it inherits`, async () => {
      const page = await open();
      const message = await page.evaluate(`new Promise((resolve) => {
        onmessage = ({ data }) => resolve(data);
        const frame = document.createElement("iframe");
        document.body.append(frame);
        ${HOLDS}
        ${fill};
      })`);
      const { result, own } = /** @type {any} */ (message);
      assert.equal(own, origin);
      assert.equal(result, "generating_response");
      await page.close();
    });
  }

  test("a sandboxed iframe refuses a path, since it has no origin", async () => {
    const page = await open();
    const message = await page.evaluate(`new Promise((resolve) => {
      onmessage = ({ data }) => resolve(data);
      const frame = document.createElement("iframe");
      frame.sandbox = "allow-scripts";
      document.body.append(frame);
      ${HOLDS}
      frame.srcdoc = html;
    })`);
    const { result, own } = /** @type {any} */ (message);
    assert.equal(own, "null");
    assert.match(result, /^invalid_argument: .*baseUrl/);
    await page.close();
  });

  test("a worker from a blob asks through a path on the page's origin", async () => {
    const page = await open();
    const result = await page.evaluate(`new Promise((resolve) => {
      const script = \`import { AieraChat } from "\${location.origin}/pkg/index.mjs";
        const chat = new AieraChat({ baseUrl: "/api" });
        chat.createSession({ prompt: "?" }).then(({ status }) => postMessage(status),
          (error) => postMessage(error.code + ": " + error.message));\`;
      const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
      new Worker(url, { type: "module" }).onmessage = ({ data }) => resolve(data);
    })`);
    assert.equal(result, "generating_response");
    await page.close();
  });
});
