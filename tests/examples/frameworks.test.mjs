// @ts-check
// The recipes of examples/ that Vite builds, with the packed package: checked by the framework's type checker, built and used
// in Chromium, and remounted in development while the assistant is working.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { copyOf, KEY, LOCAL, open, setUpRecipes } from "./recipes.mjs";

const LOOPBACK = ["--port", "0", "--host", "127.0.0.1"];
const HOUR_MS = 3_600_000;
/**
 * @typedef {object} Recipe
 * @property {string} name
 * @property {string[]} [checker] the program that checks types, and its arguments
 * @property {string} [component] the file whose mistakes the checker must find
 * @property {[text: string, replacement: string, report: RegExp][]} [mistakes]
 * @property {string} main
 * @property {[text: RegExp | string, replacement: string]} mount the code in `main` that mounts; the replacement declares
 * `show`
 * @property {string} source the visible text of a citation
 * @property {number} prompts the requests for a prompt, for a question and a follow-up
 * @property {boolean} [canRetry] whether "Try again" waits for the answer to the same prompt
 * @property {boolean} [isShared] whether the conversation continues without the component
 */

/** @type {[RegExp, string]} */
const REACT = [
  /createRoot\((.*)\)\.render\(/,
  "const root = createRoot($1);\nwindow.show = (isShown) => root.render(isShown && ",
];

/** @type {Recipe[]} */
const RECIPES = [
  { name: "react", main: "src/main.jsx", mount: REACT, source: "Q1 2026 call", prompts: 1 },
  {
    name: "vue",
    checker: ["vue-tsc"],
    component: "src/App.vue",
    mistakes: [
      [':sessionId="sessionId"', ':sessionId="true"', /'true' is not assignable/],
      ["What moved oil today?'", "'+1, 7", /'number' is not assignable to type 'string'/],
      ["detail.answer.citations", "detail.citations", /'citations' does not exist on type/],
      ['base-url="/api/aiera"', 'theme="blue"', /'"blue"' is not assignable/],
    ],
    main: "src/main.ts",
    mount: [
      'createApp(App).mount("#app")',
      'let app;\nwindow.show = (isShown) => isShown ? (app = createApp(App)).mount("#app") : app.unmount()',
    ],
    source: "1 citations",
    prompts: 1,
  },
  {
    name: "svelte",
    checker: ["svelte-check", "--output", "human"],
    component: "src/App.svelte",
    mistakes: [
      ["{sessionId}", "sessionId={true}", /'true' is not assignable/],
      ['"What moved oil today?"', "7", /'number' is not assignable to type 'string'/],
      ["detail.answer.citations", "detail.citations", /'citations' does not exist on type/],
      ["onaiera-chat.session-change", "onaiera-chat.changed", /element 'detail' implicitly/],
    ],
    main: "src/main.ts",
    mount: [
      "mount(App,",
      'import { unmount } from "svelte";\nlet app;\nwindow.show = (isShown) => app = !isShown ? unmount(app) : mount(App,',
    ],
    source: "1 citations",
    prompts: 1,
  },
  {
    name: "ai-sdk",
    checker: ["tsc"],
    main: "src/main.tsx",
    mount: REACT,
    source: "[T1] Q1 2026 call",
    prompts: 2,
    canRetry: true,
    isShared: true,
  },
  {
    name: "assistant-ui",
    checker: ["tsc"],
    main: "src/main.tsx",
    mount: REACT,
    source: "[T1] Q1 2026 call",
    prompts: 2,
    canRetry: true,
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
  const setting = setUpRecipes();

  /**
   * @param {string} name
   * @param {import("../../pkg/testing.d.mts").MockApiOptions} options
   */
  async function start(name, options) {
    const { folder: cwd, remove } = await copyOf(setting.tools.folder, name);
    setting.ends.push(remove);
    const mock = createMockApi({ apiKey: KEY, answer, ...options });
    const api = await serve(mock);
    setting.ends.push(() => api.close());
    const count = (/** @type {string} */ operation) =>
      mock.requests.filter((request) => request.operation === operation).length;
    return { cwd, mock, count, env: { AIERA_API_KEY: KEY, AIERA_BASE_URL: api.url } };
  }

  /**
   * @param {string[]} args of Vite
   * @param {{ cwd: string, env: Record<string, string> }} how
   */
  async function vite(args, { cwd, env }) {
    const server = await setting.tools.serve("vite", [...args, ...LOOPBACK], {
      cwd,
      env,
      addressPattern: LOCAL,
    });
    setting.ends.push(server.stop);
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

  for (const recipe of RECIPES) {
    const { name, checker, component, mistakes, main, mount, source, prompts } = recipe;
    if (checker) {
      test(`the type checker finds mistakes in the ${name} recipe`, async () => {
        const { cwd } = await start(name, {});
        const [program, ...args] = checker;
        const check = () => setting.tools.run(program, args, { cwd });
        if (!component || !mistakes) return void (await check());
        // A copy with mistakes beside the component: one run finds those, and none in the component.
        const copy = component.replace("App", "Wrong");
        let text = await readFile(path.join(cwd, component), "utf8");
        for (const [right, wrong] of mistakes) {
          assert.ok(text.includes(right), right);
          text = text.replace(right, wrong);
        }
        await writeFile(path.join(cwd, copy), text);
        const { message } = await check().then(() => assert.fail("no mistake is found"), Error);
        for (const [, , report] of mistakes) assert.match(message, report);
        assert.match(message, /Wrong\./);
        assert.doesNotMatch(message, /App\./);
      });
    }

    test(`the built ${name} recipe shows a question and a follow-up, also after a reload`, async () => {
      const { cwd, env, count } = await start(name, {
        stages: [{ status: "finding_sources", ms: 300 }, { status: "active" }],
      });
      await setting.tools.run("vite", ["build", "--logLevel", "error"], { cwd, env });
      const { page, close } = await open(setting.browser, await vite(["preview"], { cwd, env }));
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

    test(`the ${name} recipe can be remounted and stopped in development while the assistant is working`, async () => {
      let passedMs = 0;
      const { cwd, env, mock, count } = await start(name, {
        now: () => Date.now() + passedMs,
        stages: [{ status: "finding_sources", ms: HOUR_MS }, { status: "active" }],
      });
      const file = path.join(cwd, main);
      const text = await readFile(file, "utf8");
      const withShow = text.replace(...mount);
      assert.notEqual(withShow, text);
      await writeFile(file, `${withShow}\nwindow.show(true);\n`);
      const address = await vite([], { cwd, env });
      const { page, close } = await open(setting.browser, address, {
        withClock: true,
        expected: /status of 403/,
      });
      const progress = page.getByText(/finding.sources/i);
      const hide = async () => {
        await page.evaluate("void show(false)");
        await progress.waitFor({ state: "hidden" });
      };
      const show = async () => {
        await page.evaluate("void show(true)");
        await progress.waitFor();
      };
      /** The number of polls in a minute, at most 1 for each timer. A request of the test follows them. */
      const polls = async () => {
        const list = () =>
          page.evaluate("fetch('/api/aiera/chat-v1/sessions').then((r) => r.text())");
        await list();
        const before = count("getSession");
        await page.clock.fastForward(60_000);
        await list();
        return count("getSession") - before;
      };

      await ask(page, "Oil?");
      await progress.waitFor();
      for (let times = 0; times < 2; times++) {
        await hide();
        await show();
      }
      passedMs += HOUR_MS;
      await page.clock.fastForward(60_000);
      await page.getByText("About: Oil?").waitFor();

      await ask(page, "And gold?");
      await progress.waitFor();
      const before = count("getSession");
      while (count("getSession") === before) await polls();
      if (recipe.canRetry) {
        mock.fail({ operation: "getSession", status: 403 });
        await page.clock.fastForward(60_000);
        await page.getByRole("button", { name: "Try again" }).click();
        await progress.waitFor();
      }
      await hide();
      if (!recipe.isShared)
        assert.equal(await polls(), 0, "there are no polls without the component");
      await show();
      await page.getByRole("button", { name: "Stop" }).click();
      await progress.waitFor({ state: "hidden" });
      assert.equal(await polls(), 0, "there are no polls after a stop");
      assert.equal(count("createSession"), 1);
      assert.equal(count("sendPrompt"), prompts);
      await close();
    });
  }
});
