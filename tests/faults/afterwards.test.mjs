// @ts-check
// That a process ends by itself once its call has settled: behaviour 5 of the contract. Listeners and connections that are
// left are looked for in the other tests.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, test } from "node:test";
import { KEY, LONG, faulty, soon } from "./harness.mjs";
import * as steps from "./steps.mjs";

const { ACTIVE, PENDING } = steps;

describe("afterwards", { concurrency: 4 }, () => {
  /**
   * A process of its own that makes one call and then ends by itself, if nothing is left in it. It prints what the call
   * came to, and when.
   */
  const CHILD = `
    const { loadPackage } = await import(${JSON.stringify(new URL("../support/package.mjs", import.meta.url).href)});
    const { createSession, pollSession } = await loadPackage();
    const { operation, abortAfterMs, noKey, ...options } = JSON.parse(process.argv[1]);
    if (noKey) options.apiKey = () => new Promise(() => {});
    if (abortAfterMs) {
      const controller = new AbortController();
      options.signal = controller.signal;
      setTimeout(() => controller.abort(), abortAfterMs);
    }
    const call = operation === "poll" ? pollSession(2229, options) : createSession({ prompt: "?" }, options);
    const outcome = await call.then(() => "ok", (error) => error.code);
    process.stdout.write(outcome);
  `;

  const ENDS = /** @type {[string, steps.Step[], Record<string, unknown>, string][]} */ ([
    ["a poll that succeeded", [steps.json(PENDING), steps.json(ACTIVE)], { operation: "poll", intervalMs: 5 }, "ok"],
    ["a create that succeeded", [steps.json(PENDING)], { operation: "create" }, "ok"],
    ["a poll aborted in a pause", [steps.json(PENDING)], { operation: "poll", ...LONG, abortAfterMs: 300 }, "aborted"],
    ["a poll aborted in a body", [steps.stallMidBody()], { operation: "poll", abortAfterMs: 300 }, "aborted"],
    ["a poll out of time", [steps.stallMidBody()], { operation: "poll", timeoutMs: 300 }, "timeout"],
    ["a create out of time", [steps.stallBeforeHeaders()], { operation: "create", timeoutMs: 300 }, "create_outcome_unknown"],
    ["a poll without a key", [steps.json(ACTIVE)], { operation: "poll", noKey: true, timeoutMs: 300 }, "timeout"],
    ["a create told to wait", [steps.status(429, { retryAfter: "30" })], { operation: "create", abortAfterMs: 300 }, "aborted"],
  ]); // prettier-ignore

  for (const [name, script, options, outcome] of ENDS) {
    test(`a process ends by itself after ${name}`, async (t) => {
      const server = await faulty(t);
      server.script(script);
      const argument = JSON.stringify({ apiKey: KEY, baseUrl: server.url, ...options });
      const child = spawn(process.execPath, ["--input-type=module", "-e", CHILD, argument], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      t.after(() => child.kill());
      const ended = once(child, "close");
      const [printed] = await once(child.stdout, "data");
      assert.equal(String(printed), outcome);
      // Whatever is left of a call lasts for 30 s or more.
      const [code] = await soon(ended, "the end of the process", 6_000);
      assert.equal(code, 0);
    });
  }
});
