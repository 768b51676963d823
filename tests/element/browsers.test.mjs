// @ts-check
// The element in Chromium, Firefox and WebKit: asking, following up, resuming, stopping, moving, leaving, and its events,
// each under the documented policy.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { launchFirefox } from "../support/firefox.mjs";
import { launchWebKit } from "../support/webkit.mjs";
import { HOSTILE, RICH } from "./answers.mjs";
import { held, QUICK, startSite, STRICT, STUCK, until } from "./site.mjs";

const BROWSERS = { Chromium: launchBrowser, Firefox: launchFirefox, WebKit: launchWebKit };

/** @typedef {Awaited<ReturnType<typeof startSite>>} Site */

for (const [name, launch] of Object.entries(BROWSERS)) {
  describe(name, () => {
    /** @type {any} */
    let browser;
    /** @type {any} */
    let page;
    /** @type {Site} */
    let site;
    before(async () => {
      site = await startSite();
      browser = await launch();
    });
    after(async () => {
      await browser?.close();
      await site?.close();
    });
    afterEach(async () => {
      if (!page) return;
      assert.deepEqual(await run("violations"), [], "the policy had nothing to stop");
      await page.close();
      page = undefined;
    });

    /** @param {string} code */
    const run = (code) => page.evaluate(code);

    /**
     * @param {string} body
     * @param {Parameters<Site["addPage"]>[1]} [options]
     */
    async function open(body, options) {
      page = await browser.newPage();
      await page.goto(site.addPage(body, options));
      await until(() => run("document.title === 'ready'"), "the page is ready");
    }

    const FIND = `const chat = document.querySelector("aiera-chat"); const root = chat.shadowRoot;
      const log = root.querySelector("[role=log]");`;
    /** @param {string} code  an expression over `chat`, `root` and `log` */
    const see = (code) => run(`(() => { ${FIND} return ${code}; })()`);
    /** Shows an answer with the citations of the rich one. @param {string} content */
    async function showAnswer(content) {
      const [{ citations }] = RICH.blocks;
      const { path } = site.addApi({
        ...QUICK,
        answer: { blocks: [{ type: "text", content, citations }] },
      });
      await open(`<aiera-chat base-url="${path}"></aiera-chat>`);
      await see(`chat.ask("?").then(() => undefined)`);
    }
    /** @param {string} code */
    const become = (code) => until(() => see(code), code);
    const types = () => run("events.map(({ type }) => type)");

    /**
     * @param {string} title
     * @param {() => Promise<void>} body
     */
    const testHere = (title, body) =>
      test(title, async (context) => {
        if (!browser) return context.skip(`no ${name} here, and none could be got`);
        await body();
      });

    testHere("the composer asks, and asks a follow-up in the same session", async () => {
      const { api, advance } = held();
      const { path, requests } = site.addApi(api);
      await open(`<aiera-chat base-url="${path}"></aiera-chat>`);
      assert.deepEqual(requests(), [], "nothing is created on connect");
      const submit = (/** @type {string} */ text) =>
        see(`((input) => {
          input.value = ${JSON.stringify(text)};
          input.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
          input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
        })(root.querySelector("textarea"))`);
      await submit("What moved oil today?");
      assert.match(String(await see("log.textContent")), /What moved oil today\?/);
      assert.equal(await see("root.querySelector('textarea').value"), "");
      const progresses = async () => {
        await become(`root.querySelector(".progress").textContent.includes("Finding sources…")`);
        advance();
        await become(`root.querySelector(".progress").textContent.includes("Writing the answer…")`);
        advance();
      };
      await progresses();
      await become(`chat.status === "ready"`);
      assert.match(String(await see("log.textContent")), /You asked: What moved oil today\?/);
      assert.equal(await see("chat.getAttribute('session-id')"), "2229");

      await submit("And gas?");
      await progresses();
      await become(`chat.status === "ready" && chat.turns.length === 2`);
      assert.match(String(await see("log.lastElementChild.textContent")), /You asked: And gas\?/);
      assert.deepEqual(
        requests().filter((request) => request.startsWith("POST")),
        ["POST /sessions", "POST /sessions/2229/prompt"],
      );
      assert.deepEqual(
        (await types()).filter((/** @type {string} */ type) => type !== "status"),
        ["ready", "session-change", "answer", "answer"],
      );
      const statuses = /** @type {string[]} */ (
        await run(`events.flatMap(({ type, detail }) => type === "status" ? [detail.status] : [])`)
      );
      assert.deepEqual(statuses, [
        ...["submitted", "working", "ready"],
        ...["submitted", "working", "ready"],
      ]);
      assert.equal(
        await run(`events.find(({ type }) => type === "answer").detail.answer.sessionId`),
        2229,
      );
    });

    testHere("session-id shows a session, and waits for its answer", async () => {
      const { path, mock, requests } = site.addApi();
      const created = await mock.fetch("https://mock.test/api/chat-v1/sessions", {
        method: "POST",
        body: JSON.stringify({ prompt: "Resume me" }),
      });
      const { id } = await created.json();
      await open(`<aiera-chat base-url="${path}" session-id="${id}"></aiera-chat>`);
      await become(`chat.status === "ready"`);
      assert.match(String(await see("log.textContent")), /You asked: Resume me/);
      assert.deepEqual(
        (await types()).filter((/** @type {string} */ type) => type !== "status"),
        ["ready", "answer"],
      );
      assert.equal(requests().filter((request) => request.startsWith("POST")).length, 1);

      // As after a reload of the page: one request shows a finished session.
      const before = mock.requests.length;
      await open(`<aiera-chat base-url="${path}" session-id="${id}"></aiera-chat>`);
      await become(`chat.status === "ready"`);
      assert.equal(mock.requests.length, before + 1);
    });

    testHere("a moved element continues, and a removed one stops until it is back", async () => {
      const { path, mock } = site.addApi(STUCK);
      await open(`<main><aiera-chat base-url="${path}"></aiera-chat></main><aside></aside>`);
      await see(`void (chat.pollOptions = { intervalMs: 20, maxIntervalMs: 20 })`);
      await see(`void (window.asked = chat.ask("?"))`);
      await become(`chat.status === "working"`);
      await see(`document.querySelector("aside").append(chat)`);
      const moved = mock.requests.length;
      await until(async () => mock.requests.length > moved + 2, "it polls where it was moved");
      assert.equal(await see("chat.status"), "working");

      await run(`void (window.kept = document.querySelector("aiera-chat"), kept.remove())`);
      assert.equal(await run("asked.catch((error) => error.code)"), "aborted");
      const removed = mock.requests.length;
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.ok(mock.requests.length <= removed + 1, "at most the request in flight");
      assert.deepEqual(await run(`events.filter(({ type }) => type === "error")`), []);

      const quiet = mock.requests.length;
      await run("document.body.append(kept)");
      await until(async () => mock.requests.length > quiet + 2, "it polls again");
      assert.equal(mock.requests.filter(({ method }) => method === "POST").length, 1);
    });

    testHere("an element that is removed during a create keeps the session", async () => {
      const { path, mock } = site.addApi({ ...STUCK, latencyMs: 200 });
      await open(`<aiera-chat base-url="${path}"></aiera-chat>`);
      await run(`(() => {
        window.kept = document.querySelector("aiera-chat");
        window.changes = [];
        kept.addEventListener("aiera-chat.session-change", ({ detail }) => changes.push(detail.sessionId));
        window.outcome = kept.ask("?").catch(({ code, sessionId }) => [code, sessionId]);
      })()`);
      await until(async () => mock.requests.length === 1, "the create is sent");
      await run("kept.remove()");
      await until(() => run("kept.sessionId === 2229"), "the id is known");
      assert.deepEqual(await run("changes"), [2229]);
      assert.deepEqual(await run("outcome"), ["aborted", 2229]);
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(mock.requests.length, 1, "no poll");
    });

    testHere("stop rejects the ask without an error event", async () => {
      const { path, mock } = site.addApi(STUCK);
      await open(`<aiera-chat base-url="${path}"></aiera-chat>`);
      await see(`void (window.asked = chat.ask("?"))`);
      await become(`chat.status === "working"`);
      await see(`root.querySelector("[part=stop]").click()`);
      assert.deepEqual(await run("asked.catch(({ code, name }) => [code, name])"), [
        "aborted",
        "AbortError",
      ]);
      assert.equal(await see("chat.status"), "ready");
      assert.deepEqual(await run(`events.filter(({ type }) => type === "error")`), []);
      const sent = mock.requests.length;
      await new Promise((resolve) => setTimeout(resolve, 700));
      assert.ok(mock.requests.length <= sent + 1);
      // Waiting can be resumed.
      await see(`log.querySelector(".notice button").click()`);
      assert.equal(await see("chat.status"), "working");
    });

    testHere("reset forgets the session, and the next ask creates another", async () => {
      const { path } = site.addApi();
      await open(`<aiera-chat base-url="${path}" prompt="Begin with this"></aiera-chat>`);
      assert.equal(await see("root.querySelector('textarea').value"), "Begin with this");
      await see(`chat.ask("One").then(() => chat.reset())`);
      assert.equal(await see("chat.hasAttribute('session-id')"), false);
      assert.equal(await see("log.textContent"), "");
      assert.deepEqual(
        await run(
          `events.flatMap(({ type, detail }) => type === "session-change" ? [detail.sessionId] : [])`,
        ),
        [2229, null],
      );
      assert.equal(await see(`chat.ask("Two").then(({ sessionId }) => sessionId)`), 2230);
    });

    testHere("the element keeps properties that were set before its definition", async () => {
      const { path } = site.addApi();
      await open("", { isBare: true });
      await run(`(async () => {
        const early = document.body.appendChild(document.createElement("aiera-chat"));
        early.baseUrl = ${JSON.stringify(path)};
        early.suggestions = ["First", "Second"];
        early.strings = { ask: "Fragen" };
        early.readOnly = false;
        await import("/pkg/element.mjs");
      })()`);
      assert.deepEqual(
        await see(
          `[chat.getAttribute("base-url"), root.querySelectorAll("[part=suggestion]").length, root.querySelector("[part=submit]").title, chat.strings.stop]`,
        ),
        [path, 2, "Fragen", "Stop"],
      );
      await see(`root.querySelectorAll("[part=suggestion]")[1].click()`);
      await become(`chat.status === "ready"`);
      assert.match(String(await see("log.textContent")), /You asked: Second/);
    });

    testHere("the element is defined once, even if loaded repeatedly", async () => {
      const { path } = site.addApi();
      await open(`<aiera-chat base-url="${path}"></aiera-chat>`);
      assert.equal(
        await run(`import("/pkg/element.mjs?again").then(({ AieraChatElement }) =>
          document.querySelector("aiera-chat") instanceof AieraChatElement &&
          AieraChatElement === customElements.get("aiera-chat"))`),
        true,
      );
    });

    testHere(
      "several elements on a page share a client, and each has its conversation",
      async () => {
        const { path, requests } = site.addApi();
        await open(
          `<aiera-chat id="a" base-url="${path}"></aiera-chat><aiera-chat id="b" base-url="${path}"></aiera-chat>`,
        );
        await run(`Promise.all([a.ask("Alpha"), b.ask("Beta")])`);
        assert.deepEqual(await run("[a.turns[0].prompt, b.turns[0].prompt]"), ["Alpha", "Beta"]);
        assert.equal(requests().filter((request) => request === "POST /sessions").length, 2);
        // Both elements share the polls of one session.
        const before = requests().length;
        await run(`void (b.sessionId = a.sessionId)`);
        await until(() => run(`b.status === "ready"`), "b shows a's session");
        assert.equal(await run("b.turns[0].prompt"), "Alpha");
        assert.equal(requests().length, before + 1);
      },
    );

    testHere("a failure is shown as a sentence, with the action that fits", async () => {
      const failing = {
        delayMs: 200,
        outcome: (/** @type {string} */ prompt) =>
          /fail/.test(prompt) ? "generating_response_error" : "active",
      };
      const { path, mock } = site.addApi(failing);
      await open(`<aiera-chat base-url="${path}"></aiera-chat>`);
      assert.equal(
        await see(`chat.ask("Please fail").catch(({ code }) => code)`),
        "session_failed",
      );
      assert.equal(
        await run(`events.find(({ type }) => type === "error").detail.error.code`),
        "session_failed",
      );
      assert.match(
        String(await see("log.textContent")),
        /could not answer this question\.Try again$/,
      );

      await see("chat.reset()");
      mock.fail({ operation: "createSession", status: 400, times: 1 });
      assert.equal(await see(`chat.ask("Refused").catch(({ code }) => code)`), "http");
      await see(`log.querySelector("[part~=error-action]").click()`);
      await become(`chat.status === "ready"`);
      assert.match(String(await see("log.textContent")), /You asked: Refused/);
      assert.equal(await see("chat.turns.length"), 1);
    });

    testHere(
      "the element works under Trusted Types, and sends nothing to another origin",
      async () => {
        const answer = { blocks: [...RICH.blocks, ...HOSTILE.blocks], sources: RICH.sources };
        const { path } = site.addApi({ ...QUICK, answer });
        const csp = `${STRICT}; require-trusted-types-for 'script'; trusted-types 'none'`;
        await open(`<aiera-chat base-url="${path}"></aiera-chat>`, { csp });
        /** @type {string[]} */
        const requested = [];
        // The driver of WebKit does not report requests.
        page.on("request", (/** @type {any} */ request) => requested.push(request.url()));
        await see(`void (chat.suggestions = ["What is new?"])`);
        await see(`root.querySelector(".suggestion").click()`);
        await become(`chat.status === "ready"`);
        const chips = Number(await see(`root.querySelectorAll(".prose .citation").length`));
        assert.ok(chips > 30);
        for (let i = 0; i < chips; i += 1) {
          await see(`((chip) => {
          chip.scrollIntoView({ block: "center" });
          chip.click();
        })(root.querySelectorAll(".prose .citation")[${i}])`);
          assert.equal(await see(`root.querySelector(".card").checkVisibility()`), true);
        }
        for (const action of ["Copy table", "Copy as Markdown", "Copy as text"]) {
          await see(
            `[...root.querySelectorAll(".action")].find(({ textContent }) => textContent === "${action}").click()`,
          );
          await become(`root.querySelector("[role=status]").textContent !== ""`);
        }
        await see(`root.querySelector("summary").click()`);
        await see(`chat.ask("And now?").then(() => undefined)`);
        assert.equal(await see("chat.turns.length"), 2);

        assert.deepEqual(await run("violations"), []);
        assert.equal(await run(`"pwned" in window`), false);
        const loaded = await run(
          `performance.getEntriesByType("resource").map(({ name }) => name)`,
        );
        assert.ok(loaded.length > 5);
        // Firefox loads a built-in font from a `data:` URL.
        const isElsewhere = (/** @type {string} */ url) =>
          !url.startsWith(site.origin) && !url.startsWith("data:");
        assert.deepEqual([...loaded, ...requested].filter(isElsewhere), []);

        // The page reports requests to other origins, and markup.
        await run(`fetch("http://localhost:1/").catch(() => undefined)`);
        const hasTypes = await run(`"trustedTypes" in window`);
        await run(`(() => { try { document.createElement("p").innerHTML = "<b>" } catch {} })()`);
        const expected = ["connect-src", ...(hasTypes ? ["require-trusted-types-for"] : [])];
        await until(() => run(`violations.length >= ${expected.length}`), "reports");
        const reports = await run(
          `violations.splice(0).map((report) => report.split(" ")[0]).sort()`,
        );
        assert.deepEqual(reports, expected);
      },
    );

    testHere(
      "a chip stays on the line of the word before it and the punctuation behind it",
      async () => {
        const content =
          "Revenue grew by 8% [c1] [c2]. Margins widened here [c1], and **cash flow** [c2]! More follows [c1]";
        await showAnswer(content);
        const apart = await run(`(() => {
        ${FIND}
        const paragraph = root.querySelector(".prose p");
        const rectangle = (text, start, end) => {
          const range = document.createRange();
          range.setStart(text, start);
          range.setEnd(text, end);
          return range.getBoundingClientRect();
        };
        const found = [];
        for (let width = 180; width < 720; width += 3) {
          paragraph.style.width = width + "px";
          for (const group of root.querySelectorAll(".prose .citations")) {
            let before = group.previousSibling;
            while (before.lastChild || !before.data) before = before.lastChild ?? before.previousSibling;
            const { length } = before;
            const parts = [rectangle(before, length - 1, length)];
            for (const chip of group.children) parts.push(chip.getBoundingClientRect());
            const mark = group.lastChild;
            if (mark.data) parts.push(rectangle(mark, 0, 1));
            const [{ top, bottom }] = parts;
            if (parts.some((part) => part.top > bottom || part.bottom < top)) {
              found.push([width, group.textContent]);
            }
          }
        }
        return found;
      })()`);
        assert.deepEqual(apart, []);
      },
    );

    testHere("the numbers of a column are right-aligned, with and without chips", async () => {
      const content = [
        "| Item | 2026 | 2025 |",
        "|---|---|---|",
        "| Revenue | 25.6 [c1] | 23.7 |",
        "| Margin | 18.4% | 17.2% [c1, c2] |",
        "| Cash | 1,204.5 [c1, c2] | **2.9** [c1] |",
      ].join("\n");
      await showAnswer(content);
      const columns = await run(`(() => {
        ${FIND}
        const rows = [...root.querySelector("table").rows];
        return [1, 2].map((column) => rows.map(({ cells }) => {
          const range = document.createRange();
          range.selectNodeContents(cells[column].firstChild);
          const chips = [...cells[column].querySelectorAll(".citation")];
          const end = cells[column].getBoundingClientRect().right;
          const isInside = chips.every((chip) => chip.getBoundingClientRect().right <= end);
          return [Math.round(range.getBoundingClientRect().right), isInside];
        }));
      })()`);
      for (const [heading, ...cells] of columns) {
        for (const cell of cells) assert.deepEqual(cell, heading);
        assert.equal(heading[1], true);
      }
      assert.equal(
        await see(
          `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(root.querySelector(".scroll"))`,
        ),
        0,
      );
    });

    testHere("the element takes the focus only on a call of focus", async () => {
      const { path } = site.addApi();
      await open(`<input id="own" /><aiera-chat base-url="${path}"></aiera-chat>`);
      await run("own.focus()");
      await see(`chat.ask("?").then(() => undefined)`);
      assert.equal(await run("document.activeElement.id"), "own");
      await see("chat.focusComposer()");
      assert.equal(await see(`root.activeElement?.nodeName`), "TEXTAREA");
    });
  });
}
