// @ts-check
// Styles that a page may change: each documented custom property and each part works from outside, and the documentation
// names all of them.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { RICH } from "./answers.mjs";
import { ask, reached, startChromium } from "./chromium.mjs";
import { QUICK, STUCK } from "./site.mjs";

const DOCS = await readFile(new URL("../../docs/element.md", import.meta.url), "utf8");

/** The names in the first column of the table under a heading. @param {string} heading */
function documented(heading) {
  const [, section = ""] = DOCS.split(`\n## ${heading}\n`);
  const rows = section.split("\n## ")[0].matchAll(/^\| `([^`]+)`/gm);
  return [...rows].map(([, name]) => name).sort();
}

/** @type {Awaited<ReturnType<typeof startChromium>>} */
let chromium;
before(async () => {
  chromium = await startChromium();
});
after(() => chromium?.close());

/** The effect of each property: a value, a selector, a computed property and its expected value. */
const PROPERTIES =
  /** @type {Record<string, [value: string, selector: string, property: string, expected: string]>} */ ({
    "--aiera-chat-background": ["rgb(1, 2, 3)", ":host", "backgroundColor", "rgb(1, 2, 3)"],
    "--aiera-chat-color": ["rgb(1, 2, 3)", ".prose p", "color", "rgb(1, 2, 3)"],
    "--aiera-chat-muted-color": ["rgb(1, 2, 3)", ".source-facts", "color", "rgb(1, 2, 3)"],
    "--aiera-chat-border-color": ["rgb(1, 2, 3)", ".sources", "borderTopColor", "rgb(1, 2, 3)"],
    "--aiera-chat-surface": ["rgb(1, 2, 3)", "pre", "backgroundColor", "rgb(1, 2, 3)"],
    "--aiera-chat-accent-color": [
      "rgb(1, 2, 3)",
      ".citation:not([aria-expanded=true])",
      "color",
      "rgb(1, 2, 3)",
    ],
    "--aiera-chat-accent-text-color": [
      "rgb(1, 2, 3)",
      ".citation[aria-expanded=true]",
      "color",
      "rgb(1, 2, 3)",
    ],
    "--aiera-chat-font-family": ["serif", ".prose p", "fontFamily", "serif"],
    "--aiera-chat-mono-font-family": ["cursive", "pre code", "fontFamily", "cursive"],
    "--aiera-chat-font-size": ["20px", ".prose p", "fontSize", "20px"],
    "--aiera-chat-radius": ["3px", ".composer", "borderTopLeftRadius", "3px"],
    "--aiera-chat-spacing": ["40px", ".log", "paddingLeft", "40px"],
    "--aiera-chat-max-width": ["500px", ".log", "maxWidth", "calc(540px)"],
    "--aiera-chat-min-height": ["333px", ".strut", "height", "333px"],
    "--aiera-chat-turn-min-height": ["77px", ".content", "minHeight", "77px"],
    "--aiera-chat-card-width": ["234px", ".card", "width", "234px"],
    "--aiera-chat-shadow": [
      "rgb(1, 2, 3) 0px 0px 1px 0px",
      ".card",
      "boxShadow",
      "rgb(1, 2, 3) 0px 0px 1px 0px",
    ],
    "--aiera-chat-error-color": ["rgb(1, 2, 3)", ".notice.error", "color", "rgb(1, 2, 3)"],
  });

test("each documented custom property works, and there are no others", async () => {
  assert.deepEqual(documented("Custom properties"), Object.keys(PROPERTIES).sort());
  const source = await readFile(new URL("../../pkg/element.mjs", import.meta.url), "utf8");
  const used = new Set(source.match(/--aiera-chat-[a-z-]+/g));
  assert.deepEqual([...used].sort(), Object.keys(PROPERTIES).sort());

  const { path, mock } = chromium.site.addApi({ ...QUICK, answer: RICH });
  const { page } = await chromium.open(`<aiera-chat base-url="${path}"></aiera-chat>`);
  await ask(page, "What is new?");
  await reached(page, "ready");
  await page.locator(".citation").first().click();
  /** @type {(selector: string, property: string) => Promise<unknown>} */
  const computed = (selector, property) =>
    page.evaluate(
      ([selector, property]) => {
        const host = /** @type {Element} */ (document.querySelector("aiera-chat"));
        const inside = host.shadowRoot?.querySelector(selector);
        const element = selector === ":host" ? host : inside;
        return element && /** @type {any} */ (getComputedStyle(element))[property];
      },
      [selector, property],
    );
  for (const [name, [value, selector, property, expected]] of Object.entries(PROPERTIES)) {
    if (name === "--aiera-chat-error-color") {
      mock.fail({ operation: "sendPrompt", status: 400 });
      await page.evaluate(
        `document.querySelector("aiera-chat").ask("Fail").catch(() => undefined)`,
      );
      await reached(page, "error");
      await page.locator(".citation").first().click();
    }
    const before = await computed(selector, property);
    await page.evaluate(
      ([name, value]) =>
        document.querySelector("aiera-chat")?.setAttribute("data-x", "") ??
        /** @type {any} */ (document.querySelector("aiera-chat")).style.setProperty(name, value),
      [name, value],
    );
    const now = await computed(selector, property);
    assert.notEqual(before, expected, `${name} makes a difference`);
    assert.equal(now, expected.replace(/^calc\((.*)\)$/, "$1"), name);
    await page.evaluate(
      (name) =>
        /** @type {any} */ (document.querySelector("aiera-chat")).style.removeProperty(name),
      name,
    );
  }
});

test("each documented part can be styled, and there are no others", async () => {
  const parts = documented("Parts");
  /** @type {Set<string>} */
  const seen = new Set();
  const rules = parts.map(
    (part) => `aiera-chat::part(${part}) { --x: ${part}; outline-style: dotted }`,
  );
  /** @param {import("playwright-core").Page} page */
  async function look(page) {
    await page.evaluate(`{
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(${JSON.stringify(rules.join("\n"))});
      document.adoptedStyleSheets = [sheet];
    }`);
    const found = /** @type {[string[], string][]} */ (
      await page.evaluate(`[...document.querySelector("aiera-chat").shadowRoot.querySelectorAll("[part]")].map((element) =>
        [[...element.part], getComputedStyle(element).outlineStyle])`)
    );
    for (const [names, outline] of found) {
      for (const name of names) {
        assert.ok(parts.includes(name), `part ${name} is documented`);
        seen.add(name);
      }
      assert.equal(outline, "dotted", names.join(" "));
    }
  }
  for (const [api, prompt, status] of /** @type {const} */ ([
    [{ ...QUICK, answer: RICH }, "What is new?", "ready"],
    [STUCK, "Stop me", "working"],
    [{ delayMs: 50, outcome: "generating_response_error" }, "Fail", "error"],
  ])) {
    const { path } = chromium.site.addApi(/** @type {any} */ (api));
    const { page } = await chromium.open(`<aiera-chat base-url="${path}"></aiera-chat>`);
    await page.evaluate(`document.querySelector("aiera-chat").suggestions = ["One"]`);
    await ask(page, prompt);
    await reached(page, status);
    if (status === "working") await page.getByRole("button", { name: "Stop" }).click();
    await look(page);
  }
  assert.deepEqual([...seen].sort(), parts);
});

test("the page's styles do not affect the element, nor the element's the page", async () => {
  const { path } = chromium.site.addApi({ ...QUICK, answer: RICH });
  const { page } = await chromium.open(
    `<p class="citation">mine</p><aiera-chat base-url="${path}"></aiera-chat>`,
    {
      script: `const sheet = new CSSStyleSheet();
        sheet.replaceSync("* { color: red !important; letter-spacing: 9px; text-transform: uppercase; --_accent: red } button { display: none }");
        document.adoptedStyleSheets = [sheet];`,
    },
  );
  await ask(page, "What is new?");
  await reached(page, "ready");
  const chip = page.locator(".prose .citation").first();
  assert.ok(await chip.isVisible());
  const { color, textTransform } = await page
    .locator(".prose p")
    .first()
    .evaluate((element) => {
      const { color, textTransform } = getComputedStyle(element);
      return { color, textTransform };
    });
  assert.notEqual(textTransform, "uppercase");
  assert.equal(color, "rgb(27, 33, 38)");
  assert.equal(
    await page
      .locator("p.citation")
      .first()
      .evaluate((own) => getComputedStyle(own).borderRadius),
    "0px",
  );
});

test("light and dark follow the system, unless the theme is set", async () => {
  const { path } = chromium.site.addApi();
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    const { page } = await chromium.open(
      ["", `theme="auto"`, `theme="light"`, `theme="dark"`]
        .map((theme) => `<aiera-chat base-url="${path}" ${theme}></aiera-chat>`)
        .join(""),
      { colorScheme },
    );
    const backgrounds = await page.evaluate(
      `[...document.querySelectorAll("aiera-chat")].map((chat) => getComputedStyle(chat).backgroundColor)`,
    );
    const [light, dark] = ["rgb(255, 255, 255)", "rgb(20, 24, 27)"];
    const system = colorScheme === "light" ? light : dark;
    assert.deepEqual(backgrounds, [system, system, light, dark]);
  }
});
