// @ts-check
// A site for tests of the element: pages with a policy, the package, mocks of the API, and a record of every request.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { toNodeListener } from "../../pkg/proxy-node.mjs";
import { createMockApi } from "../../pkg/testing.mjs";

/** The policy that the element supports. */
export const STRICT =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

/** A mock with statuses short enough for a fast test, and long enough to be observed. */
export const QUICK = {
  stages: [
    { status: "finding_sources", ms: 150 },
    { status: "generating_response", ms: 150 },
    { status: "active" },
  ],
};

/**
 * A mock whose clock the test advances, so that a status lasts until then, even on a slow machine.
 *
 * @param {object} [options]
 */
export function held(options) {
  let now = Date.now();
  const stages = [
    { status: "finding_sources", ms: 1000 },
    { status: "generating_response", ms: 1000 },
    { status: "active" },
  ];
  return {
    api: { ...options, stages, now: () => now },
    /** Ends the current status. */
    advance() {
      now += 1000;
    },
  };
}

/** A mock that does not finish. */
export const STUCK = {
  stages: [{ status: "finding_sources", ms: 1e9 }, { status: "active" }],
};

export async function startSite() {
  /** @type {Map<string, (request: any, response: any) => void>} */
  const apis = new Map();
  /** @type {Map<string, { type: string, body: string, csp?: string }>} */
  const files = new Map();
  /** Requested paths that do not exist. @type {string[]} */
  const missing = [];

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const [, first, second] = pathname.split("/");
    if (first === "api") return apis.get(second)?.(request, response);
    if (pathname === "/favicon.ico") return response.writeHead(204).end();
    const file = files.get(pathname);
    if (file) {
      response.setHeader("Content-Type", file.type);
      if (file.csp) response.setHeader("Content-Security-Policy", file.csp);
      return response.end(file.body);
    }
    try {
      if (first !== "pkg") throw new Error("not here");
      const text = await readFile(new URL(`../..${pathname}`, import.meta.url));
      response.setHeader("Content-Type", "text/javascript");
      response.end(text);
    } catch {
      missing.push(pathname);
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  let last = 0;

  return {
    origin: `http://127.0.0.1:${port}`,
    missing,

    /**
     * A mock of the API under a new path.
     *
     * @param {import("../../pkg/testing.d.mts").MockApiOptions} [options]
     */
    addApi(options = QUICK) {
      const mock = createMockApi(options);
      const name = String(++last);
      apis.set(name, toNodeListener(mock.handler));
      return { path: `/api/${name}`, mock, requests: () => mock.requests.map(described) };
    },

    /**
     * A page that loads the element, with this content.
     *
     * @param {string} body
     * @param {{ csp?: string, script?: string, lang?: string, isBare?: boolean }} [options] `script` runs after the
     *   definition of the element, which a bare page does not load
     * @returns {string} its address
     */
    addPage(body, { csp = STRICT, script = "", lang = "en", isBare = false } = {}) {
      const name = ++last;
      const setUp = `
        window.violations = [];
        document.addEventListener("securitypolicyviolation", (event) => {
          // WebKit asks for the site's icon on its own.
          if (event.blockedURI.endsWith("/favicon.ico")) return;
          violations.push(event.violatedDirective + " " + event.blockedURI + " " + event.sample);
        });
        window.events = [];
        for (const type of ["ready", "session-change", "status", "answer", "citation-click", "error"]) {
          document.addEventListener("aiera-chat." + type, ({ detail, target }) => {
            events.push({ type, detail, id: target.id });
          });
        }`;
      const load = `import "/main-${name}.mjs"; ${
        isBare
          ? 'document.title = "ready"'
          : `import "/pkg/element.mjs"; import "/then-${name}.mjs"`
      };`;
      const type = "text/javascript";
      files.set(`/main-${name}.mjs`, { type, body: setUp });
      files.set(`/then-${name}.mjs`, { type, body: `${script}\ndocument.title = "ready";` });
      files.set(`/load-${name}.mjs`, { type, body: load });
      files.set(`/page-${name}`, {
        type: "text/html; charset=utf-8",
        csp,
        body: `<!doctype html><html lang="${lang}"><head><meta charset="utf-8">
          <meta name="viewport" content="width=device-width"><title>loading</title></head><body>${body}
          <script type="module" src="/load-${name}.mjs"></script></body></html>`,
      });
      return `http://127.0.0.1:${port}/page-${name}`;
    },

    /**
     * Adds a script of a test.
     *
     * @param {string} body
     * @returns {string} its path
     */
    addScript(body) {
      const path = `/script-${++last}.mjs`;
      files.set(path, { type: "text/javascript", body });
      return path;
    },

    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @param {{ method: string, path: string }} request */
function described({ method, path }) {
  return `${method} ${path.replace("/chat-v1", "").replace(/\?.*/, "")}`;
}

/**
 * Waits in Node, since a policy may forbid the page to evaluate text.
 *
 * @param {() => Promise<unknown>} check
 * @param {string} [what]
 */
export async function until(check, what = String(check)) {
  for (const deadline = Date.now() + 60_000; ;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
