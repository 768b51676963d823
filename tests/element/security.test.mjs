// @ts-check
// Policies and hostile answers: the element works under the strictest policies, sends nothing to another origin, and
// shows all content of an answer as text.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { HOSTILE, RICH, TRICKS } from "./answers.mjs";
import { ask, reached, startChromium } from "./chromium.mjs";
import { QUICK, STRICT } from "./site.mjs";

/** @type {Awaited<ReturnType<typeof startChromium>>} */
let chromium;
before(async () => {
  chromium = await startChromium();
});
after(() => chromium?.close());

const TRUSTED_TYPES = `${STRICT}; require-trusted-types-for 'script'; trusted-types 'none'`;

for (const [name, csp] of Object.entries({
  "a strict policy": STRICT,
  "Trusted Types": TRUSTED_TYPES,
})) {
  test(`everything works under ${name}, without a report`, async () => {
    const { path } = chromium.site.addApi({ ...QUICK, answer: RICH });
    const opened = await chromium.open(`<aiera-chat base-url="${path}"></aiera-chat>`, { csp });
    const { page, problems, elsewhere, violations } = opened;
    await ask(page, "What is new?");
    await reached(page, "ready");
    await page.locator(".citation").first().hover();
    await page.getByRole("dialog").waitFor();
    await page.getByRole("button", { name: "Copy as Markdown" }).click();
    await page.getByText("sources considered").click();
    await ask(page, "And now?");
    await page.getByRole("heading", { name: "And now?" }).waitFor();
    await reached(page, "ready");
    assert.deepEqual(await violations(), []);
    assert.deepEqual(problems, []);
    assert.deepEqual(elsewhere, []);
  });
}

describe("a hostile answer", () => {
  const ALLOWED = new Set(
    "A ARTICLE BLOCKQUOTE BR BUTTON CODE DD DEL DETAILS DIV DL DT EM FIGCAPTION FIGURE H2 H3 H4 H5 H6 HR LI OL P PRE SPAN STRONG SUMMARY TABLE TBODY TD TH THEAD TR UL".split(
      " ",
    ),
  );
  const ATTRIBUTES = new Set(
    "align aria-expanded aria-haspopup aria-label aria-labelledby class href id open part rel role start tabindex target type".split(
      " ",
    ),
  );

  for (const csp of [TRUSTED_TYPES, "connect-src 'self'"]) {
    test(`is text, under ${csp === TRUSTED_TYPES ? "a strict policy" : "a policy that would stop nothing"}`, async () => {
      const { path } = chromium.site.addApi({ ...QUICK, answer: HOSTILE });
      const opened = await chromium.open(`<aiera-chat base-url="${path}"></aiera-chat>`, { csp });
      const { page, problems, elsewhere, violations } = opened;
      await ask(page, "<img src=x onerror=pwned=1>");
      await reached(page, "ready");
      const found = /** @type {any[]} */ (
        await page.evaluate(`[...document.querySelector("aiera-chat").shadowRoot.querySelectorAll("[role=log] *")].map((element) => ({
          name: element.nodeName, attributes: [...element.attributes].map(({ name }) => name) }))`)
      );
      assert.ok(found.length > TRICKS.length);
      for (const { name, attributes } of found) {
        assert.ok(ALLOWED.has(name), name);
        for (const attribute of attributes)
          assert.ok(ATTRIBUTES.has(attribute), `${name} ${attribute}`);
      }
      for (const chip of await page.locator(".prose .citation").all()) {
        await chip.click();
        await page.keyboard.press("Escape");
      }
      const links = /** @type {any[]} */ (
        await page.evaluate(
          `[...document.querySelector("aiera-chat").shadowRoot.querySelectorAll("a")].map(({ href, rel, target }) => ({ href, rel, target }))`,
        )
      );
      assert.ok(links.length > 0);
      for (const { href, rel, target } of links) {
        assert.match(href, /^https?:\/\//);
        assert.equal(rel, "noopener noreferrer nofollow");
        assert.equal(target, "_blank");
      }
      assert.equal(await page.evaluate("window.pwned"), undefined);
      assert.deepEqual(elsewhere, []);
      assert.deepEqual(problems, []);
      assert.deepEqual(await violations(), []);
      // The text is still readable.
      const text = String(await page.locator(".prose").textContent());
      for (const trick of [
        "<script>pwned=1</script>",
        "<img src=x onerror=pwned=1>",
        "<iframe src=",
      ])
        assert.ok(text.includes(trick), trick);
    });
  }
});

test("a citation's link opens in a new tab, unless the page cancels the event", async () => {
  const { path } = chromium.site.addApi({ ...QUICK, answer: RICH });
  const { page } = await chromium.open(`<aiera-chat base-url="${path}"></aiera-chat>`);
  await page
    .context()
    .route("https://example.com/**", (route) => route.fulfill({ body: "a source" }));
  await ask(page, "What is new?");
  await reached(page, "ready");
  await page.getByRole("button", { name: "Citation F1", exact: true }).first().click();
  const [tab] = await Promise.all([
    page.context().waitForEvent("page"),
    page.getByRole("link", { name: "Open source" }).click(),
  ]);
  await tab.waitForURL("https://example.com/filings/456");
  assert.equal(await tab.evaluate("window.opener"), null);
  assert.equal(
    await page.evaluate(`events.filter(({ type }) => type === "citation-click").length`),
    1,
  );
});
