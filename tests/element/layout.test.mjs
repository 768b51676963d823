// @ts-check
// Layout: nothing moves while an answer arrives, for every kind of ask; the element scrolls inside only if the page sets its
// height; and the element fits into 320 pixels.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { RICH } from "./answers.mjs";
import { ask, reached, startChromium } from "./chromium.mjs";
import { held, QUICK, STUCK } from "./site.mjs";

/** @type {Awaited<ReturnType<typeof startChromium>>} */
let chromium;
before(async () => {
  chromium = await startChromium();
});
after(() => chromium?.close());

/** Chromium ignores shifts in the half second after an input. */
const AFTER_INPUT_MS = 600;

const SHIFTS = `
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      if (!hadRecentInput) shifts.push({ value, moved: sources.map(({ node }) => node?.className || node?.nodeName) });
    }
  }).observe({ type: "layout-shift" });`;

/** @param {import("playwright-core").Page} page */
async function shifted(page) {
  await page.waitForTimeout(150);
  const shifts = /** @type {{ value: number, moved: string[] }[]} */ (
    await page.evaluate("shifts")
  );
  return { sum: shifts.reduce((sum, { value }) => sum + value, 0), shifts: JSON.stringify(shifts) };
}

const PLACES = {
  "in the flow of a page": "",
  "in the flow below a header": "margin-top: 200px",
  "in a fixed height": "height: 480px",
};
const WINDOWS = {
  desktop: { width: 1280, height: 800 },
  tall: { width: 1200, height: 1000 },
  phone: { width: 390, height: 844 },
  narrow: { width: 320, height: 640 },
};

describe("nothing moves while an answer arrives", () => {
  for (const [place, style] of Object.entries(PLACES)) {
    for (const [name, viewport] of Object.entries(WINDOWS)) {
      test(`${place}, ${name}`, async () => {
        for (const way of ["typed", "by the page", "resumed"]) {
          const { api, advance } = held({ answer: RICH });
          const { path, mock } = chromium.site.addApi(api);
          let attributes = "";
          if (way === "resumed") {
            await mock.fetch("https://mock.test/api/chat-v1/sessions", {
              method: "POST",
              body: JSON.stringify({ prompt: "Resume me" }),
            });
            attributes = `session-id="2229"`;
          }
          const { page } = await chromium.open(
            `<aiera-chat base-url="${path}" ${attributes}></aiera-chat><p>A page goes on here.</p>`,
            {
              viewport,
              script: `document.querySelector("aiera-chat").style.cssText = ${JSON.stringify(style)};`,
            },
          );
          // The definition of the element set its size.
          await page.waitForTimeout(100);
          await page.evaluate(SHIFTS);
          if (way === "typed") await ask(page, "What is new?");
          if (way === "by the page") {
            await page.evaluate(`void document.querySelector("aiera-chat").ask("What is new?")`);
          }
          const composer = async () => (await page.locator(".composer").boundingBox())?.y;
          await reached(page, "working");
          await page.waitForTimeout(AFTER_INPUT_MS);
          const before = await composer();
          advance();
          await page.getByText("Writing the answer…").waitFor();
          advance();
          await reached(page, "ready");
          const { sum, shifts } = await shifted(page);
          assert.ok(sum < 0.05, `${way}: ${sum} ${shifts}`);
          assert.equal(await composer(), before, `${way}: the composer stays`);
          await page.context().close();
        }
      });
    }
  }
});

test("an element with a height scrolls inside, and without a height the page scrolls", async () => {
  const measure = `(() => {
    const chat = document.querySelector("aiera-chat");
    const thread = chat.shadowRoot.querySelector(".thread");
    return { height: chat.offsetHeight, scrolls: thread.scrollHeight > thread.clientHeight + 1 };
  })()`;
  for (const [style, expected] of /** @type {const} */ ([
    ["", { scrolls: false }],
    ["height: 400px", { height: 400, scrolls: true }],
    ["display: block; height: 400px", { height: 400, scrolls: true }],
    ["max-height: 400px", { height: 400, scrolls: true }],
    ["position: absolute; inset: 50px", { height: 700, scrolls: true }],
  ])) {
    const { path } = chromium.site.addApi({ ...QUICK, answer: RICH });
    const { page } = await chromium.open(`<aiera-chat base-url="${path}"></aiera-chat>`, {
      script: `document.querySelector("aiera-chat").style.cssText = ${JSON.stringify(style)};`,
    });
    await ask(page, "What is new?");
    await reached(page, "ready");
    const measured = /** @type {any} */ (await page.evaluate(measure));
    for (const [name, value] of Object.entries(expected))
      assert.equal(measured[name], value, `${style}: ${name}`);
  }
});

test("an element in a flex container fills the available room", async () => {
  const { path } = chromium.site.addApi({ ...QUICK, answer: RICH });
  const { page } = await chromium.open(
    `<div id="row"><aside>aside</aside><aiera-chat base-url="${path}"></aiera-chat></div>`,
    {
      script: `row.style.cssText = "display: flex; height: 500px";
        document.querySelector("aiera-chat").style.cssText = "flex: 1";`,
    },
  );
  await ask(page, "What is new?");
  await reached(page, "ready");
  const box = await page.locator("aiera-chat").boundingBox();
  assert.equal(box?.height, 500);
  assert.ok(box && box.width > 900);
});

test("a new turn is shown from its top", async () => {
  for (const style of ["", "height: 480px"]) {
    const { path } = chromium.site.addApi({ ...QUICK, answer: RICH });
    const { page } = await chromium.open(`<aiera-chat base-url="${path}"></aiera-chat>`, {
      script: `document.querySelector("aiera-chat").style.cssText = ${JSON.stringify(style)};`,
    });
    await ask(page, "First");
    await reached(page, "ready");
    await ask(page, "Second");
    await page.getByRole("heading", { name: "Second" }).waitFor();
    await reached(page, "ready");
    await page.waitForTimeout(200);
    const box = await page.getByRole("heading", { name: "Second" }).boundingBox();
    assert.ok(box && box.y >= 0 && box.y < 60, `${style}: ${box?.y}`);
  }
});

test("a wheel over the element scrolls the page", async () => {
  const { path } = chromium.site.addApi({ ...QUICK, answer: RICH });
  const { page } = await chromium.open(`<aiera-chat base-url="${path}"></aiera-chat>`);
  await ask(page, "What is new?");
  await reached(page, "ready");
  await page.mouse.move(600, 300);
  await page.mouse.wheel(0, 200);
  await page.waitForTimeout(300);
  assert.equal(await page.evaluate("scrollY"), 200);
});

test("a long conversation has its height before its turns come into view", async () => {
  const { path, mock } = chromium.site.addApi({ stages: [{ status: "active" }], answer: RICH });
  const post = (/** @type {string} */ to, /** @type {object} */ body) =>
    mock.fetch(`https://mock.test/api/chat-v1/sessions${to}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
  await post("", { prompt: "Turn 1" });
  for (let turn = 2; turn <= 30; turn += 1) await post("/2229/prompt", { content: `Turn ${turn}` });
  const { page } = await chromium.open(
    `<aiera-chat base-url="${path}" session-id="2229"></aiera-chat>`,
    {
      viewport: WINDOWS.narrow,
      script: `document.querySelector("aiera-chat").style.height = "600px"`,
    },
  );
  await reached(page, "ready");
  await page.locator(".answer").nth(29).waitFor();
  const height = () => page.locator(".thread").evaluate(({ scrollHeight }) => scrollHeight);
  const opened = await height();
  for (let turn = 0; turn < 30; turn += 1) {
    await page.locator(".turn").nth(turn).scrollIntoViewIfNeeded();
    await page.waitForTimeout(50);
  }
  const scrolled = await height();
  assert.ok(Math.abs(opened / scrolled - 1) < 0.1, `${opened} pixels became ${scrolled}`);
});

test("reduced motion disables animations", async () => {
  const { path } = chromium.site.addApi(STUCK);
  for (const [reducedMotion, moves] of /** @type {const} */ ([
    ["reduce", false],
    ["no-preference", true],
  ])) {
    const { page } = await chromium.open(`<aiera-chat base-url="${path}"></aiera-chat>`, {
      reducedMotion,
    });
    await ask(page, "What is new?");
    await reached(page, "working");
    const animations = await page.evaluate(
      `document.querySelector("aiera-chat").shadowRoot.getAnimations().length`,
    );
    assert.equal(Number(animations) > 0, moves);
  }
});
