// @ts-check
// The boundary: whatever value stands for whatever argument, a call settles, and with nothing but a session or an
// `AieraChatError`; a wrong value is an `invalid_argument`, and sends nothing.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { loadPackage } from "../support/package.mjs";

const { AieraChat, AieraChatError, createSession, pollSession } = await loadPackage();

let sent = 0;
const session = { id: 7, status: "active", messages: [] };
const fetch = async () => (sent++, Response.json(session));

/** @param {() => unknown} call */
async function outcome(call) {
  const before = sent;
  const late = /** @type {Promise<never>} */ (
    new Promise((_, reject) => setTimeout(reject, 5_000, new Error("the call hangs")).unref())
  );
  try {
    await Promise.race([call(), late]);
    return "done";
  } catch (error) {
    if (!(error instanceof AieraChatError)) throw error;
    if (error.code === "invalid_argument") {
      assert.equal(sent, before, "nothing is sent");
      assert.ok(error.message.length > 10);
    }
    return error.code;
  }
}

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
});
const odd = fc.oneof(
  anything,
  fc.constantFrom(
    /** @type {any} */ (Symbol("s")),
    () => {},
    Object.create(null),
    "\ud800",
    "__proto__",
    -0,
    2 ** 53,
  ),
);

/** Values that throw when they are touched. */
const HOSTILE = /** @type {[string, any][]} */ ([
  ["a proxy", new Proxy({}, { ownKeys: () => assert.fail("no keys"), get: () => assert.fail("no values") })],
  ["a getter", { get id() { throw new Error("no id"); }, get title() { throw new Error("no title"); } }],
  ["a tag", { get [Symbol.toStringTag]() { throw new Error("no tag"); } }],
]); // prettier-ignore

const NAMES = {
  client: [
    "apiKey",
    "baseUrl",
    "headers",
    "credentials",
    "requestTimeoutMs",
    "maxRetries",
    "dangerouslyAllowBrowser",
  ],
  poll: [
    "signal",
    "timeoutMs",
    "requestTimeoutMs",
    "maxRetries",
    "headers",
    "intervalMs",
    "maxIntervalMs",
    "onUpdate",
    "onPoll",
  ],
  params: ["title", "prompt", "sources", "extraBody"],
};

const allowed = ["done", "invalid_argument", "key_unavailable", "aborted", "timeout"];

describe("any value for any argument", () => {
  const chat = new AieraChat({ fetch });

  /** @param {any} any */
  async function everywhere(any) {
    // An object with the id of another session in it is right, and gets the wrong answer.
    const polled = await outcome(() => pollSession(any, { fetch, maxRetries: 0 }));
    assert.ok(["done", "invalid_argument", "decode"].includes(polled), polled);
    for (const call of [
      () => chat.createSession(any),
      () => chat.createSession({}, any),
      () => chat.pollSession(7, any),
      () => chat.watchSession(7, any).next(),
      () => new AieraChat(any),
      () => createSession(any, { fetch }),
    ]) {
      const code = await outcome(call);
      assert.ok(allowed.includes(code), code);
    }
  }

  test("a session, parameters and options as a whole", async () => {
    await fc.assert(fc.asyncProperty(odd, everywhere), { numRuns: 300 });
  });

  for (const [what, value] of HOSTILE) {
    test(`${what} that throws when it is touched`, () => everywhere(value));
  }

  for (const [place, names] of Object.entries(NAMES)) {
    test(`each of ${place}`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...names), odd, async (name, value) => {
          const given = /** @type {any} */ ({ [name]: value });
          const code = await outcome(() => {
            if (place === "params") return createSession(given, { fetch });
            if (place === "poll") return chat.pollSession(7, given);
            return createSession({}, { ...given, fetch });
          });
          assert.ok(allowed.includes(code), `${name}: ${code}`);
        }),
        { numRuns: 400 },
      );
    });
  }

  test("the values of the contract", async () => {
    const right = /** @type {[string, any][]} */ ([
      ["timeoutMs", Infinity], ["requestTimeoutMs", Infinity], ["timeoutMs", 5_000.5], ["maxRetries", 0], ["intervalMs", 9e9],
      ["maxIntervalMs", 1], ["headers", [["x-a", "b"]]], ["headers", new Headers({ "x-a": "b" })], ["signal", null], ["onPoll", undefined],
    ]); // prettier-ignore
    for (const [name, value] of right)
      assert.equal(await outcome(() => chat.pollSession("7", { [name]: value })), "done", name);
    const wrong = /** @type {[string, any][]} */ ([
      ["timeoutMs", 0], ["timeoutMs", NaN], ["timeoutMs", "5"], ["intervalMs", Infinity], ["maxRetries", 1.5], ["maxRetries", -1],
      ["headers", { "x-api-key": "k" }], ["headers", { "a b": "c" }], ["signal", {}], ["onUpdate", 5], ["intervalMS", 5], ["apiKey", "k"],
    ]); // prettier-ignore
    for (const [name, value] of wrong) {
      const error = await chat.pollSession(7, { [name]: value }).catch((error) => error);
      assert.equal(error.code, "invalid_argument", `${name}: ${value}`);
      assert.ok(error.message.includes(name), error.message);
    }
    for (const id of [7, 7n, "7", { id: 7 }, { id: "7" }, session]) {
      assert.equal(await outcome(() => chat.pollSession(/** @type {any} */ (id))), "done");
    }
    for (const id of [
      0,
      -1,
      1.5,
      "07",
      " 7",
      "7.0",
      "",
      2 ** 53,
      "9007199254740992",
      2n ** 64n,
      true,
      null,
      [],
      {},
    ]) {
      assert.equal(
        await outcome(() => chat.pollSession(/** @type {any} */ (id))),
        "invalid_argument",
        String(id),
      );
    }
    assert.equal(
      await outcome(() => chat.pollSession(7, { intervalMs: 50, maxIntervalMs: 40 })),
      "invalid_argument",
    );
    for (const baseUrl of [
      "http://example.com",
      "https://u:p@a.example",
      "https://a.example/?q",
      "https://a.example/#f",
      "/api",
      "",
      "ftp://localhost",
    ]) {
      // A path is refused by the first call, all others by the constructor.
      const made = () => new AieraChat({ baseUrl });
      const called = baseUrl.startsWith("/") ? () => made().createSession({}) : made;
      assert.equal(await outcome(called), "invalid_argument", baseUrl);
    }
    for (const baseUrl of [
      "https://a.example/api/",
      "http://localhost:1",
      "http://127.0.0.1/x",
      "http://[::1]:5",
      new URL("https://a.example"),
    ]) {
      assert.equal(await outcome(() => new AieraChat({ baseUrl })), "done", String(baseUrl));
    }
    assert.equal(
      await outcome(() => new AieraChat({ baseUrl: "https://a.example", fetch: null })),
      "done",
    );
  });
});
