// @ts-check
// The packed package in Next.js 16 with Turbopack: with the defaults, and with cache components, which forbid random numbers
// before the first request of a page that is being built.
import assert from "node:assert/strict";
import { test } from "node:test";
import { askedOnce, asksAtEachRequest, describeBuilt, describeNext } from "./next-app.mjs";

describeNext({ name: "Next.js 16 with Turbopack", bundler: ["--turbopack"] });

describeBuilt({ name: "Next.js 16 with cache components", folder: "next-cached" }, (server) => {
  test("a component in a Suspense asks on each request", () =>
    asksAtEachRequest(`${server.address}/streamed`));
  test("a component with `use cache` asks once", () => askedOnce(`${server.address}/kept`));
  test("a component waits for a session that exists", async () => {
    const text = await (await fetch(`${server.address}/late`)).text();
    assert.ok(text.includes(`session ${server.session}, active`), text.slice(0, 2_000));
  });
});
