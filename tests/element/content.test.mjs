// @ts-check
// The content of an answer: citations and their cards, sources, tables, data, copies, and texts in the reader's language.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { RICH } from "./answers.mjs";
import { ask, reached, startChromium } from "./chromium.mjs";
import { QUICK } from "./site.mjs";

/** @type {Awaited<ReturnType<typeof startChromium>>} */
let chromium;
before(async () => {
  chromium = await startChromium();
});
after(() => chromium?.close());

/**
 * @param {object} [options]
 * @param {string} [attributes]
 */
async function answered(options = {}, attributes = "", answer = /** @type {any} */ (RICH)) {
  const { path } = chromium.site.addApi({ ...QUICK, answer });
  const { page } = await chromium.open(
    `<aiera-chat base-url="${path}" ${attributes}></aiera-chat>`,
    options,
  );
  await ask(page, "What is new?");
  await reached(page, "ready");
  return page;
}

const texts = (/** @type {import("playwright-core").Locator} */ locator) =>
  locator.allTextContents();

describe("citations", () => {
  test("markers become groups of chips at the word before, and an unknown marker stays text", async () => {
    const page = await answered();
    const paragraph = page.locator(".prose p").first();
    assert.equal(await paragraph.textContent(), "Revenue grew 8%.F1F1.2 Margins widened.F1T1");
    assert.deepEqual(await texts(paragraph.locator(".citations")), ["F1F1.2", "F1T1"]);
    const other = await page.getByText("Unknown").textContent();
    assert.equal(other, "Unknown [c99] stays. Code keeps [c1].");
  });

  test("a group of chips joins the punctuation behind it without a gap, and code keeps its spaces", async () => {
    const content = [
      "One [c1] [c2]. Two [c1] , three [c2] ? Four [c1] .5 points ([c2] ). `Five [c1] [c2] .`",
      "[Six [c1] .](https://example.com/) \u2e28&#xe000;99\u2e29 is no place.",
    ].join("\n\n");
    const [{ citations }] = RICH.blocks;
    const page = await answered({}, "", { blocks: [{ type: "text", content, citations }] });
    assert.deepEqual(await texts(page.locator(".prose p")), [
      "OneF1F1.2. TwoF1, threeF1.2? FourF1 .5 points (F1.2). Five [c1] [c2] .",
      "SixF1. is no place.",
    ]);
    assert.deepEqual(await texts(page.locator(".prose a")), ["Six"]);
  });

  test("a card opens on hover and closes when the pointer leaves; a click pins it", async () => {
    const page = await answered();
    const card = page.getByRole("dialog");
    const chip = page.getByRole("button", { name: "Citation F1", exact: true }).first();
    await chip.hover();
    await card.waitFor();
    assert.deepEqual(await texts(card.locator("p, blockquote")), [
      "F1Filing",
      "Example Corp 10-Q",
      "Total revenue rose 8%.",
      "A. Author · Apr 22, 2026",
      "Open source",
    ]);
    // The pointer can go into the card.
    await card.hover();
    await page.waitForTimeout(400);
    assert.ok(await card.isVisible());
    await page.mouse.move(5, 5);
    await card.waitFor({ state: "hidden" });

    await chip.click();
    await page.mouse.move(5, 5);
    await page.waitForTimeout(400);
    assert.ok(await card.isVisible());
    await page.mouse.click(5, 5);
    await card.waitFor({ state: "hidden" });
  });

  test("a tap opens a card inside a narrow window", async () => {
    const page = await answered({ viewport: { width: 320, height: 640 }, hasTouch: true });
    await page.getByRole("button", { name: "Citation T1", exact: true }).first().tap();
    const box = await page.getByRole("dialog").boundingBox();
    assert.ok(
      box && box.x >= 0 && box.x + box.width <= 320 && box.y >= 0 && box.y + box.height <= 640,
    );
  });

  test("sources are grouped by document, the cited ones first", async () => {
    const page = await answered();
    const sources = page.locator(".sources");
    assert.deepEqual(await texts(sources.locator("> ul .source-name")), [
      "Example Corp 10-Q",
      "Example Corp earnings call",
    ]);
    assert.deepEqual(await texts(sources.locator("> ul .citations")), ["F1F1.2", "T1"]);
    assert.match(
      String(await sources.locator("> ul li").first().textContent()),
      /Filing · Apr\u00a022,\u00a02026/,
    );
    const considered = sources.locator("details");
    assert.equal(await considered.locator("summary").textContent(), "2 more sources considered");
    assert.deepEqual(await texts(considered.locator(".source-name")), ["A headline", "A page"]);
  });

  test("a single considered source is counted in the singular", async () => {
    const page = await answered({}, "", { ...RICH, sources: RICH.sources.slice(2, 3) });
    assert.equal(await page.locator("summary").textContent(), "1 more source considered");
  });
});

describe("blocks", () => {
  test("a table right-aligns its numbers, and copies as tab-separated values", async () => {
    const page = await answered({ permissions: ["clipboard-read", "clipboard-write"] });
    const table = page.locator("table").first();
    const aligned = await table
      .locator("tbody tr")
      .first()
      .locator("td")
      .evaluateAll((cells) => cells.map((cell) => getComputedStyle(cell).textAlign));
    assert.deepEqual(aligned, ["start", "end", "end", "end", "start"]);
    const style = await table
      .locator("td.number")
      .first()
      .evaluate((cell) => {
        const { fontVariantNumeric, whiteSpace } = getComputedStyle(cell);
        return { fontVariantNumeric, whiteSpace };
      });
    assert.match(style.fontVariantNumeric, /tabular-nums/);
    assert.equal(style.whiteSpace, "nowrap");
    await page.getByRole("button", { name: "Copy table" }).first().click();
    await page.getByText("Copied", { exact: true }).waitFor({ state: "attached" });
    assert.equal(
      await page.evaluate("navigator.clipboard.readText()"),
      "Item, with a name\tQ1 2026\tQ1 2025\tChange\tComment\n" +
        "Revenue, $bn\t25.6\t23.7\t+8%\tup\n" +
        "Free cash flow\t(0.7)\t1,204.5\tn/a\tdown\n",
    );
  });

  test("a wide table scrolls under its first column, also by keyboard, and marks hidden columns", async () => {
    const page = await answered({ viewport: { width: 320, height: 700 } });
    const frame = page.locator(".table .scroll-frame").first();
    const scroller = frame.locator(".scroll");
    assert.match(String(await frame.getAttribute("class")), /more-after/);
    await scroller.focus();
    await page.keyboard.press("End");
    await page.evaluate(
      `document.querySelector("aiera-chat").shadowRoot.querySelector(".scroll").scrollLeft = 1000`,
    );
    await page.waitForTimeout(100);
    assert.match(String(await frame.getAttribute("class")), /more-before/);
    assert.doesNotMatch(String(await frame.getAttribute("class")), /more-after/);
    const left = async (/** @type {string} */ cell) =>
      (await scroller.locator(cell).first().boundingBox())?.x;
    assert.equal(await left("tbody td:first-child"), (await frame.boundingBox())?.x);
  });

  test("data is shown under a caption, and not as JSON", async () => {
    const page = await answered();
    const prose = page.locator(".prose");
    assert.deepEqual(await texts(prose.locator("figcaption")), [
      "js",
      "Chart: Deployments",
      "Image",
      "Code",
      "Gauge: Sentiment",
    ]);
    assert.deepEqual(await texts(prose.locator("table").nth(1).locator("tr")), [
      "GWh",
      "Q110.4",
      "Q214.9",
    ]);
    assert.equal(await prose.locator("blockquote").textContent(), "We keep our outlook.");
    assert.equal(await prose.locator("pre").nth(1).textContent(), "SELECT 1;");
    assert.deepEqual(await texts(prose.locator("dl dl")), ["value0.7"]);
    assert.doesNotMatch(String(await prose.textContent()), /\{"/);
  });

  test("an invalid block or citation does not hide the rest of the answer", async () => {
    const odd = [
      null,
      7,
      "text",
      [],
      { type: 5 },
      { type: "text", content: 5 },
      { content: { a: [{ b: null }] } },
    ];
    const citations = [
      null,
      7,
      {},
      { marker: 5 },
      { marker: "[c1]", source: 7, date: {}, url: [], quote: {} },
    ];
    const { path, mock } = chromium.site.addApi({ ...QUICK, answer: "x" });
    mock.fail({
      operation: "getSession",
      times: Infinity,
      body: {
        id: 2229,
        status: "active",
        messages: [
          { id: 1, session_id: 2229, message_type: "prompt", content: "Odd?" },
          {
            id: 2,
            session_id: 2229,
            message_type: "response",
            prompt_message_id: 1,
            sources: [null, 7, {}, { id: {} }],
            blocks: [...odd, { type: "text", content: "Still here. [c1]", citations }],
          },
        ],
      },
    });
    const { page, problems } = await chromium.open(
      `<aiera-chat base-url="${path}" session-id="2229"></aiera-chat>`,
    );
    await reached(page, "ready");
    assert.match(String(await page.locator(".prose").textContent()), /Still here\./);
    await page.locator(".citation").first().click();
    await page.getByRole("dialog").waitFor();
    assert.deepEqual(problems, []);
  });
});

test("an answer copies as Markdown and as text, each with its sources", async () => {
  const page = await answered({ permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByRole("button", { name: "Copy as Markdown" }).click();
  await page.getByText("Copied", { exact: true }).waitFor({ state: "attached" });
  const markdown = String(await page.evaluate("navigator.clipboard.readText()"));
  assert.match(markdown, /Revenue grew \*\*8%\*\*\.\[\^F1\]/);
  assert.match(markdown, /\[\^F1\]: .*Example Corp 10-Q/);
  await page.getByRole("button", { name: "Copy as text" }).click();
  await page.waitForTimeout(100);
  const text = String(await page.evaluate("navigator.clipboard.readText()"));
  assert.match(text, /Revenue grew 8%\./);
  assert.match(text, /Example Corp 10-Q/);
});

test("an answer copies without the Clipboard API", async () => {
  const page = await answered({}, "", "Copy me.");
  await page.evaluate(`Object.defineProperty(navigator, "clipboard", { value: undefined })`);
  await page.evaluate(
    `document.addEventListener("copy", () => (window.copied = getSelection().toString()))`,
  );
  await page.getByRole("button", { name: "Copy as text" }).click();
  await page.getByText("Copied", { exact: true }).waitFor({ state: "attached" });
});

describe("language", () => {
  test("every text can be replaced", async () => {
    const page = await answered();
    await page.evaluate(`{
      const chat = document.querySelector("aiera-chat");
      chat.strings = Object.fromEntries(Object.entries(chat.strings).map(([name, text]) => [name, "§" + text.replaceAll(/[a-z]/gi, (letter) => letter)]));
      chat.suggestions = ["§Suggestion"];
    }`);
    const shown = /** @type {string[]} */ (
      await page.evaluate(`{
        const root = document.querySelector("aiera-chat").shadowRoot;
        const own = [...root.querySelectorAll("button:not(.citation), summary, figcaption, .sources > :first-child, .source-facts, label")];
        const attributes = [...root.querySelectorAll("[aria-label], [title], [placeholder]")].flatMap((element) =>
          ["aria-label", "title", "placeholder"].map((name) => element.getAttribute(name)).filter(Boolean));
        [...own.map((element) => element.textContent).filter(Boolean), ...attributes];
      }`)
    );
    assert.ok(shown.length > 20);
    const data = /^(js|§?Chart|§?Gauge|Gauge)/;
    for (const text of shown) if (!data.test(text)) assert.match(text, /^§/, text);
  });

  test("the placeholder asks for a follow-up in a session, unless the page sets one", async () => {
    const { path } = chromium.site.addApi({ ...QUICK, answer: "Answered." });
    for (const [setUp, ...expected] of /** @type {const} */ ([
      ["", "Ask a question", "Ask a follow-up question"],
      [`chat.placeholder = "Mine"`, "Mine", "Mine"],
      [`chat.strings = { placeholder: "Meine" }`, "Meine", "Meine"],
      [`chat.strings = { placeholder: "Meine", followUp: "Weiter" }`, "Meine", "Weiter"],
      [`chat.strings = { followUp: "Weiter" }`, "Ask a question", "Weiter"],
    ])) {
      const { page } = await chromium.open(`<aiera-chat base-url="${path}"></aiera-chat>`);
      await page.evaluate(`{ const chat = document.querySelector("aiera-chat"); ${setUp}; }`);
      const placeholder = () => page.getByRole("textbox").getAttribute("placeholder");
      const first = await placeholder();
      await ask(page, "What is new?");
      await reached(page, "ready");
      assert.deepEqual([first, await placeholder()], expected, setUp);
      await page.evaluate(`document.querySelector("aiera-chat").reset()`);
      assert.equal(await placeholder(), expected[0], setUp);
      await page.context().close();
    }
  });

  test("an unknown text is rejected by name", async () => {
    const page = await answered();
    const message = await page.evaluate(`{
      try { document.querySelector("aiera-chat").strings = { askk: "?" }; "accepted" } catch (error) { error.code + ": " + error.message }
    }`);
    assert.match(String(message), /^invalid_argument: .*askk.*ask\?/);
  });

  test("dates and numbers follow lang, of the element or of an ancestor", async () => {
    for (const [options, attributes, date] of /** @type {const} */ ([
      [{}, `lang="de"`, "22.04.2026"],
      [{ lang: "fr" }, "", "22 avr. 2026"],
      [{}, `lang="no such language"`, "Apr 22, 2026"],
    ])) {
      const page = await answered({ ...options, locale: "en-US" }, attributes);
      await page.locator(".prose .citation").first().click();
      const card = String(await page.getByRole("dialog").textContent());
      assert.ok(card.includes(date), `${date} in ${card}`);
    }
  });
});
