// @ts-check
// Runtimes whose `fetch` resends a request after a kept connection breaks: Deno does so, even with a POST, unless the body is
// a Blob. A create or a prompt arrives once, and its outcome is unknown. Rules: 1.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { toolchains } from "../support/toolchains.mjs";

const SESSION = JSON.stringify({ id: 7, status: "active" });
const RESPONSE = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${SESSION.length}\r\n\r\n${SESSION}`;

/** The command of each runtime to run a script. @type {Record<string, [tool: string, args: string[]]>} */
const RUNTIMES = {
  Deno: [
    "deno",
    [
      "run",
      "--quiet",
      "--no-remote",
      "--node-modules-dir=manual",
      "--allow-env",
      "--allow-net",
      "create.mjs",
    ],
  ],
  Bun: ["bun", ["run", "create.mjs"]],
};

/**
 * The ends of the connection of a POST.
 * @type {Record<string, { isReset: boolean, isGone: boolean }>}
 */
const ENDS = {
  "is closed": { isReset: false, isGone: false },
  "is reset": { isReset: true, isGone: false },
  "is closed, and the server is gone": { isReset: false, isGone: true },
  "is reset, and the server is gone": { isReset: true, isGone: true },
};

/**
 * A server that responds to GET requests over kept connections, and ends the connection of each POST.
 * @param {import("node:test").TestContext} t
 * @param {{ isReset: boolean, isGone: boolean }} end
 */
async function breakingServer(t, { isReset, isGone }) {
  /** @type {string[]} */
  const posts = [];
  let connections = 0;
  /** @type {Set<import("node:net").Socket>} */
  const sockets = new Set();
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    let text = "";
    socket.on("data", (bytes) => {
      text += bytes;
      const [head = "", body] = text.split("\r\n\r\n");
      const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      if (body === undefined || body.length < length) return;
      text = "";
      if (head.startsWith("GET ")) {
        socket.write(RESPONSE);
        return;
      }
      posts.push(body);
      if (isGone) server.close();
      if (isReset) socket.resetAndDestroy();
      else socket.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, posts, connections: () => connections };
}

describe("a connection that breaks after a create or a prompt arrived", () => {
  /** @type {Awaited<ReturnType<typeof toolchains>>} */
  let tools;
  let cwd = "";

  before(async () => {
    tools = await toolchains();
    cwd = await tools.consumer("resend");
  });
  after(() => tools?.close());

  for (const [runtime, [tool, args]] of Object.entries(RUNTIMES)) {
    for (const [call, code, body] of /** @type {const} */ ([
      ["create", "create_outcome_unknown", '{"prompt":"?"}'],
      ["prompt", "prompt_outcome_unknown", '{"content":"?"}'],
    ])) {
      for (const [name, end] of Object.entries(ENDS)) {
        test(`${runtime} sends a ${call} once if the connection ${name}`, async (t) => {
          const server = await breakingServer(t, end);
          const env = { AIERA_BASE_URL: server.url, CALL: call };
          const outcome = JSON.parse(await tools.run(tool, args, { cwd, env }));
          assert.deepEqual(server.posts, [body]);
          assert.deepEqual([outcome.code, outcome.retryable], [code, false], outcome.message);
          assert.equal(server.connections(), 1, "the connection was not kept");
        });
      }
    }
  }
});
