// The key in responses of the upstream, in every encoding.
import assert from "node:assert/strict";
import { test } from "node:test";
import { redact } from "../../../pkg-template/src/redact.js";
import { json, KEY, proxied, raw, statusOf, until } from "./harness.mjs";

const percent = [...KEY].map((c) => `%${c.charCodeAt(0).toString(16)}`).join("");
const hexEntities = [...KEY].map((c) => `&#x${c.charCodeAt(0).toString(16)};`).join("");
const decEntities = [...KEY].map((c) => `&#${c.charCodeAt(0)};`).join("");
const unicode = [...KEY].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
const html = KEY.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/\//g, "&sol;");
const echoes = {
  raw: KEY,
  "upper case": KEY.toUpperCase(),
  "as JSON": JSON.stringify(KEY).slice(1, -1),
  "as JSON in JSON": JSON.stringify(JSON.stringify(KEY)).slice(3, -3),
  "as JSON with escaped slashes": JSON.stringify(KEY).slice(1, -1).replace("/", "\\/"),
  "as \\u escapes": unicode,
  "as a URL component": encodeURIComponent(KEY),
  "as a URL component, twice": encodeURIComponent(encodeURIComponent(KEY)),
  "percent-encoded throughout": percent,
  "as HTML": html,
  "as HTML in JSON": JSON.stringify(html).slice(1, -1),
  "as hexadecimal entities": hexEntities,
  "as decimal entities": decEntities,
  "cut at its end": KEY.slice(0, 9),
  "cut at its start": KEY.slice(-9),
  "cut on both sides": KEY.slice(5, 13),
};
for (const [name, echo] of Object.entries(echoes)) {
  test(`the key is redacted in an error that echoes it ${name}`, async () => {
    const { sessions } = await proxied({}, (_, res) =>
      json(res, 403, `{"error":"bad key: ${echo}!"}`, { "x-request-id": `r:${KEY}:1` }),
    );
    const response = await fetch(sessions);
    assert.equal(response.status, 403);
    assert.equal(await response.text(), '{"error":"bad key: [redacted]!"}');
    assert.equal(response.headers.get("x-request-id"), "r:[redacted]:1");
  });
}

test("a Latin-1 key is redacted in UTF-8 and in Latin-1", async () => {
  const key = "clé-très-sécrète";
  for (const encoding of ["utf8", "latin1"]) {
    const { sessions } = await proxied({ apiKey: key }, (_, res) =>
      json(res, 403, Buffer.from(`{"error":"bad key: ${key}!"}`, encoding)),
    );
    const text = await (await fetch(sessions)).text();
    assert.equal(text, '{"error":"bad key: [redacted]!"}', encoding);
  }
});

test("the key is redacted in the headers of a success, and no reason phrase passes", async () => {
  const { port } = await proxied({}, (_, res) => {
    res.writeHead(200, `OK ${KEY}`, { "request-id": KEY });
    res.end("{}");
  });
  const got = await raw(port, "GET /chat-v1/sessions HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.equal(statusOf(got), 200);
  assert.ok(!got.includes(KEY));
  assert.match(got, /request-id: \[redacted\]/);
});

test("an endless error is cut at 64 KiB, and a key at the cut is redacted", async () => {
  let upstreamClosed = false;
  const { sessions } = await proxied({}, (_, res) => {
    res.on("close", () => (upstreamClosed = true));
    res.writeHead(500, { "content-type": "text/plain" });
    res.write("x".repeat(64 * 1024 - 12) + KEY);
    const more = setInterval(() => res.write("y".repeat(70_000)), 5);
    res.on("close", () => clearInterval(more));
  });
  const text = await (await fetch(sessions)).text();
  assert.equal(text, `${"x".repeat(64 * 1024 - 12)}[redacted]`);
  await until(() => upstreamClosed, "the endless error is cancelled");
});

test("an error without the key passes byte for byte", async () => {
  const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x22, 0x25, 0x34]);
  const { sessions } = await proxied({}, (_, res) => json(res, 500, bytes));
  assert.deepEqual(Buffer.from(await (await fetch(sessions)).arrayBuffer()), bytes);
  for (const text of ["", "sk-live", `\\u00e9 &amp; %41 ${KEY.slice(0, 7)}`, "İ".repeat(20)]) {
    assert.equal(redact(text, KEY), text);
  }
  assert.equal(redact("İ ABC ", "abc"), "İ [redacted] ");
});

test("the time of a redaction is linear in the length of the text", () => {
  const cpuTime = (repeats) => {
    const text = "&amp;#x26;%25".repeat(repeats);
    const start = process.cpuUsage();
    redact(text, KEY);
    return process.cpuUsage(start).user;
  };
  const least = (repeats) => Math.min(...[1, 2, 3].map(() => cpuTime(repeats)));
  cpuTime(20_000);
  const [short, long] = [least(2_000), least(40_000)];
  assert.ok(
    long < 100 * short,
    `20 times the text took ${(long / short).toFixed(0)} times as long`,
  );
});
