// The HTTP functions that several entries share: keys, loopback, operations.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BODILESS_STATUSES,
  headerKey,
  isLoopback,
  withHeaders,
} from "../../../pkg-template/src/shared/http.js";
import { MAX_TIMER_MS } from "../../../pkg-template/src/shared/timers.js";
import {
  OPERATIONS,
  operationsAt,
  sessionId,
} from "../../../pkg-template/src/shared/operations.js";

test("a key holds only characters of a header, and loses surrounding white space", () => {
  for (const key of ["k", " k\r\n", "\tk v\t", "sécret ÿ", "a\tb", '"quoted"']) {
    const read = headerKey(key);
    assert.equal(read, new Headers({ k: key }).get("k"), JSON.stringify(key));
  }
  for (const key of [
    "",
    " ",
    "\u00a0",
    "\t\n",
    "a\nb",
    "a\0b",
    "k€y",
    "\x7f",
    "ключ",
    7,
    null,
    ["k"],
  ]) {
    assert.equal(headerKey(key), undefined, JSON.stringify(key));
  }
});

test("loopback is localhost, its subdomains, 127.0.0.0/8 and ::1, as URL writes them", () => {
  const hostname = (host) => new URL(`http://${host}/`).hostname;
  for (const host of [
    "localhost",
    "LOCALHOST",
    "a.localhost",
    "127.0.0.1",
    "127.1",
    "2130706433",
    "127.255.0.9",
    "[::1]",
    "[0:0::1]",
  ]) {
    assert.ok(isLoopback(hostname(host)), host);
  }
  for (const host of [
    "localhost.example",
    "xlocalhost",
    "127.0.0.1.example",
    "128.0.0.1",
    "0.0.0.0",
    "[::2]",
    "[::ffff:127.0.0.1]",
    "localhost.",
  ]) {
    assert.ok(!isLoopback(hostname(host)), host);
  }
});

test("MAX_TIMER_MS is the longest delay of a timer", () => {
  const warnings = [];
  const onWarning = ({ name }) => warnings.push(name);
  process.on("warning", onWarning);
  clearTimeout(setTimeout(() => {}, MAX_TIMER_MS));
  clearTimeout(setTimeout(() => {}, MAX_TIMER_MS + 1));
  return new Promise((resolve) => setImmediate(resolve)).then(() => {
    process.off("warning", onWarning);
    assert.deepEqual(warnings, ["TimeoutOverflowWarning"]);
  });
});

test("a response with a bodiless status can only be constructed without a body", () => {
  for (let status = 200; status < 600; status += 1) {
    const construct = () => new Response("", { status });
    if (BODILESS_STATUSES.has(status)) assert.throws(construct, TypeError);
    else construct();
  }
});

test("withHeaders adds to a response with immutable headers, and appends to Vary", async () => {
  const plain = new Response("body", { status: 201, headers: { vary: "cookie", a: "1" } });
  plain.headers.append("set-cookie", "x=1");
  plain.headers.append("set-cookie", "y=2");
  const response = withHeaders(plain, { vary: "origin", a: "2" });
  assert.equal(response.status, 201);
  assert.equal(response.headers.get("vary"), "cookie, origin");
  assert.equal(response.headers.get("a"), "2");
  assert.deepEqual(response.headers.getSetCookie(), ["x=1", "y=2"]);
  assert.equal(await response.text(), "body");
  const redirect = Response.redirect("https://a.example/");
  assert.throws(() => redirect.headers.set("a", "1"));
  assert.equal(withHeaders(redirect, { a: "1" }).headers.get("a"), "1");
});

test("only operations are found by their path and method", () => {
  for (const { name, method, path } of OPERATIONS) {
    const { id, operations } = operationsAt(path.replace("{id}", "2229"));
    const found = operations.filter((operation) => operation.method === method);
    assert.deepEqual(
      found.map((operation) => operation.name),
      [name],
    );
    assert.equal(id, path.includes("{id}") ? "2229" : "");
  }
  for (const path of [
    "",
    "/",
    "/chat-v1/sessions/",
    "/chat-v1/sessions/7/",
    "/chat-v1/sessions//prompt",
    "/x/chat-v1/sessions",
  ]) {
    assert.deepEqual(operationsAt(path).operations, [], path);
  }
});

test("a session's id has a single spelling", () => {
  assert.equal(sessionId("2229"), 2229);
  assert.equal(sessionId(String(Number.MAX_SAFE_INTEGER)), Number.MAX_SAFE_INTEGER);
  for (const text of [
    "",
    "0",
    "-1",
    "02",
    "1.0",
    "1e3",
    "0x1",
    " 1",
    "9007199254740992",
    "abc",
    "Infinity",
  ]) {
    assert.equal(sessionId(text), undefined, text);
  }
});
