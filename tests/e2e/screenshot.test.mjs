// @ts-check
// The pictures of the demo page in the README, light and dark. Each run takes them with a simulated clock. The committed
// pictures are replaced only on demand, because fonts differ between machines:
//   UPDATE_SCREENSHOT=1 node --test tests/e2e/screenshot.test.mjs
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { SCREENSHOTS, startDemo, visibleText } from "./demo.mjs";

const PICTURES = /** @type {const} */ ({
  light: "screenshot.png",
  dark: "screenshot-dark.png",
});
const VIEWPORT = { width: 1280, height: 800 };
const STEP_MS = 50;

/** The share of the picture that may differ: other fonts change the edges of letters, another page changes more. */
const MAY_DIFFER = 0.1;

describe("the screenshot shows the page as it is", () => {
  /** @type {Awaited<ReturnType<typeof startDemo>>} */
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(async () => {
    await demo?.close();
  });

  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    test(`the ${colorScheme} screenshot shows the page`, async (t) => {
      const name = PICTURES[colorScheme];
      const { page, problems } = await demo.open({
        viewport: VIEWPORT,
        colorScheme,
        reducedMotion: "reduce",
      });
      const taken = await takePicture(page);
      assert.deepEqual(problems, []);

      await mkdir(SCREENSHOTS, { recursive: true });
      await writeFile(path.join(SCREENSHOTS, name), taken);
      const kept = fileURLToPath(new URL(`../../www/${name}`, import.meta.url));
      if (process.env.UPDATE_SCREENSHOT || !existsSync(kept)) return writeFile(kept, taken);

      // In an empty page, since the demo's policy forbids pictures.
      const context = await page.context().browser()?.newContext();
      assert.ok(context);
      const differs = await (
        await context.newPage()
      ).evaluate(differing, [(await readFile(kept)).toString("base64"), taken.toString("base64")]);
      await context.close();
      t.diagnostic(`${(100 * differs).toFixed(2)} % of the pixels differ`);
      assert.ok(
        differs <= MAY_DIFFER,
        `${Math.round(100 * differs)} % differs from www/${name}: look at test-results/${name}, and if that is as meant, ` +
          "run this test with UPDATE_SCREENSHOT=1",
      );
    });
  }
});

/**
 * A finished answer with its polls in the drawer.
 * @param {import("playwright-core").Page} page
 */
async function takePicture(page) {
  await page.clock.install({ time: new Date("2026-04-23T12:00:00Z") });
  await page.clock.pauseAt(new Date("2026-04-23T12:00:01Z"));
  // No jitter in the pauses.
  await page.addInitScript(() => void (Math.random = () => 0.5));
  await page.reload();

  const advance = async (/** @type {() => Promise<boolean>} */ isDone) => {
    for (let steps = 0; !(await isDone()); steps += 1) {
      assert.ok(steps < 600, "the answer takes at most half a minute on the clock");
      await page.clock.runFor(STEP_MS);
    }
  };
  await advance(() => page.getByText("Revenue grew by 8%").isVisible());
  await page.getByRole("button", { name: "Compare Halden and Corvane" }).click();
  await advance(() => visibleText(page, "Corvane grows faster").isVisible());
  await page.getByRole("button", { name: "Under the hood" }).click();
  await page.clock.runFor(1000);
  return page.screenshot({ caret: "hide", animations: "disabled" });
}

/**
 * The share of pixels that visibly differ, computed in the browser, which can decode pictures.
 * @param {string[]} pictures
 */
async function differing(pictures) {
  const [a, b] = await Promise.all(
    pictures.map(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
      if (!context) throw new Error("no canvas");
      context.drawImage(image, 0, 0);
      return context.getImageData(0, 0, image.width, image.height);
    }),
  );
  if (a.width !== b.width || a.height !== b.height) return 1;
  let count = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    const distance = [0, 1, 2].map((c) => Math.abs(a.data[i + c] - b.data[i + c]));
    if (Math.max(...distance) > 48) count += 1;
  }
  return count / (a.data.length / 4);
}
