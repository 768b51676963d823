// The adapter between node:http and handlers, in the parts that the tests of the proxy and the mock do not cover.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { connect } from "node:net";
import { test } from "node:test";
import { listen, nodeListener } from "../../../pkg-template/src/shared/node-http.js";

/** Runs `use` with a handler on a port. */
async function serving(handler, use, options = {}) {
  const server = await listen(handler, options);
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

/** A promise with its `resolve`. */
function withResolvers() {
  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
}

/** Sends bytes and resolves with the bytes of the response. */
async function raw(port, text) {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.on("data", (chunk) => (received += chunk.toString("latin1"))).on("error", () => {});
  socket.write(text, "latin1");
  // Not `once`, which would reject with the error of a reset.
  await new Promise((resolve) => socket.once("close", resolve));
  return received;
}

test("listen resolves with the address, and close frees the port", async () => {
  const server = await listen(() => new Response("ok"));
  assert.equal(server.url, `http://127.0.0.1:${server.port}`);
  assert.equal(await (await fetch(server.url)).text(), "ok");
  await server.close();
  const another = await listen(() => new Response("another"), { port: server.port });
  assert.equal(another.port, server.port);
  await another.close();
});

test("listen rejects with Node's error if the port is taken", async () => {
  await serving(
    () => new Response(),
    ({ port }) =>
      assert.rejects(
        listen(() => new Response(), { port }),
        { code: "EADDRINUSE" },
      ),
  );
});

test("an IPv6 host is in brackets in the URL", async (t) => {
  const server = await listen(() => new Response("ok"), { host: "::1" }).catch((error) => error);
  if (server instanceof Error) return t.skip(`no IPv6: ${server.message}`);
  assert.equal(server.url, `http://[::1]:${server.port}`);
  assert.equal(await (await fetch(server.url)).text(), "ok");
  await server.close();
});

test("the handler receives the method, URL, headers and body of the request", async () => {
  const handler = async (request) =>
    Response.json({
      method: request.method,
      path: request.url.slice(new URL(request.url).origin.length),
      header: request.headers.get("x-a"),
      body: await request.text(),
    });
  await serving(handler, async ({ url }) => {
    const init = { method: "PATCH", headers: { "x-a": "é" }, body: "ü" };
    assert.deepEqual(await (await fetch(`${url}/a%20b?c=%26`, init)).json(), {
      method: "PATCH",
      path: "/a%20b?c=%26",
      header: "é",
      body: "ü",
    });
    assert.equal((await (await fetch(url, { method: "DELETE" })).json()).body, "");
  });
});

test("the response to a HEAD has no body, and its stream is cancelled", async () => {
  let cancelled = false;
  const body = () => new ReadableStream({ cancel: () => void (cancelled = true) });
  await serving(
    () => new Response(body(), { headers: { "content-length": "5" } }),
    async ({ url }) => {
      const response = await fetch(url, { method: "HEAD" });
      assert.equal(response.headers.get("content-length"), "5");
      assert.equal(await response.text(), "");
      assert.ok(cancelled);
    },
  );
});

test("Response.error() destroys the connection without a response", async () => {
  await serving(
    () => Response.error(),
    async ({ port }) => {
      assert.equal(await raw(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "");
    },
  );
});

test("a handler that throws causes a 500 without its message", async () => {
  await serving(
    () => {
      throw new Error("hunter2");
    },
    async ({ url }) => {
      const response = await fetch(url);
      assert.equal(response.status, 500);
      assert.deepEqual(await response.json(), { error: "internal error" });
    },
  );
});

test("a body that fails half-way destroys the connection", async () => {
  const failing = () =>
    new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(3)),
      pull: (controller) => controller.error(new Error("mine")),
    });
  await serving(
    () => new Response(failing()),
    async ({ url }) => {
      const response = await fetch(url);
      await assert.rejects(response.arrayBuffer());
    },
  );
});

test("a path that URL would change is refused before it reaches the handler", async () => {
  const paths = [];
  const handler = (request) => {
    paths.push(new URL(request.url).pathname);
    return new Response();
  };
  await serving(handler, async ({ port }) => {
    const send = (path) =>
      raw(port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    for (const path of ["/a/../b", "/a/%2e%2e/b", "/a\\b", "http://b/", "*", "/a#b"]) {
      assert.match(await send(path), /^HTTP\/1\.1 40[04] /, path);
    }
    assert.deepEqual(paths, []);
    assert.match(await send("//b/c"), /^HTTP\/1\.1 200 /);
    assert.deepEqual(paths, ["//b/c"]);
  });
});

test("refuse creates the response to a refused request, and handles selects the requests for next", async () => {
  const refuse = ({ status, message }) => new Response(`${message}!`, { status });
  const listener = nodeListener(() => new Response("handled"), {
    handles: (path) => path.startsWith("/own/"),
    refuse,
  });
  const server = createServer((req, res) => listener(req, res, () => res.end("next")));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  try {
    const text = async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    assert.equal(await text("/own/a"), "handled");
    assert.equal(await text("/other?/own/"), "next");
    const refused = await raw(
      port,
      "GET /own/../own/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    );
    assert.match(refused, /no such operation!/);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

/** Runs `use` with a client of a handler in a `node:http2` server. */
async function servingHttp2(handler, use) {
  const server = createHttp2Server(nodeListener(handler));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  const client = connectHttp2(`http://127.0.0.1:${port}`);
  try {
    await use(client, port);
  } finally {
    client.destroy();
    server.close();
  }
}

test("the listener works in a node:http2 server", async () => {
  const handler = async (request) => {
    const { host } = new URL(request.url);
    return new Response(`${request.method} ${host} ${await request.text()}`);
  };
  await servingHttp2(handler, async (client, port) => {
    const stream = client.request({ ":method": "POST", ":path": "/a" });
    stream.end("body");
    let text = "";
    for await (const chunk of stream) text += chunk;
    assert.equal(text, `POST 127.0.0.1:${port} body`);
  });
});

test(
  "an HTTP/2 client that cancels before the headers aborts the handler",
  { timeout: 5000 },
  async () => {
    const started = withResolvers();
    const aborted = withResolvers();
    const cancelled = withResolvers();
    const handler = async ({ signal }) => {
      started.resolve();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      aborted.resolve();
      return new Response(new ReadableStream({ cancel: () => cancelled.resolve() }));
    };
    await servingHttp2(handler, async (client) => {
      const stream = client.request({ ":path": "/" }).on("error", () => {});
      await started.promise;
      stream.close(8);
      await aborted.promise;
      await cancelled.promise;
    });
  },
);

for (const [kind, size] of [
  ["waits for the next chunk", 1],
  ["waits for the client to read", 1_000_000],
]) {
  test(
    `an HTTP/2 client that cancels a body that ${kind} cancels its stream`,
    { timeout: 5000 },
    async () => {
      const aborted = withResolvers();
      const cancelled = withResolvers();
      let chunks = 0;
      const body = () =>
        new ReadableStream(
          {
            pull: (controller) => {
              if (size === 1 && chunks++ > 0) return new Promise(() => {});
              controller.enqueue(new Uint8Array(size));
            },
            cancel: () => cancelled.resolve(),
          },
          { highWaterMark: 0 },
        );
      const handler = ({ signal }) => {
        signal.addEventListener("abort", () => aborted.resolve());
        return new Response(body());
      };
      await servingHttp2(handler, async (client) => {
        const stream = client.request({ ":path": "/" }).on("error", () => {});
        await once(stream, "response");
        stream.close(8);
        await aborted.promise;
        await cancelled.promise;
      });
    },
  );
}

test("a response that is complete does not abort the request's signal", async () => {
  let signal;
  const handler = (request) => {
    ({ signal } = request);
    return new Response("ok");
  };
  await serving(handler, async ({ port }) => {
    await raw(port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert.equal(signal.aborted, false);
  });
  await servingHttp2(handler, async (client) => {
    await once(client.request({ ":path": "/" }).resume(), "close");
    assert.equal(signal.aborted, false);
  });
});
