// @ts-check
// The plots, in a page: labels do not collide, nothing is cut off, and texts have enough contrast in light and in dark.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { drawBars, drawPoints } from "../../bench/lib/svg.mjs";
import { launchBrowser } from "../support/browser.mjs";

/** Clients and loops with similar figures: name, requests, lag. @type {[string, number, number][]} */
const CLIENTS = [
  ["aiera-chat", 17.2, 0.57],
  ["aiera-chat, one client", 12.6, 0.56],
  ["hand-written", 20, 0.53],
  ["openai", 5.3, 2.51],
  ["replicate", 37.1, 0.29],
  ["@fal-ai/client", 38.1, 0.33],
  ["assemblyai", 7.82, 1.55],
  ["@azure/core-lro", 10.9, 0.99],
  ["@runwayml/sdk", 3.69, 2.92],
];
/** @type {[string, number, number][]} */
const LOOPS = [
  ["0.25 s", 67.7, 0.17],
  ["0.5 s", 37.1, 0.29],
  ["1 s", 20, 0.53],
  ["2 s", 10.9, 0.99],
  ["5 s", 5.3, 2.51],
  ["10 s", 3.4, 4.96],
];
const toPoint = (/** @type {[string, number, number]} */ [name, x, y]) => ({
  name,
  own: name.startsWith("aiera-chat"),
  x,
  y,
});
const panel = {
  title: "Lag",
  yTitle: "seconds",
  points: CLIENTS.map(toPoint),
  curve: LOOPS.map(toPoint).map((point) => ({ ...point, own: false })),
};
const bars = CLIENTS.map(([name, value]) => ({
  name,
  own: name === "aiera-chat",
  value,
  text: value.toFixed(1),
}));
const PLOTS = {
  points: drawPoints({
    title: "Lag <and> requests",
    description: "a test",
    xTitle: "requests",
    panels: [panel, panel],
  }),
  bars: drawBars({
    title: "Costs",
    description: "a test",
    panels: [1, 2, 3].map((index) => ({ title: `Cost ${index}`, bars })),
  }),
};

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** @typedef {{ text: string, color: string, x: number, y: number, width: number, height: number }} Text */

/**
 * @param {string} svg
 * @param {"light" | "dark"} colorScheme
 * @returns {Promise<{ background: string, size: { width: number, height: number }, texts: Text[] }>}
 */
async function render(svg, colorScheme) {
  const page = await browser.newPage({ colorScheme });
  try {
    await page.setContent(svg);
    return await page.evaluate(() => {
      const fill = (/** @type {Element} */ element) => getComputedStyle(element).fill;
      const root = /** @type {SVGSVGElement} */ (document.querySelector("svg"));
      return {
        background: fill(/** @type {Element} */ (root.querySelector(".background"))),
        size: { width: root.viewBox.baseVal.width, height: root.viewBox.baseVal.height },
        texts: [...root.querySelectorAll("text")].map((element) => {
          const { x, y, width, height } = element.getBBox();
          return { text: element.textContent ?? "", color: fill(element), x, y, width, height };
        }),
      };
    });
  } finally {
    await page.close();
  }
}

/** The relative luminance of a color, as WCAG defines it. @param {string} color `rgb(…)` */
function luminance(color) {
  const [red, green, blue] = (color.match(/\d+/g) ?? []).map((value) => {
    const channel = Number(value) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {string} a @param {string} b */
function contrast(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

for (const [name, svg] of Object.entries(PLOTS)) {
  describe(`a plot of ${name}`, () => {
    test(`labels in a plot of ${name} do not collide and are not cut off`, async () => {
      const { texts, size } = await render(svg, "light");
      assert.ok(texts.length > 20);
      for (const [index, a] of texts.entries()) {
        const inside =
          a.x >= 0 && a.y >= 0 && a.x + a.width <= size.width && a.y + a.height <= size.height;
        assert.ok(inside, `"${a.text}" is cut off`);
        for (const b of texts.slice(index + 1)) {
          const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
          const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
          // The box of a text is slightly higher than its letters.
          assert.ok(width <= 0 || height <= 3, `"${a.text}" collides with "${b.text}"`);
        }
      }
    });

    for (const scheme of /** @type {const} */ (["light", "dark"])) {
      test(`texts in a plot of ${name} have enough contrast in ${scheme} mode`, async () => {
        const { texts, background } = await render(svg, scheme);
        assert.ok(scheme === "light" ? luminance(background) > 0.9 : luminance(background) < 0.05);
        for (const { text, color } of texts) {
          assert.ok(contrast(color, background) >= 4.5, `"${text}": ${color} on ${background}`);
        }
      });
    }
  });
}
