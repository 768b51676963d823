// @ts-check
// The key goes to the API only, and is not shown: redirects, refusals, fresh keys and echoes. Rules: 1, 2, 11.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import {
  KEY,
  OPERATIONS,
  assertFailure,
  assertQuiet,
  call,
  faulty,
  rejection,
} from "./harness.mjs";
import * as steps from "./steps.mjs";
import { SAMPLES } from "./table.mjs";

/**
 * @typedef {import("./harness.mjs").FaultServer} FaultServer
 */

const { ACTIVE, PENDING } = steps;

describe("redirects", { concurrency: 16 }, () => {
  for (const code of [301, 302, 303, 307, 308]) {
    for (const { name } of OPERATIONS) {
      test(`a ${code} of ${name} to another origin is not followed`, async (t) => {
        const [server, other] = await Promise.all([faulty(t), faulty(t)]);
        other.script([steps.json(ACTIVE)]);
        server.script(() => steps.redirect(code, `${other.origin}/elsewhere`));
        const error = await rejection(call(name, server.url));
        assertFailure(error, { code: "redirected", status: code });
        assert.ok(error.message.includes(`${other.origin}/elsewhere`), error.message);
        await assertQuiet(server, 1);
        assert.equal(other.connections, 0);
      });
    }
  }

  for (const { name } of OPERATIONS) {
    test(`a redirect of ${name} to the same origin is not followed`, async (t) => {
      const server = await faulty(t);
      server.script([steps.redirect(307, "/api/chat-v1/sessions/2229/"), steps.json(ACTIVE)]);
      const error = await rejection(call(name, server.url));
      assertFailure(error, { code: "redirected", status: 307 });
      await assertQuiet(server, 1);
    });

    test(`a redirect of ${name} without a usable address has the code redirected`, async (t) => {
      const server = await faulty(t);
      for (const location of ["", "http://", "//", "javascript:alert(1)", "\u00e9\u00ff"]) {
        server.script([steps.redirect(302, location)]);
        const error = await rejection(call(name, server.url));
        assertFailure(error, { code: "redirected", status: 302 });
      }
      server.script([steps.status(302)]);
      const error = await rejection(call(name, server.url));
      assertFailure(error, { code: "redirected", status: 302 });
    });
  }
});

describe("keys", { concurrency: 16 }, () => {
  /** A key function that returns a different key each time. */
  function turnstile() {
    let asked = 0;
    const apiKey = () => `key-${(asked += 1)}`;
    return { apiKey, asked: () => asked };
  }
  /** @param {FaultServer} server */
  const keys = (server) => server.requests.map((request) => request.headers["x-api-key"]);

  for (const { name, payload } of OPERATIONS) {
    for (const code of [401, 403]) {
      test(`a key function is called once more after a ${code} of ${name}`, async (t) => {
        const server = await faulty(t);
        server.script([steps.status(code), steps.json(SAMPLES[payload].full)]);
        const { apiKey, asked } = turnstile();
        await call(name, server.url, { apiKey, maxRetries: 0 });
        assert.deepEqual(keys(server), ["key-1", "key-2"]);
        assert.equal(asked(), 2);
      });

      test(`${name} ends after two refused keys with ${code}`, async (t) => {
        const server = await faulty(t);
        server.script(() => steps.status(code));
        const { apiKey } = turnstile();
        const error = await rejection(call(name, server.url, { apiKey }));
        assertFailure(error, { code: "http", status: code });
        assert.equal(error.attempts, 2);
        await assertQuiet(server, 2);
      });
    }

    test(`${name} does not send a fixed key twice`, async (t) => {
      const server = await faulty(t);
      server.script([steps.status(401), steps.json(ACTIVE)]);
      const error = await rejection(call(name, server.url));
      assertFailure(error, { code: "http", status: 401 });
      await assertQuiet(server, 1);
    });

    test(`${name} ends if the key function fails the second time`, async (t) => {
      const server = await faulty(t);
      server.script(() => steps.status(401));
      const reason = new Error("the vault is closed");
      let asked = 0;
      const apiKey = async () => {
        if ((asked += 1) > 1) throw reason;
        return KEY;
      };
      const error = await rejection(call(name, server.url, { apiKey }));
      assertFailure(error, { code: "key_unavailable" });
      assert.equal(error.cause, reason);
      await assertQuiet(server, 1);
    });

    for (const [failure, apiKey] of /** @type {[string, () => unknown][]} */ ([
      ["throws", () => { throw new Error("no key") }], // prettier-ignore
      ["rejects", () => Promise.reject("no key")],
      ["returns nothing", () => undefined],
      ["returns a blank", async () => " "],
      ["returns an object", () => ({})],
    ])) {
      test(`${name} sends nothing if the key function ${failure}`, async (t) => {
        const server = await faulty(t);
        server.script([steps.json(ACTIVE)]);
        const error = await rejection(call(name, server.url, { apiKey }));
        assertFailure(error, { code: "key_unavailable" });
        await assertQuiet(server, 0);
      });
    }
  }

  test("a key is refreshed once per call, not once per refusal", async (t) => {
    const server = await faulty(t);
    server.script([steps.status(401), steps.json(PENDING), steps.status(403), steps.json(ACTIVE)]);
    const { apiKey } = turnstile();
    const error = await rejection(call("pollSession", server.url, { apiKey }));
    assertFailure(error, { code: "http", status: 403 });
    assert.deepEqual(error.lastSession, PENDING);
    await assertQuiet(server, 3);
  });
});

describe("a key that the server echoes", { concurrency: 8 }, () => {
  const SECRET = 'sk-live "0a1b\\2c3d/4e5f+6g7h=8i9j&0k<1l>2m%3n4o';
  const ECHOES = /** @type {Record<string, string>} */ ({
    "as it is": SECRET,
    "JSON-escaped": JSON.stringify(SECRET).slice(1, -1),
    "JSON-escaped with slashes": JSON.stringify(SECRET).slice(1, -1).replaceAll("/", "\\/"),
    "JSON-escaped by code points": [...SECRET]
      .map((c) => (/\w/.test(c) ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`))
      .join(""),
    "percent-encoded": encodeURIComponent(SECRET),
    "as a form field": new URLSearchParams({ k: SECRET }).toString().slice(2),
    "HTML-escaped": SECRET.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"), // prettier-ignore
    "cut at its end": SECRET.slice(0, 24),
    "cut at its start": SECRET.slice(-24),
  });
  /** Parts of the key that no escaping changes, and that occur nowhere else. */
  const TRACES = ["sk-live", "0a1b", "2c3d", "4e5f", "6g7h", "8i9j", "3n4o"];

  /** All texts that can be read from a value. @param {unknown} value */
  function everything(value) {
    const texts = [inspect(value, { depth: 20, showHidden: true, maxStringLength: null })];
    for (let at = /** @type {any} */ (value); at && typeof at === "object"; at = at.cause) {
      texts.push(String(at), String(at.message), String(at.stack), JSON.stringify(at) ?? "");
      texts.push(...Object.getOwnPropertyNames(at).map((name) => String(at[name])));
    }
    return texts.join("\n");
  }

  /** @param {unknown} value */
  function assertClean(value) {
    const text = everything(value);
    for (const trace of TRACES) {
      const at = text.indexOf(trace);
      assert.equal(at, -1, `…${text.slice(Math.max(0, at - 60), at + 60)}…`);
    }
  }

  for (const [form, echo] of Object.entries(ECHOES)) {
    const answers = /** @type {Record<string, steps.Step>} */ ({
      "a refusal": steps.status(400, { body: { error: `The key ${echo} is not one of ours` } }),
      "a refusal's text": steps.status(403, { body: `The key ${echo} is not one of ours` }),
      "a refusal's page": steps.status(404, { body: `<h1>No ${echo}</h1><p>${echo}` }),
      "a garbled answer": steps.text200(`{"id": ${echo}`),
      "a failure's headers": steps.status(500, { headers: [["X-Request-Id", `for ${echo}`]] }),
      "a redirect": steps.redirect(307, `/login?key=${echo}`),
      // The error keeps 2 KiB, and the key crosses that boundary.
      "the edge of a long body": steps.status(418, { body: `${"x".repeat(2_048 - 14)}${echo} and more` }), // prettier-ignore
    });
    for (const [where, step] of Object.entries(answers)) {
      test(`a key ${form}, in ${where}, is redacted`, async (t) => {
        const server = await faulty(t);
        server.script(() => step);
        for (const { name } of OPERATIONS) {
          /** @type {unknown[]} */
          const events = [];
          const onPoll = (/** @type {unknown} */ event) => events.push(event);
          const options = {
            apiKey: SECRET,
            maxRetries: 0,
            ...(name === "pollSession" && { onPoll }),
          };
          const error = await rejection(call(name, server.url, options));
          assert.equal(server.requests.at(-1)?.headers["x-api-key"], SECRET);
          assertClean(error);
          events.forEach(assertClean);
        }
      });
    }
  }

  test("the rest of a body with a redacted key is unchanged", async (t) => {
    const server = await faulty(t);
    server.script(() => steps.status(400, { body: { error: `The key ${SECRET} is not ours` } }));
    const error = await rejection(call("createSession", server.url, { apiKey: SECRET }));
    assert.match(error.body ?? "", /The key .* is not ours/);
    assert.match(error.message, /is not ours/);
  });

  test("a key with control characters between its letters is redacted in a JSON message", async (t) => {
    const server = await faulty(t);
    const echo = [...KEY].join("\0");
    server.script(() => steps.status(400, { body: { error: `The key ${echo} is not ours` } }));
    const error = await rejection(call("createSession", server.url));
    assert.match(error.message, /is not ours/);
    assert.ok(!error.message.replaceAll(/\s/g, "").includes(KEY), error.message);
  });

  test("a key in session data is not redacted, since the data is the caller's", async (t) => {
    const server = await faulty(t);
    const session = { ...ACTIVE, title: `about ${SECRET}` };
    server.script(() => steps.json(session));
    assert.deepEqual(await call("pollSession", server.url, { apiKey: SECRET }), session);
  });
});

/** Errors of a replacement `fetch` that hold the key in hidden places. @type {Record<string, (init: any) => unknown>} */
const HIDING_PLACES = {
  "a request, as axios keeps it": ({ headers }) =>
    Object.assign(new Error("Network Error"), {
      config: { headers },
      toJSON() {
        return this.config;
      },
    }),
  "the message of a cause": ({ headers }) =>
    new TypeError("fetch failed", {
      cause: new Error(headers["X-API-Key"], { cause: new Error("deep") }),
    }),
  "a value that is no error": ({ headers }) => ({ request: { headers } }),
  "a digest": ({ headers }) =>
    Object.assign(new Error("stop"), { digest: `D;${headers["X-API-Key"]}` }),
  "a class of its own": ({ headers }) =>
    Object.assign(new Error("reset"), { headers: new Headers(headers) }),
};

for (const [place, make] of Object.entries(HIDING_PLACES)) {
  test(`the key is in no error of a fetch that hides it in ${place}`, async () => {
    const { AieraChat } = await import("../../pkg/index.mjs");
    const apiKey = "sk-hidden-0123456789abcdef";
    const fetch = async (/** @type {string} */ _, /** @type {any} */ init) => {
      throw make(init);
    };
    const chat = new AieraChat({ apiKey, fetch, maxRetries: 0 });
    const error = await chat.getSession(7).then(
      () => assert.fail(),
      (/** @type {any} */ error) => error,
    );
    assert.equal(error.code, "network");
    const shown = [inspect(error, { depth: 12, showHidden: true }), JSON.stringify(error)];
    assert.ok(!shown.join("\n").includes(apiKey), shown.join("\n"));
  });
}
