// @ts-check
// A process exits once its call has settled. Other tests check for remaining listeners and connections. Rules: 5.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, test } from "node:test";
import { KEY, LONG, OPERATIONS, faulty, soon } from "./harness.mjs";
import * as steps from "./steps.mjs";
import { SAMPLES } from "./table.mjs";

const { ACTIVE, ANSWERED, CREATED, PENDING, SESSION_ID } = steps;

describe("cleanup", { concurrency: 4 }, () => {
  /** A process that makes one call, prints the outcome, and exits if the call leaves nothing. */
  const CHILD = `
    const { loadPackage } = await import(${JSON.stringify(new URL("../support/package.mjs", import.meta.url).href)});
    const pkg = await loadPackage();
    const { name, args, abortAfterMs, noKey, ...options } = JSON.parse(process.argv[1]);
    if (noKey) options.apiKey = () => new Promise(() => {});
    if (abortAfterMs) {
      const controller = new AbortController();
      options.signal = controller.signal;
      setTimeout(() => controller.abort(), abortAfterMs);
    }
    const outcome = await pkg[name](...args, options).then(() => "ok", (error) => error.code);
    process.stdout.write(outcome);
  `;

  const poll = { name: "pollSession", args: [SESSION_ID] };
  const create = { name: "createSession", args: [{ prompt: "?" }] };
  const abort = { abortAfterMs: 300 };
  const ENDS = /** @type {[string, steps.Step[], Record<string, unknown>, string][]} */ ([
    ...OPERATIONS.map(({ name, args, payload }) => {
      const script = [steps.json(SAMPLES[payload].full)];
      return [`${name} that succeeded`, script, { name, args: args(SESSION_ID) }, "ok"];
    }),
    ...OPERATIONS.map(({ name, args }) => {
      const script = [steps.stallMidBody()];
      return [`${name} that was aborted`, script, { name, args: args(SESSION_ID), ...abort }, "aborted"];
    }),
    ["a poll that succeeded", [steps.json(PENDING), steps.json(ACTIVE)], { ...poll, intervalMs: 5 }, "ok"],
    ["a poll aborted in a pause", [steps.json(PENDING)], { ...poll, ...LONG, ...abort }, "aborted"],
    ["a poll past its deadline", [steps.stallMidBody()], { ...poll, timeoutMs: 300 }, "timeout"],
    ["a create past its deadline", [steps.stallBeforeHeaders()], { ...create, timeoutMs: 300 }, "create_outcome_unknown"],
    ["a poll whose key stays pending", [steps.json(ACTIVE)], { ...poll, noKey: true, timeoutMs: 300 }, "timeout"],
    ["a create aborted in a pause", [steps.status(429, { retryAfter: "30" })], { ...create, ...abort }, "aborted"],
    ["an ask that succeeded", [steps.json(CREATED), steps.json(ANSWERED)], { name: "ask", args: ["?"], intervalMs: 5 }, "ok"],
    ["an ask aborted in its poll", [steps.json(CREATED), steps.json(PENDING)], { name: "ask", args: ["?"], ...LONG, ...abort }, "aborted"],
  ]); // prettier-ignore

  for (const [name, script, options, outcome] of ENDS) {
    test(`a process exits after ${name}`, async (t) => {
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
      // A remaining timer of a call would last for at least 30 s.
      const [code] = await soon(ended, "the end of the process");
      assert.equal(code, 0);
    });
  }
});
