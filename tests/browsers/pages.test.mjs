// @ts-check
// The same pages in Chromium, Firefox and WebKit. The browsers differ in redirects, policies, workers, lost responses and
// aborts; the package must behave the same.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { toNodeListener } from "../../pkg/proxy-node.mjs";
import { createMockApi } from "../../pkg/testing.mjs";
import { launchBrowser } from "../support/browser.mjs";
import { launchFirefox } from "../support/firefox.mjs";
import { launchWebKit } from "../support/webkit.mjs";

const STRICT = "default-src 'none'; connect-src 'self'; script-src 'self'";
const SCRIPTS = /** @type {Record<string, string>} */ ({
  "/page.mjs": `import * as aiera from "/pkg/index.mjs"; window.aiera = aiera; document.title = "ready";`,
  "/worker.mjs": `import { AieraChat } from "/pkg/index.mjs";
    const chat = new AieraChat({ baseUrl: "/api" });
    chat.createSession({ prompt: "?" }).then((session) => chat.pollSession(session, { intervalMs: 20 }))
      .then((done) => postMessage(done.status), (error) => postMessage(String(error)));`,
});

/** The browsers, each with the function that launches it. */
const BROWSERS = { Chromium: launchBrowser, Firefox: launchFirefox, WebKit: launchWebKit };

/**
 * A server of pages, the package, a mock of the API, and wrong responses.
 * @param {string} elsewhere the target of redirects
 */
async function site(elsewhere) {
  const stages = [{ status: "finding_sources", ms: 30 }, { status: "active" }];
  const api = toNodeListener(createMockApi({ stages }).handler);
  const stuck = toNodeListener(
    createMockApi({ stages: [{ status: "finding_sources", ms: 1e9 }, { status: "active" }] })
      .handler,
  );
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const [, first, second] = pathname.split("/");
    if (first === "api") return api(request, response);
    if (first === "stuck") return stuck(request, response);
    if (first === "redirect")
      return response
        .writeHead(Number(second), { Location: `${elsewhere}/chat-v1/sessions` })
        .end();
    if (first === "reset") return response.destroy();
    if (first === "cut") {
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "1000" });
      return response.write('{"id": 7, "status": ', () => response.destroy());
    }
    if (first === "stall")
      return response.writeHead(200, { "Content-Type": "application/json" }).write("{");
    if (first === "module") {
      response.setHeader("Content-Type", `${second}/${pathname.split("/")[3]}`);
      return response.end(await readFile(new URL("../../pkg/aiera_chat_bg.wasm", import.meta.url)));
    }
    const csp = searchParams.get("csp");
    if (csp !== null) response.setHeader("Content-Security-Policy", csp);
    if (pathname === "/") {
      response.setHeader("Content-Type", "text/html");
      return response.end(
        `<!doctype html><link rel="icon" href="data:,"><title>?</title><script type="module" src="/page.mjs"></script>`,
      );
    }
    response.setHeader("Content-Type", "text/javascript");
    const file = first === "pkg" ? new URL(`../..${pathname}`, import.meta.url) : undefined;
    response.end(SCRIPTS[pathname] ?? (file ? await readFile(file, "utf8") : ""));
  });
  return listening(server);
}

/** @param {import("node:http").Server} server */
async function listening(server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { origin: `http://127.0.0.1:${port}`, close };
}

for (const [name, launch] of Object.entries(BROWSERS)) {
  describe(name, () => {
    /** @type {any} */
    let browser;
    /** @type {any} */
    let page;
    /** @type {Awaited<ReturnType<typeof site>>} */
    let pages;
    /** @type {Awaited<ReturnType<typeof site>>} */
    let other;
    /** @type {string[]} */
    const strayed = [];

    before(async () => {
      other = await listening(
        createServer((request, response) => {
          strayed.push(`${request.method} ${request.url}`);
          response
            .writeHead(200, {
              "Access-Control-Allow-Origin": "*",
              "Access-Control-Allow-Headers": "*",
            })
            .end("{}");
        }),
      );
      pages = await site(other.origin);
      browser = await launch();
    });
    after(async () => {
      await browser?.close();
      await pages?.close();
      await other?.close();
    });

    /** @param {string} [csp] */
    async function open(csp) {
      await page?.close();
      page = await browser.newPage();
      await page.goto(
        `${pages.origin}/${csp === undefined ? "" : `?csp=${encodeURIComponent(csp)}`}`,
      );
      await page.waitForFunction("document.title === 'ready'");
    }

    /**
     * The result of a call in the page: a status, or an error's code and message.
     * @param {string} call
     */
    const outcome = (call) =>
      page.evaluate(
        `${call}.then((session) => session.status, (error) => error.code + ": " + error.message)`,
      );
    const QUICK = "intervalMs: 20, maxIntervalMs: 40, maxRetries: 1";

    /**
     * @param {string} title
     * @param {() => Promise<void>} body
     */
    const testHere = (title, body) =>
      test(title, async (context) => {
        if (!browser) return context.skip(`no ${name} here, and none could be installed`);
        await body();
      });

    testHere("a page asks and waits", async () => {
      await open();
      const asked = await outcome(
        `aiera.createSession({ prompt: "?" }, { baseUrl: "/api" }).then((session) => aiera.pollSession(session, { baseUrl: "/api", ${QUICK} }))`,
      );
      assert.equal(asked, "active");
    });

    testHere(
      "works under a strict policy that allows WebAssembly, and names what another lacks",
      async () => {
        const call = `aiera.createSession({ prompt: "?" }, { baseUrl: "/api" })`;
        await open(`${STRICT} 'wasm-unsafe-eval'`);
        assert.equal(await outcome(call), "finding_sources");
        await open(STRICT);
        assert.match(await outcome(call), /^wasm_unavailable: .*'wasm-unsafe-eval'.*script-src/);
      },
    );

    testHere("a page follows no redirect", async () => {
      await open();
      for (const status of [301, 302, 303, 307, 308]) {
        const options = `{ baseUrl: "/redirect/${status}", apiKey: "secret", dangerouslyAllowBrowser: true }`;
        assert.match(
          await outcome(`aiera.createSession({ prompt: "?" }, ${options})`),
          /^redirected: /,
          `create, ${status}`,
        );
        assert.match(
          await outcome(`aiera.pollSession(7, ${options})`),
          /^redirected: /,
          `poll, ${status}`,
        );
      }
      assert.deepEqual(strayed, []);
    });

    testHere(
      "says of a lost create that its outcome is unknown, and of a lost poll that the network failed",
      async () => {
        await open();
        for (const way of ["reset", "cut", "stall"]) {
          const options = `baseUrl: "/${way}", requestTimeoutMs: 300`;
          assert.match(
            await outcome(`aiera.createSession({ prompt: "?" }, { ${options} })`),
            /^create_outcome_unknown: /,
            way,
          );
          assert.match(
            await outcome(`aiera.pollSession(7, { ${options}, ${QUICK} })`),
            /^network: /,
            way,
          );
        }
      },
    );

    testHere("an abort ends a pause within a turn", async () => {
      await open();
      const outcome = await page.evaluate(`(async () => {
        const controller = new AbortController();
        const session = await aiera.createSession({ prompt: "?" }, { baseUrl: "/stuck" });
        const notified = new Promise((resolve) => (window.notified = resolve));
        const poll = aiera.pollSession(session, { baseUrl: "/stuck", intervalMs: 60_000, signal: controller.signal, onUpdate: () => window.notified() });
        await notified;
        let isSettled = false;
        const failure = poll.catch((error) => ((isSettled = true), error));
        controller.abort("enough");
        await new Promise((resolve) => setTimeout(resolve));
        const isPrompt = isSettled;
        const { code, name, cause } = await failure;
        return [code, name, cause, isPrompt];
      })()`);
      assert.deepEqual(outcome, ["aborted", "AbortError", "enough", true]);
    });

    testHere("a module worker asks", async () => {
      await open();
      const result = await page.evaluate(`new Promise((resolve) => {
        const worker = new Worker("/worker.mjs", { type: "module" });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => resolve(message);
      })`);
      assert.equal(result, "active");
    });

    testHere("slim loads the module from any URL, with any MIME type", async () => {
      for (const type of [
        `"/module/application/wasm"`,
        `new URL("/module/text/plain", location.href)`,
        `fetch("/module/application/wasm")`,
        `fetch("/module/application/octet-stream")`,
        `(await fetch("/module/application/wasm")).arrayBuffer()`,
        `WebAssembly.compileStreaming(fetch("/module/application/wasm"))`,
      ]) {
        await open();
        const result = await page.evaluate(`(async () => {
          const slim = await import("/pkg/slim.mjs");
          const early = await slim.createSession({}, { baseUrl: "/api" }).catch((error) => error.code);
          const streamed = [];
          const { compileStreaming } = WebAssembly;
          WebAssembly.compileStreaming = (source) => (streamed.push(1), compileStreaming(source));
          await slim.init(${type});
          const session = await slim.createSession({ prompt: "?" }, { baseUrl: "/api" });
          return [early, session.status, streamed.length];
        })()`);
        const streams = /^(?!\(await).*application\/wasm/.test(type) ? 1 : 0;
        assert.deepEqual(result, ["wasm_unavailable", "finding_sources", streams], type);
      }
    });

    testHere("a key in a page is refused", async () => {
      await open();
      assert.match(
        await outcome(`aiera.createSession({}, { apiKey: "key", baseUrl: "/api" })`),
        /^invalid_argument: /,
      );
    });

    testHere(
      "a poll stops while the page is offline, and continues when it is online",
      async () => {
        await open();
        const result = await page.evaluate(`(async () => {
        const online = (value) => {
          Object.defineProperty(navigator, "onLine", { configurable: true, get: () => value });
          dispatchEvent(new Event(value ? "online" : "offline"));
        };
        const options = { baseUrl: "/api", intervalMs: 20, maxIntervalMs: 20 };
        const session = await aiera.createSession({ prompt: "?" }, { baseUrl: "/api" });
        const reasons = [];
        online(false);
        const waiting = aiera.pollSession(session, { ...options, onPoll: ({ reason }) => reasons.push(reason) });
        await new Promise((resolve) => setTimeout(resolve, 150));
        const held = reasons.length;
        online(true);
        return [held, (await waiting).status];
      })()`);
        assert.deepEqual(result, [0, "active"]);
      },
    );
  });
}
