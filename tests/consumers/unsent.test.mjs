// @ts-check
// Creates that certainly never left, and creates that may have arrived, over real sockets: HTTP proxies that refuse a tunnel,
// TLS that is never established, servers that cannot be reached; and connections that end after the request.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, createServer } from "node:net";
import path from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { toolchains } from "../support/toolchains.mjs";
import { certificate } from "./certificate.mjs";

const KEY = "unsent-key-0123456789";
/** An unreachable host: the proxies of these tests do not connect to it. */
const BEHIND_PROXY = "https://api.example/api";

/** @type {Awaited<ReturnType<typeof toolchains>>} */
let tools;
/** @type {any} */
let consumer;
let cwd = "";
/** @type {Set<() => unknown>} */
const ends = new Set();

before(async () => {
  tools = await toolchains();
  cwd = await tools.consumer("unsent");
  consumer = await import(pathToFileURL(path.join(cwd, "index.mjs")).href);
});
after(() => tools?.close());
afterEach(async () => {
  for (const end of ends) await end();
  ends.clear();
});

/**
 * Listens on a free port until the test ends.
 * @template {import("node:net").Server} S
 * @param {S} server
 * @returns {Promise<number>} the port
 */
async function listen(server) {
  const sockets = new Set();
  server.on("connection", (socket) => {
    sockets.add(socket);
    // Errors of a socket are part of the test.
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.add(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return /** @type {import("node:net").AddressInfo} */ (server.address()).port;
}

/** A port of this machine without a listener. */
async function closedPort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}

/**
 * undici's fetch with this dispatcher.
 * @param {any} dispatcher
 */
function fetchBy(dispatcher) {
  ends.add(() => dispatcher.destroy());
  return (/** @type {string} */ url, /** @type {any} */ init) =>
    consumer.fetch(url, { ...init, dispatcher });
}

/**
 * The error of a create.
 * @param {{ baseUrl: string, fetch?: any, requestTimeoutMs?: number }} options
 */
async function failed(options) {
  const chat = new consumer.AieraChat({ apiKey: KEY, ...options });
  const error = await chat.createSession({ prompt: "?" }).then(
    () => assert.fail("a session was created"),
    (/** @type {any} */ error) => error,
  );
  assert.ok(!`${error.message} ${JSON.stringify(error)}`.includes(KEY), error.message);
  return error;
}

/**
 * Asserts that the create never left, and that the message names the deepest cause and the server.
 * @param {Parameters<typeof failed>[0]} options
 * @param {RegExp} text
 */
async function neverLeft(options, text) {
  const error = await failed(options);
  assert.equal(error.code, "network", `${error.code}: ${error.message}`);
  assert.equal(error.retryable, true);
  assert.equal(error.attempts, 1);
  assert.equal(error.status, undefined);
  assert.match(error.message, text);
  assert.ok(error.message.includes(new URL(options.baseUrl).origin), error.message);
}

/**
 * Asserts that the create may have arrived.
 * @param {Parameters<typeof failed>[0]} options
 */
async function mayHaveArrived(options) {
  const error = await failed(options);
  assert.equal(error.code, "create_outcome_unknown", `${error.code}: ${error.message}`);
  assert.equal(error.retryable, false);
  assert.equal(error.attempts, 1);
  return error;
}

describe("a create that never left", () => {
  for (const status of [403, 407, 502]) {
    for (const by of ["ProxyAgent", "EnvHttpProxyAgent"]) {
      test(`a create never left if an HTTP proxy refuses the tunnel with ${status}, by undici's ${by}`, async () => {
        const proxy = createHttpServer().on("connect", (_request, socket) => {
          socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\n\r\n`);
        });
        const url = `http://127.0.0.1:${await listen(proxy)}`;
        const dispatcher =
          by === "ProxyAgent"
            ? new consumer.ProxyAgent(url)
            : new consumer.EnvHttpProxyAgent({ httpsProxy: url, noProxy: "" });
        const options = { baseUrl: BEHIND_PROXY, fetch: fetchBy(dispatcher) };
        await neverLeft(options, new RegExp(String(status)));
      });
    }
  }

  test("a create never left if an HTTP proxy cannot be reached", async () => {
    const dispatcher = new consumer.ProxyAgent(`http://127.0.0.1:${await closedPort()}`);
    await neverLeft({ baseUrl: BEHIND_PROXY, fetch: fetchBy(dispatcher) }, /ECONNREFUSED/);
  });

  test("a create never left if the server of an https URL has no TLS", async () => {
    const port = await listen(createHttpServer((_request, response) => response.end("{}")));
    await neverLeft({ baseUrl: `https://127.0.0.1:${port}` }, /SSL|TLS|wrong version|packet/i);
  });

  test("a create never left if the connection is closed in the TLS handshake", async () => {
    const server = createServer((socket) => socket.once("data", () => socket.end()));
    const baseUrl = `https://127.0.0.1:${await listen(server)}`;
    await neverLeft({ baseUrl }, /before secure TLS connection was established/);
  });

  test("a create never left if the server's certificate is self-signed", async () => {
    const server = createHttpsServer(certificate(), (_request, response) => response.end("{}"));
    const baseUrl = `https://127.0.0.1:${await listen(server)}`;
    await neverLeft({ baseUrl }, /self.signed certificate/i);
  });

  test("a create never left if the server's certificate has expired", async () => {
    const pair = certificate({ expired: true });
    const server = createHttpsServer(pair, (_request, response) => response.end("{}"));
    const baseUrl = `https://127.0.0.1:${await listen(server)}`;
    const fetch = fetchBy(new consumer.Agent({ connect: { ca: pair.cert } }));
    await neverLeft({ baseUrl, fetch }, /expired/i);
  });

  test("a create never left if the server's certificate is for another host", async () => {
    const pair = certificate({ address: [127, 0, 0, 9] });
    const server = createHttpsServer(pair, (_request, response) => response.end("{}"));
    const baseUrl = `https://127.0.0.1:${await listen(server)}`;
    const fetch = fetchBy(new consumer.Agent({ connect: { ca: pair.cert } }));
    await neverLeft({ baseUrl, fetch }, /altnames|ALTNAME/);
  });

  test("a create never left if `fetch` blocks the port", () =>
    neverLeft({ baseUrl: "http://127.0.0.1:1" }, /bad port/));

  test("a create never left if the connection is refused", async () =>
    neverLeft({ baseUrl: `http://127.0.0.1:${await closedPort()}` }, /ECONNREFUSED/));

  test("a create never left if every address of the host refuses the connection", async () =>
    neverLeft({ baseUrl: `http://localhost:${await closedPort()}` }, /ECONNREFUSED/));

  test("a create never left if the host is unknown", () =>
    neverLeft({ baseUrl: "https://nothing-there.invalid" }, /ENOTFOUND|EAI_AGAIN/));

  test("a create never left if the connection is not established in time", async () => {
    // The server accepts connections, but does not respond to the handshake.
    const baseUrl = `https://127.0.0.1:${await listen(createServer())}`;
    const fetch = fetchBy(new consumer.Agent({ connect: { timeout: 50 } }));
    await neverLeft({ baseUrl, fetch }, /UND_ERR_CONNECT_TIMEOUT|Connect Timeout/);
  });
});

describe("a create that may have arrived", () => {
  /** @param {import("node:net").Server} server */
  const urlOf = async (server) => `http://127.0.0.1:${await listen(server)}`;

  for (const [how, end] of /** @type {const} */ ([
    ["reset", "resetAndDestroy"],
    ["closed", "destroy"],
  ])) {
    test(`a create may have arrived if the connection is ${how} after the request`, async () => {
      const server = createHttpServer((request) => request.socket[end]());
      const error = await mayHaveArrived({ baseUrl: await urlOf(server) });
      assert.equal(error.cause.code, "network");
    });

    test(`a create may have arrived if the connection is ${how} after the request, over TLS`, async () => {
      const pair = certificate();
      /** @type {import("node:net").Socket | undefined} */
      let socket;
      const server = createHttpsServer(pair, () => socket?.[end]());
      server.on("connection", (raw) => (socket = raw));
      const fetch = fetchBy(new consumer.Agent({ connect: { ca: pair.cert } }));
      await mayHaveArrived({ baseUrl: `https://127.0.0.1:${await listen(server)}`, fetch });
    });
  }

  test("a create may have arrived if the connection is reset in the TLS handshake, as Node's error is ambiguous", async () => {
    const server = createServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
    await mayHaveArrived({ baseUrl: `https://127.0.0.1:${await listen(server)}` });
  });

  test("a create may have arrived if the connection through a proxy's tunnel is lost after the request", async () => {
    const pair = certificate();
    const port = await listen(createHttpsServer(pair, (request) => request.socket.destroy()));
    const proxy = createHttpServer().on("connect", (_request, socket) => {
      const origin = connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        origin.pipe(socket).pipe(origin);
      });
      for (const end of [origin, socket]) end.on("error", () => {});
    });
    const uri = `http://127.0.0.1:${await listen(proxy)}`;
    const dispatcher = new consumer.ProxyAgent({ uri, requestTls: { ca: pair.cert } });
    await mayHaveArrived({ baseUrl: `https://127.0.0.1:${port}`, fetch: fetchBy(dispatcher) });
  });

  test("a create may have arrived if the response does not begin within undici's limit", async () => {
    const fetch = fetchBy(new consumer.Agent({ headersTimeout: 50 }));
    await mayHaveArrived({ baseUrl: await urlOf(createHttpServer(() => {})), fetch });
  });

  test("a create may have arrived if the response does not end within undici's limit", async () => {
    const server = createHttpServer((_request, response) => {
      response.writeHead(201, { "Content-Type": "application/json" });
      response.write(`{"id":`);
    });
    const fetch = fetchBy(new consumer.Agent({ bodyTimeout: 50 }));
    await mayHaveArrived({ baseUrl: await urlOf(server), fetch });
  });

  test("a create may have arrived if the response does not begin within requestTimeoutMs", async () => {
    const baseUrl = await urlOf(createHttpServer(() => {}));
    const error = await mayHaveArrived({ baseUrl, requestTimeoutMs: 100 });
    assert.equal(error.cause.code, "timeout");
  });

  test("a create may have arrived if a gateway responds with 502", async () => {
    const server = createHttpServer((_request, response) => response.writeHead(502).end());
    const error = await mayHaveArrived({ baseUrl: await urlOf(server) });
    assert.equal(error.cause.code, "http");
    assert.equal(error.cause.status, 502);
  });
});

describe("a prompt", () => {
  /** @param {string} baseUrl */
  const sent = (baseUrl) =>
    new consumer.AieraChat({ baseUrl })
      .sendPrompt(7, "?")
      .catch((/** @type {any} */ error) => error);

  test("a prompt never left if the connection is refused", async () => {
    const error = await sent(`http://127.0.0.1:${await closedPort()}`);
    assert.equal(error.code, "network");
    assert.equal(error.retryable, true);
    assert.equal(error.sessionId, 7);
  });

  test("a prompt may have arrived if the connection is lost", async () => {
    const server = createHttpServer((request) => request.socket.destroy());
    const error = await sent(`http://127.0.0.1:${await listen(server)}`);
    assert.equal(error.code, "prompt_outcome_unknown");
    assert.equal(error.retryable, false);
    assert.equal(error.sessionId, 7);
  });
});

/** The command of each runtime to run a script. @type {Record<string, string[]>} */
const RUNTIMES = {
  deno: [
    "run",
    "--quiet",
    "--no-remote",
    "--node-modules-dir=manual",
    "--allow-env",
    "--allow-net",
  ],
  bun: ["run"],
};
for (const [runtime, args] of Object.entries(RUNTIMES)) {
  describe(`a create in ${runtime}`, () => {
    /** @param {string} baseUrl */
    async function created(baseUrl) {
      const env = { AIERA_BASE_URL: baseUrl };
      const text = await tools.run(runtime, [...args, "create.mjs"], { cwd, env });
      return JSON.parse(text);
    }

    test(`a create in ${runtime} never left if the connection is refused`, async () => {
      const { code, message } = await created(`http://127.0.0.1:${await closedPort()}`);
      assert.equal(code, "network", message);
    });

    test(`a create in ${runtime} never left if the server has no TLS`, async () => {
      const server = createServer((socket) => {
        socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
      });
      const { code, message } = await created(`https://127.0.0.1:${await listen(server)}`);
      assert.equal(code, "network", message);
    });

    test(`a create in ${runtime} may have arrived if the connection is lost`, async () => {
      const server = createHttpServer((request) => request.socket.destroy());
      const { code, message } = await created(`http://127.0.0.1:${await listen(server)}`);
      assert.equal(code, "create_outcome_unknown", message);
    });
  });
}
