// @ts-check
// The demo page on its embedded mock, as static files under a path, driven as a visitor drives it. The proxy and hostile
// answers have tests of their own.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { FAILURES } from "../../www/src/failures.js";
import { ask, errorField, PHONE, settled, shown, startDemo, WIDE } from "./demo.mjs";

const QUESTION = "What were the key takeaways from Tesla Q1 2026 earnings?";

const CODES = [
  "aborted",
  "create_outcome_unknown",
  "decode",
  "http",
  "invalid_argument",
  "key_unavailable",
  "network",
  "redirected",
  "session_failed",
  "timeout",
  "wasm_unavailable",
];

describe("the demo page on the mock", { concurrency: 5 }, () => {
  /** @type {Awaited<ReturnType<typeof startDemo>>} */
  let demo;
  /** @type {Awaited<ReturnType<typeof demo.open>>[]} */
  const opened = [];
  before(async () => {
    demo = await startDemo();
  });
  after(async () => {
    await demo?.close();
  });

  /** @param {Parameters<typeof demo.open>[0]} [options] */
  async function open(options) {
    const it = await demo.open(options);
    opened.push(it);
    return it;
  }
  afterEach(() => {
    for (const { problems, requested } of opened) {
      assert.deepEqual(problems, [], "the console is quiet");
      const away = requested.filter((url) => !url.startsWith(demo.url) && !url.startsWith("data:"));
      assert.deepEqual(away, [], "nothing is asked of anybody else");
    }
  });

  test("from question to answer", async () => {
    const { page } = await open();
    await page.evaluate(() => {
      const said = /** @type {string[]} */ (/** @type {any} */ (window).said = []);
      const region = /** @type {HTMLElement} */ (document.querySelector("#announcer"));
      const note = () => said.push(region.textContent ?? "");
      new MutationObserver(note).observe(region, { childList: true });
    });
    assert.equal(await page.getByRole("textbox", { name: "Question" }).inputValue(), QUESTION);
    await page.getByText("Title and sources").click();
    await page.getByLabel("Title", { exact: true }).fill("API Docs Example");
    const run = await ask(page);

    // It is alive while it waits.
    await run.getByText("Session 2229").waitFor();
    const clock = run.locator(".clock");
    const early = await clock.textContent();
    await page.waitForFunction(
      (was) => document.querySelector(".clock")?.textContent !== was,
      early,
    );
    assert.equal(await run.locator(".answer").getAttribute("aria-busy"), "true");
    await run.getByText(/^Poll \d+: HTTP 200/).waitFor();

    assert.equal(await settled(run), "done");
    const names = await run.locator(".step-name").allTextContents();
    assert.deepEqual(names, ["Created", "Finding sources", "Generating response", "Answer ready"]);
    const times = (await run.locator(".step-time").allTextContents()).map(parseFloat);
    assert.ok(
      times.every((time, index) => time >= (times[index - 1] ?? 0)),
      `${times}`,
    );
    assert.deepEqual(await page.evaluate("said"), [
      "Creating the session",
      "Finding sources",
      "Generating response",
      "Answer ready",
    ]);

    // The answer, with its markers linked to the list of citations.
    const prose = run.locator(".prose");
    assert.match(
      String(await prose.textContent()),
      /You asked: What were the key takeaways from Tesla/,
    );
    assert.equal(await prose.locator("tbody td").count(), 24);
    assert.doesNotMatch(String(await prose.textContent()), /\[c1\]|\[transcript_5512\]/);
    const marker = prose.getByRole("link", { name: "citation 2" }).first();
    await marker.click();
    const focused = page.locator("li:focus");
    assert.match(String(await focused.textContent()), /120 basis points/);
    await focused.getByRole("button", { name: "Back to the text" }).click();
    assert.ok(await marker.evaluate((element) => element === document.activeElement));
    assert.equal(await run.locator(".sources li").count(), 5);
    const link = run.locator(".citations a").first();
    assert.equal(await link.getAttribute("rel"), "noopener noreferrer nofollow");
    assert.equal(await link.getAttribute("target"), "_blank");

    // The polls, each with the reason of its pause.
    const polls = await run.locator(".poll").allTextContents();
    assert.match(String(polls[0]), /#1.*HTTP 200, finding sources.*then \d\.\d s: the usual pace/);
    assert.match(String(polls.at(-1)), /HTTP 200, answer ready.*nothing more to ask/);

    // The wire, as the API document has it.
    await run.getByRole("tab", { name: "On the wire" }).click();
    const exchanges = run.locator(".exchange");
    assert.equal(await exchanges.count(), polls.length + 1);
    const [request, response] = await exchanges.first().locator("pre").allTextContents();
    assert.equal(
      request,
      "POST https://premium.aiera.com/api/chat-v1/sessions\ncontent-type: application/json\n\n" +
        JSON.stringify({ title: "API Docs Example", prompt: QUESTION }, null, 2),
    );
    assert.match(String(response), /^HTTP 201 .*"id": 2229,.*"status": "finding_sources"/s);
    const path = await exchanges.nth(1).locator(".path").textContent();
    assert.equal(path, "/api/chat-v1/sessions/2229?include_messages=true");

    await run.getByRole("tab", { name: "Code" }).click();
    const [code, inNode] = await run.locator(".snippet code").allTextContents();
    assert.match(String(code), /import \{ AieraChat \} from "aiera-chat";.*fetch: mock\.fetch/s);
    assert.match(String(inNode), /apiKey: process\.env\.AIERA_API_KEY/);
  });

  test("every failing run, all at once, says what it is", async () => {
    const { page } = await open();
    const failures = FAILURES.flatMap(([, group]) => group);
    assert.deepEqual([...new Set(failures.flatMap(({ code }) => code ?? []))].sort(), CODES);
    /** @type {import("./demo.mjs").Locator[]} */
    const runs = [];
    for (const { id } of failures) runs.push(await ask(page, id));
    assert.equal(await page.locator("#sessions li").count(), failures.length);
    for (const [index, { id, code }] of failures.entries()) {
      const run = /** @type {import("./demo.mjs").Locator} */ (runs[index]);
      assert.equal(await settled(run), code ? "failed" : "done", id);
      if (!code) continue;
      assert.equal(await errorField(run, "code"), code, id);
      assert.notEqual(await run.locator(".error-message").textContent(), "", id);
    }
    const by = (/** @type {string} */ id) =>
      /** @type {import("./demo.mjs").Locator} */ (runs[failures.findIndex((f) => f.id === id)]);
    assert.match(String(await errorField(by("rate-limited"), "retryAfterMs")), /^3600000 /);
    assert.equal(await errorField(by("unauthorized"), "status"), "401");
    assert.equal(await errorField(by("unauthorized"), "requestId"), "demo-401");
    assert.equal(await errorField(by("aborted"), "name"), "AbortError");
    assert.equal(await errorField(by("timeout"), "name"), "TimeoutError");
    assert.equal(await errorField(by("timeout"), "lastSession.status"), "finding_sources");
    assert.match(String(await errorField(by("stalled"), "cause")), /timeout/);
    const bumps = (await by("bumpy").locator(".poll").allTextContents()).join("\n");
    assert.match(bumps, /the server asked for it/);
    assert.match(bumps, /backing off after a failure/);
    assert.match(
      String(await by("unknown-status").locator(".steps").textContent()),
      /weighing evidence/,
    );
  });

  test("cancel, and go on waiting", async () => {
    const { page } = await open();
    const run = await ask(page);
    await run.getByText("Session 2229").waitFor();
    await run.getByRole("button", { name: "Cancel" }).click();
    assert.equal(await settled(run), "failed");
    assert.equal(await errorField(run, "code"), "aborted");
    assert.match(String(await errorField(run, "cause")), /You pressed Cancel/);
    const polls = await run.locator(".poll").count();
    await page.waitForTimeout(1200);
    assert.equal(await run.locator(".poll").count(), polls, "no poll after the cancel");

    await run.getByRole("button", { name: "Go on waiting" }).click();
    assert.equal(await settled(run), "done");
    assert.ok(await run.locator(".prose table").isVisible());
  });

  test("a wait that failed goes on when the fault is gone", async () => {
    const { page } = await open();
    const run = await ask(page, "not-found");
    assert.equal(await settled(run), "failed");
    await run.getByRole("button", { name: "Go on waiting" }).click();
    assert.equal(await settled(run), "done");
  });

  test("several sessions, and one reopened by its id", async () => {
    const { page } = await open();
    const first = await ask(page);
    await first.getByText("Session 2229").waitFor();
    await page.getByRole("textbox", { name: "Question" }).fill("And what of margins?");
    const second = await ask(page);
    await second.getByText("Session 2230").waitFor();
    assert.ok(!(await first.isVisible()));

    await page.getByLabel("Session id").fill("2229");
    await page.getByRole("button", { name: "Open", exact: true }).click();
    const third = await shown(page);
    for (const run of [first, second, third]) assert.equal(await settled(run), "done");
    assert.match(String(await third.locator(".prose").textContent()), /Tesla Q1 2026/);
    assert.equal(await third.locator(".step-name").first().textContent(), "Reopened");

    await page.getByRole("navigation").getByRole("button", { name: "margins" }).click();
    assert.match(String(await second.locator(".prose").textContent()), /And what of margins\?/);
    assert.ok(await second.isVisible());
    assert.ok(!(await third.isVisible()));

    await page.getByLabel("Session id").fill("77");
    await page.getByRole("button", { name: "Open", exact: true }).click();
    const missing = await shown(page);
    assert.equal(await settled(missing), "failed");
    assert.equal(await errorField(missing, "status"), "404");
  });

  test("sources are sent as they are, and checked before", async () => {
    const { page } = await open();
    await page.getByText("Title and sources").click();
    const sources = page.getByLabel("Sources, as a JSON array");
    await sources.fill('{"id": "456"}');
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.getByText("This must be a JSON array").waitFor();
    assert.equal(await sources.getAttribute("aria-invalid"), "true");
    assert.ok(await sources.evaluate((element) => element === document.activeElement));
    assert.equal(await page.locator(".run").count(), 0);

    await sources.fill('[{"id": "456", "type": "filing"}]');
    const run = await ask(page);
    await run.getByText("Session 2229").waitFor();
    await run.getByRole("tab", { name: "On the wire" }).click();
    const request = String(await run.locator(".exchange pre").first().textContent());
    const body = JSON.parse(request.slice(request.indexOf("{")));
    assert.deepEqual(body.sources, [{ id: "456", type: "filing" }]);
  });

  for (const [name, viewport] of Object.entries({ wide: WIDE, phone: PHONE })) {
    test(`nothing jumps while an answer comes: ${name}`, async () => {
      const { page } = await open({ viewport });
      await page.evaluate(() => {
        const w = /** @type {any} */ (window);
        w.jumps = [];
        const note = (/** @type {any} */ list) => {
          for (const { value, hadRecentInput, sources } of list.getEntries()) {
            const moved = sources
              .map((/** @type {any} */ { node }) => node?.className ?? node?.nodeName)
              .join(", ");
            if (!hadRecentInput) w.jumps.push({ value, moved });
          }
        };
        new PerformanceObserver(note).observe({ type: "layout-shift", buffered: true });
      });
      const run = await ask(page);
      assert.equal(await settled(run), "done");
      await page.waitForTimeout(200);
      const jumps = /** @type {{ value: number, moved: string }[]} */ (
        await page.evaluate("jumps")
      );
      const sum = jumps.reduce((total, { value }) => total + value, 0);
      assert.ok(sum < 0.02, JSON.stringify(jumps));
    });
  }

  test("nothing moves for those who want it so, and nothing is cut off on a small screen", async () => {
    const { page } = await open({ reducedMotion: "reduce", viewport: { width: 320, height: 640 } });
    const run = await ask(page);
    await run.getByText("Session 2229").waitFor();
    const moving = await page.evaluate(() => document.getAnimations().length);
    assert.equal(moving, 0);
    assert.equal(await settled(run), "done");
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 320, `${width}px wide`);
  });
});
