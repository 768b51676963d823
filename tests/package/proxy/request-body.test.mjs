// The client's body if the option authorize also reads it: the limits of size and time hold, and nothing is read for an
// authorize that does not read it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { test } from "node:test";
import { post, proxied } from "./harness.mjs";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

const URL_OF_SESSIONS = "https://page.test/chat-v1/sessions";

/** A request whose body has a piece for each pull; without pieces, it is endless. */
function streamed(pieces, { url = URL_OF_SESSIONS, method = "POST" } = {}) {
  const state = { pulled: 0, cancelled: false };
  const body = new ReadableStream(
    {
      pull(controller) {
        const piece = pieces ? pieces[state.pulled] : "x".repeat(1000);
        state.pulled += 1;
        if (piece === undefined) controller.close();
        else if (piece instanceof Error) controller.error(piece);
        else if (piece !== null) controller.enqueue(new TextEncoder().encode(piece));
      },
      cancel: () => void (state.cancelled = true),
    },
    { highWaterMark: 0 },
  );
  return { state, request: new Request(url, { ...post(body), method, duplex: "half" }) };
}

const readers = {
  "reads it": async (request) => (await request.text(), true),
  "reads a clone of it": async (request) => (await request.clone().text(), true),
  "reads it, and passes what cannot be read": (request) =>
    request.text().then(
      () => true,
      () => true,
    ),
  "reads it, and refuses what cannot be read": (request) =>
    request.text().then(
      () => true,
      () => new Response("no", { status: 400 }),
    ),
  "reads its beginning": async (request) => (await request.body.getReader().read(), true),
  "reads it without waiting": (request) => (request.text().catch(() => {}), true),
  "cancels it": async (request) => (await request.body.cancel(), true),
  "does not read it": () => true,
};
for (const [name, authorize] of Object.entries(readers)) {
  test(`an endless body is refused at the limit by a proxy whose authorize ${name}`, async () => {
    const { log, handler } = await proxied({ maxBodyBytes: 10_000, authorize });
    const { state, request } = streamed();
    const response = await handler(request);
    assert.equal(response.status, 413);
    assert.match((await response.json()).error, /larger than 10000 bytes/);
    assert.ok(state.pulled <= 12, `${state.pulled} pieces of a tenth of the limit were read`);
    assert.equal(state.cancelled, true);
    assert.deepEqual(log, []);
  });

  test(`the upstream gets the whole body from a proxy whose authorize ${name}`, async () => {
    const { log, handler } = await proxied({ maxBodyBytes: 10, authorize });
    const { request } = streamed(['{"a"', ":", "1234}"].map((piece) => piece.slice(0, 4)));
    assert.equal((await handler(request)).status, 200);
    assert.equal(log[0].body, '{"a":1234');
  });
}

test("an endless upload over HTTP is refused while authorize reads it", async () => {
  const authorize = readers["reads it"];
  const { log, sessions } = await proxied({ maxBodyBytes: 1024, authorize });
  const upload = httpRequest(sessions, post());
  upload.on("error", () => {});
  let sent = 0;
  const send = () => {
    while (sent < 2 ** 30 && upload.write(Buffer.alloc(65_536, 32))) sent += 65_536;
    upload.once("drain", send);
  };
  send();
  const [response] = await once(upload, "response");
  upload.destroy();
  assert.equal(response.statusCode, 413);
  assert.ok(sent < 64 * 2 ** 20, `${sent} bytes were taken`);
  assert.deepEqual(log, []);
});

test("the body of an operation without one is limited if authorize reads it", async () => {
  const { log, handler } = await proxied({ maxBodyBytes: 10_000, authorize: readers["reads it"] });
  for (const [path, method] of [
    ["/7", "DELETE"],
    ["/7/sources/clear", "POST"],
  ]) {
    const endless = streamed(null, { url: URL_OF_SESSIONS + path, method });
    assert.equal((await handler(endless.request)).status, 413);
    assert.equal(endless.state.cancelled, true);
    assert.deepEqual(log, []);
    const short = streamed(["{}"], { url: URL_OF_SESSIONS + path, method });
    assert.equal((await handler(short.request)).status, 200);
    assert.equal(log.pop().body, "");
  }
});

test("no part of the body is read if authorize refuses without reading it", async () => {
  for (const decision of [false, new Response("no", { status: 401 })]) {
    const { handler } = await proxied({ authorize: () => decision });
    const { state, request } = streamed();
    assert.ok([401, 403].includes((await handler(request)).status));
    assert.deepEqual(state, { pulled: 0, cancelled: true });
  }
});

test("a body that breaks off or stalls while authorize reads it is a failure of the client", async () => {
  const errors = [];
  const { log, handler } = await proxied({
    timeoutMs: 50,
    authorize: readers["reads it"],
    onError: (error) => errors.push(error),
  });
  assert.equal((await handler(streamed(["{", new Error("reset")]).request)).status, 400);
  assert.equal((await handler(streamed(["{", null]).request)).status, 408);
  assert.deepEqual(errors, []);
  assert.deepEqual(log, []);
});

test("authorize gets a request of the client's class, with the members that a router has added", async () => {
  class RouterRequest extends Request {
    get cookies() {
      return this.headers.get("cookie");
    }
  }
  const seen = [];
  const authorize = async (request) => {
    const { url, method, cookies, user } = request;
    seen.push([url, method, cookies, user, await request.json()]);
    return request instanceof Request;
  };
  const { log, handler } = await proxied({ authorize });
  const request = new RouterRequest(URL_OF_SESSIONS, post('{"a":1}'));
  request.user = { name: "ann" };
  // Next.js passes a Proxy, which the platform cannot copy.
  const members = ["url", "method", "headers", "signal", "body", "bodyUsed", "user", "constructor"];
  const passed = new Proxy(request, {
    get: (target, name) => (members.includes(name) ? target[name] : undefined),
  });
  assert.equal((await handler(passed)).status, 200);
  assert.equal(log.pop().body, '{"a":1}');
  const another = new RouterRequest(URL_OF_SESSIONS, post('{"a":1}', { cookie: "s=1" }));
  assert.equal((await handler(another)).status, 200);
  assert.deepEqual(seen, [
    [URL_OF_SESSIONS, "POST", undefined, { name: "ann" }, { a: 1 }],
    [URL_OF_SESSIONS, "POST", "s=1", undefined, { a: 1 }],
  ]);
});

test("a body in pieces of one byte takes about its size in memory", async () => {
  let grown = 0;
  const before = () => (collectGarbage(), process.memoryUsage());
  const start = before();
  const size = 200_000;
  const { handler } = await proxied({ maxBodyBytes: size });
  let sent = 0;
  const body = new ReadableStream({
    pull(controller) {
      if ((sent += 1) > size) {
        const { heapUsed, external } = before();
        grown = heapUsed + external - start.heapUsed - start.external;
        return controller.close();
      }
      controller.enqueue(new Uint8Array([32]));
    },
  });
  const init = { ...post(body), duplex: "half" };
  assert.equal((await handler(new Request(URL_OF_SESSIONS, init))).status, 200);
  assert.ok(grown < 10 * size, `${grown} bytes for ${size}`);
});
