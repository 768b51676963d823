// The options of `createProxyHandler`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AieraChatError } from "../../../pkg-template/src/errors.js";
import { createProxyHandler } from "../../../pkg-template/src/proxy/index.js";
import { post } from "./harness.mjs";

const good = { apiKey: "key" };
for (const [name, options] of [
  ["options", undefined],
  ["options", null],
  ["options", "secret"],
  ["options", ["secret"]],
  ["apiKey", {}],
  ["apiKey", { apiKey: undefined }],
  ["apiKey", { apiKey: " " }],
  ["apiKey", { apiKey: 42 }],
  ["apiKey", { apiKey: "secret\r\nx: y" }],
  ["apiKey", { apiKey: "s€cret" }],
  ["apikey", { ...good, apikey: "x" }],
  ["baseUrl", { ...good, baseUrl: "" }],
  ["baseUrl", { ...good, baseUrl: "/api" }],
  ["baseUrl", { ...good, baseUrl: "http://premium.aiera.com/api" }],
  ["baseUrl", { ...good, baseUrl: "http://127.0.0.1.evil.example" }],
  ["baseUrl", { ...good, baseUrl: "ftp://localhost/" }],
  ["baseUrl", { ...good, baseUrl: "https://user:pass@a.example/" }],
  ["baseUrl", { ...good, baseUrl: "https://a.example/?x=1" }],
  ["baseUrl", { ...good, baseUrl: "https://a.example/?" }],
  ["baseUrl", { ...good, baseUrl: "https://a.example/#x" }],
  ["baseUrl", { ...good, baseUrl: 42 }],
  ["authorize", { ...good, authorize: true }],
  ["fetch", { ...good, fetch: {} }],
  ["onError", { ...good, onError: "log" }],
  ["allowedOrigins", { ...good, allowedOrigins: "https://a.example" }],
  ["allowedOrigins", { ...good, allowedOrigins: ["*"] }],
  ["allowedOrigins", { ...good, allowedOrigins: ["https://*.example"] }],
  ["allowedOrigins", { ...good, allowedOrigins: ["a.example"] }],
  ["allowedOrigins", { ...good, allowedOrigins: ["null"] }],
  ["allowedOrigins", { ...good, allowedOrigins: ["https://a.example/path"] }],
  ["allowedHosts", { ...good, allowedHosts: ["http://localhost"] }],
  ["maxBodyBytes", { ...good, maxBodyBytes: 0 }],
  ["maxBodyBytes", { ...good, maxBodyBytes: 1.5 }],
  ["maxBodyBytes", { ...good, maxBodyBytes: "1" }],
  ["timeoutMs", { ...good, timeoutMs: 0 }],
  ["timeoutMs", { ...good, timeoutMs: NaN }],
  ["timeoutMs", { ...good, timeoutMs: "5" }],
]) {
  test(`createProxyHandler refuses a wrong ${name}: ${JSON.stringify(options)}`, () => {
    assert.throws(
      () => createProxyHandler(options),
      (error) =>
        error instanceof AieraChatError &&
        error.code === "invalid_argument" &&
        error.message.startsWith("createProxyHandler: options") &&
        error.message.includes(name) &&
        !/s.cret/.test(error.message),
    );
  });
}

test("an unknown option is refused with the nearest option", () => {
  for (const [name, nearest] of [
    ["apikey", "apiKey"],
    ["alowedOrigins", "allowedOrigins"],
    ["timeout", "timeoutMs"],
  ]) {
    const options = { apiKey: "key", [name]: 1 };
    assert.throws(() => createProxyHandler(options), {
      message: `createProxyHandler: options has an unknown option ${name}. Did you mean ${nearest}?`,
    });
  }
});

test("null means absent, and loopback may be plain http:", () => {
  createProxyHandler({
    apiKey: "key",
    baseUrl: null,
    authorize: null,
    allowedOrigins: null,
    allowedHosts: null,
    fetch: null,
    maxBodyBytes: null,
    timeoutMs: null,
    onError: null,
  });
  for (const baseUrl of ["http://localhost:1", "http://127.1.2.3/api/", "http://[::1]:80"]) {
    createProxyHandler({ apiKey: "key", baseUrl });
  }
});

test("a baseUrl may be a URL, also of another realm", async () => {
  // Such as jsdom's.
  class URLOfAnotherRealm {
    get [Symbol.toStringTag]() {
      return "URL";
    }
    toString() {
      return "https://a.example/api/";
    }
  }
  for (const baseUrl of [new URL("https://a.example/api/"), new URLOfAnotherRealm()]) {
    const urls = [];
    const fetch = async (url) => (urls.push(url), new Response("{}"));
    const handler = createProxyHandler({ apiKey: "key", baseUrl, fetch });
    await handler(new Request("https://page.test/chat-v1/sessions/5/prompt", post("{}")));
    assert.deepEqual(urls, ["https://a.example/api/chat-v1/sessions/5/prompt"]);
  }
  const unlike = { [Symbol.toStringTag]: "URL" };
  assert.throws(() => createProxyHandler({ apiKey: "key", baseUrl: unlike }), /baseUrl/);
});

test("the documented address is the default baseUrl", async () => {
  const urls = [];
  const handler = createProxyHandler({
    apiKey: "key",
    fetch: async (url) => {
      urls.push(url);
      return new Response("{}");
    },
  });
  await handler(new Request("https://page.test/chat-v1/sessions/5/prompt", post("{}")));
  assert.deepEqual(urls, ["https://premium.aiera.com/api/chat-v1/sessions/5/prompt"]);
});
