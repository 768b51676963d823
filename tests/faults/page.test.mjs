// @ts-check
// The faults in a page, in Chromium: the table, aborts, deadlines and redirects. The page and the fault server have different
// origins. Other tests check properties that are visible only in Node, such as listeners.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { assertQuiet, soon } from "./harness.mjs";
import { startFaultServer } from "./server.mjs";
import * as steps from "./steps.mjs";
import { SESSION, TABLE, outcomeOf } from "./table.mjs";
import { operation } from "../support/operations.mjs";

/**
 * A call in the page, and its outcome. `isPrompt`: the call settled within one turn after its abort, or within 100 ms after
 * its deadline, by the order of timers.
 * @typedef {"pollSession" | "createSession"} Name
 * @typedef {{ name: Name, abortAfterMs?: number, options: Record<string, unknown> }} Call
 * @typedef {{ id?: number, status?: string, code?: string, errorName?: string, httpStatus?: number, cause?: string,
 *   attempts?: number, message?: string, tookMs: number, isPrompt: boolean }} Outcome
 */

const PACKAGE = new URL("../../pkg/", import.meta.url);
const TYPES = /** @type {Record<string, string>} */ ({
  mjs: "text/javascript",
  js: "text/javascript",
  wasm: "application/wasm",
});
const NAMES = /** @type {Name[]} */ (["pollSession", "createSession"]);

/** Chromium treats a truncated head as complete; the session is then missing. */
const LENIENT = "a close within the headers";

const PAGE = `<!doctype html><meta charset="utf-8"><title>Faults</title><script type="module">
  import * as pkg from "/pkg/index.mjs";
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  window.run = async ({ name, abortAfterMs, options }) => {
    const start = performance.now();
    let isSettled = false;
    let isPrompt = false;
    if (abortAfterMs !== undefined) {
      const controller = new AbortController();
      options.signal = controller.signal;
      sleep(abortAfterMs).then(async () => {
        controller.abort("enough");
        await sleep(0);
        isPrompt = isSettled;
      });
    }
    const argument = name === "pollSession" ? ${steps.SESSION_ID} : { prompt: "?" };
    const call = pkg[name](argument, options);
    const late = abortAfterMs === undefined && sleep(options.timeoutMs + 100).then(() => (isPrompt = isSettled));
    const outcome = await call.then(
      ({ id, status }) => ({ id, status }),
      ({ code, name, status, cause, attempts, message }) =>
        ({ code, errorName: name, httpStatus: status, cause: cause?.code ?? String(cause), attempts, message }),
    );
    isSettled = true;
    const tookMs = performance.now() - start;
    if (abortAfterMs !== undefined) await sleep(10);
    else if (options.timeoutMs < 1_000) await late;
    return { ...outcome, tookMs, isPrompt };
  };
</script>`;

/** @param {string} path */
async function site(path) {
  if (path === "/") return { type: "text/html", body: PAGE };
  if (!path.startsWith("/pkg/")) return { status: 404, type: "text/plain", body: "" };
  const body = await readFile(new URL(path.slice("/pkg/".length), PACKAGE));
  return { type: TYPES[path.split(".").at(-1) ?? ""] ?? "application/octet-stream", body };
}

describe("in a page", { concurrency: 8 }, () => {
  /** @type {import("./server.mjs").FaultServer} */
  let pages;
  /** @type {Awaited<ReturnType<typeof launchBrowser>>} */
  let browser;
  /** @type {import("playwright-core").Page} */
  let page;

  before(async () => {
    pages = await startFaultServer({ site });
    browser = await launchBrowser();
    page = await browser.newPage();
    await page.goto(`${pages.origin}/`);
    await page.waitForFunction("window.run");
  });
  after(async () => {
    await browser?.close();
    await pages?.close();
  });

  /** @param {import("node:test").TestContext} t */
  async function faulty(t) {
    // Chromium resends a request that was lost on a connection that has served another one.
    const server = await startFaultServer({ cors: true, keepAlive: false });
    t.after(() => server.close());
    return server;
  }

  /**
   * @param {import("./server.mjs").FaultServer} server
   * @param {Name} name
   * @param {Record<string, unknown> & { abortAfterMs?: number }} [more]
   * @returns {Promise<Outcome>}
   */
  function run(server, name, { abortAfterMs, ...more } = {}) {
    const pace = name === "pollSession" ? { intervalMs: 5, maxIntervalMs: 20 } : {};
    const options = {
      apiKey: "sk-faults-0123456789abcdef",
      dangerouslyAllowBrowser: true,
      baseUrl: server.url,
      timeoutMs: 60_000,
      ...pace,
      ...more,
    };
    const call = { name, options, ...(abortAfterMs !== undefined && { abortAfterMs }) };
    return page.evaluate((call) => /** @type {any} */ (globalThis).run(call), call);
  }

  for (const row of TABLE) {
    const options = { maxRetries: 1, ...(row.stalls && { requestTimeoutMs: 400 }) };
    const patient = row.stalls ? { ...options, maxRetries: 100 } : options;

    test(`a poll in a page has the outcome of the table after ${row.name}`, async (t) => {
      const server = await faulty(t);
      const expected = outcomeOf(row, operation("pollSession"));
      if (expected === "ok") {
        server.script([row.step(SESSION)]);
        const { id, status } = await run(server, "pollSession", options);
        assert.deepEqual({ id, status }, { id: steps.SESSION_ID, status: "active" });
      } else if (expected.survives) {
        server.script([row.step(SESSION), steps.json(steps.ACTIVE)]);
        assert.equal((await run(server, "pollSession", patient)).status, "active");
        assert.ok(row.stalls || server.requests.length === 2);
        server.script(() => row.step(SESSION));
        const once = { ...options, maxRetries: 0 };
        assertOutcome(await run(server, "pollSession", once), row.name, expected);
      } else {
        server.script(() => row.step(SESSION));
        assertOutcome(await run(server, "pollSession", options), row.name, expected);
        assert.equal(server.requests.length, 1);
      }
    });

    test(`a create in a page has the outcome of the table after ${row.name}`, async (t) => {
      const server = await faulty(t);
      const expected = outcomeOf(row, operation("createSession"));
      server.script(() => row.step(SESSION));
      const outcome = await run(server, "createSession", options);
      if (expected === "ok") {
        assert.equal(outcome.status, "active", outcome.message);
        assert.equal(server.requests.length, 1);
      } else {
        assertOutcome(outcome, row.name, expected);
        assert.equal(server.requests.length, expected.resent ? 2 : 1);
      }
    });
  }

  /**
   * @param {Outcome} outcome
   * @param {string} row
   * @param {{ code: string, status?: number, cause?: string }} expected
   */
  function assertOutcome(outcome, row, { code, status, cause }) {
    const garbled = (/** @type {string | undefined} */ lost) =>
      row === LENIENT && lost === "network" ? "decode" : lost;
    assert.equal(outcome.code, garbled(code), outcome.message);
    if (cause !== undefined) assert.equal(outcome.cause, garbled(cause));
    // The platform hides the status of a redirect from a page.
    if (code !== "redirected") {
      assert.equal(outcome.httpStatus ?? status, status ?? outcome.httpStatus);
    }
  }

  const IN_FLIGHT = /** @type {Record<string, steps.Step>} */ ({
    "a request": steps.stallBeforeHeaders(),
    headers: steps.stallMidHeaders(),
    "a body": steps.stallMidBody(),
    "a drip": steps.dripForever(),
  });
  for (const name of NAMES) {
    for (const [state, step] of Object.entries(IN_FLIGHT)) {
      test(`in a page, an abort of ${name} with ${state} in flight`, async (t) => {
        const server = await faulty(t);
        server.script(() => step);
        const outcome = await run(server, name, { abortAfterMs: 1_000 });
        assert.equal(outcome.errorName, "AbortError");
        assert.equal(outcome.cause, "enough");
        assert.ok(outcome.isPrompt, "the abort took longer than a turn");
        const request = await soon(server.received(1), "the request");
        await soon(request.gone, "the closed connection");
        await assertQuiet(server, 1);
      });

      test(`in a page, a deadline of ${name} with ${state} in flight`, async (t) => {
        const server = await faulty(t);
        server.script(() => step);
        const outcome = await run(server, name, { timeoutMs: 900 });
        const { unknown } = operation(name);
        assert.equal(outcome.code, unknown ?? "timeout");
        assert.ok(outcome.tookMs >= 895, `${outcome.tookMs} ms`);
        assert.ok(outcome.isPrompt, "the call settled after a timer that was due later");
        const request = await soon(server.received(1), "the request");
        await soon(request.gone, "the closed connection");
        await assertQuiet(server, 1);
      });
    }

    for (const code of [301, 302, 303, 307, 308]) {
      test(`in a page, a ${code} of ${name} to another origin is not followed`, async (t) => {
        const [server, other] = await Promise.all([faulty(t), faulty(t)]);
        other.script([steps.json(steps.ACTIVE)]);
        server.script(() => steps.redirect(code, `${other.origin}/elsewhere`));
        assert.equal((await run(server, name)).code, "redirected");
        await assertQuiet(server, 1);
        assert.equal(other.connections, 0);
      });
    }

    test(`in a page, Retry-After to ${name} is honored if the server allows the page to read it`, async (t) => {
      const server = await faulty(t);
      server.script([steps.status(429, { retryAfter: "1" }), steps.json(steps.ACTIVE)]);
      const outcome = await run(server, name);
      assert.equal(outcome.status, "active", outcome.message);
      assert.ok(outcome.tookMs >= 995, `${outcome.tookMs} ms`);
    });
  }

  test("in a page, an abort in a pause takes effect within a turn", async (t) => {
    const server = await faulty(t);
    server.script(() => steps.json(steps.PENDING));
    const pace = { intervalMs: 30_000, maxIntervalMs: 30_000 };
    const outcome = await run(server, "pollSession", { ...pace, abortAfterMs: 1_000 });
    assert.equal(outcome.code, "aborted");
    assert.ok(outcome.isPrompt);
    await assertQuiet(server, 1);
  });
});
