// @ts-check
// Accessibility of the element: axe in every state, light and dark, narrow and wide; a conversation by keyboard only.
// accessibility.test.mjs tests the accessibility tree.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { RICH } from "./answers.mjs";
import { ask, reached, startChromium } from "./chromium.mjs";
import { QUICK, STUCK } from "./site.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** @type {Awaited<ReturnType<typeof startChromium>>} */
let chromium;
before(async () => {
  chromium = await startChromium();
});
after(() => chromium?.close());

/** @param {import("playwright-core").Page} page */
async function audit(page) {
  await page.evaluate(AXE);
  const { violations } = /** @type {any} */ (
    await page.evaluate(`axe.run(document, { rules: { region: { enabled: false } } })`)
  );
  return violations.map((/** @type {any} */ { id, nodes }) => ({
    id,
    nodes: nodes.map((/** @type {any} */ { target, failureSummary }) => [target, failureSummary]),
  }));
}

const PAGE = (/** @type {string} */ path, attributes = "") =>
  `<main><h1>Dashboard</h1><aiera-chat base-url="${path}" ${attributes}></aiera-chat></main>`;

/**
 * The setup of each state: a mock of the API, and the user's actions.
 *
 * @type {Record<string, { api: object, attributes?: string, reach: (page: import("playwright-core").Page) => Promise<void> }>}
 */
const STATES = {
  idle: {
    api: QUICK,
    async reach(page) {
      await page.evaluate(`document.querySelector("aiera-chat").suggestions = ["One", "Two"]`);
    },
  },
  working: {
    api: STUCK,
    async reach(page) {
      await ask(page, "What is new?");
      await reached(page, "working");
    },
  },
  answered: {
    api: { ...QUICK, answer: RICH },
    async reach(page) {
      await ask(page, "What is new?");
      await reached(page, "ready");
      await page.getByText("sources considered").click();
    },
  },
  "card open": {
    api: { ...QUICK, answer: RICH },
    attributes: `style="height: 560px"`,
    async reach(page) {
      await ask(page, "What is new?");
      await reached(page, "ready");
      await page.getByRole("button", { name: "Citation F1", exact: true }).first().click();
      await page.getByRole("dialog").waitFor();
    },
  },
  stopped: {
    api: STUCK,
    async reach(page) {
      await ask(page, "What is new?");
      await reached(page, "working");
      await page.getByRole("button", { name: "Stop" }).click();
    },
  },
  failed: {
    api: { delayMs: 100, outcome: "finding_sources_error" },
    async reach(page) {
      await ask(page, "What is new?");
      await reached(page, "error");
    },
  },
  "not found": {
    api: QUICK,
    attributes: `session-id="77"`,
    reach: (page) => reached(page, "error"),
  },
  "two answers with sources": {
    api: { ...QUICK, answer: RICH },
    async reach(page) {
      await ask(page, "What is new?");
      await reached(page, "ready");
      await ask(page, "And then?");
      await page.getByRole("heading", { name: "And then?" }).waitFor();
      await reached(page, "ready");
      assert.equal(await page.locator(".sources").count(), 2);
    },
  },
  "asked, with a greeting of the page's own": {
    api: QUICK,
    async reach(page) {
      // This greeting is illegible, but hidden.
      await page.evaluate(`{
        const chat = document.querySelector("aiera-chat");
        const greeting = document.createElement("section");
        greeting.slot = "empty";
        greeting.ariaLabel = "Conversation";
        greeting.style.color = "color-mix(in srgb, currentColor 10%, transparent)";
        greeting.textContent = "Welcome";
        chat.append(greeting);
      }`);
      await ask(page, "What is new?");
      await reached(page, "ready");
    },
  },
  "asked with a misspelt field": {
    api: QUICK,
    async reach(page) {
      await page.evaluate(
        `document.querySelector("aiera-chat").ask({ promt: "?" }).catch(() => undefined)`,
      );
      await reached(page, "error");
    },
  },
  "read only": {
    api: { ...QUICK, answer: RICH },
    attributes: `readonly`,
    async reach(page) {
      await page.evaluate(`document.querySelector("aiera-chat").ask("?").then(() => undefined)`);
    },
  },
};

describe("axe finds no violations", () => {
  for (const [state, { api, attributes, reach }] of Object.entries(STATES)) {
    test(state, async () => {
      for (const theme of ["light", "dark"]) {
        for (const width of [320, 1200]) {
          const { path } = chromium.site.addApi(/** @type {any} */ (api));
          const body = PAGE(path, `theme="${theme}" ${attributes ?? ""}`);
          const { page } = await chromium.open(body, { viewport: { width, height: 700 } });
          await reach(page);
          assert.deepEqual(await audit(page), [], `${theme}, ${width} px`);
          const { scrollWidth } = /** @type {any} */ (
            await page.evaluate("({ scrollWidth: document.documentElement.scrollWidth })")
          );
          assert.ok(scrollWidth <= width, `${scrollWidth} px wide in ${width}`);
          await page.context().close();
        }
      }
    });
  }
});

test("a question, a card and a follow-up work by keyboard only", async () => {
  const { path, requests } = chromium.site.addApi({ ...QUICK, answer: RICH });
  const { page } = await chromium.open(`<a href="#">Before</a>${PAGE(path)}<a href="#">After</a>`);
  const press = (/** @type {string} */ key) => page.keyboard.press(key);
  const focused = () =>
    page.evaluate(`(() => {
      const { activeElement } = document;
      const inner = activeElement.shadowRoot?.activeElement ?? activeElement;
      return inner.getAttribute("aria-label") ?? inner.textContent.trim();
    })()`);
  /** @param {string} wanted */
  const tabTo = async (wanted, key = "Tab") => {
    for (let presses = 0; presses < 30; presses += 1) {
      await press(key);
      if ((await focused()) === wanted) return;
    }
    assert.fail(`${key} does not get to ${wanted}`);
  };
  const card = page.getByRole("dialog");
  const chip = (/** @type {string} */ label) =>
    page.locator(`[aria-label="Citation ${label}"]`).first();

  await press("Tab");
  assert.equal(await focused(), "Before");
  await press("Tab");
  await page.keyboard.type("First line");
  await press("Shift+Enter");
  await page.keyboard.type("second line");
  assert.equal(await page.getByRole("textbox").inputValue(), "First line\nsecond line");
  await press("Enter");
  await reached(page, "ready");
  assert.equal(await focused(), "", "the focus is still in the box");

  // Focus opens the card, Escape closes it and leaves the focus on the chip.
  await tabTo("Citation T1", "Shift+Tab");
  await card.waitFor();
  assert.match(
    String(await card.textContent()),
    /Transcript.*Margin expansion.*Chief Financial Officer · Apr 22, 2026/,
  );
  await press("Escape");
  await card.waitFor({ state: "hidden" });
  assert.equal(await focused(), "Citation T1");
  assert.equal(await chip("T1").getAttribute("aria-expanded"), "false");

  // Enter opens it again with the focus inside, and Tab reaches its link.
  await press("Enter");
  await card.waitFor();
  await press("Tab");
  assert.equal(await focused(), "Open source");
  await page.evaluate(
    `document.addEventListener("aiera-chat.citation-click", (event) => event.preventDefault())`,
  );
  await press("Enter");
  assert.deepEqual(
    await page.evaluate(
      `events.filter(({ type }) => type === "citation-click").map(({ detail }) => detail.citation.label)`,
    ),
    ["T1"],
  );
  assert.equal(page.context().pages().length, 1, "the page kept the link from opening");
  await press("Escape");
  assert.equal(await focused(), "Citation T1");
  assert.ok(await card.isHidden());

  // Tab moves from a card to the element after its chip.
  await press("Enter");
  await press("Tab");
  await press("Tab");
  assert.ok(await card.isHidden());
  assert.notEqual(await focused(), "Citation T1");

  await page.getByRole("textbox").focus();
  await page.keyboard.type("A follow-up");
  await press("Enter");
  await page.getByRole("heading", { name: "A follow-up" }).waitFor();
  await reached(page, "ready");
  assert.equal(requests().filter((request) => request.endsWith("/prompt")).length, 1);
  await tabTo("After");
});

test("the focus moves from a removed control to the composer", async () => {
  const { path } = chromium.site.addApi(STUCK);
  const { page } = await chromium.open(PAGE(path));
  await ask(page, "What is new?");
  await reached(page, "working");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(`document.querySelector("aiera-chat").status`), "ready");
  assert.equal(
    await page.evaluate(`document.querySelector("aiera-chat").shadowRoot.activeElement.nodeName`),
    "TEXTAREA",
  );
});
