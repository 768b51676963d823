// @ts-check
// The parser: commands, flags, "did you mean", values, and arguments of Windows shells.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ALL_FLAGS, COMMANDS } from "../../pkg-template/src/cli/commands.js";
import { withFlagNames } from "../../pkg-template/src/cli/flag-names.js";
import { parse, wantsJson } from "../../pkg-template/src/cli/parse.js";
import { shellArgument } from "../../pkg-template/src/cli/text.js";
import {
  decodeText,
  readCount,
  readDelay,
  readId,
  readPort,
  readSource,
  readTimeout,
} from "../../pkg-template/src/cli/values.js";

/**
 * Asserts a usage error, and returns its message and hints as one text.
 * @param {() => unknown} action
 * @param {RegExp} pattern
 */
function refuses(action, pattern) {
  try {
    action();
  } catch (error) {
    const { code, message, hints } = /** @type {any} */ (error);
    assert.equal(code, "invalid_argument", message);
    const text = [message, ...hints].join("\n");
    assert.match(text, pattern);
    return text;
  }
  throw new assert.AssertionError({ message: "expected a usage error" });
}

describe("the parser of the command line", () => {
  test("the parser reads a command with its argument and flags, in any order", () => {
    const expected = {
      command: "ask",
      argument: "Why?",
      flags: { json: true, quiet: true, timeout: "5m", source: ["company:1", "event:2"] },
    };
    const flags = ["--source", "company:1", "--json", "-q", "--timeout=5m", "--source=event:2"];
    assert.deepEqual(parse(["ask", "Why?", ...flags]), expected);
    assert.deepEqual(parse([...flags, "ask", "Why?"]), expected);
    assert.deepEqual(parse(["ask", ...flags, "--", "Why?"]), expected);
  });

  test("the parser accepts a prompt that begins with a dash", () => {
    assert.equal(parse(["ask", "- is it so?"]).argument, "- is it so?");
    assert.equal(parse(["ask", "--what? is it"]).argument, "--what? is it");
    assert.equal(parse(["ask", "--", "-5%?"]).argument, "-5%?");
    assert.equal(parse(["ask", "-"]).argument, "-");
    assert.deepEqual(parse(["ask", "x", "--title", "- a title"]).flags, { title: "- a title" });
    assert.deepEqual(parse(["ask", "x", "--title=--json is it"]).flags, { title: "--json is it" });
  });

  test("flags of one name have the same type in all commands", () => {
    for (const [command, { flags }] of Object.entries(COMMANDS)) {
      for (const [name, { type, short }] of Object.entries(flags)) {
        assert.equal(type, ALL_FLAGS[name].type, `${command} --${name}`);
        assert.equal(short, ALL_FLAGS[name].short, `${command} --${name}`);
      }
    }
  });

  test("the parser recognizes -h, --help and the spellings of Windows", () => {
    assert.deepEqual(parse(["--help"]), { command: "help", flags: {} });
    assert.deepEqual(parse(["-h"]), { command: "help", flags: {} });
    assert.deepEqual(parse(["/?"]), { command: "help", flags: {} });
    assert.equal(parse(["ask", "-qh"]).argument, "ask");
    assert.deepEqual(parse(["wait", "--help"]), { command: "help", argument: "wait", flags: {} });
    assert.equal(parse(["help", "proxy"]).argument, "proxy");
    assert.equal(parse(["--version"]).command, "version");
    assert.equal(parse([]).command, "");
  });

  test("every command accepts --base-url, --json and -q, for shell aliases", () => {
    const flags = { "base-url": "http://127.0.0.1:1", json: true, quiet: true };
    for (const command of Object.keys(COMMANDS)) {
      const { argument, optional, choices } = COMMANDS[command];
      const args = argument && !optional ? [choices?.[0] ?? "1"] : [];
      const argv = ["--base-url", "http://127.0.0.1:1", "--json", "-q", command, ...args];
      assert.deepEqual(parse(argv).flags, flags, command);
    }
  });

  test("a usage error names the nearest command or flag", () => {
    refuses(() => parse(["aks"]), /unknown command "aks"[^]*aiera-chat ask/);
    refuses(() => parse(["WAIT", "1"]), /aiera-chat wait/);
    refuses(() => parse(["summarize"]), /Commands: ask, wait/);
    refuses(() => parse(["ask", "x", "--tiemout", "5m"]), /--tiemout for ask[^]*--timeout/);
    refuses(() => parse(["--jsn", "ask", "x"]), /--jsn for ask|--jsn[^]*--json/);
    refuses(() => parse(["ask", "x", "-json"]), /unknown flag -json[^]*--json/);
    refuses(() => parse(["ask", "x", "--basUrl=http://x"]), /--base-url/);
    refuses(() => parse(["list", "--port", "1"]), /--port is a flag of proxy and mock/);
    refuses(() => parse(["ask", "-z", "x"]), /unknown flag -z/);
    refuses(() => parse(["completion", "bsh"]), /bash, zsh, fish[^]*"bash"/);
    refuses(() => parse(["--json"]), /a command is missing/);
  });

  test("a usage error never shows a key that is an argument by mistake", () => {
    for (const flag of ["--api-key", "--apikey", "--key", "--token"]) {
      const pattern = /never an argument[^]*AIERA_API_KEY[^]*--key-file/;
      const shown = refuses(() => parse(["ask", "x", flag, "sk-secret"]), pattern);
      assert.doesNotMatch(shown, /sk-secret/);
      refuses(() => parse([flag, "sk-secret", "ask", "x"]), pattern);
      refuses(() => parse(["ask", `${flag}=sk-secret`]), pattern);
    }
    assert.doesNotMatch(
      refuses(() => parse(["list", "sk-secret"]), /no argument/),
      /sk-secret/,
    );
    assert.doesNotMatch(
      refuses(() => parse(["ask", "-ksk-secret", "x"]), /-k/),
      /sk-secret/,
    );
  });

  test("the parser checks the number of arguments and values", () => {
    refuses(() => parse(["wait"]), /wait needs a session's ID[^]*aiera-chat wait ID/);
    refuses(() => parse(["completion"]), /bash\|zsh\|fish/);
    refuses(() => parse(["ask", "Why", "so?"]), /one argument, not 2[^]*quotes/);
    refuses(() => parse(["show", "1", "2"]), /one argument/);
    refuses(() => parse(["ask", "x", "--title"]), /--title needs a value/);
    refuses(
      () => parse(["ask", "x", "--title", "--json"]),
      /--title needs a value[^]*--title=VALUE/,
    );
    refuses(() => parse(["ask", "x", "--json=yes"]), /--json takes no value/);
  });

  test("--json is found among wrong arguments, but not in a prompt", () => {
    assert.equal(wantsJson(["aks", "--json", "--nope"]), true);
    assert.equal(wantsJson(["ask", "--", "--json"]), false);
    assert.equal(wantsJson(["ask", "--json is it?"]), false);
  });
});

describe("arguments of Windows shells", () => {
  test("Windows paths keep their backslashes, drives and spaces", () => {
    const file = "C:\\Users\\An Analyst\\key.txt";
    assert.deepEqual(parse(["list", "--key-file", file]).flags, { "key-file": file });
    assert.deepEqual(parse(["list", `--key-file=${file}`]).flags, { "key-file": file });
    assert.deepEqual(parse(["proxy", "--static", ".\\dash\\"]).flags, { static: ".\\dash\\" });
    assert.deepEqual(parse(["mock", "--answer", "\\\\share\\a.md"]).flags, {
      answer: "\\\\share\\a.md",
    });
  });

  test("a usage error points out single quotes of cmd.exe", () => {
    refuses(() => parse(["ask", "'What", "now?'"]), /double quotes/);
  });

  test("a usage error points out a dash of a word processor", () => {
    refuses(() => parse(["ask", "Why?", "–json"]), /another dash/);
    refuses(() => parse(["list", "—json"]), /another dash/);
  });

  test("hints use the quotes of the platform's shell", () => {
    assert.equal(shellArgument("http://127.0.0.1:8787/api", "linux"), "http://127.0.0.1:8787/api");
    assert.equal(shellArgument("it's here", "linux"), "'it'\\''s here'");
    assert.equal(shellArgument("C:\\keys\\aiera.txt", "win32"), "C:\\keys\\aiera.txt");
    assert.equal(shellArgument("C:\\My Keys\\a.txt", "win32"), '"C:\\My Keys\\a.txt"');
  });

  test("text of PowerShell is decoded by its byte order mark", () => {
    assert.equal(decodeText(Buffer.from("\ufeffkey\r\n", "utf8")), "key\r\n");
    assert.equal(decodeText(Buffer.from("\ufeffkey é", "utf16le")), "key é");
    assert.equal(decodeText(Buffer.from("\ufeffkey é", "utf16le").swap16()), "key é");
    assert.equal(decodeText(Buffer.from("schlüssel")), "schlüssel");
  });
});

describe("messages of the package", () => {
  test("messages name flags and variables instead of options", () => {
    const ask = { command: "ask", flags: { timeout: "5m" } };
    const timeout = "No complete response within timeoutMs (747 ms).";
    assert.equal(withFlagNames(timeout, ask), "No complete response within --timeout (5m).");
    const list = { command: "list", flags: {} };
    assert.equal(withFlagNames(timeout, list), "No complete response within the time limit.");
    assert.equal(
      withFlagNames("options.baseUrl must be a URL.", list),
      "--base-url must be a URL.",
    );
    assert.equal(withFlagNames("pass apiKey", list), "set AIERA_API_KEY");
    const unknown = "The outcome of the create is unknown.";
    assert.equal(withFlagNames(unknown, ask), unknown);
    assert.equal(
      withFlagNames("options.outcome must be a status.", { command: "mock", flags: {} }),
      "--outcome must be a status.",
    );
  });
});

describe("values of flags", () => {
  test("a timeout requires a unit", () => {
    assert.equal(readTimeout("timeout", "500ms"), 500);
    assert.equal(readTimeout("timeout", "90s"), 90_000);
    assert.equal(readTimeout("timeout", "10m"), 600_000);
    assert.equal(readTimeout("timeout", "1.5h"), 5_400_000);
    assert.equal(readTimeout("timeout", "1h30m"), 5_400_000);
    refuses(() => readTimeout("timeout", "30"), /--timeout[^]*unit[^]*--timeout 30s/);
    for (const wrong of ["", "m", "10 m", "-5s", "5d", "1e3s", "0s", "0.1ms"]) {
      refuses(() => readTimeout("timeout", wrong), /--timeout: expected/);
    }
    assert.equal(readDelay("delay", "250"), 250);
    assert.equal(readDelay("delay", "2s"), 2000);
    refuses(() => readDelay("delay", "soon"), /--delay/);
  });

  test("ids, ports and counts are integers in their ranges", () => {
    assert.equal(readId("show", "9007199254740991"), 9007199254740991);
    for (const wrong of ["0", "-1", "01", "1.5", "2229abc", "9007199254740992", "١"]) {
      refuses(() => readId("show", wrong), /show: expected an id/);
    }
    assert.equal(readPort("port", "0"), 0);
    assert.equal(readPort("port", "65535"), 65_535);
    for (const wrong of ["", "65536", "-1", "http"])
      refuses(() => readPort("port", wrong), /--port/);
    assert.equal(readCount("limit", "5", 1), 5);
    for (const wrong of ["0", "many", "1.5"]) {
      refuses(() => readCount("limit", wrong, 1), /--limit: expected an integer from 1/);
    }
  });

  test("a source is a type and an id, split at the first colon", () => {
    assert.deepEqual(readSource("company:1234"), { type: "company", id: "1234" });
    assert.deepEqual(readSource("external:https://x.example"), {
      type: "external",
      id: "https://x.example",
    });
    for (const wrong of ["company", "company:", ":1", ""]) {
      refuses(() => readSource(wrong), /--source: expected TYPE:ID/);
    }
  });
});
