// @ts-check
// The documentation of the element: its tables name exactly the attributes, properties, methods, events, slots and texts of the
// element, and each of them works. styling.test.mjs tests custom properties and parts.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { RICH } from "./answers.mjs";
import { startChromium } from "./chromium.mjs";
import { QUICK } from "./site.mjs";

const DOCS = await readFile(new URL("../../docs/element.md", import.meta.url), "utf8");

/** The rows of the first table under a heading, as their cells. @param {string} heading */
function tableUnder(heading) {
  const [, section = ""] = DOCS.split(`\n## ${heading}\n`);
  const rows = section.split("\n## ")[0].matchAll(/^\| (`.*) \|$/gm);
  return [...rows].map(([, row]) => row.split(" | ").map((cell) => cell.trim()));
}

/** @param {string} cell */
const nameIn = (cell) => /^`([^`(]+)/.exec(cell)?.[1] ?? cell;

/** @param {string} heading */
const documented = (heading) => tableUnder(heading).map(([cell]) => nameIn(cell));

/** @type {Awaited<ReturnType<typeof startChromium>>} */
let chromium;
before(async () => {
  chromium = await startChromium();
});
after(() => chromium?.close());

/** @param {string} [attributes] */
async function open(attributes = "", content = "") {
  const { path, mock } = chromium.site.addApi({ ...QUICK, answer: RICH });
  const { page } = await chromium.open(
    `<aiera-chat base-url="${path}" ${attributes}>${content}</aiera-chat>`,
  );
  /** @param {string} code  an expression over `chat` and `root` */
  const see = (code) =>
    page.evaluate(
      `(async () => { const chat = document.querySelector("aiera-chat"); const root = chat.shadowRoot; return ${code}; })()`,
    );
  return { page, path, mock, see };
}

/** For each attribute: a value, and an expression that is true only while the attribute has it. */
const ATTRIBUTES = /** @type {Record<string, [value: string, works: string]>} */ ({
  "base-url": ["/nowhere", `chat.ask("?").catch(({ status }) => status === 404)`],
  "session-id": ["77", `chat.status !== "idle" && chat.session === null`],
  prompt: ["Begin here", `root.querySelector("textarea").value === "Begin here"`],
  placeholder: ["Say it", `root.querySelector("textarea").placeholder === "Say it"`],
  lang: [
    "de",
    `chat.ask("?").then(() => root.querySelector(".source-facts").textContent.includes("22.04.2026"))`,
  ],
  theme: ["dark", `getComputedStyle(chat).colorScheme === "dark"`],
  "heading-level": ["4", `chat.ask("?").then(() => root.querySelector("h4.prompt") !== null)`],
  readonly: ["", `root.querySelector(".composer").checkVisibility() === false`],
});

test("each documented attribute and its property work, and there are no others", async () => {
  const rows = tableUnder("Attributes").map(([attribute, property]) => [
    nameIn(attribute),
    nameIn(property),
  ]);
  const names = rows.map(([attribute]) => attribute);
  assert.deepEqual(names.toSorted(), Object.keys(ATTRIBUTES).toSorted());
  const { see } = await open();
  const observed = /** @type {string[]} */ (await see("chat.constructor.observedAttributes"));
  // Only the style sheet reads the theme.
  assert.deepEqual(names.toSorted(), [...observed, "theme"].toSorted());
  for (const [attribute, property] of rows) {
    const [value, works] = ATTRIBUTES[attribute];
    const plain = await open();
    const before = attribute === "base-url" ? false : await plain.see(works);
    assert.equal(before, false, `${attribute} makes a difference`);
    const byAttribute = await open();
    await byAttribute.see(`chat.setAttribute("${attribute}", ${JSON.stringify(value)})`);
    assert.equal(await byAttribute.see(works), true, attribute);
    const byProperty = await open();
    const set = attribute === "readonly" ? "true" : JSON.stringify(value);
    await byProperty.see(`chat.${property} = ${set}`);
    assert.equal(await byProperty.see(`chat.getAttribute("${attribute}")`), value, property);
    assert.equal(await byProperty.see(works), true, property);
  }
});

/** For each property, an expression that is true if it works. */
const PROPERTIES = /** @type {Record<string, string>} */ ({
  client: `(chat.client = { ask: async () => { throw Object.assign(new Error(), { code: "mine" }) } }, chat.ask("?").catch(({ code }) => code === "mine"))`,
  pollOptions: `(chat.pollOptions = { timeoutMs: 1 }, chat.ask("?").catch(() => chat.status === "error"))`,
  strings: `(chat.strings = { greeting: "Hello" }, root.querySelector(".greeting").textContent === "Hello" && chat.strings.ask === "Ask")`,
  suggestions: `(chat.suggestions = ["One"], root.querySelector(".suggestion").click(), chat.turns[0].prompt === "One")`,
  status: `chat.status === "idle" && chat.ask("?").then(() => chat.status === "ready")`,
  session: `chat.session === null && chat.ask("?").then(() => chat.session.id === chat.sessionId)`,
  turns: `chat.turns.length === 0 && chat.ask("?").then(() => chat.turns[0].answer.text.length > 0)`,
  error: `chat.error === null && chat.ask({ promt: "?" }).catch((error) => chat.error === error)`,
});

test("each documented property works, and there are no others", async () => {
  const mirrored = tableUnder("Attributes").map(([, property]) => nameIn(property));
  const names = documented("Properties");
  assert.deepEqual(names.toSorted(), Object.keys(PROPERTIES).toSorted());
  const { see } = await open();
  const accessors = /** @type {string[]} */ (
    await see(
      `Object.entries(Object.getOwnPropertyDescriptors(chat.constructor.prototype)).flatMap(([name, { get }]) => get ? [name] : [])`,
    )
  );
  // Every element has `lang`.
  assert.deepEqual([...accessors, "lang"].toSorted(), [...names, ...mirrored].toSorted());
  for (const [name, works] of Object.entries(PROPERTIES)) {
    const fresh = await open();
    assert.equal(await fresh.see(works), true, name);
  }
});

/** For each method, an expression that is true if it works. */
const METHODS = /** @type {Record<string, string>} */ ({
  ask: `chat.ask("?").then(({ text }) => text.length > 0)`,
  stop: `((asked) => (chat.stop(), asked.catch(({ code }) => code === "aborted")))(chat.ask("?"))`,
  reset: `chat.ask("?").then(() => (chat.reset(), chat.status === "idle" && chat.sessionId === null))`,
  focusComposer: `(chat.focusComposer(), root.activeElement === root.querySelector("textarea"))`,
});

test("each documented method works, and there are no others", async () => {
  const names = documented("Methods");
  const { see } = await open();
  const methods = /** @type {string[]} */ (
    await see(
      `Object.entries(Object.getOwnPropertyDescriptors(chat.constructor.prototype)).flatMap(([name, { value }]) => typeof value === "function" ? [name] : [])`,
    )
  );
  const own = methods.filter((name) => name !== "constructor" && !name.endsWith("Callback"));
  assert.deepEqual(names.toSorted(), own.toSorted());
  assert.deepEqual(names.toSorted(), Object.keys(METHODS).toSorted());
  for (const [name, works] of Object.entries(METHODS)) {
    const fresh = await open();
    assert.equal(await fresh.see(works), true, name);
  }
});

test("each documented event has its detail, bubbles and is composed, and there are no others", async () => {
  const rows = tableUnder("Events").map(([event, detail]) => [
    nameIn(event),
    /\w+/.exec(detail)?.[0] ?? null,
  ]);
  const source = await readFile(new URL("../../pkg/element.mjs", import.meta.url), "utf8");
  const used = new Set(source.match(/"aiera-chat\.[a-z-]+"/g)?.map((name) => name.slice(1, -1)));
  assert.deepEqual(rows.map(([name]) => name).toSorted(), [...used].toSorted());

  const { page, mock, see } = await open();
  await page.evaluate(`{
    window.seen = {};
    for (const type of ${JSON.stringify(rows.map(([name]) => name))}) {
      window.addEventListener(type, ({ detail, bubbles, composed }) => {
        seen[type] = { name: Object.keys(detail ?? {})[0] ?? null, bubbles, composed };
      });
    }
    // The first one was ready before anybody could listen.
    document.body.append(document.createElement("aiera-chat"));
  }`);
  await see(`chat.ask("What is new?").then(() => undefined)`);
  await page.evaluate(
    `document.addEventListener("aiera-chat.citation-click", (event) => event.preventDefault())`,
  );
  await page.locator(".citation").first().click();
  await page.getByRole("link", { name: "Open source" }).click();
  mock.fail({ operation: "sendPrompt", status: 400 });
  await see(`chat.ask("Fail").catch(() => undefined)`);
  const expected = rows.map(([name, detail]) => [
    name,
    { name: detail, bubbles: true, composed: true },
  ]);
  assert.deepEqual(await page.evaluate("seen"), Object.fromEntries(expected));
});

test("each documented slot shows its content, and there are no others", async () => {
  const names = documented("Slots");
  const content = names.map((name) => `<b slot="${name}">${name} of mine</b>`).join("");
  const { page, see } = await open("", content);
  assert.deepEqual(
    /** @type {string[]} */ (
      await see(`[...root.querySelectorAll("slot")].map(({ name }) => name)`)
    ).toSorted(),
    names.toSorted(),
  );
  for (const name of names) assert.ok(await page.getByText(`${name} of mine`).isVisible(), name);
});

test("every text is documented", async () => {
  const { see } = await open();
  const rows = tableUnder("Strings").map(([name, text]) => [nameIn(name), text]);
  assert.deepEqual(Object.fromEntries(rows), await see("chat.strings"));
});
