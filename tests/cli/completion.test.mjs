// @ts-check
// The completion scripts, in the shells of the machine.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { remove, temporary } from "../support/packed.mjs";
import { COMMANDS } from "../../pkg-template/src/cli/commands.js";
import { completionScript } from "../../pkg-template/src/cli/completion.js";

/** @param {string} shell */
const without = (shell) =>
  spawnSync(shell, ["--version"]).status === 0 ? false : `needs ${shell}`;

describe("completion", () => {
  test("every completion script names every command and flag", () => {
    for (const shell of ["bash", "zsh", "fish"]) {
      const script = completionScript(shell);
      for (const [command, { flags }] of Object.entries(COMMANDS)) {
        assert.match(script, new RegExp(`\\b${command}\\b`), `${shell}: ${command}`);
        for (const flag of Object.keys(flags)) {
          assert.match(script, new RegExp(`(?:--|-l )${flag}\\b`), `${shell}: ${flag}`);
        }
      }
    }
  });

  test("bash completes commands, flags, choices and files", { skip: without("bash") }, () => {
    const script = completionScript("bash");
    /** @param {string[]} args */
    const complete = (...args) => {
      const call = `COMP_WORDS=(aiera-chat "$@"); COMP_CWORD=$#; _aiera_chat; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const argv = ["--noprofile", "--norc", "-uc", `${script}\n${call}`, "bash", ...args];
      const { stdout, stderr } = spawnSync("bash", argv, {
        encoding: "utf8",
        cwd: new URL(".", import.meta.url),
      });
      assert.equal(stderr, "");
      return stdout.trim().split("\n");
    };
    assert.deepEqual(complete("w"), ["wait"]);
    assert.deepEqual(complete("help", "pr"), ["proxy"]);
    assert.deepEqual(complete("ask", "--ti"), ["--title", "--timeout"]);
    assert.deepEqual(complete("ask", "--format", "j"), ["json"]);
    assert.deepEqual(complete("show", "1", "--citations", "n"), ["none"]);
    assert.deepEqual(complete("completion", "f"), ["fish"]);
    assert.deepEqual(complete("list", "--key-file", "completion"), ["completion.test.mjs"]);
    assert.deepEqual(complete("ask", "--title", "--"), [""]);
    assert.deepEqual(complete("--v"), ["--version"]);
  });

  test("zsh completes commands, flags and choices", { skip: without("zsh") }, async () => {
    const folder = await temporary("zsh");
    const script = path.join(folder, "aiera-chat.zsh");
    await writeFile(script, completionScript("zsh"));
    /** Types the line and a tab in an interactive zsh, and returns the edited line. @param {string} line */
    const complete = (line) => {
      const typing = `
        zmodload zsh/zpty
        zpty z 'PS1="%% " TERM=dumb zsh -f -i'
        zpty -w z 'autoload -U compinit; compinit -u -D; source ${script}; bindkey "^X" show'
        zpty -w z 'show() { print -r -- "<<$BUFFER>>" }; zle -N show; print rea""dy'
        zpty -r z out '*ready*'
        zpty -n -w z ${JSON.stringify(line)}$'\\t\\x18'
        zpty -r z out '*<<*>>*'
        print -r -- "\${\${out##*<<}%%>>*}"`;
      const { stdout } = spawnSync("zsh", ["-fc", typing], { encoding: "utf8", timeout: 60_000 });
      return stdout.trim();
    };
    assert.equal(complete("aiera-chat wai"), "aiera-chat wait");
    assert.equal(complete("aiera-chat wait 5 --ti"), "aiera-chat wait 5 --timeout");
    assert.equal(
      complete("aiera-chat ask x --citations ma"),
      "aiera-chat ask x --citations markers",
    );
    assert.equal(complete("aiera-chat help pr"), "aiera-chat help proxy");
    await remove(folder);
  });

  test("fish completes commands, flags and choices", { skip: without("fish") }, () => {
    const script = completionScript("fish");
    /** @param {string} row */
    const complete = (row) => {
      const { stdout, stderr } = spawnSync(
        "fish",
        ["--no-config", "-c", `${script}\ncomplete -C '${row}'`],
        {
          encoding: "utf8",
        },
      );
      assert.equal(stderr, "");
      return stdout
        .trim()
        .split("\n")
        .map((line) => line.split("\t")[0]);
    };
    assert.deepEqual(complete("aiera-chat wai"), ["wait"]);
    assert.deepEqual(complete("aiera-chat ask --tim"), ["--timeout"]);
    assert.deepEqual(complete("aiera-chat ask --format j"), ["json"]);
  });
});
