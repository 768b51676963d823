// The key in responses of the upstream, in every encoding.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isFreeOf, redact } from "../../../pkg-template/src/redact.js";
import { json, KEY, proxied, raw, statusOf, until } from "./harness.mjs";

const percent = [...KEY].map((c) => `%${c.charCodeAt(0).toString(16)}`).join("");
const hexEntities = [...KEY].map((c) => `&#x${c.charCodeAt(0).toString(16)};`).join("");
const decEntities = [...KEY].map((c) => `&#${c.charCodeAt(0)};`).join("");
const unicode = [...KEY].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
const html = KEY.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/\//g, "&sol;");
const each = (write) => [...KEY].map((c) => write(c.charCodeAt(0))).join("");
const base64 = (text) => Buffer.from(text).toString("base64");
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
  "as decimal entities with zeros": each((code) => `&#${String(code).padStart(9, "0")};`),
  "as hexadecimal entities with zeros": each((code) => `&#x${code.toString(16).padStart(8, "0")};`),
  "as octal escapes": each((code) => `\\${code.toString(8)}`),
  "as octal escapes of three digits": each((code) => `\\${code.toString(8).padStart(3, "0")}`),
  "as %u escapes": each((code) => `%u${code.toString(16).padStart(4, "0")}`),
  "as \\u{} escapes": each((code) => `\\u{${code.toString(16).padStart(8, "0")}}`),
  "with NULs": [...KEY].join("\0"),
  "with escaped NULs": [...KEY].join("\\u0000"),
  "with spaces of width zero": [...KEY].join("\u200b"),
  "with byte order marks": [...KEY].join("\ufeff"),
  "with soft hyphens": [...KEY].join("\u00ad"),
  "with escaped soft hyphens": [...KEY].join("&shy;"),
  "with <wbr>": [...KEY].join("<wbr>"),
  "with <wbr />": [...KEY].join("<wbr />"),
  "in lines": KEY.replace(/.{5}/g, "$&\r\n"),
  "in hexadecimal": Buffer.from(KEY).toString("hex"),
  "in Base64": base64(KEY).replace(/=+$/, ""),
  "in Base64 of URLs": Buffer.from(KEY).toString("base64url"),
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

test("the key is redacted in Base64 together with a name", () => {
  for (const name of ["", "x", "ab", "abc"]) {
    const text = redact(`Basic ${base64(`${name}:${KEY}:`)}`, KEY);
    const [, rest] = /^Basic (.*)$/.exec(text);
    assert.ok(rest.replace("[redacted]", "").length < 12, text);
  }
});

/** Whether the text holds a part of the key that is long enough to be redacted. */
function holdsPart(text, key) {
  const [all, secret] = [text, key].map((each) => each.toLowerCase().replaceAll(" ", "+"));
  const starts = Array.from({ length: secret.length - 7 }, (_, start) => start);
  return starts.some((start) => all.includes(secret.slice(start, start + 8)));
}

test("redaction changes no text but the key", () => {
  const filler = fc.stringMatching(/^[ -~é€\n\u200b😀]{0,40}$/u);
  const key = fc.stringMatching(/^[\w/+=~.&%"\\<-]{12,40}$/);
  const writeEach = (write) => (text) =>
    [...text].map((letter) => write(letter.charCodeAt(0))).join("");
  const styles = [
    writeEach((code) => `\\u${code.toString(16).padStart(4, "0")}`),
    writeEach((code) => `%${code.toString(16).padStart(2, "0")}`),
    writeEach((code) => `&#${code};`),
    writeEach((code) => `&#x000${code.toString(16)};`),
    writeEach((code) => `\\${code.toString(8).padStart(3, "0")}`),
    (text) => [...text].join("\0"),
    (text) => [...text].join("\u00ad"),
  ];
  const ways = fc.array(fc.constantFrom(...styles), { maxLength: 2 });
  fc.assert(
    fc.property(filler, key, filler, ways, (before, key, after, ways) => {
      // Both may hold the name of a property of every object, such as __lookupGetter__.
      fc.pre(!holdsPart(before + after, `${key}€`));
      const echo = ways.reduce((text, way) => way(text), key);
      // A mark on either side, since the characters beside an escape can belong to it.
      const clean = redact(`${before}§${echo}§${after}`, key);
      assert.equal(clean, `${before}§[redacted]§${after}`);
      assert.equal(redact(before + after, `${key}€`), before + after);
    }),
    { numRuns: 500 },
  );
});

const unreadable = {
  "UTF-16, declared": [
    "text/plain; charset=utf-16le",
    Buffer.from(`bad: ${KEY}!`, "utf16le"),
    "bad: [redacted]!",
  ],
  "UTF-16, not declared": [
    "text/plain",
    Buffer.from(`: ${KEY}!`, "utf16le"),
    ":\0 \0[redacted]\0!\0",
  ],
  "UTF-8, declared as UTF-16": ["text/plain; charset=utf-16le", Buffer.from(KEY), undefined],
  "a charset that no platform reads": ["text/plain; charset=utf-7", Buffer.from(KEY), ""],
  "two charsets": ["text/plain; charset=utf-8; charset=utf-16le", Buffer.from(KEY), ""],
};
for (const [name, [type, bytes, expected]] of Object.entries(unreadable)) {
  test(`the key is in no error in ${name}`, async () => {
    const { sessions } = await proxied({}, (_, res) => {
      json(res, 403, bytes, { "content-type": type });
    });
    const response = await fetch(sessions);
    assert.equal(response.status, 403);
    const sent = Buffer.from(await response.arrayBuffer());
    for (const encoding of ["utf8", "latin1", "utf16le"]) {
      assert.ok(!sent.toString(encoding).includes(KEY.slice(0, 8)), encoding);
    }
    if (expected !== undefined) assert.equal(sent.toString(), expected);
    if (sent.length > 0 && type.includes("16")) {
      assert.equal(response.headers.get("content-type"), "text/plain; charset=utf-8");
    }
  });
}

test("an error in another charset is passed on in UTF-8", async () => {
  const { sessions } = await proxied({}, (_, res) =>
    json(res, 404, Buffer.from('{"error":"clé"}', "latin1"), {
      "content-type": 'application/json; charset="ISO-8859-1"',
    }),
  );
  const response = await fetch(sessions);
  assert.equal(response.headers.get("content-type"), "application/json; charset=utf-8");
  assert.deepEqual(await response.json(), { error: "clé" });
});

test("a key of Latin-1 is redacted in escapes and in percent-encoded UTF-8", () => {
  const key = "clé-très-sécrète";
  const escaped = [...key].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join("");
  for (const echo of [key, escaped, encodeURIComponent(key), escape(key)]) {
    assert.equal(redact(`bad ${echo}!`, key), "bad [redacted]!");
  }
});

test("an error with more text than can be searched is not passed on", () => {
  assert.equal(isFreeOf(new Error("short", { cause: { code: 7 } }), KEY), true);
  const long = "x".repeat(20_000_000);
  for (const error of [
    new Error(long),
    Object.assign(new Error("a"), { list: Array.from({ length: 100_000 }, () => "y") }),
    Object.assign(new Error("a"), { list: Array.from({ length: 400 }, () => "y".repeat(1000)) }),
  ]) {
    assert.equal(isFreeOf(error, KEY), false);
  }
  assert.equal(redact(long + KEY, KEY), `${"x".repeat(65_536)}…`);
  for (const echo of Object.values(echoes)) {
    assert.equal(isFreeOf(new Error("a", { cause: { note: `<${echo}>` } }), KEY), false, echo);
  }
});

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
