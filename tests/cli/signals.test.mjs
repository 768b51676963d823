// @ts-check
// Ctrl-C and SIGTERM: while stdin is read, during a create, a prompt, a poll and the pause between two polls. The command
// ends at once and says how to continue.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, afterEach, before, describe, test } from "node:test";
import { api, eventually, install, PROMPT, run, start } from "./support.mjs";

// On Windows, a process cannot send SIGINT to another.
const skip = process.platform === "win32" ? "needs POSIX signals" : false;

describe("an interrupted command", { skip }, () => {
  /** @type {Awaited<ReturnType<typeof install>>} */
  let installed;
  /** @type {Awaited<ReturnType<typeof api>>} */
  let service;

  before(async () => {
    installed = await install();
  });
  after(() => installed?.remove());
  afterEach(() => service?.close());

  /**
   * Starts a command, interrupts it once `isReady` is true, and resolves with its result.
   * @param {string[]} args
   * @param {() => boolean} isReady
   * @param {NodeJS.Signals} [signal]
   */
  async function interrupt(args, isReady, signal = "SIGINT") {
    const running = start(installed.bin, [...args, "--base-url", service.url], { input: null });
    await eventually(isReady);
    const at = performance.now();
    running.child.kill(signal);
    const ended = await running.ended;
    assert.equal(ended.signal, null, "the command exits with an exit code");
    return { ...ended, ms: performance.now() - at };
  }

  /** @param {string} operation */
  const requested = (operation) =>
    service.mock.requests.some((request) => request.operation === operation);

  const ENDLESS = [{ status: "finding_sources", polls: 3 }, { status: "active" }];

  test("after an interrupt during a create, the message says that a session may exist", async () => {
    service = await api({ faults: { operation: "createSession", stall: true, times: 2 } });
    const plain = await interrupt(["ask", PROMPT], () => requested("createSession"));
    assert.deepEqual([plain.code, plain.stdout], [130, ""]);
    assert.match(
      plain.stderr,
      /it may exist[^]*most recently updated first: [^]*aiera-chat list --base-url/,
    );
    const { code, stdout } = await interrupt(
      ["ask", PROMPT, "--json"],
      () => service.mock.requests.length === 2,
    );
    assert.equal(code, 130);
    const { ok, sessionId, error } = JSON.parse(stdout);
    assert.deepEqual(
      [ok, sessionId, error.code, error.name],
      [false, null, "aborted", "AbortError"],
    );
  });

  test("after an interrupt during a prompt, the message says that the session may work on it", async () => {
    service = await api({ faults: { operation: "sendPrompt", stall: true } });
    await run(installed.bin, ["ask", PROMPT, "--base-url", service.url]);
    const args = ["ask", "--session", "2229", "more"];
    const { code, stderr } = await interrupt(args, () => requested("sendPrompt"));
    assert.equal(code, 130);
    assert.match(stderr, /may be working on it[^]*aiera-chat show 2229 --base-url/);
  });

  test("after an interrupt during a poll, the message says that the session continues", async () => {
    service = await api({ faults: { operation: "getSession", stall: true } });
    const { code, stdout, stderr } = await interrupt(["ask", PROMPT], () =>
      requested("getSession"),
    );
    assert.deepEqual([code, stdout], [130, ""]);
    assert.match(stderr, /continues[^]*aiera-chat wait 2229 --base-url/);
  });

  test("after an interrupt between two polls, the command in the message prints the answer", async () => {
    service = await api({ stages: ENDLESS });
    const running = start(installed.bin, ["ask", PROMPT, "--base-url", service.url]);
    await running.until(/^finding_sources/m);
    await eventually(
      () => service.mock.requests.filter(({ method }) => method === "GET").length >= 1,
    );
    running.child.kill("SIGINT");
    const { code, stdout, stderr } = await running.ended;
    assert.deepEqual([code, stdout], [130, ""]);
    const sent = service.mock.requests.length;
    const [, resume] = /To continue waiting: aiera-chat (.*)$/m.exec(stderr) ?? [];
    const resumed = await run(installed.bin, resume.split(" "));
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.match(resumed.stdout, /You asked/);
    const creates = service.mock.requests.filter(({ operation }) => operation === "createSession");
    assert.equal(creates.length, 1);
    assert.ok(service.mock.requests.length > sent);
  });

  test("after an interrupt during a follow-up, the command in the message waits for that prompt", async () => {
    service = await api({ delayMs: 0, answer: (prompt) => `On ${prompt}` });
    await run(installed.bin, ["ask", "revenue", "--base-url", service.url]);
    const stall = { operation: /** @type {const} */ ("getSession"), stall: true };
    service.mock.fail(stall);
    const args = ["ask", "--session", "2229", "margins"];
    const count = service.mock.requests.length;
    const { stderr } = await interrupt(args, () => service.mock.requests.length === count + 2);
    const [, resume] = /To continue waiting: aiera-chat (.*)$/m.exec(stderr) ?? [];
    assert.match(resume, /^wait 2229 --prompt-id \d+ --base-url/);
    assert.equal((await run(installed.bin, resume.split(" "))).stdout, "On margins\n");
  });

  test("after an interrupt while stdin is read, the message says that nothing was sent", async () => {
    service = await api();
    const running = start(installed.bin, ["ask", "--base-url", service.url], { input: null });
    await running.until(/reading the prompt from stdin/);
    running.child.kill("SIGINT");
    const { code, stderr } = await running.ended;
    assert.equal(code, 130);
    assert.match(stderr, /interrupted$/m);
    assert.equal(service.mock.requests.length, 0);
  });

  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
    test(`${signal} ends a command that prints to a reader that does not read`, async () => {
      service = await api({ answer: "words ".repeat(100_000) });
      await run(installed.bin, ["ask", PROMPT, "--base-url", service.url]);
      const running = start(installed.bin, ["show", "2229", "--base-url", service.url]);
      running.child.stdout.pause();
      await eventually(() => running.child.stdout.readableLength > 0);
      const gone = once(running.child, "exit");
      running.child.kill(signal);
      const [, by] = await gone;
      running.child.stdout.resume();
      assert.equal(by, signal);
    });
  }

  test("SIGTERM ends a command with 143 and the same hint", async () => {
    service = await api({ faults: { operation: "getSession", stall: true } });
    const ended = await interrupt(["ask", PROMPT], () => requested("getSession"), "SIGTERM");
    assert.equal(ended.code, 143);
    assert.match(ended.stderr, /aiera-chat wait 2229/);
  });
});
