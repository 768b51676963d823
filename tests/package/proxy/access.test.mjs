// Access to the proxy: by the page's origin, by the host's name, and by the option `authorize`.
import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { test } from "node:test";
import { json, post, proxied, raw, statusOf } from "./harness.mjs";

const from = (origin, site) => ({
  ...(origin ? { origin } : {}),
  ...(site ? { "sec-fetch-site": site } : {}),
});
/** Uses Node's client, since `fetch` would not send these headers. */
const ask = (url, headers, method = "GET") =>
  new Promise((resolve, reject) => {
    const req = httpRequest(url, { method, headers }, (res) => {
      let body = "";
      res.on("data", (chunk) => (body += chunk));
      res.on("end", () => resolve({ status: res.statusCode, headers: res.headers, body }));
    });
    req.on("error", reject);
    req.end();
  });

test("only pages of the proxy's origin are allowed by default", async () => {
  const { log, base, sessions } = await proxied();
  for (const headers of [
    from(),
    from(base),
    from(base.replace("http:", "https:")), // TLS ends before the proxy
    from(base, "same-origin"),
    from(null, "same-origin"),
    from(null, "none"),
  ]) {
    assert.equal((await ask(sessions, headers)).status, 200, JSON.stringify(headers));
  }
  log.length = 0;
  for (const headers of [
    from("https://evil.example"),
    from("null"),
    from("garbage"),
    { origin: "" },
    from(`${base}.evil.example`),
    from(`${base}1`),
    from(`${base}/`),
    from("http://127.0.0.1"),
    from(base, "cross-site"),
    from(base, "same-site"),
    from(null, "cross-site"),
    from(null, "same-site"),
    { origin: "https://evil.example", "x-forwarded-host": "evil.example" },
  ]) {
    const response = await ask(sessions, headers);
    assert.equal(response.status, 403, JSON.stringify(headers));
    assert.equal(response.headers["access-control-allow-origin"], undefined);
  }
  const preflight = { ...from("https://evil.example"), "access-control-request-method": "POST" };
  assert.equal((await ask(sessions, preflight, "OPTIONS")).status, 403);
  assert.deepEqual(log, []);
});

test("Sec-Fetch-Site: same-origin is proof of the proxy's origin behind a server that changes Host", async () => {
  const { log, sessions } = await proxied();
  const page = "http://localhost:5173";
  assert.equal((await ask(sessions, from(page, "same-origin"))).status, 200);
  assert.equal((await ask(sessions, from(page, "same-origin"), "DELETE")).status, 405);
  log.length = 0;
  for (const site of [undefined, "none", "same-site", "cross-site", "Same-Origin", ""]) {
    const headers = { origin: page, ...(site !== undefined && { "sec-fetch-site": site }) };
    assert.equal((await ask(sessions, headers)).status, 403, site);
  }
  assert.deepEqual(log, []);
});

test("a refusal is marked as the proxy's, and names the option that applies", async () => {
  const refusals = [
    [{}, from("https://evil.example"), "allowedOrigins"],
    [{ allowedHosts: ["localhost:3000"] }, {}, "allowedHosts"],
    [{ authorize: () => false }, {}, "authorize"],
  ];
  for (const [options, headers, option] of refusals) {
    const { sessions } = await proxied(options);
    const response = await ask(sessions, headers);
    const { error, refused_by, ...others } = JSON.parse(response.body);
    assert.equal(response.status, 403);
    assert.equal(response.headers["x-refused-by"], "aiera-chat/proxy");
    assert.equal(refused_by, "aiera-chat/proxy");
    assert.ok(error.includes(option), error);
    assert.deepEqual(others, {});
  }
});

test("the API's refusal is not marked as the proxy's", async () => {
  const { sessions } = await proxied({}, (_, res) =>
    json(res, 403, '{"message":"Forbidden"}', { "x-refused-by": "aiera-chat/proxy" }),
  );
  const response = await ask(sessions, {});
  assert.equal(response.body, '{"message":"Forbidden"}');
  assert.equal(response.headers["x-refused-by"], undefined);
});

test("a listed origin receives CORS headers, also on errors and preflights", async () => {
  const allowed = "https://app.example";
  const { log, base, sessions } = await proxied({
    allowedOrigins: ["https://App.example:443/", "capacitor://localhost"],
  });
  const preflight = await ask(
    sessions,
    {
      ...from(allowed, "cross-site"),
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type, x-csrf-token,b@d",
    },
    "OPTIONS",
  );
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers["access-control-allow-origin"], allowed);
  assert.equal(preflight.headers["access-control-allow-credentials"], "true");
  assert.equal(preflight.headers["access-control-allow-methods"], "GET, POST");
  assert.equal(preflight.headers["access-control-allow-headers"], "content-type, x-csrf-token");
  assert.match(preflight.headers.vary, /origin/);
  assert.deepEqual(log, [], "a preflight is not forwarded");

  for (const origin of [allowed, "capacitor://localhost"]) {
    const response = await ask(sessions, from(origin, "cross-site"));
    assert.equal(response.status, 200);
    assert.equal(response.headers["access-control-allow-origin"], origin);
    assert.match(response.headers["access-control-expose-headers"], /retry-after/);
    assert.match(response.headers.vary, /origin/);
  }
  const wrong = await ask(`${sessions}?x=1`, from(allowed));
  assert.equal(wrong.status, 400);
  assert.equal(wrong.headers["access-control-allow-origin"], allowed);

  const own = await ask(sessions, from(base));
  assert.equal(own.status, 200);
  assert.equal(own.headers["access-control-allow-origin"], undefined);
  assert.match(own.headers.vary, /origin/);
  for (const origin of ["https://evil.example", "http://app.example", "https://app.example.evil"]) {
    const response = await ask(sessions, from(origin));
    assert.equal(response.status, 403, origin);
    assert.equal(response.headers["access-control-allow-origin"], undefined);
  }
});

test("a list of hosts excludes other names that resolve to the proxy", async () => {
  const { log, port } = await proxied({ allowedHosts: ["localhost:3000"] });
  const get = (host) => raw(port, `GET /chat-v1/sessions HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal(statusOf(await get("rebound.example:3000")), 403);
  assert.equal(log.length, 0);
  assert.equal(statusOf(await get("localhost:3000")), 200);
});

test("authorize allows a request with true, sends a Response unchanged, and refuses any other value with 403", async () => {
  let decision;
  const { log, sessions } = await proxied({ authorize: async () => decision });
  for (decision of [false, undefined, null, "yes", 1, {}]) {
    assert.equal((await fetch(sessions, post("{}"))).status, 403, String(decision));
  }
  decision = new Response("log in", {
    status: 401,
    headers: [
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ],
  });
  const response = await fetch(sessions);
  assert.equal(response.status, 401);
  assert.equal(await response.text(), "log in");
  assert.equal(response.headers.get("x-refused-by"), "aiera-chat/proxy");
  assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
  assert.deepEqual(log, []);
  decision = true;
  assert.equal((await fetch(sessions)).status, 200);
  assert.equal(log.length, 1);
});

test("an authorize that throws causes a 500 without details, and onError receives the error", async () => {
  const errors = [];
  const { log, sessions } = await proxied({
    authorize: () => {
      throw new Error("database password is hunter2");
    },
    onError: (error) => {
      errors.push(error.message);
      throw new Error("a broken logger");
    },
  });
  const response = await fetch(sessions);
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /hunter2/);
  assert.deepEqual(errors, ["database password is hunter2"]);
  assert.deepEqual(log, []);
});

test("authorize receives the request with its cookies and body, and the upstream receives the body too", async () => {
  const calls = [];
  const { log, sessions, handler } = await proxied({
    authorize: async (request) => {
      const body = request.body && (await request.json());
      calls.push([request, request.headers.get("cookie"), body]);
      return true;
    },
  });
  const response = await fetch(sessions, post('{"prompt":"x"}', { cookie: "session=1" }));
  assert.equal(response.status, 200);
  assert.deepEqual(calls[0].slice(1), ["session=1", { prompt: "x" }]);
  assert.equal(log[0].body, '{"prompt":"x"}');
  // Without a body, authorize receives the host's object.
  const request = new Request("https://page.test/chat-v1/sessions");
  await (await handler(request)).text();
  assert.equal(calls[1][0], request);
});

test("a page of a listed origin can read the response of authorize", async () => {
  const { sessions } = await proxied({
    allowedOrigins: ["https://app.example"],
    authorize: () => new Response("no", { status: 401, headers: { vary: "cookie" } }),
  });
  const response = await fetch(sessions, { headers: { origin: "https://app.example" } });
  assert.equal(response.status, 401);
  assert.equal(response.headers.get("access-control-allow-origin"), "https://app.example");
  assert.equal(response.headers.get("vary"), "cookie, origin");
  assert.match(response.headers.get("access-control-expose-headers"), /x-refused-by/);
  assert.equal(response.headers.get("x-refused-by"), "aiera-chat/proxy");
});
