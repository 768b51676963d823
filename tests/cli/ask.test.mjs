// @ts-check
// ask, wait, show, list and delete against the mock API: the requests, stdout and stderr.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, afterEach, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { api, environment, eventually, install, PROMPT, run, start } from "./support.mjs";

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
 * @param {string[]} args
 * @param {Parameters<typeof start>[2]} [options]
 */
const cli = (args, options = {}) =>
  run(installed.bin, args, { ...options, env: { AIERA_BASE_URL: service.url, ...options.env } });

const ANSWER = {
  blocks: [
    {
      content: "Revenue **rose** by 8%. [c1]",
      citations: [
        {
          marker: "[c1]",
          quote: "Revenue rose 8%.",
          url: "https://example.com/filings/456",
          source: { id: "456", type: "filing", name: "Example 10-Q" },
        },
      ],
    },
  ],
};

describe("ask", () => {
  test("ask prints only the answer on stdout", async () => {
    service = await api({ answer: ANSWER });
    const { code, stdout, stderr } = await cli(["ask", PROMPT]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Revenue \*\*rose\*\* by 8%\. ?\[\^F1\]/);
    assert.match(stdout, /^\[\^F1\]: .*Example 10-Q|Revenue rose 8%/m);
    assert.match(stdout, /[^\n]\n$/);
    assert.match(stderr, /^session 2229$/m);
    assert.match(stderr, /^active \(\d+ s\)$/m);
    assert.doesNotMatch(stderr, /[\r\x1b]/);
    assert.doesNotMatch(stdout, /\x1b/);
    assert.equal(service.mock.requests[0].json.prompt, PROMPT);
    assert.equal("x-api-key" in service.mock.requests[0].headers, false);
  });

  test("ask -q prints nothing on stderr", async () => {
    service = await api();
    const { code, stdout, stderr } = await cli(["ask", "-q", PROMPT]);
    assert.equal(code, 0);
    assert.notEqual(stdout, "");
    assert.equal(stderr, "");
  });

  test("ask reads the prompt from stdin if it is - or absent", async () => {
    service = await api();
    for (const args of [["ask"], ["ask", "-"], ["ask", "--title", "From stdin"]]) {
      const { code, stderr } = await cli(args, { input: "Why so?\nAnd é?\n" });
      assert.equal(code, 0, stderr);
      assert.equal(service.mock.requests.at(-2)?.json?.prompt ?? promptSent(), "Why so?\nAnd é?");
    }
    const utf16 = Buffer.from("\ufeffWie läuft es?\r\n", "utf16le");
    assert.equal((await cli(["ask", "-q"], { input: utf16 })).code, 0);
    assert.equal(promptSent(), "Wie läuft es?");
  });

  /** The latest prompt that was sent. */
  const promptSent = () =>
    service.mock.requests.findLast(({ operation }) => operation === "createSession")?.json.prompt;

  test("ask does not read an open stdin if there is an argument", async () => {
    service = await api();
    const running = start(installed.bin, ["ask", PROMPT, "-q", "--base-url", service.url], {
      input: null,
    });
    assert.equal((await running.ended).code, 0);
    assert.equal(promptSent(), PROMPT);
  });

  test("ask sends title and sources of a new session", async () => {
    service = await api();
    const sources = ["--source", "company:1234", "--source", "transcript:5"];
    const { code } = await cli(["ask", PROMPT, "--title", "Tesla", ...sources]);
    assert.equal(code, 0);
    assert.deepEqual(service.mock.requests[0].json, {
      title: "Tesla",
      prompt: PROMPT,
      sources: [
        { type: "company", id: "1234" },
        { type: "transcript", id: "5" },
      ],
    });
  });

  test("ask --session asks a follow-up, and prints its answer", async () => {
    service = await api({ answer: (prompt) => `On ${prompt}` });
    await cli(["ask", "revenue"]);
    const { code, stdout, stderr } = await cli(["ask", "--session", "2229", "margins"]);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "On margins\n");
    const sent = service.mock.requests.filter(({ method }) => method === "POST");
    assert.deepEqual(
      sent.map(({ operation }) => operation),
      ["createSession", "sendPrompt"],
    );
    assert.equal(sent[1].json.content, "margins");
    for (const flag of [
      ["--title", "x"],
      ["--source", "company:1"],
    ]) {
      const refused = await cli(["ask", "--session", "2229", "x", ...flag]);
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, new RegExp(`${flag[0]} is for a new session`));
    }
  });

  test("ask --no-wait prints nothing on stdout, and the id on stderr", async () => {
    service = await api({ delayMs: 600_000 });
    const asked = await cli(["ask", PROMPT, "--no-wait"]);
    assert.deepEqual([asked.code, asked.stdout], [0, ""]);
    assert.match(asked.stderr, /^session 2229$/m);
    assert.match(asked.stderr, /aiera-chat wait 2229/);
    const quiet = await cli(["ask", PROMPT, "--no-wait", "-q"]);
    assert.equal(quiet.stderr, "session 2230\n");
    const { stdout } = await cli(["ask", PROMPT, "--no-wait", "--json"]);
    assert.deepEqual(JSON.parse(stdout), {
      ok: true,
      sessionId: 2231,
      status: "finding_sources",
      answer: null,
      error: null,
    });
    assert.equal(service.mock.requests.length, 3);
  });

  test("ask prints each format and each style of citations", async () => {
    service = await api({ answer: ANSWER });
    const plain = await cli(["ask", "-q", PROMPT, "--format", "text", "--citations", "none"]);
    assert.equal(plain.stdout.trim(), "Revenue rose by 8%.");
    const marked = await cli(["show", "-q", "2229", "--citations", "markers"]);
    assert.equal(marked.stdout, "Revenue **rose** by 8%. [c1]\n");
    const linked = await cli(["show", "-q", "2229", "--citations", "links"]);
    assert.match(linked.stdout, /\(https:\/\/example\.com\/filings\/456\)/);
    const json = JSON.parse((await cli(["show", "-q", "2229", "--format", "json"])).stdout);
    assert.equal(json.text, "Revenue **rose** by 8%. [c1]");
    assert.equal(json.citations[0].label, "F1");
    assert.equal(json.sessionId, 2229);
    const wrong = await cli(["show", "2229", "--format", "jsn"]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /--format: expected markdown, text, json[^]*--format json/);
  });

  test("ask --json prints one object on stdout", async () => {
    service = await api({ answer: ANSWER });
    const { stdout } = await cli(["ask", PROMPT, "--json"]);
    const { answer, ...rest } = JSON.parse(stdout);
    assert.deepEqual(rest, { ok: true, sessionId: 2229, status: "active", error: null });
    assert.equal(answer.text, "Revenue **rose** by 8%. [c1]");
  });

  test("ask --json prints ids as numbers if a server sends them as strings", async () => {
    const mock = createMockApi({ delayMs: 0, answer: ANSWER });
    const server = await serve(async (request) => {
      const sent = await mock.handler(request);
      const text = (await sent.text()).replace(/"((?:\w+_)?id)":(\d+)/g, '"$1":"$2"');
      return new Response(text, { status: sent.status });
    });
    service = { mock, url: `${server.url}/api`, close: () => server.close() };
    const { stdout, stderr } = await cli(["ask", PROMPT, "--json"]);
    const { answer, ...rest } = JSON.parse(stdout);
    assert.deepEqual(rest, { ok: true, sessionId: 2229, status: "active", error: null }, stderr);
    assert.deepEqual([answer.sessionId, typeof answer.promptId], [2229, "number"]);
    assert.equal(answer.message.session_id, "2229");
    const { sessionId } = JSON.parse((await cli(["ask", PROMPT, "--no-wait", "--json"])).stdout);
    assert.equal(sessionId, 2230);
  });

  test("ask ends quietly if the reader closes stdout", async (t) => {
    if (process.platform === "win32") return t.skip("needs head");
    service = await api({
      answer: Array.from({ length: 20_000 }, (_, i) => `Row ${i}.`).join("\n\n"),
    });
    const command = `"$BIN" ask -q x --base-url "$URL"; echo "code $?" >&2`;
    const { stdout, stderr } = await promisify(execFile)("sh", ["-c", `(${command}) | head -1`], {
      env: environment({ BIN: installed.bin, URL: service.url }),
    });
    assert.equal(stdout, "Row 0.\n");
    assert.equal(stderr, "code 0\n");
  });

  test("ask reports that stdout cannot be written", async (t) => {
    if (process.platform !== "linux") return t.skip("needs /dev/full");
    service = await api();
    const command = `"$BIN" ask -q x --base-url "$URL" > /dev/full`;
    const failed = await promisify(execFile)("sh", ["-c", command], {
      env: environment({ BIN: installed.bin, URL: service.url }),
    }).catch((error) => error);
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /stdout cannot be written: .*ENOSPC/);
  });
});

describe("wait and show", () => {
  test("wait prints the answer when it is ready", async () => {
    service = await api({
      stages: [{ status: "finding_sources", polls: 2 }, { status: "active" }],
    });
    await cli(["ask", PROMPT, "--no-wait"]);
    const { code, stdout, stderr } = await cli(["wait", "2229", "--timeout", "1m"]);
    assert.equal(code, 0);
    assert.match(stdout, /You asked/);
    assert.match(stderr, /^finding_sources \(\d+ s\)$/m);
  });

  test("show sends one request and says that there is no answer yet", async () => {
    service = await api({ delayMs: 600_000 });
    await cli(["ask", PROMPT, "--no-wait"]);
    const shown = await cli(["show", "2229"]);
    assert.deepEqual([shown.code, shown.stdout], [3, ""]);
    assert.match(shown.stderr, /no answer yet: finding_sources[^]*aiera-chat wait 2229/);
    assert.equal(service.mock.requests.length, 2);
    const { ok, status, error } = JSON.parse((await cli(["show", "2229", "--json"])).stdout);
    assert.deepEqual([ok, status, error.code], [false, "finding_sources", "no_answer"]);
  });

  test("--prompt-id shows an earlier turn of a session whose last one failed", async () => {
    service = await api({
      answer: (prompt) => `On ${prompt}`,
      outcome: (prompt) => (prompt === "margins" ? "generating_response_error" : "active"),
    });
    await cli(["ask", "revenue"]);
    assert.equal((await cli(["ask", "--session", "2229", "margins"])).code, 3);
    const [first] = service.mock.sessions[0].messages ?? [];
    assert.equal((await cli(["show", "2229"])).code, 3);
    const { code, stdout } = await cli(["show", "2229", "--prompt-id", String(first.id)]);
    assert.deepEqual([code, stdout], [0, "On revenue\n"]);
  });

  test("--prompt-id selects an earlier turn", async () => {
    service = await api({ answer: (prompt) => `On ${prompt}` });
    await cli(["ask", "revenue"]);
    await cli(["ask", "--session", "2229", "margins"]);
    const [first] = service.mock.sessions[0].messages ?? [];
    assert.equal((await cli(["show", "2229"])).stdout, "On margins\n");
    for (const command of ["show", "wait"]) {
      const { stdout } = await cli([command, "2229", "--prompt-id", String(first.id)]);
      assert.equal(stdout, "On revenue\n");
    }
  });
});

describe("list and delete", () => {
  test("list prints rows with tabs, most recently updated first, over several pages", async () => {
    let now = Date.parse("2026-04-29T20:52:25Z");
    service = await api({ now: () => (now += 1000) });
    for (let i = 0; i < 3; i++)
      await cli(["ask", "--no-wait", `Question\t${i}`, "--title", `T${i}`]);
    const { code, stdout } = await cli(["list"]);
    assert.equal(code, 0);
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((row) => row.split("\t"));
    assert.deepEqual(
      rows.map(([id, , , title]) => [id, title]),
      [
        ["2231", "T2"],
        ["2230", "T1"],
        ["2229", "T0"],
      ],
    );
    assert.match(rows[0][2], /^2026-04-29T\d\d:\d\d:\d\dZ$/);
    assert.equal((await cli(["list", "--limit", "1"])).stdout.split("\n").length, 2);
    const { sessions, ...rest } = JSON.parse((await cli(["list", "--json"])).stdout);
    assert.deepEqual(rest, { ok: true, sessionId: null, status: null, answer: null, error: null });
    assert.deepEqual(
      sessions.map((/** @type {{ id: number }} */ { id }) => id),
      [2231, 2230, 2229],
    );
  });

  test("delete removes the session, and a second delete fails", async () => {
    service = await api();
    await cli(["ask", PROMPT, "--no-wait"]);
    const { code, stdout, stderr } = await cli(["delete", "2229"]);
    assert.deepEqual([code, stdout], [0, ""]);
    assert.match(stderr, /2229 deleted/);
    const { ok, sessionId } = JSON.parse((await cli(["delete", "2229", "--json"])).stdout);
    assert.deepEqual([ok, sessionId], [false, 2229]);
    await eventually(() => service.mock.requests.length === 3);
    const listed = await cli(["list"]);
    assert.deepEqual([listed.code, listed.stdout], [0, ""]);
  });
});
