// @ts-check
// The accessibility of the demo page: axe in light and dark, on a phone and a wide screen, in each state; and the page with
// only a keyboard. Takes screenshots of each state.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import axe from "axe-core";
import { ask, openTab, PHONE, SCREENSHOTS, settled, startDemo, tryFailure, WIDE } from "./demo.mjs";

const LOOKS = /** @type {const} */ ([
  ["wide-light", WIDE, "light"],
  ["wide-dark", WIDE, "dark"],
  ["phone-light", PHONE, "light"],
  ["phone-dark", PHONE, "dark"],
]);

describe("the demo page for everybody", { concurrency: 5 }, () => {
  /** @type {Awaited<ReturnType<typeof startDemo>>} */
  let demo;
  before(async () => {
    [demo] = await Promise.all([startDemo(), mkdir(SCREENSHOTS, { recursive: true })]);
  });
  after(async () => {
    await demo?.close();
  });

  /**
   * @param {import("playwright-core").Page} page
   * @param {string} where
   */
  async function assertClean(page, where) {
    const violations =
      /** @type {{ id: string, nodes: { html: string, failureSummary: string }[] }[]} */ (
        await page.evaluate("axe.run().then(({ violations }) => violations)")
      );
    const problems = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
    );
    assert.deepEqual(problems, [], where);
  }

  for (const [name, viewport, colorScheme] of LOOKS) {
    test(`axe finds no problem in the demo page, ${name}`, async () => {
      // Without animation, so that no color is in transition.
      const { page, problems } = await demo.open({
        viewport,
        colorScheme,
        reducedMotion: "reduce",
      });
      await page.evaluate(axe.source);
      const picture = (/** @type {string} */ state) =>
        page.screenshot({ path: `${SCREENSHOTS}demo-${name}-${state}.png` });
      await page.getByText("Revenue grew by 8%").waitFor();
      await assertClean(page, "at first");
      await picture("1-first");
      await page.getByRole("button", { name: "Try a failure" }).click();
      await assertClean(page, "with the failures");
      await picture("2-failures");
      await page.keyboard.press("Escape");
      const chat = await ask(page, "Compare Halden and Corvane");
      await chat.getByRole("button", { name: "Stop" }).waitFor();
      await assertClean(page, "while waiting");
      await picture("3-waiting");
      assert.equal(await settled(page), "ready");
      await assertClean(page, "with the answer");
      await picture("4-answer");
      for (const tab of /** @type {const} */ (["Polls", "Wire", "Code"])) {
        await openTab(page, tab);
        await assertClean(page, tab);
        await picture(`5-${tab.toLowerCase()}`);
      }
      await openTab(page, "Polls");
      await tryFailure(page, "rate-limited");
      assert.equal(await settled(page), "error");
      await assertClean(page, "with an error");
      await page.locator("#drawer-close").click();
      await picture("6-error");
      if (viewport === PHONE) {
        await page.getByRole("button", { name: "Sessions" }).click();
        await assertClean(page, "with the sessions");
        await picture("7-sessions");
      }
      assert.deepEqual(problems, []);
    });
  }

  test("the demo page works with only a keyboard", async () => {
    const { page } = await demo.open();
    const press = (/** @type {string} */ key) => page.keyboard.press(key);
    const focused = () =>
      page.evaluate(() => {
        let active = document.activeElement;
        while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
        return active?.id || active?.textContent?.trim();
      });
    /** @param {string} wanted */
    const tabTo = async (wanted) => {
      for (let presses = 0; presses < 40; presses += 1) {
        await press("Tab");
        if ((await focused()) === wanted) return;
      }
      assert.fail(`Tab does not reach ${wanted}`);
    };

    await press("Tab");
    assert.equal(await focused(), "skip");
    assert.ok(await page.getByText("Skip to the question box").isVisible());
    await press("Enter");
    assert.equal(await focused(), "input");
    await page.keyboard.type("Is there a way by keyboard?");
    await press("Enter");
    await page.locator("#conversations > aiera-chat[session-id]").waitFor();
    await press("Shift+Tab");
    assert.equal(await focused(), "Stop");
    await press("Enter");
    await page.getByText("Stopped.").waitFor();
    assert.equal(await focused(), "input", "the focus is not lost with the button");
    await press("Shift+Tab");
    assert.equal(await focused(), "Keep waiting");
    await press("Enter");
    assert.equal(await settled(page), "ready");

    await page.locator("#drawer-toggle").focus();
    await press("Enter");
    await tabTo("tab-polls");
    await press("ArrowRight");
    assert.equal(await focused(), "tab-wire");
    assert.ok(await page.getByRole("tabpanel", { name: "Wire" }).isVisible());
    await press("End");
    assert.equal(await focused(), "tab-code");
    await press("ArrowRight");
    assert.equal(await focused(), "tab-polls");
    await press("Escape");
    assert.equal(await focused(), "drawer-toggle");
    assert.ok(!(await page.locator("#drawer").isVisible()));

    await press("Shift+Tab");
    assert.equal(await focused(), "failures-toggle");
    await press("Enter");
    await press("Escape");
    assert.equal(await focused(), "failures-toggle");
    await press("Enter");
    await tabTo("Missing API key The request carries no key, and the API answers 403.");
    await press("Enter");
    assert.equal(await settled(page), "error");
  });
});
