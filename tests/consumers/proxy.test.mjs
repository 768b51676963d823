// @ts-check
// The packed proxy mounted as in each framework's documentation: a client's requests, and requests that must not pass.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { AieraChat } from "../../pkg/index.mjs";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { toolchains } from "../support/toolchains.mjs";

const KEY = "mounted-key-0123456789";
const ADDRESS = /on (http:\S+)/;
const DENO = ["run", "--quiet", "--no-remote", "--node-modules-dir=manual", "--allow-all"];

/** The program and the file of each mount. @type {Record<string, [string, string[]]>} */
const MOUNTS = {
  Deno: ["deno", [...DENO, "deno.mjs"]],
  Bun: ["bun", ["run", "bun.mjs"]],
  "Hono on Node": ["node", ["hono.mjs"]],
  "Hono on Bun": ["bun", ["run", "hono-bun.mjs"]],
  Express: ["node", ["express.mjs"]],
  "Express, behind its JSON parser": ["node", ["express-parsed.mjs"]],
};

describe("the proxy mounted", () => {
  /** @type {Awaited<ReturnType<typeof toolchains>>} */
  let tools;
  /** @type {ReturnType<typeof createMockApi>} */
  let mock;
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let api;
  let cwd = "";

  before(async () => {
    tools = await toolchains();
    cwd = await tools.consumer("proxy");
  });
  after(async () => tools?.close());
  beforeEach(async () => {
    const stages = [{ status: "finding_sources", ms: 30 }, { status: "active" }];
    mock = createMockApi({ apiKey: KEY, stages, answer: (prompt) => `About: ${prompt}` });
    api = await serve(mock);
  });
  afterEach(() => api.close());

  for (const [name, [program, args]] of Object.entries(MOUNTS)) {
    test(`the proxy works in ${name}`, async () => {
      const server = await tools.serve(program, args, {
        cwd,
        env: { AIERA_API_KEY: KEY, AIERA_BASE_URL: api.url },
        addressPattern: ADDRESS,
      });
      const baseUrl = `${server.address}/api/aiera`;
      const chat = new AieraChat({ baseUrl, headers: { Cookie: "theirs=1" } });
      const session = await chat.createSession({ prompt: "Oil?" });
      const done = await chat.pollSession(session, { intervalMs: 20 });
      assert.equal(done.status, "active");
      const answer = done.messages?.findLast((message) => message.message_type === "response");
      assert.equal(answer?.blocks?.[0].content, "About: Oil?");
      for (const { headers } of mock.requests) {
        assert.equal(headers["x-api-key"], KEY);
        assert.equal(headers.cookie, undefined);
      }

      const before = mock.requests.length;
      const refused = {
        "/api/aiera/chat-v1/other": 404,
        "/api/aiera/chat-v1/sessions/..%2f..%2fother": 404,
        "/api/aiera/chat-v1//sessions": 404,
      };
      for (const [path, status] of Object.entries(refused)) {
        assert.equal(await statusOf(server.address, path), status, path);
      }
      assert.equal(mock.requests.length, before, "nothing was forwarded");

      const foreign = await fetch(`${baseUrl}/chat-v1/sessions`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Origin: "https://elsewhere.example" },
        body: "{}",
      });
      assert.equal(foreign.status, 403);
      await foreign.text();
      // Too large without a declared length; the response can be lost when the connection is cut.
      const large = await fetch(`${baseUrl}/chat-v1/sessions`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: new Blob([JSON.stringify({ prompt: "x".repeat(50_000) })]).stream(),
        duplex: "half",
      }).catch((error) => error);
      assert.ok(large instanceof Error || large.status === 413, `${large.status}`);
      assert.equal(mock.requests.length, before);
      const missing = await chat.pollSession(999_999).catch((error) => error);
      assert.equal(missing.status, 404, "an error of the API passes");
      await server.stop();
    });
  }
});

/**
 * Sends the path unchanged, which `fetch` would resolve.
 * @param {string} address
 * @param {string} path
 * @returns {Promise<number | undefined>}
 */
function statusOf(address, path) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(address);
    request({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}
