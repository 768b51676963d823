// @ts-check
// The hooks and the component in React 18 and 19, mostly under StrictMode: one ask creates one session.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { after, afterEach, before, describe, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { remove, temporary } from "../support/packed.mjs";
import { QUICK, startSite, STUCK, until } from "../element/site.mjs";
import { bundle, VERSIONS } from "./bundle.mjs";

for (const version of VERSIONS) {
  describe(`React ${version}`, () => {
    /** @type {Awaited<ReturnType<typeof startSite>>} */
    let site;
    /** @type {import("playwright-core").Browser} */
    let browser;
    /** @type {import("playwright-core").Page} */
    let page;
    /** @type {string} */
    let script;
    /** Errors and warnings of React and the page. @type {string[]} */
    let problems = [];

    before(async () => {
      [site, browser] = await Promise.all([startSite(), launchBrowser()]);
      script = site.addScript(await bundle("page.js", version, "browser"));
      page = await browser.newPage();
      page.on("console", (message) => {
        const text = message.text();
        if (["error", "warning"].includes(message.type()) && !/status of \d/.test(text)) {
          problems.push(text);
        }
      });
      page.on("pageerror", (error) => problems.push(String(error)));
    });
    after(async () => {
      await browser?.close();
      await site?.close();
    });
    afterEach(() => assert.deepEqual(problems, [], "React has nothing to say"));

    /**
     * A page with React in it and a mock of the API.
     *
     * @param {any} [api]
     */
    async function open(api = QUICK) {
      problems = [];
      const { path, mock, requests } = site.addApi(api);
      await page.goto(site.addPage("", { isBare: true, csp: "", script: "" }).replace(/$/, ""));
      await page.evaluate(`import(${JSON.stringify(script)})`);
      await page.evaluate(
        `void (window.client = new AieraChat({ baseUrl: ${JSON.stringify(path)} }), window.ask = { client, pollOptions: POLL })`,
      );
      const posts = () => requests().filter((request) => request.startsWith("POST"));
      return { mock, requests, posts, path };
    }
    /** @param {string} code */
    const run = (code) => page.evaluate(`(async () => { ${code} })()`);
    const settle = (ms = 300) => new Promise((resolve) => setTimeout(resolve, ms));

    test("the bundle contains the expected version of React", async () => {
      await open();
      assert.match(String(await run("return version")), new RegExp(`^${version}\\.`));
    });

    test("useAieraChat asks, follows up, and shows each prompt immediately", async () => {
      const { posts } = await open();
      const seen = await run(`
        const answers = [];
        window.chat = mount(useAieraChat, { ...ask, onAnswer: (answer) => answers.push(answer.text) });
        await until(() => chat.last);
        const functions = [chat.last.ask, chat.last.stop, chat.last.reset];
        const first = await chat.last.ask("One?");
        await chat.until(({ status }) => status === "ready");
        await chat.last.ask("Two?");
        await chat.until(({ status, turns }) => status === "ready" && turns.length === 2);
        const { turns, session, error } = chat.last;
        return {
          statuses: chat.statuses(),
          submitted: chat.committed.find(({ status }) => status === "submitted").turns.map(({ prompt }) => prompt),
          prompts: turns.map(({ prompt }) => prompt),
          same: turns[0].answer === first,
          stable: functions.every((one, i) => one === [chat.last.ask, chat.last.stop, chat.last.reset][i]),
          answers: answers.length, id: session.id, error: String(error),
        };`);
      assert.deepEqual(seen, {
        statuses: ["idle", "submitted", "working", "ready", "submitted", "working", "ready"],
        submitted: ["One?"],
        prompts: ["One?", "Two?"],
        same: true,
        stable: true,
        answers: 2,
        id: 2229,
        error: "undefined",
      });
      assert.deepEqual(posts(), ["POST /sessions", "POST /sessions/2229/prompt"]);
    });

    test("a prompt is shown once if a server sends an id as a string", async () => {
      const { path } = await open();
      const seen = await run(`
        const digits = async (...args) => {
          const response = await fetch(...args);
          const text = (await response.text()).replace(/"((?:\\w+_)?id)":\\s*(\\d+)/g, '"$1":"$2"');
          return new Response(text, response);
        };
        const own = new AieraChat({ baseUrl: ${JSON.stringify(path)}, fetch: digits });
        window.chat = mount(useAieraChat, { ...ask, client: own });
        await until(() => chat.last);
        await chat.last.ask("One?");
        await chat.last.ask("Two?");
        await chat.until(({ status }) => status === "ready");
        const { turns, session } = chat.last;
        return {
          id: session.id,
          promptIds: turns.map(({ promptId }) => typeof promptId),
          most: Math.max(...chat.committed.map(({ turns }) => turns.length)),
        };`);
      assert.deepEqual(seen, { id: "2229", promptIds: ["number", "number"], most: 2 });
    });

    test("an ask in an effect creates one session, although StrictMode runs effects twice", async () => {
      const { posts } = await open();
      await run(`
        window.chat = mount((props) => {
          const chat = useAieraChat(props);
          useEffect(() => void chat.ask("From an effect?"), []);
          return chat;
        }, ask);
        await chat.until(({ status }) => status === "ready");`);
      await settle();
      assert.deepEqual(posts(), ["POST /sessions"]);
    });

    test("useAsk asks once: under StrictMode, across renders, and with a new client in each render", async () => {
      const { posts, path } = await open();
      const seen = await run(`
        window.asked = mount(({ prompt }) => useAsk(prompt, { client: new AieraChat({ baseUrl: ${JSON.stringify(path)} }), pollOptions: { ...POLL } }), { prompt: "Once?" });
        for (let i = 0; i < 20; i += 1) {
          asked.render({ prompt: "Once?" });
          await new Promise((resolve) => setTimeout(resolve, 15));
        }
        await asked.until(({ status }) => status === "ready");
        return [asked.statuses(), asked.last.answer.text.includes("Once?"), asked.last.session.id];`);
      assert.deepEqual(seen, [["submitted", "working", "ready"], true, 2229]);
      assert.deepEqual(posts(), ["POST /sessions"]);
    });

    test("useAsk sends nothing for a blank prompt, and creates a session for the next prompt", async () => {
      const { posts, requests } = await open();
      const seen = await run(`
        window.asked = mount(({ prompt }) => useAsk(prompt, ask), { prompt: " " });
        await until(() => asked.last);
        const blank = asked.last.status;
        asked.render({ prompt: undefined });
        await new Promise((resolve) => setTimeout(resolve, 100));
        return blank;`);
      assert.equal(seen, "idle");
      assert.deepEqual(requests(), []);
      const answers = await run(`
        asked.render({ prompt: "One?" });
        await asked.until(({ status }) => status === "ready");
        asked.render({ prompt: "Two?" });
        await asked.until(({ answer }) => answer?.text.includes("Two?"));
        const stale = asked.rendered.filter(({ props, result }) => result.answer && !result.answer.text.includes(props.prompt));
        return stale.length;`);
      assert.equal(answers, 0, "no render shows the answer to another prompt");
      assert.deepEqual(posts(), ["POST /sessions", "POST /sessions"]);
    });

    test("useAsk with a session's id resumes that session, also after a remount", async () => {
      const { mock, posts, requests } = await open();
      await run(`await client.ask("Before?", POLL)`);
      const before = requests().length;
      for (let i = 0; i < 3; i += 1) {
        const text = await run(`
          const asked = mount(() => useAsk("Before?", { ...ask, sessionId: 2229 }), {});
          await asked.until(({ status }) => status === "ready");
          asked.unmount();
          return asked.last.answer.text;`);
        assert.match(String(text), /Before\?/);
      }
      assert.deepEqual(posts(), ["POST /sessions"]);
      assert.ok(mock.requests.length >= before + 3);
    });

    test("a hook that receives the id of its session does not load the session again", async () => {
      const { requests } = await open();
      await run(`
        window.chat = mount((props) => {
          const [sessionId, setSessionId] = useState();
          const chat = useAieraChat({ ...props, sessionId });
          useEffect(() => setSessionId(chat.session?.id), [chat.session?.id]);
          return chat;
        }, ask);
        await until(() => chat.last);
        chat.last.ask("Mine?");
        await chat.until(({ status }) => status === "ready");`);
      const polls = requests().length;
      await settle();
      assert.equal(requests().length, polls);
      // Removing the id after a reset keeps the same empty conversation.
      const statuses = await run(`
        const { ask } = chat.last;
        chat.last.reset();
        await chat.until(({ status }) => status === "idle");
        await new Promise((resolve) => setTimeout(resolve, 50));
        return [chat.last.status, chat.last.ask === ask];`);
      assert.deepEqual(statuses, ["idle", true]);
    });

    test("another session's id shows that session, without turns of the last one", async () => {
      const { posts } = await open({ polls: 0 });
      const seen = await run(`
        for (const prompt of ["A?", "B?", "C?"]) await client.ask(prompt, POLL);
        window.chat = mount(({ sessionId }) => useAieraChat({ ...ask, sessionId }), { sessionId: 2229 });
        for (const sessionId of [2230, 2229, 2231, 2230]) {
          chat.render({ sessionId });
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
        await chat.until(({ status, session }) => status === "ready" && session.id === 2230);
        const stale = chat.rendered.filter(({ props, result }) => result.session && result.session.id !== props.sessionId);
        chat.render({ sessionId: null });
        await chat.until(({ status }) => status === "idle");
        return [stale.length, chat.last.turns.length];`);
      assert.deepEqual(seen, [0, 0]);
      assert.equal(posts().length, 3);
    });

    test("unmounting stops the polls, and prevents them during a create", async () => {
      const { requests, mock } = await open(STUCK);
      await run(`
        window.asked = mount(() => useAsk("Leave?", ask), {});
        await asked.until(({ status }) => status === "working");
        await new Promise((resolve) => setTimeout(resolve, 100));
        asked.unmount();`);
      const polls = requests().length;
      assert.ok(polls > 2);
      await settle();
      assert.ok(requests().length <= polls + 1, "at most the request in flight");

      mock.reset();
      mock.fail({ operation: "createSession", latencyMs: 200, times: 1 });
      await run(`
        window.asked = mount(() => useAsk("Leave at once?", ask), {});
        await asked.until(({ status }) => status === "submitted");`);
      await until(async () => mock.requests.length === 1, "the create is sent");
      await run("asked.unmount()");
      await settle(500);
      assert.deepEqual(requests(), ["POST /sessions"]);
    });

    describe("a create in flight while its component unmounts", () => {
      /** @param {object} [fault] */
      async function openSlowly(fault = {}) {
        const opened = await open();
        const latencyMs = 300;
        opened.mock.fail({ operation: "createSession", latencyMs, times: Infinity, ...fault });
        const isSent = (count = 1) =>
          until(async () => opened.posts().length === count, "a create");
        return { ...opened, isSent };
      }
      const CREATE = "POST /sessions";

      test("useAsk continues a create if it is mounted with the same client and prompt", async () => {
        const { posts, isSent } = await openSlowly();
        await run(`
          window.heard = [];
          window.Asks = (name) => () => useAsk("Leave and return?", {
            client,
            onAnswer: ({ text }) => heard.push([name, text.includes("Leave and return?")]),
            pollOptions: { ...POLL, onUpdate: () => heard.includes(name) || heard.push(name) },
          });
          window.first = mount(Asks("first"), {});`);
        await isSent();
        await run(`
          first.unmount();
          window.second = mount(Asks("second"), {});
          await second.until(({ status }) => status === "ready");`);
        assert.deepEqual(await run("return second.statuses()"), ["submitted", "working", "ready"]);
        assert.deepEqual(await run("return heard"), ["second", ["second", true]]);
        assert.deepEqual(posts(), [CREATE]);
        // The next component asks, since nothing is in flight.
        await run(`
          second.unmount();
          window.third = mount(Asks("third"), {});
          await third.until(({ status }) => status === "ready");`);
        assert.deepEqual(posts(), [CREATE, CREATE]);
      });

      test("useAsk continues a create under another React key, and after another prompt", async () => {
        const { posts, isSent } = await openSlowly();
        await run(`
          window.asked = mount(({ prompt }) => useAsk(prompt, ask), { key: 1, prompt: "Mine?" });`);
        await isSent();
        await run(`
          asked.render({ key: 2, prompt: "Mine?" });
          await new Promise((resolve) => setTimeout(resolve, 50));
          asked.render({ key: 2, prompt: "Other?" });`);
        await isSent(2);
        await run(`
          asked.render({ key: 2, prompt: "Mine?" });
          await asked.until(({ status, answer }) => status === "ready" && answer.text.includes("Mine?"));`);
        assert.deepEqual(posts(), [CREATE, CREATE]);
      });

      test("components that are mounted at the same time have separate sessions, also after a remount", async () => {
        const { posts, isSent } = await openSlowly();
        await run(`
          window.both = () => [1, 2].map(() => mount(() => useAsk("Both?", ask), {}));
          window.mounted = both();`);
        await isSent(2);
        const ids = await run(`
          for (const one of mounted) one.unmount();
          mounted = [...both(), mount(() => useAsk("Both?", ask), {})];
          for (const one of mounted) await one.until(({ status }) => status === "ready");
          return mounted.map(({ last }) => last.session.id).sort();`);
        assert.deepEqual(ids, [2229, 2230, 2231]);
        assert.deepEqual(posts(), [CREATE, CREATE, CREATE]);
        // Each component polls while it is mounted.
        const texts = await run(`
          window.mounted = both();
          await new Promise((resolve) => setTimeout(resolve, 50));
          mounted[0].unmount();
          await mounted[1].until(({ status }) => status === "ready");
          return mounted[1].last.answer.text.includes("Both?");`);
        assert.equal(texts, true);
      });

      test("useAsk with another client does not continue a create", async () => {
        const { posts, path, isSent } = await openSlowly();
        await run(
          `window.asked = mount(({ client }) => useAsk("Whose?", { ...ask, client }), { client });`,
        );
        await isSent();
        await run(`
          window.other = new AieraChat({ baseUrl: ${JSON.stringify(path)} });
          asked.render({ client: other });
          await new Promise((resolve) => setTimeout(resolve, 20));
          asked.unmount();
          window.asked = mount(() => useAsk("Whose?", { ...ask, client: other }), {});
          await asked.until(({ status }) => status === "ready");`);
        assert.deepEqual(posts(), [CREATE, CREATE]);
      });

      test("a create that fails after its component has unmounted is dropped", async () => {
        const { posts, isSent } = await openSlowly({ status: 400, times: 1 });
        await run(`
          window.errors = [];
          window.Asks = () => useAsk("Fail alone?", { ...ask, onError: ({ code }) => errors.push(code) });
          window.asked = mount(Asks, {});`);
        await isSent();
        await run(`
          asked.unmount();
          await until(() => errors.length === 1);
          window.asked = mount(Asks, {});
          await asked.until(({ status }) => status === "ready");`);
        assert.deepEqual(await run("return [errors, asked.statuses()]"), [
          ["http"],
          ["submitted", "working", "ready"],
        ]);
        assert.deepEqual(posts(), [CREATE, CREATE]);
      });

      test("the ask of useAieraChat rejects with the id of its session", async () => {
        const { requests, isSent } = await openSlowly();
        await run(`
          window.chat = mount(useAieraChat, ask);
          await until(() => chat.last);
          window.outcome = chat.last.ask("Leave?").catch(({ code, sessionId }) => [code, sessionId]);`);
        await isSent();
        assert.deepEqual(await run("chat.unmount(); return outcome"), ["aborted", 2229]);
        assert.deepEqual(requests(), [CREATE]);
      });

      test("an unmounted component reports the id of its session, and nothing else", async () => {
        const { requests, isSent } = await openSlowly();
        await run(`
          window.calls = [];
          const note = (name) => (detail) => calls.push([name, detail]);
          const ref = { current: null };
          const root = createRoot(document.body.appendChild(document.createElement("div")));
          root.render(h(StrictMode, null, h(AieraChatWidget, { ref, client, onSessionChange: note("session"),
            onStatus: note("status"), onError: note("error"), onAnswer: note("answer") })));
          await until(() => ref.current);
          window.outcome = ref.current.ask("Leave?").catch(({ code, sessionId }) => [code, sessionId]);
          window.leave = () => root.unmount();`);
        await isSent();
        assert.deepEqual(await run("leave(); return outcome"), ["aborted", 2229]);
        assert.deepEqual(await run("return calls"), [
          ["status", { status: "submitted" }],
          ["session", { sessionId: 2229 }],
        ]);
        assert.deepEqual(requests(), [CREATE]);
      });
    });

    test("stop ends the polls, and reset begins a new conversation", async () => {
      const { posts } = await open(STUCK);
      const seen = await run(`
        window.chat = mount(useAieraChat, ask);
        await until(() => chat.last);
        const asked = chat.last.ask("Stop?").catch(({ code }) => code);
        await chat.until(({ status }) => status === "working");
        chat.last.stop();
        await chat.until(({ status }) => status === "ready");
        const stopped = [await asked, chat.last.turns.length, String(chat.last.error)];
        chat.last.reset();
        await chat.until(({ status }) => status === "idle");
        return [...stopped, chat.last.turns.length, String(chat.last.session)];`);
      assert.deepEqual(seen, ["aborted", 1, "undefined", 0, "undefined"]);
      assert.equal(posts().length, 1);
    });

    test("a failure is in the state, calls onError once, and does not need a catch", async () => {
      await open({ delayMs: 50, outcome: "generating_response_error" });
      const seen = await run(`
        const errors = [];
        window.rejections = [];
        addEventListener("unhandledrejection", ({ reason }) => rejections.push(String(reason)));
        window.chat = mount(useAieraChat, { ...ask, onError: (error) => errors.push(error.code) });
        await until(() => chat.last);
        chat.last.ask("Fail?");
        await chat.until(({ status }) => status === "error");
        await new Promise((resolve) => setTimeout(resolve, 50));
        return [errors, chat.last.error.code, chat.last.session.id, rejections];`);
      assert.deepEqual(seen, [["session_failed"], "session_failed", 2229, []]);
    });

    test("one ask inside a boundary that suspends creates one session", async () => {
      const { posts } = await open();
      const text = await run(`
        let release;
        let isReady = false;
        const ready = new Promise((resolve) => (release = () => { isReady = true; resolve(); }));
        function Slow() { if (!isReady) throw ready; return null; }
        let status;
        function Asks() { status = useAsk("Suspended?", ask); return null; }
        const root = createRoot(document.body.appendChild(document.createElement("div")));
        root.render(h(StrictMode, null, h(Suspense, { fallback: null }, h(Asks), h(Slow))));
        await new Promise((resolve) => setTimeout(resolve, 50));
        release();
        await until(() => status?.status === "ready");
        root.unmount();
        return status.answer.text;`);
      assert.match(String(text), /Suspended\?/);
      assert.deepEqual(posts(), ["POST /sessions"]);
    });

    test("the component sets properties, passes event details, and its ref is the element", async () => {
      const { posts } = await open();
      const seen = await run(`
        const calls = [];
        const note = (name) => (detail) => calls.push([name, Object.keys(detail ?? {}).join()]);
        const ref = { current: null };
        const root = createRoot(document.body.appendChild(document.createElement("div")));
        const render = (props) => root.render(h(StrictMode, null, h(AieraChatWidget, {
          ref, client, className: "wide", pollOptions: { ...POLL }, suggestions: ["One", "Two"], strings: { ask: "Fragen" },
          prompt: "Begin", headingLevel: 3, onReady: note("ready"), onAnswer: note("answer"), onStatus: note("status"),
          onSessionChange: note("session"), onError: note("error"), ...props })));
        render({});
        await until(() => calls.length > 0);
        const element = ref.current;
        const properties = [element.className, element.client === client, element.suggestions.join(), element.strings.ask,
          element.prompt, element.headingLevel, element.pollOptions.intervalMs, element.readOnly];
        const answer = await element.ask("Through the ref?");
        render({ sessionId: answer.sessionId, readOnly: true, onAnswer: note("other") });
        await until(() => element.readOnly);
        await element.ask("Again?");
        root.unmount();
        return { properties, calls, isElement: element instanceof customElements.get("aiera-chat"), gone: ref.current };`);
      assert.deepEqual(seen, {
        properties: ["wide", true, "One,Two", "Fragen", "Begin", 3, 20, false],
        calls: [
          ["ready", ""],
          ["status", "status"],
          ["status", "status"],
          ["session", "sessionId"],
          ["status", "status"],
          ["answer", "answer"],
          ["status", "status"],
          ["status", "status"],
          ["status", "status"],
          ["other", "answer"],
        ],
        isElement: true,
        gone: null,
      });
      assert.deepEqual(posts(), ["POST /sessions", "POST /sessions/2229/prompt"]);
    });

    test("rendering on a server sends nothing and needs no window, and hydration matches", async () => {
      const folder = await temporary("react-server");
      const file = path.join(folder, "server.cjs");
      await writeFile(file, await bundle("server.js", version, "node"));
      /** @type {unknown[]} */
      const sent = [];
      const { render } = await import(pathToFileURL(file).href);
      const html = render((/** @type {unknown} */ url) => sent.push(url));
      await settle(50);
      assert.deepEqual(sent, []);
      assert.match(html, /<p>idle 0 idle<\/p>/);
      assert.match(html, /<aiera-chat[^>]* heading-level="3"/);
      assert.doesNotMatch(html, /suggestions|client|session-id/);
      await remove(folder);

      const { requests } = await open();
      await run(`await client.ask("Before?", POLL)`);
      const before = requests().length;
      await run(`
        const container = document.body.appendChild(document.createElement("div"));
        container.innerHTML = ${JSON.stringify(html)};
        hydrateRoot(container, serverPage(client));
        await until(() => document.querySelector("#widget").status === "ready");`);
      assert.equal(requests().length, before + 1);
    });
  });
}
