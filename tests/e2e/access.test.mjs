// @ts-check
// The demo page without a mouse and without eyes: axe in light and dark, on a phone and a wide screen, in each state; and a
// run by keyboard alone. The pictures of the page are taken on the way.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import axe from "axe-core";
import { ask, PHONE, SCREENSHOTS, settled, startDemo, WIDE } from "./demo.mjs";

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
    const said = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
    );
    assert.deepEqual(said, [], where);
  }

  for (const [name, viewport, colorScheme] of LOOKS) {
    test(`axe finds nothing: ${name}`, async () => {
      // Without motion, so that no colour is caught half-way.
      const { page, problems } = await demo.open({
        viewport,
        colorScheme,
        reducedMotion: "reduce",
      });
      await page.evaluate(axe.source);
      await assertClean(page, "at first");
      const run = await ask(page);
      await run.getByText("Session 2229").waitFor();
      await assertClean(page, "while waiting");
      assert.equal(await settled(run), "done");
      await assertClean(page, "with the answer");
      await page.screenshot({ path: `${SCREENSHOTS}demo-${name}.png` });
      for (const tab of ["On the wire", "Code"]) {
        await run.getByRole("tab", { name: tab }).click();
        await assertClean(page, tab);
      }
      const failed = await ask(page, "rate-limited");
      assert.equal(await settled(failed), "failed");
      await assertClean(page, "with an error");
      await page.screenshot({ path: `${SCREENSHOTS}demo-${name}-error.png` });
      assert.deepEqual(problems, []);
    });
  }

  test("by keyboard alone", async () => {
    const { page } = await demo.open();
    const press = (/** @type {string} */ key) => page.keyboard.press(key);
    const focused = () =>
      page.evaluate(() => {
        const { id, textContent } = /** @type {HTMLElement} */ (document.activeElement);
        return id || textContent?.trim();
      });
    /** @param {string} wanted */
    const tabTo = async (wanted) => {
      for (let presses = 0; presses < 20; presses += 1) {
        await press("Tab");
        if ((await focused()) === wanted) return;
      }
      assert.fail(`Tab does not get to ${wanted}`);
    };

    await press("Tab");
    assert.equal(await focused(), "Skip to the session");
    assert.ok(await page.getByText("Skip to the session").isVisible());
    await press("Enter");
    assert.equal(await focused(), "main");

    await page.reload();
    await tabTo("prompt");
    await press("Control+a");
    await page.keyboard.type("Is there a way by keyboard?");
    await tabTo("failure");
    await tabTo("Ask");
    await press("Enter");
    assert.equal(await focused(), "run1-heading");
    await page.getByText("Session 2229").waitFor();
    await tabTo("Cancel");
    await press("Enter");
    await page.getByRole("heading", { name: "Cancelled" }).waitFor();
    assert.equal(await focused(), "run1-heading", "the focus is not lost with the button");
    await tabTo("Go on waiting");
    await press("Enter");
    await page.locator(".prose").waitFor({ timeout: 15_000 });
    assert.equal(await focused(), "run1-heading");
    await tabTo("run1-tab0");
    await press("ArrowRight");
    assert.equal(await focused(), "run1-tab1");
    assert.ok(await page.getByRole("tabpanel", { name: "On the wire" }).isVisible());
    await press("End");
    assert.equal(await focused(), "run1-tab2");
    await press("ArrowRight");
    assert.equal(await focused(), "run1-tab0");
  });
});
