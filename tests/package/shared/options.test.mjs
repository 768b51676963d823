// The reader of options that several entries share.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AieraChatError } from "../../../pkg-template/src/errors.js";
import {
  anything,
  callback,
  describe,
  either,
  flag,
  infinity,
  integer,
  kind,
  listOf,
  milliseconds,
  nearest,
  object,
  oneOf,
  readOptions,
  required,
  text,
} from "../../../pkg-template/src/shared/options.js";

const TABLE = { port: integer(0, 65535), host: text, cors: either(flag, text), onError: callback };
const read = (options, table = TABLE) => readOptions("serve: options", options, table);
const message = (options, table = TABLE) => {
  try {
    read(options, table);
  } catch (error) {
    assert.ok(error instanceof AieraChatError);
    assert.equal(error.code, "invalid_argument");
    return error.message;
  }
  return undefined;
};

test("right values are returned by name", () => {
  const onError = () => {};
  const options = { port: 0, host: "a", cors: false, onError };
  assert.deepEqual(read(options), options);
  assert.notEqual(read(options), options);
});

test("undefined and null mean absent, both for the object and for its values", () => {
  for (const options of [undefined, null, {}, { port: undefined, host: null }]) {
    assert.deepEqual(read(options), {});
  }
  assert.deepEqual(read({ body: null }, { body: { ...anything, keepsNull: true } }), {
    body: null,
  });
});

test("an object of another realm, without a prototype, or behind a Proxy is read", () => {
  const bare = Object.assign(Object.create(null), { port: 1 });
  assert.deepEqual(read(bare), { port: 1 });
  assert.deepEqual(read(new Proxy({ port: 1 }, {})), { port: 1 });
});

test("any value but an object is refused, and is not shown", () => {
  for (const [options, type] of [
    ["secret", "String"],
    [["secret"], "Array"],
    [7, "Number"],
    [new Map(), "Map"],
    [new Date(), "Date"],
    [() => {}, "Function"],
    [Promise.resolve({}), "Promise"],
  ]) {
    assert.equal(message(options), `serve: options must be an object, not of type ${type}.`);
  }
});

test("a wrong value is refused with its name, the expected kind and the value", () => {
  for (const [options, expected] of [
    [{ port: 70_000 }, "serve: options.port must be an integer from 0 to 65535, not 70000."],
    [{ port: "80" }, 'serve: options.port must be an integer from 0 to 65535, not "80".'],
    [{ port: NaN }, "serve: options.port must be an integer from 0 to 65535, not NaN."],
    [{ host: " " }, 'serve: options.host must be a string that is not blank, not " ".'],
    [
      { cors: 1 },
      "serve: options.cors must be true or false, or a string that is not blank, not 1.",
    ],
    [{ onError: {} }, "serve: options.onError must be a function, not a value of type Object."],
  ]) {
    assert.equal(message(options), expected);
  }
});

test("a wrong value of a secret kind is not shown", () => {
  const table = {
    apiKey: { ...text, secret: true },
    other: either(flag, { ...text, secret: true }),
  };
  for (const options of [{ apiKey: ["secret"] }, { apiKey: 5e15 }, { other: ["secret"] }]) {
    assert.doesNotMatch(message(options, table), /secret|5000/);
  }
});

test("a required option that is absent is refused", () => {
  const table = { apiKey: required(text), host: text };
  for (const options of [undefined, {}, { apiKey: null }]) {
    assert.equal(
      message(options, table),
      "serve: options.apiKey is missing: it must be a string that is not blank.",
    );
  }
  assert.deepEqual(read({ apiKey: "k" }, table), { apiKey: "k" });
});

test("an unknown name is refused with the nearest name, or with all names", () => {
  for (const [name, hint] of [
    ["Port", "Did you mean port?"],
    ["prot", "Did you mean port?"],
    ["por", "Did you mean port?"],
    ["on_error", "Did you mean onError?"],
    ["onErrorHandler", "Did you mean onError?"],
    ["timeout", "Its options are port, host, cors, onError."],
    ["__proto__x", "Its options are port, host, cors, onError."],
  ]) {
    assert.equal(
      message({ [name]: 1 }),
      `serve: options has an unknown option ${name}. ${hint}`,
      name,
    );
  }
  assert.match(message({ constructor: 1 }), /unknown option constructor/);
  assert.match(message(JSON.parse('{"__proto__": 1}')), /unknown option __proto__/);
  assert.match(message({ "a b\n": undefined }), /unknown option "a b\\n"/);
  assert.ok(message({ ["x".repeat(1e6)]: 1 }).length < 200);
});

test("getters and proxies that throw are wrong arguments", () => {
  const throwing = {
    get port() {
      throw new Error("mine");
    },
  };
  assert.match(message(throwing), /serve: options must be an object/);
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assert.match(message(proxy), /must be an object/);
  assert.match(message({ port: proxy }), /options\.port must be/);
  const hostile = kind("harmless", () => {
    throw new Error("mine");
  });
  assert.match(message({ a: 1 }, { a: hostile }), /options\.a must be harmless/);
});

test("each kind accepts only its values", () => {
  const kinds = [
    [integer(1), [1, Number.MAX_SAFE_INTEGER], [0, 1.5, 2 ** 53, "1", 1n, NaN, Infinity]],
    [milliseconds(1), [1, 1.5, 1e12], [0.5, Infinity, NaN, "5"]],
    [infinity, [Infinity], [-Infinity, 1]],
    [oneOf(true, "body"), [true, "body"], [false, "true", 1]],
    [object, [{}], [[], "", new Date()]],
    [flag, [true, false], [0, "false"]],
    [callback, [() => {}, class {}], [{}, "f"]],
    [listOf(text, "a list of strings"), [[], ["a"]], ["a", [""], ["a", 1], { 0: "a" }]],
  ];
  for (const [kind, right, wrong] of kinds) {
    for (const value of right) assert.deepEqual(read({ a: value }, { a: kind }), { a: value });
    for (const value of wrong) assert.ok(message({ a: value }, { a: kind }), String(value));
  }
  assert.equal(oneOf("a").expected, '"a"');
  assert.equal(oneOf("a", true, 3).expected, '"a", true or 3');
});

test("a kind may normalize its value", () => {
  const trimmed = { expected: "a string", read: (value) => value.trim() };
  assert.deepEqual(read({ a: " x ", b: [" y "] }, { a: trimmed, b: listOf(trimmed, "strings") }), {
    a: "x",
    b: ["y"],
  });
});

test("nearest finds a name with few typos only", () => {
  const known = ["apiKey", "baseUrl", "timeoutMs", "intervalMs", "maxIntervalMs", "maxRetries"];
  for (const [name, expected] of [
    ["api_key", "apiKey"],
    ["APIKEY", "apiKey"],
    ["baseURL", "baseUrl"],
    ["basUerl", "baseUrl"],
    ["timeout", "timeoutMs"],
    ["interval", "intervalMs"],
    ["maxIntervalMS", "maxIntervalMs"],
    ["retries", "maxRetries"],
    ["maxRetrys", "maxRetries"],
    ["model", undefined],
    ["", undefined],
    ["!", undefined],
  ]) {
    assert.equal(nearest(name, known), expected, name);
  }
});

test("nearest follows the rule of src/core/names.rs", () => {
  const known = [
    ...["apiKey", "baseUrl", "fetch", "headers", "credentials", "requestTimeoutMs", "maxRetries"],
    ...["dangerouslyAllowBrowser", "signal", "timeoutMs", "intervalMs", "maxIntervalMs"],
    ...["onUpdate", "onPoll"],
  ];
  for (const [name, expected] of [
    ["apiKey", "apiKey"],
    ["apikey", "apiKey"],
    ["api_key", "apiKey"],
    ["API-KEY", "apiKey"],
    ["apiKye", "apiKey"],
    ["base_url", "baseUrl"],
    ["baseURL", "baseUrl"],
    ["header", "headers"],
    ["timeout", "timeoutMs"],
    ["tiemoutMs", "timeoutMs"],
    ["fetchFunction", "fetch"],
    ["requestTimeout", "requestTimeoutMs"],
    ["request_timeout_ms", "requestTimeoutMs"],
    ["interval", "intervalMs"],
    ["maxInterval", "maxIntervalMs"],
    ["maxretry", "maxRetries"],
    ["singal", "signal"],
    ["fecth", "fetch"],
    ["onupdate", "onUpdate"],
    ["dangerouslyAllow", "dangerouslyAllowBrowser"],
    ["on", undefined],
    ...["", "__", "x", "model", "colour", "temperature", "onProgress", "é", "日本語"].map(
      (name) => [name, undefined],
    ),
  ]) {
    assert.equal(nearest(name, known), expected, name);
  }
  for (const [name, names, expected] of [
    ["pag", ["pageSize", "page"], "page"],
    ["PAGE", ["pageSize", "page"], "page"],
    ["sources", ["source", "sourcesX", "sources_"], "sources_"],
    ["titel", ["title", "titelText"], "titelText"],
    ["cat", ["bat", "rat"], "bat"],
  ]) {
    assert.equal(nearest(name, names), expected, name);
  }
});

test("describe returns a short text and never throws", () => {
  assert.equal(describe("a\n"), '"a\\n"');
  assert.equal(describe(12n), "12");
  assert.equal(describe(undefined), "undefined");
  assert.equal(describe(Symbol("s")), "Symbol(s)");
  assert.equal(
    describe(() => {}),
    "a function",
  );
  assert.equal(describe(null), "null");
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  assert.equal(describe(proxy), "a value of type unknown");
  assert.ok(describe("x".repeat(1e6)).length < 100);
});
