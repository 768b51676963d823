// @ts-check
// Debian's WebKit for tests: its driver speaks the classic WebDriver protocol, and the browser needs a display. This adapter
// has the methods of the other browsers' drivers that the tests use.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { hasWebKit } from "../../scripts/lib/browser.mjs";

const PATIENCE_MS = 20_000;
/** The limit of one command, and so of a script. */
const COMMAND_MS = 30_000;
/** The driver's limit is a timer in the page, which tests that count timers would count. */
const CAPABILITIES = { alwaysMatch: { timeouts: { script: null } } };
const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Undefined if WebKit can neither be found nor downloaded, which tests then report. */
export async function launchWebKit() {
  if (!(await hasWebKit())) return undefined;
  const display = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "1024x768x24"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [number] = await once(display.stdout, "data");
  const port = await freePort();
  const driver = spawn("WebKitWebDriver", [`--port=${port}`], {
    stdio: "ignore",
    detached: true,
    env: {
      ...process.env,
      DISPLAY: `:${String(number).trim()}`,
      LIBGL_ALWAYS_SOFTWARE: "1",
      // Its sandbox does not start as root, nor in containers.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
    },
  });
  const stop = () => {
    try {
      process.kill(-(/** @type {number} */ (driver.pid)), "SIGKILL");
    } catch {
      // It has ended.
    }
    display.kill();
  };

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   */
  async function command(method, path, body) {
    const response = await fetch(`http://127.0.0.1:${port}/session${path}`, {
      method,
      signal: AbortSignal.timeout(COMMAND_MS),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { value } = /** @type {any} */ (await response.json());
    if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  }

  /** Waits until the driver listens. */
  async function begin() {
    for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(50)) {
      try {
        return (await command("POST", "", { capabilities: CAPABILITIES })).sessionId;
      } catch (error) {
        const refused = /** @type {any} */ (error).cause?.code === "ECONNREFUSED";
        if (!refused || Date.now() > deadline) {
          stop();
          throw error;
        }
      }
    }
  }
  const session = await begin();

  const page = {
    goto: (/** @type {string} */ url) => command("POST", `/${session}/url`, { url }),
    async evaluate(/** @type {string} */ code) {
      const script = `const done = arguments[0];
        (async () => (${code}))().then((value) => done({ value }), (error) => done({ error: String(error) }));`;
      const { value, error } = await command("POST", `/${session}/execute/async`, {
        script,
        args: [],
      });
      if (error !== undefined) throw new Error(error);
      return value;
    },
    async waitForFunction(/** @type {string} */ code) {
      for (
        const deadline = Date.now() + PATIENCE_MS;
        !(await page.evaluate(code));
        await sleep(20)
      ) {
        if (Date.now() > deadline) throw new Error(`${code} never came true`);
      }
    },
    close: () => page.goto("about:blank"),
    on() {},
  };
  return {
    /** The only page is reused. */
    newPage: async () => page,
    async close() {
      await command("DELETE", `/${session}`).catch(() => {});
      stop();
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}
