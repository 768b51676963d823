// @ts-check
// The element for a screen reader: Chromium's accessibility tree of a whole question, and one announcement per answer,
// independent of the number of polls.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { accessibilityOf, all, textOf } from "./accessibility.mjs";
import { RICH } from "./answers.mjs";
import { ask, reached, startChromium } from "./chromium.mjs";
import { held, QUICK, STUCK, until } from "./site.mjs";

/** @typedef {import("./accessibility.mjs").Node} Node */

/** @type {Awaited<ReturnType<typeof startChromium>>} */
let chromium;
before(async () => {
  chromium = await startChromium();
});
after(() => chromium?.close());

/**
 * @param {object} api
 * @param {string} [attributes]
 */
async function open(api, attributes = "") {
  const { path, mock } = chromium.site.addApi(api);
  const { page } = await chromium.open(
    `<main><h1>Dashboard</h1><aiera-chat base-url="${path}" ${attributes}></aiera-chat></main>`,
    {
      script: `document.querySelector("aiera-chat").pollOptions = { intervalMs: 20, maxIntervalMs: 20 };`,
    },
  );
  return { page, mock, ...(await accessibilityOf(page)) };
}

describe("live regions", () => {
  test("a log and a status are in the tree from the start, empty and polite", async () => {
    const { regions } = await open(QUICK);
    const found = (await regions()).map((region) => {
      const { live, atomic, busy = false } = region.properties;
      return { role: region.role, name: region.name, text: textOf(region), live, atomic, busy };
    });
    const quiet = { text: "", live: "polite", busy: false };
    assert.deepEqual(found, [
      { role: "log", name: "Conversation", ...quiet, atomic: false },
      { role: "status", name: "", ...quiet, atomic: true },
    ]);
  });

  test("an answer is announced once and complete, and polls are not announced", async () => {
    const { api, advance } = held({ answer: RICH });
    const { page, mock, tree, listen, watch } = await open(api);
    const { announcements, wasBusy, stop } = await listen();
    const inPoll = async (count = 5) => {
      const polls = mock.requests.length + count;
      await until(async () => mock.requests.length >= polls, `${count} polls`);
    };

    await ask(page, "What is new?");
    await reached(page, "working");
    await inPoll();
    await until(async () => announcements.length > 0, "the prompt is announced");
    const prompt = { role: "log", text: "What is new?" };
    assert.deepEqual(announcements, [prompt]);

    // Polls, two statuses, seconds, and an answer that the server lists before it is complete.
    const changes = await watch();
    await page.waitForTimeout(1100);
    advance();
    await page.getByText("Writing the answer…").waitFor();
    await inPoll();
    const url = "https://mock.test/api/chat-v1/sessions/2229?include_messages=true";
    const session = await (await mock.fetch(url)).json();
    for (const content of ["Revenue", "Revenue grew", "Revenue grew **8%**."]) {
      const response = {
        id: 900_001,
        session_id: 2229,
        message_type: "response",
        prompt_message_id: session.messages[0].id,
        blocks: [{ type: "text", content, citations: [] }],
      };
      const messages = [...session.messages, response];
      const restore = mock.fail({
        operation: "getSession",
        times: Infinity,
        body: { ...session, messages },
      });
      await inPoll();
      restore();
    }
    assert.match(String(await page.locator(".progress").textContent()), /\d s/);
    assert.deepEqual(announcements, [prompt]);
    // Chromium reports a change within half a second.
    await page.waitForTimeout(600);
    assert.deepEqual(changes, [], "no live region changed");

    advance();
    await reached(page, "ready");
    await page.waitForTimeout(300);
    await stop();
    const [article] = all(await tree()).filter(({ role }) => role === "article");
    const [heading, ...answer] = article.children;
    assert.equal(heading.name, "What is new?");
    const text = answer.map(textOf).join(" ");
    assert.match(text, /^Revenue grew 8% \. F1 F1\.2 Margins widened\. .* Copy as text$/);
    assert.deepEqual(announcements, [prompt, { role: "log", text }]);
    assert.equal(wasBusy(), false);
  });

  test("a follow-up announces its prompt and its answer, but not the turn before", async () => {
    const { api, advance } = held({
      answer: (/** @type {string} */ prompt) => `Answer to ${prompt}`,
    });
    const { page, listen } = await open(api);
    const finish = async () => {
      for (const text of ["Finding sources…", "Writing the answer…"]) {
        await page.getByText(text).waitFor();
        advance();
      }
      await reached(page, "ready");
    };
    await ask(page, "One?");
    await finish();
    const { announcements, stop } = await listen();
    await ask(page, "Two?");
    await until(async () => announcements.length > 0, "the prompt is announced");
    await finish();
    await stop();
    assert.deepEqual(announcements, [
      { role: "log", text: "Two?" },
      { role: "log", text: "Answer to Two? Copy as Markdown Copy as text" },
    ]);
  });

  test("the status announces a copy", async () => {
    const { page, listen } = await open({ ...QUICK, answer: "Copy me." });
    await ask(page, "What is new?");
    await reached(page, "ready");
    const { announcements, stop } = await listen();
    await page.getByRole("button", { name: "Copy as text" }).click();
    await until(async () => announcements.length > 0, "an announcement");
    await stop();
    assert.deepEqual(announcements, [{ role: "status", text: "Copied" }]);
  });

  test("an answer is one insertion into the log", async () => {
    const { page } = await open({ ...QUICK, answer: RICH });
    await page.evaluate(`{
      const log = document.querySelector("aiera-chat").shadowRoot.querySelector("[role=log]");
      window.insertions = [];
      new MutationObserver((records) => {
        const added = records.flatMap(({ addedNodes }) => [...addedNodes].map((node) => node.textContent));
        insertions.push(added);
      }).observe(log, { subtree: true, childList: true, characterData: true });
    }`);
    await ask(page, "What is new?");
    await reached(page, "ready");
    const insertions = /** @type {string[][]} */ (await page.evaluate("insertions"));
    const answers = insertions.flat().filter((text) => text.includes("Revenue grew"));
    assert.equal(answers.length, 1);
    assert.equal(insertions.length, 2, "the prompt, and the answer");
  });
});

describe("roles and names", () => {
  /**
   * The nodes of a role, with their names and the requested properties.
   *
   * @param {Node} root
   * @param {string} role
   * @param {string[]} properties
   */
  function named(root, role, ...properties) {
    return all(root)
      .filter((node) => node.role === role)
      .map((node) => [node.name, ...properties.map((name) => node.properties[name])]);
  }

  test("the composer is a form with a labelled box, and its button is named", async () => {
    const { page, tree } = await open(STUCK);
    const form = async () => {
      const [found] = all(await tree()).filter(({ role }) => role === "form");
      return found;
    };
    assert.deepEqual(named(await form(), "textbox", "multiline"), [["Your question", true]]);
    assert.deepEqual(named(await form(), "button", "disabled"), [["Ask", true]]);
    await page.getByRole("textbox").fill("What is new?");
    assert.deepEqual(named(await form(), "button", "disabled"), [["Ask", undefined]]);
  });

  test("the stop button is in the tree during a call, outside of the log", async () => {
    const { page, tree, regions } = await open(STUCK);
    const buttons = async () => named(await tree(), "button").flat();
    assert.deepEqual(await buttons(), ["Ask"]);
    await ask(page, "What is new?");
    await reached(page, "working");
    assert.deepEqual(await buttons(), ["Stop", "Ask"]);
    for (const region of await regions()) assert.deepEqual(named(region, "button"), []);
    await page.getByRole("button", { name: "Stop" }).click();
    assert.deepEqual(await buttons(), ["Keep waiting", "Ask"]);
  });

  test("prompts and answers have headings, chips open a dialog, and sources are a named group", async () => {
    const { page, tree } = await open({ ...QUICK, answer: RICH }, `heading-level="3"`);
    await ask(page, "What is new?");
    await reached(page, "ready");
    const root = await tree();
    assert.deepEqual(named(root, "heading", "level"), [
      ["Dashboard", 1],
      ["What is new?", 3],
      ["Figures", 4],
      ["Sources", 4],
    ]);
    const chips = named(root, "button", "hasPopup", "expanded").filter(([name]) =>
      /^Citation/.test(name),
    );
    assert.deepEqual(
      [...new Set(chips.map(([name]) => name))],
      ["Citation F1", "Citation F1.2", "Citation T1"],
    );
    for (const [name, ...properties] of chips)
      assert.deepEqual(properties, ["dialog", false], name);

    const groups = all(root).filter(({ role, name }) => role === "group" && name === "Sources");
    assert.equal(groups.length, 1);
    assert.deepEqual(named(groups[0], "link"), [
      ["Example Corp 10-Q"],
      ["Example Corp earnings call"],
    ]);
    assert.equal(named(groups[0], "listitem").length, 2);
    assert.deepEqual(named(groups[0], "DisclosureTriangle", "expanded"), [
      ["2 more sources considered", false],
    ]);
    await page.getByText("sources considered").click();
    const [opened] = all(await tree()).filter(({ name }) => name === "Sources");
    assert.deepEqual(named(opened, "DisclosureTriangle", "expanded"), [
      ["2 more sources considered", true],
    ]);
    assert.equal(named(opened, "listitem").length, 4);
  });

  test("an open card is a dialog with its chip's name, and a closed one is not in the tree", async () => {
    const { page, tree } = await open({ ...QUICK, answer: RICH });
    await ask(page, "What is new?");
    await reached(page, "ready");
    assert.deepEqual(named(await tree(), "dialog"), []);
    const chip = page.getByRole("button", { name: "Citation T1", exact: true }).first();
    await chip.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    const [card] = all(await tree()).filter(({ role }) => role === "dialog");
    assert.equal(card.name, "Citation T1");
    assert.deepEqual(named(card, "link"), [["Open source"]]);
    assert.match(textOf(card), /Transcript Example Corp earnings call Margin expansion/);
    const expanded = named(await tree(), "button", "expanded").filter(([, isOpen]) => isOpen);
    assert.deepEqual(expanded, [["Citation T1", true]]);
    await page.keyboard.press("Escape");
    assert.deepEqual(named(await tree(), "dialog"), []);
  });
});
