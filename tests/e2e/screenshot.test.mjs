// @ts-check
// The picture of the demo page in the README. Each run takes it with a simulated clock. The committed one is replaced on demand
// only, because fonts differ between machines:
//   UPDATE_SCREENSHOT=1 node --test tests/e2e/screenshot.test.mjs
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { SCREENSHOTS, startDemo, visibleText } from "./demo.mjs";

const KEPT = fileURLToPath(new URL("../../www/screenshot.png", import.meta.url));
const VIEWPORT = { width: 1280, height: 800 };
const STEP_MS = 50;

/** The part of the picture that may differ: other fonts change about the edges of letters, another page more. */
const MAY_DIFFER = 0.1;

test("the screenshot shows the page as it is", async (t) => {
  const demo = await startDemo();
  t.after(() => demo.close());
  const { page, problems } = await demo.open({
    viewport: VIEWPORT,
    colorScheme: "light",
    reducedMotion: "reduce",
  });
  await page.clock.install({ time: new Date("2026-04-23T12:00:00Z") });
  await page.clock.pauseAt(new Date("2026-04-23T12:00:01Z"));
  // No jitter in the pauses.
  await page.addInitScript(() => void (Math.random = () => 0.5));
  await page.reload();

  const advance = async (/** @type {() => Promise<boolean>} */ isDone) => {
    for (let steps = 0; !(await isDone()); steps += 1) {
      assert.ok(steps < 600, "it takes at most half a minute of the clock");
      await page.clock.runFor(STEP_MS);
    }
  };
  await advance(() => page.getByText("Revenue grew by 8%").isVisible());
  await page.getByRole("button", { name: "Compare Halden and Corvane" }).click();
  await advance(() => visibleText(page, "Corvane grows faster").isVisible());
  await page.getByRole("button", { name: "Under the hood" }).click();
  await page.clock.runFor(1000);
  const taken = await page.screenshot({ caret: "hide", animations: "disabled" });
  assert.deepEqual(problems, []);

  await mkdir(SCREENSHOTS, { recursive: true });
  await writeFile(path.join(SCREENSHOTS, "screenshot.png"), taken);
  if (process.env.UPDATE_SCREENSHOT || !existsSync(KEPT)) return writeFile(KEPT, taken);

  // In an empty page: the demo's own policy lets no picture in.
  const context = await page.context().browser()?.newContext();
  assert.ok(context);
  const differs = await (
    await context.newPage()
  ).evaluate(differing, [(await readFile(KEPT)).toString("base64"), taken.toString("base64")]);
  await context.close();
  t.diagnostic(`${(100 * differs).toFixed(2)} % of the pixels differ`);
  assert.ok(
    differs <= MAY_DIFFER,
    `${Math.round(100 * differs)} % differs from www/screenshot.png: look at test-results/screenshot.png, and if that is as ` +
      "meant, run this test with UPDATE_SCREENSHOT=1",
  );
});

/**
 * In the browser, which can read pictures: the part of the pixels that visibly differ.
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
