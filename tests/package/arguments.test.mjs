// @ts-check
// Arguments and options of any value: a call settles, with a payload or an `AieraChatError`; a wrong value is an
// `invalid_argument`, and nothing is sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OPERATIONS } from "../support/operations.mjs";
import { call, PAYLOADS, pkg, SESSION_ID } from "./harness.mjs";

const { AieraChat, AieraChatError } = pkg;

let sent = 0;
/** The payload of every operation: a session, and also the prompt whose response the session holds. */
const BODY = {
  ...PAYLOADS.page,
  ...PAYLOADS.session,
  messages: [{ id: 8, message_type: "response", prompt_message_id: SESSION_ID, content: "12%" }],
};
const fetch = async () => (sent++, Response.json(BODY));

/** @param {() => unknown} makeCall */
async function outcome(makeCall) {
  const before = sent;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("the call hangs")), 60_000);
  });
  try {
    await Promise.race([makeCall(), late]);
    return "done";
  } catch (/** @type {any} */ error) {
    if (!(error instanceof AieraChatError)) throw error;
    if (error.code === "invalid_argument") {
      assert.equal(sent, before, "a request was sent");
      assert.ok(error.message.length > 10, error.message);
    }
    return error.code;
  } finally {
    clearTimeout(timer);
  }
}

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
});
const value = fc.oneof(
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

/** Values that throw when they are read. */
const HOSTILE = /** @type {Record<string, any>} */ ({
  "a proxy": new Proxy(
    {},
    { ownKeys: () => assert.fail("no keys"), get: () => assert.fail("no values") },
  ),
  "a getter": {
    get id() {
      throw new Error("no id");
    },
    get title() {
      throw new Error("no title");
    },
  },
  "a tag": {
    get [Symbol.toStringTag]() {
      throw new Error("no tag");
    },
  },
});

const OPTIONS = {
  client: [
    "apiKey",
    "baseUrl",
    "headers",
    "credentials",
    "requestTimeoutMs",
    "maxRetries",
    "dangerouslyAllowBrowser",
  ],
  call: ["signal", "timeoutMs", "requestTimeoutMs", "maxRetries", "headers"],
  poll: ["intervalMs", "maxIntervalMs", "onUpdate", "onPoll", "promptId"],
  get: ["includeMessages", "includeStatuses", "includeVotes"],
  ask: ["intervalMs", "maxIntervalMs", "onUpdate", "onPoll", "session", "onCreated"],
};

/** The codes of a call: a session with another id is a wrong response, and a short `timeoutMs` may be used up. */
const ALLOWED = [
  "done",
  "invalid_argument",
  "key_unavailable",
  "aborted",
  "timeout",
  "decode",
  "no_answer",
  "create_outcome_unknown",
];

const chat = new AieraChat({ fetch, maxRetries: 0 });

/** @param {any} any a value for every argument */
async function everywhere(any) {
  for (const makeCall of [
    ...OPERATIONS.map(
      ({ name, args }) =>
        () =>
          chat[name](...args(any)),
    ),
    ...OPERATIONS.map((operation) => () => call(chat, operation, any)),
    () => chat.createSession(any),
    () => chat.sendPrompt(SESSION_ID, any),
    () => chat.updateSession(SESSION_ID, any),
    () => chat.listSessions(any),
    () => chat.ask(any),
    () => chat.ask("?", any),
    () => chat.ask(any, { session: SESSION_ID }),
    () => chat.watchSession(any).next(),
    () => chat.watchSession(SESSION_ID, any).next(),
    () => new AieraChat(any),
    () => pkg.createSession(any, { fetch }),
    () => pkg.pollSession(any, { fetch, maxRetries: 0 }),
  ]) {
    const code = await outcome(makeCall);
    assert.ok(ALLOWED.includes(code), code);
  }
}

test("any value for any argument settles the call", async () => {
  await fc.assert(fc.asyncProperty(value, everywhere), { numRuns: 200 });
});

for (const [name, hostile] of Object.entries(HOSTILE)) {
  test(`${name} that throws when it is read settles the call`, () => everywhere(hostile));
}

for (const [kind, names] of Object.entries(OPTIONS)) {
  test(`any value for any of the options (${kind}) settles the call`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), value, async (name, value) => {
        const options = { [name]: value };
        const code = await outcome(() => {
          if (kind === "client") return pkg.createSession({}, { ...options, fetch });
          // A poll for a prompt without a response ends by its deadline.
          if (kind === "poll") return chat.pollSession(SESSION_ID, { timeoutMs: 50, ...options });
          if (kind === "get") return chat.getSession(SESSION_ID, options);
          if (kind === "ask") return chat.ask("?", options);
          return chat.createSession({}, options);
        });
        assert.ok(ALLOWED.includes(code), `${name}: ${code}`);
      }),
      { numRuns: 400 },
    );
  });
}

test("any value for any parameter settles the call", async () => {
  const parameters = fc.constantFrom(
    ...["createSession.title", "createSession.prompt", "createSession.sources"],
    ...["createSession.extraBody", "sendPrompt.content", "sendPrompt.toolSettings"],
    ...["sendPrompt.extraBody", "updateSession.title", "updateSession.sources"],
    ...["updateSession.extraBody", "listSessions.page", "listSessions.pageSize"],
  );
  await fc.assert(
    fc.asyncProperty(parameters, value, async (parameter, value) => {
      const [method = "", name = ""] = parameter.split(".");
      const params = { ...(method === "sendPrompt" && { content: "?" }), [name]: value };
      const session = method.startsWith("send") || method.startsWith("update") ? [SESSION_ID] : [];
      const code = await outcome(() => chat[method](...session, params));
      assert.ok(ALLOWED.includes(code), `${parameter}: ${code}`);
    }),
    { numRuns: 600 },
  );
});

/** Answers a create or a prompt, and a poll. */
const followUp = async (/** @type {string} */ _url, /** @type {any} */ { method }) =>
  Response.json(
    method === "GET"
      ? { ...BODY, messages: [{ ...BODY.messages[0], prompt_message_id: 70 }] }
      : PAYLOADS.message,
  );

test("an ask in a session whose messages cannot be read settles", async () => {
  const unreadable = new Proxy(
    {},
    {
      get() {
        throw new Error("unreadable");
      },
    },
  );
  const chat = new AieraChat({ baseUrl: "https://api.example/api", fetch: followUp });
  const session = { id: SESSION_ID, status: "active", messages: [unreadable] };
  const answer = await chat.ask("And the margins?", { session });
  assert.equal(answer.text, "12%");
});

test("an ask polls the session that it created, even if that has a session_id", async () => {
  const created = { ...BODY, session_id: "3f0c", initial_prompt: { id: SESSION_ID } };
  const create = async () => Response.json(created);
  const chat = new AieraChat({ baseUrl: "https://api.example/api", fetch: create });
  const answer = await chat.ask("What were the margins?");
  assert.equal(answer.text, "12%");
});
