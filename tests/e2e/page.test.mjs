// @ts-check
// The demo page on its embedded mock, as static files below a path. Other files test the proxy and hostile answers.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { FAILURES } from "../../www/src/failures.js";
import {
  ask,
  composer,
  errorField,
  facts,
  openTab,
  PHONE,
  settled,
  shown,
  startDemo,
  tryFailure,
  visibleText,
  WIDE,
} from "./demo.mjs";

const QUESTION = "What drove Halden's Q1?";

const CODES = [
  "aborted",
  "create_outcome_unknown",
  "decode",
  "http",
  "invalid_argument",
  "key_unavailable",
  "network",
  "no_answer",
  "prompt_outcome_unknown",
  "redirected",
  "session_failed",
  "timeout",
  "wasm_unavailable",
];

/** The error of the element, its action, and fields of the error in the drawer. */
const OUTCOMES =
  /** @type {Record<string, [text: RegExp, action: string, fields: Record<string, string>]>} */ ({
    "missing-key": [/refused access/, "Try again", { status: "403" }],
    unauthorized: [/refused access/, "Try again", { status: "401", requestId: "demo-401" }],
    "rate-limited": [/Too many questions/, "Keep waiting", { retryAfterMs: "3600000" }],
    "not-found": [/does not exist/, "Start over", { status: "404" }],
    redirect: [/sent the question elsewhere/, "Keep waiting", {}],
    "finding-sources-error": [/could not answer/, "Try again", {}],
    "generating-response-error": [/could not answer/, "Try again", {}],
    "no-answer": [/No answer came/, "Try again", {}],
    deleted: [/was deleted/, "Start over", { "lastSession.status": "deleted" }],
    dropped: [/connection was lost/, "Keep waiting", {}],
    stalled: [/connection was lost/, "Keep waiting", {}],
    garbled: [/did not come from the assistant/, "Keep waiting", {}],
    "create-unknown": [/may ask it twice/, "Try again", {}],
    "prompt-unknown": [/while the question was being sent/, "Keep waiting", {}],
    timeout: [/longer than expected/, "Keep waiting", { name: "TimeoutError" }],
    "invalid-argument": [/not set up correctly/, "Try again", {}],
    "no-key": [/refused access/, "Try again", {}],
    "no-module": [/does not allow WebAssembly/, "Try again", {}],
  });

describe("the demo page on the mock", { concurrency: 4 }, () => {
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
      assert.deepEqual(problems, [], "the console is empty");
      const away = requested.filter((url) => !url.startsWith(demo.url) && !url.startsWith("data:"));
      assert.deepEqual(away, [], "the page sends nothing to another origin");
    }
  });

  test("the first screen has a composer, three suggestions and a finished answer", async () => {
    const { page } = await open();
    const chat = shown(page);
    await visibleText(page, "Revenue grew by 8%").waitFor();
    assert.match(String(await page.title()), /aiera-chat/);
    assert.equal(
      await page.getByRole("group", { name: "Suggestions" }).getByRole("button").count(),
      3,
    );
    const { y = 0, height = 0 } = (await page.getByRole("textbox").boundingBox()) ?? {};
    assert.ok(y > 0 && y + height < WIDE.height, "the composer is on the first screen");
    const sample = await visibleText(page, "Revenue grew by 8%").boundingBox();
    assert.ok(sample && sample.y < 600, "the answer is on the first screen");
    assert.ok(!(await page.locator("#drawer").isVisible()), "the drawer is closed");
    assert.equal(await page.locator("#sessions li").count(), 1);
  });

  test("the page shows an answer with its facts, its polls, its requests and its code", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: QUESTION }).click();
    const chat = shown(page);
    await chat.getByRole("button", { name: "Stop" }).waitFor();
    const sample = page.locator("#sessions li").last();
    const place = await sample.boundingBox();
    assert.equal(await settled(page), "ready");
    assert.deepEqual(await sample.boundingBox(), place, "no row moves");
    await chat.getByRole("heading", { name: QUESTION }).waitFor();
    assert.ok(await visibleText(page, "Revenue grew by 8%").isVisible());
    assert.ok(!(await page.getByText("A sample answer").isVisible()));

    const line = /^(\d) sources · \d\.\d s · (\d+) polls$/.exec(await facts(page));
    assert.ok(line, await facts(page));
    const polls = await (await openTab(page, "Polls")).locator(".poll").allTextContents();
    assert.equal(polls.length, Number(line[2]));
    assert.match(
      String(polls[0]),
      /^1HTTP 200 · finding_sources.*Next poll in \d\.\d s: on schedule/,
    );
    assert.match(String(polls.at(-1)), /HTTP 200 · active.*Finished$/);

    const wire = await openTab(page, "Wire");
    const requests = wire.locator(".request");
    assert.equal(await requests.count(), polls.length + 1);
    assert.match(String(await wire.locator("pre").nth(1).textContent()), /"status": "active"/);
    await requests.first().click();
    const [sent, received] = await wire.locator("pre").allTextContents();
    assert.equal(
      sent,
      "POST https://premium.aiera.com/api/chat-v1/sessions\ncontent-type: application/json\n\n" +
        JSON.stringify({ prompt: QUESTION }, null, 2),
    );
    assert.match(String(received), /^HTTP 201 .*"status": "finding_sources"/s);
    assert.ok((await wire.locator(".token-string").count()) > 2, "the code is highlighted");

    const code = await openTab(page, "Code");
    assert.match(
      String(await code.locator("pre").first().textContent()),
      /chat\.ask\(\s*"What drove Halden's Q1\?"/,
    );

    // A follow-up stays in the conversation, and the drawer follows it.
    assert.match(String(await composer(page).getAttribute("placeholder")), /follow-up/);
    await ask(page, "And the margins?");
    assert.equal(await settled(page), "ready");
    assert.equal(await chat.getByRole("heading", { name: "And the margins?" }).count(), 1);
    assert.equal(await page.locator("#sessions li").count(), 2);
    const id = await chat.getAttribute("session-id");
    assert.match(
      String(await code.locator("pre").first().textContent()),
      new RegExp(`chat\\.ask\\(\\s*"And the margins\\?",\\s*\\{ session: ${id} \\}`),
    );
  });

  test("the drawer keeps its state", async () => {
    const { page } = await open();
    const code = await openTab(page, "Code");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await code.getByRole("button", { name: "Copy the code: On a server" }).click();
    await code.getByText("Copied").waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, await code.locator("pre").first().textContent());
    await page.reload();
    assert.ok(await code.isVisible());
    await page.getByRole("button", { name: "Close" }).click();
    await page.reload();
    await page.getByText("A sample answer").waitFor();
    assert.ok(!(await page.locator("#drawer").isVisible()));
  });

  test("the code of an opened session gets its answer", async () => {
    const { page } = await open();
    await page.locator("#sessions li button").first().click();
    const code = await openTab(page, "Code");
    await code.getByText("pollSession").waitFor();
    assert.match(
      String(await code.locator("pre").first().textContent()),
      /^import \{ AieraChat, answerOf \} from "aiera-chat";\n(?![^]*import )[^]*\.pollSession\(\d+\);\n/,
    );
    assert.doesNotMatch(String(await code.textContent()), /null/);
  });

  test("every error code has a scenario", () => {
    const failures = FAILURES.flatMap(([, group]) => group);
    assert.deepEqual([...new Set(failures.flatMap(({ code }) => code ?? []))].sort(), CODES);
    const ids = failures.flatMap(({ id, code }) => (code && code !== "aborted" ? [id] : []));
    assert.deepEqual(Object.keys(OUTCOMES).sort(), ids.sort());
  });

  for (const [group, failures] of FAILURES) {
    test(`the scenarios of ${group} have their outcomes`, async () => {
      const { page } = await open();
      await openTab(page, "Polls");
      for (const { id, code } of failures) {
        const chat = await tryFailure(page, id);
        if (id === "prompt-unknown") {
          const error = chat.getByText("while the question");
          await error.waitFor();
          await page.waitForFunction(
            (element) => element && element.getBoundingClientRect().bottom < innerHeight,
            await error.elementHandle(),
          );
        }
        const status = await settled(page);
        const outcome = OUTCOMES[id];
        assert.equal(status, outcome ? "error" : "ready", id);
        if (!outcome) continue;
        const [text, action, fields] = outcome;
        assert.match(String(await chat.locator(".notice.error p").textContent()), text, id);
        assert.equal(await chat.locator(".notice.error button").textContent(), action, id);
        assert.equal(await errorField(page, "code"), code, id);
        for (const [name, value] of Object.entries(fields)) {
          assert.equal(await errorField(page, name), value, `${id}: ${name}`);
        }
        assert.match(
          await facts(page),
          new RegExp(`^Error code ${code}( \\(\\d+\\))? · \\d+\\.\\d s`),
          id,
        );
      }
    });
  }

  test("a scenario fails once, and a second run replaces the first", async () => {
    const { page } = await open();
    for (const [id, action] of [
      ["missing-key", "Try again"],
      ["no-module", "Try again"],
      ["dropped", "Keep waiting"],
    ]) {
      const chat = await tryFailure(page, id);
      assert.equal(await settled(page), "error", id);
      await chat.getByRole("button", { name: action }).click();
      await visibleText(page, "Copy as Markdown").waitFor();
      assert.equal(await settled(page), "ready", id);
    }
    const count = await page.locator("#sessions li").count();
    await tryFailure(page, "missing-key");
    assert.equal(await settled(page), "error");
    assert.equal(await page.locator("#sessions li").count(), count);
    const placeholder = await composer(page).getAttribute("placeholder");
    assert.match(String(placeholder), /company/, "there is no session to follow up");

    // A deleted session is removed from the list.
    const chat = await tryFailure(page, "not-found");
    await chat.getByRole("button", { name: "Start over" }).click();
    await page.getByText("A sample answer").waitFor();
    assert.equal(await page.locator("#sessions li").count(), count);
    assert.equal(await page.locator("#sessions [aria-current]").count(), 0);
  });

  test("the drawer explains retries", async () => {
    const { page } = await open();
    await tryFailure(page, "bumpy");
    const panel = await openTab(page, "Polls");
    assert.equal(await settled(page), "ready");
    const polls = String(await panel.textContent());
    assert.match(polls, /Retry-After/);
    assert.match(polls, /backoff after a failure/);
  });

  test("a stopped conversation can be resumed", async () => {
    const { page } = await open();
    const chat = await ask(page, QUESTION);
    // Without a session, waiting cannot be resumed.
    await chat.evaluate(
      (/** @type {any} */ element) =>
        new Promise((resolve) => {
          if (element.sessionId) resolve(undefined);
          else element.addEventListener("aiera-chat.session-change", resolve, { once: true });
        }),
    );
    assert.match(String(await page.locator(".session").first().textContent()), /Answering/);
    await chat.getByRole("button", { name: "Stop" }).click();
    await chat.getByText(/^Stopped\./).waitFor();
    assert.match(await facts(page), /^Stopped · \d+\.\d s/);
    assert.match(String(await page.locator(".session").first().textContent()), /Stopped/);
    await chat.getByRole("button", { name: "Keep waiting" }).click();
    await visibleText(page, "Copy as Markdown").waitFor();
    assert.match(await facts(page), /sources/);
  });

  test("several conversations run concurrently, and the list shows each of them once", async () => {
    const { page } = await open();
    await ask(page, "Compare Halden and Corvane");
    await page.getByRole("button", { name: "New question" }).click();
    await page.getByText("A sample answer").waitFor();
    await ask(page, "When will rates be cut?");
    const list = page.getByRole("navigation", { name: "Sessions" });
    assert.equal(await list.locator("li").count(), 3);
    await list.getByRole("button", { name: "Compare" }).click();
    assert.equal(await settled(page), "ready");
    await shown(page).getByText("Corvane grows faster").waitFor();
    for (const name of ["rates be cut", "Compare", "key takeaways"]) {
      await list.getByRole("button", { name }).click();
    }
    assert.equal(await settled(page), "ready");
    await visibleText(page, "Revenue grew by 8%").waitFor();
    assert.equal(await list.locator("li").count(), 3);
    assert.equal(await list.locator("[aria-current]").count(), 1);
    // The sample's conversation continues like any other.
    await ask(page, "And the margins?");
    await page.waitForTimeout(100);
    assert.equal(await settled(page), "ready");
  });

  for (const [name, viewport] of Object.entries({ wide: WIDE, phone: PHONE })) {
    test(`the layout does not shift between the first screen and an answer, ${name}`, async () => {
      const { page } = await open({ viewport });
      await page.addInitScript(() => {
        const w = /** @type {any} */ (window);
        w.jumps = [];
        new PerformanceObserver((entries) => {
          for (const { value, hadRecentInput, sources } of /** @type {any[]} */ (
            entries.getEntries()
          )) {
            const moved = sources.map(
              (/** @type {any} */ { node }) => node?.className ?? node?.nodeName,
            );
            if (!hadRecentInput) w.jumps.push({ value, moved });
          }
        }).observe({ type: "layout-shift", buffered: true });
      });
      await page.reload();
      await page.getByText("Revenue grew by 8%").waitFor();
      await page.getByRole("button", { name: QUESTION }).click();
      assert.equal(await settled(page), "ready");
      await page.waitForTimeout(200);
      const jumps = /** @type {{ value: number }[]} */ (await page.evaluate("jumps"));
      const sum = jumps.reduce((total, { value }) => total + value, 0);
      assert.ok(sum < 0.05, JSON.stringify(jumps));
    });
  }

  test("a phone shows the composer at the bottom, and one panel at a time", async () => {
    const { page } = await open({ viewport: PHONE });
    const sessions = page.getByRole("navigation", { name: "Sessions" });
    assert.ok(!(await sessions.isVisible()));
    const { y = 0, height = 0 } = (await page.getByRole("textbox").boundingBox()) ?? {};
    assert.ok(
      y + height > PHONE.height - 100 && y + height < PHONE.height,
      "the composer is at the bottom",
    );
    const note = await shown(page).locator("> .footer").boundingBox();
    assert.ok(note && note.height < 30, "the note below the composer is one line");
    await page.getByRole("button", { name: "Sessions" }).click();
    await sessions.getByRole("button", { name: "key takeaways" }).click();
    assert.ok(!(await sessions.isVisible()));
    assert.equal(await settled(page), "ready");
    await page.getByRole("button", { name: "Under the hood" }).click();
    assert.ok(await page.locator("#drawer").isVisible());
    await page.getByRole("button", { name: "Close" }).click();
    assert.ok(!(await page.locator("#drawer").isVisible()));
  });

  test("reduced motion disables animations, and a small screen cuts nothing off", async () => {
    const { page } = await open({ reducedMotion: "reduce", viewport: { width: 320, height: 640 } });
    await ask(page, QUESTION);
    await shown(page).getByRole("button", { name: "Stop" }).waitFor();
    assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
    assert.equal(await settled(page), "ready");
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 320, `${width}px wide`);
  });
});
