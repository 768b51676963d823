// @ts-check
// The recipes of examples/ that Vite builds, as they stand, with the packed package: checked by the framework's own type
// checker, built and asked in Chromium, and in development mounted again while the assistant is at work.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { launchBrowser } from "../support/browser.mjs";
import { toolchains } from "../support/toolchains.mjs";
import { copyOf, KEY, open } from "./recipes.mjs";

const LOCAL = /Local:\s+(http:\S+)/;
const LOOPBACK = ["--port", "0", "--host", "127.0.0.1"];
const HOUR_MS = 3_600_000;
const REACT = [
  /createRoot\((.*)\)\.render\(/,
  "const root = createRoot($1);\nwindow.show = (isShown) => root.render(isShown && ",
];

/**
 * @typedef {object} Recipe
 * @property {string} name
 * @property {string[]} [checker] the program that checks types, and its arguments
 * @property {string} main
 * @property {(RegExp | string)[]} mount what `main` mounts with, and its replacement, which declares `window.show`
 * @property {string} source what is shown of a citation
 * @property {number} prompts how many prompts follow the create, for a question and a follow-up
 * @property {string} retry a button that is shown after a failure
 * @property {boolean} [isShared] whether the conversation goes on without the component
 */

/** @type {Recipe[]} */
const RECIPES = [
  {
    name: "react",
    main: "src/main.jsx",
    mount: REACT,
    source: "Q1 2026 call",
    prompts: 1,
    retry: "",
  },
  {
    name: "vue",
    checker: ["vue-tsc"],
    main: "src/main.ts",
    mount: [
      'createApp(App).mount("#app")',
      'let app;\nwindow.show = (isShown) => isShown ? (app = createApp(App)).mount("#app") : app.unmount()',
    ],
    source: "1 citations",
    prompts: 1,
    retry: "Try again",
  },
  {
    name: "svelte",
    checker: ["svelte-check", "--output", "human"],
    main: "src/main.ts",
    mount: [
      "mount(App,",
      'import { unmount } from "svelte";\nlet app;\nwindow.show = (isShown) => app = !isShown ? unmount(app) : mount(App,',
    ],
    source: "1 citations",
    prompts: 1,
    retry: "Try again",
  },
  {
    name: "ai-sdk",
    checker: ["tsc"],
    main: "src/main.tsx",
    mount: REACT,
    source: "[T1] Q1 2026 call",
    prompts: 2,
    retry: "Try again",
    isShared: true,
  },
  {
    name: "assistant-ui",
    checker: ["tsc"],
    main: "src/main.tsx",
    mount: REACT,
    source: "[T1] Q1 2026 call",
    prompts: 2,
    retry: "Try again",
  },
];

/** An answer with a citation. */
const answer = (/** @type {string} */ prompt) => [
  {
    content: `About: ${prompt} [c1]`,
    citations: [
      {
        marker: "[c1]",
        url: "https://example.com/calls/1",
        source: { type: "transcript", name: "Q1 2026 call" },
      },
    ],
  },
];

describe("recipes of frameworks", () => {
  /** @type {Awaited<ReturnType<typeof toolchains>>} */
  let tools;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {(() => Promise<unknown>)[]} */
  let ends = [];

  before(async () => {
    tools = await toolchains();
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await tools?.close();
  });
  afterEach(async () => {
    for (const end of ends.reverse()) await end();
    ends = [];
  });

  /**
   * @param {string} name
   * @param {import("../../pkg/testing.d.mts").MockApiOptions} options
   */
  async function start(name, options) {
    const { folder: cwd, remove } = await copyOf(tools.folder, name);
    ends.push(remove);
    const mock = createMockApi({ apiKey: KEY, answer, ...options });
    const api = await serve(mock);
    ends.push(() => api.close());
    const count = (/** @type {string} */ operation) =>
      mock.requests.filter((request) => request.operation === operation).length;
    return { cwd, mock, count, env: { AIERA_API_KEY: KEY, AIERA_BASE_URL: api.url } };
  }

  /**
   * @param {string[]} args of Vite
   * @param {{ cwd: string, env: Record<string, string> }} how
   */
  async function vite(args, { cwd, env }) {
    const server = await tools.serve("vite", [...args, ...LOOPBACK], { cwd, env, says: LOCAL });
    ends.push(server.stop);
    return server.address;
  }

  /**
   * @param {import("playwright-core").Page} page
   * @param {string} prompt
   */
  async function ask(page, prompt) {
    await page.getByRole("textbox").fill(prompt);
    await page.getByRole("button", { name: "Ask", exact: true }).click();
  }

  for (const { name, checker, main, mount, source, prompts, retry, isShared } of RECIPES) {
    if (checker) {
      test(`${name}: its types are checked`, async () => {
        const { cwd } = await start(name, {});
        const [program, ...args] = checker;
        await tools.run(program, args, { cwd });
      });
    }

    test(`${name}: built, a question, a follow-up, and both after a reload`, async () => {
      const { cwd, env, count } = await start(name, {
        stages: [{ status: "finding_sources", ms: 300 }, { status: "active" }],
      });
      await tools.run("vite", ["build", "--logLevel", "error"], { cwd, env });
      const { page, close } = await open(browser, await vite(["preview"], { cwd, env }));
      await ask(page, "Oil?");
      await page.getByText("About: Oil?").waitFor();
      await page.getByText(source).first().waitFor();
      await ask(page, "And gold?");
      await page.getByText("About: And gold?").waitFor();
      await page.reload();
      await page.getByText("About: Oil?").waitFor();
      await page.getByText("About: And gold?").waitFor();
      assert.equal(count("createSession"), 1);
      assert.equal(count("sendPrompt"), prompts);
      await close();
    });

    test(`${name}: in development, mounted again at work, and stopped`, async () => {
      let late = 0;
      const { cwd, env, mock, count } = await start(name, {
        now: () => Date.now() + late,
        stages: [{ status: "finding_sources", ms: HOUR_MS }, { status: "active" }],
      });
      const file = path.join(cwd, main);
      const text = await readFile(file, "utf8");
      const [from, to] = mount;
      assert.equal(text.split(from).length > 1, true, `${main} mounts as it did`);
      await writeFile(file, `${text.replace(from, String(to))}\nwindow.show(true);\n`);
      const address = await vite([], { cwd, env });
      const { page, close } = await open(browser, address, { withClock: true });
      const show = (/** @type {boolean} */ isShown) => page.evaluate(`void show(${isShown})`);
      const progress = page.getByText(/finding.sources/i);

      await ask(page, "Oil?");
      await progress.waitFor();
      for (let times = 0; times < 2; times++) {
        await show(false);
        await progress.waitFor({ state: "detached" });
        await show(true);
        await progress.waitFor();
      }
      late = HOUR_MS;
      await page.getByText("About: Oil?").waitFor();
      assert.equal(count("createSession"), 1);
      assert.equal(count("sendPrompt"), prompts - 1);
      await close();
    });
  }
});
