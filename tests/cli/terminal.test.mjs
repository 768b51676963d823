// @ts-check
// On a pseudo-terminal, by util-linux's `script`: the rewritten progress row, styles, footnotes, NO_COLOR, Ctrl-C as a key.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { after, afterEach, before, describe, test } from "node:test";
import { api, environment, install, PROMPT } from "./support.mjs";

const { stdout: version } = spawnSync("script", ["--version"], { encoding: "utf8" });
const skip = version?.includes("util-linux") ? false : "needs script of util-linux";

const CITED = {
  blocks: [
    {
      content: "## Result\n\nRevenue **rose** by `8%`. [c1]\n\n- one\n- two [c1, c2]",
      citations: [
        {
          marker: "[c1]",
          quote: "Revenue rose.",
          source: { id: "4", type: "filing", name: "10-Q" },
        },
        {
          marker: "[c2]",
          quote: "Two.",
          url: "https://example.com/t",
          source: { id: "5", type: "transcript", name: "Call" },
        },
      ],
    },
  ],
};

describe("on a terminal", { skip }, () => {
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
   * Runs a shell command with a terminal of 60 columns for stdin, stdout and stderr.
   * @param {string} command `$BIN` is the command line
   * @param {{ env?: Record<string, string>, keys?: [RegExp, string] }} [options] keys to type once a text is shown
   */
  async function terminal(command, { env = {}, keys } = {}) {
    const child = spawn("script", ["-qec", `stty cols 60 rows 30; ${command}`, "/dev/null"], {
      env: environment({
        BIN: installed.bin,
        AIERA_BASE_URL: service.url,
        TERM: "xterm-256color",
        SHELL: "/bin/sh",
        ...env,
      }),
      cwd: installed.folder,
      timeout: 60_000,
    });
    let screen = "";
    let typed = false;
    child.stdout.setEncoding("utf8").on("data", (text) => {
      screen += text;
      if (!typed && keys?.[0].test(screen)) {
        typed = true;
        child.stdin.write(keys[1]);
      }
    });
    const [code] = await once(child, "close");
    return { code, screen };
  }

  test("a terminal shows the answer with styles, and citations as footnotes", async () => {
    service = await api({ answer: CITED });
    const { code, screen } = await terminal(`"$BIN" ask -q "${PROMPT}"`);
    assert.equal(code, 0, screen);
    assert.match(screen, /\x1b\[1mResult\x1b\[22m/);
    assert.match(screen, /Revenue \x1b\[1mrose\x1b\[22m by \x1b\[36m8%\x1b\[39m/);
    assert.match(screen, /• two \x1b\[36m\[F1, T1\]\x1b\[39m/);
    assert.match(
      screen,
      /Sources[^]*\[F1\][^]*10-Q[^]*“Revenue rose\.”[^]*\[T1\][^]*https:\/\/example\.com\/t/,
    );
    assert.doesNotMatch(screen, /\[c1\]|\[\^F1\]|##|\*\*/);
  });

  test("a terminal shows one row of progress, which is removed before the answer", async () => {
    service = await api({ delayMs: 2500 });
    const { screen } = await terminal(`"$BIN" ask "${PROMPT}" > answer.md`);
    assert.match(screen, /\rfinding_sources · 0 s · next poll in \d s/);
    assert.match(screen, /\rgenerating_response · \d+ s/);
    assert.match(screen, /session 2229/);
    assert.match(screen, /aiera-chat ask --session 2229/);
    assert.doesNotMatch(screen, /\x1b/, "a row is rewritten without escape sequences");
    for (const row of screen.split(/[\r\n]+/)) assert.ok(row.length < 60 + 40, row);
    // The last rewrite blanks the row.
    assert.match(screen, /\r +\r[^\r]*To ask a follow-up/);
  });

  test("NO_COLOR removes the styles, and TERM=dumb also the rewriting", async () => {
    service = await api({ answer: CITED, delayMs: 1200 });
    const plain = await terminal(`"$BIN" ask "${PROMPT}"`, { env: { NO_COLOR: "1" } });
    assert.doesNotMatch(plain.screen, /\x1b/);
    assert.match(plain.screen, /Revenue \*\*rose\*\*/);
    const empty = await terminal(`"$BIN" ask "${PROMPT}"`, { env: { NO_COLOR: "" } });
    assert.match(empty.screen, /\x1b\[1mrose/);
    const dumb = await terminal(`"$BIN" ask "${PROMPT}"`, { env: { TERM: "dumb" } });
    assert.doesNotMatch(dumb.screen, /\x1b|\r(?!\r*\n)/);
  });

  test("control characters of an answer, a title and a status do not reach the terminal", async () => {
    const evil = "before\x1b]0;owned\x07\x1b[2Jafter &#27;[31m \x9b31m";
    const stages = [{ status: "working\x1b[2J", polls: 1 }, { status: "active" }];
    service = await api({ answer: evil, stages });
    const { screen } = await terminal(`"$BIN" ask "${PROMPT}" --title "$TITLE"; "$BIN" list`, {
      env: { TITLE: "a\x1b[2Jtitle" },
    });
    assert.match(screen, /before.*after/);
    assert.match(screen, /a\[2Jtitle/);
    assert.doesNotMatch(screen.replace(/\x1b\[(?:1|22)m/g, ""), /[\x1b\x07\x9b]/);
    for (const format of ["text", "json"]) {
      const shown = await terminal(`"$BIN" show 2229 -q --format ${format}`);
      assert.doesNotMatch(shown.screen, /[\x1b\x07\x9b]/);
    }
    const plain = await terminal(`"$BIN" show 2229 -q > out; cat -v out`);
    assert.match(plain.screen, /before\^\[\]0;owned/, "a file receives the answer unchanged");
  });

  test("Ctrl-C ends a wait with 130 and the command to continue", async () => {
    service = await api({ delayMs: 600_000 });
    const { code, screen } = await terminal(`"$BIN" ask "${PROMPT}"`, {
      keys: [/finding_sources · 1 s/, "\x03"],
    });
    assert.equal(code, 130, screen);
    assert.match(screen, /continues[^]*aiera-chat wait 2229/);
  });

  test("on a terminal, ask requires a prompt, which can be typed with -", async () => {
    service = await api();
    const none = await terminal(`"$BIN" ask`);
    assert.equal(none.code, 2);
    assert.match(none.screen, /a prompt is missing/);
    const typed = await terminal(`"$BIN" ask - > /dev/null`, {
      keys: [/reading the prompt from stdin/, "Why so?\n\x04"],
    });
    assert.equal(typed.code, 0, typed.screen);
    assert.equal(service.mock.requests[0].json.prompt, "Why so?");
  });

  test("list prints a table with a header that fits the terminal", async () => {
    service = await api();
    const title = "A very long title that does not fit into sixty columns at all";
    const { screen } = await terminal(`"$BIN" ask -q x --no-wait --title "${title}"; "$BIN" list`);
    const rows = screen
      .replace(/\x1b\[\d+m/g, "")
      .trimEnd()
      .split("\r\n");
    assert.match(rows[1], /^ID +STATUS +UPDATED \(UTC\) +TITLE$/);
    assert.match(rows[2], /^2229 +active +\d{4}-\d\d-\d\d \d\d:\d\d +A very long .*…$/);
    assert.ok(rows[2].length <= 60);
  });
});
