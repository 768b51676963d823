// @ts-check
// The help texts, made from the table of commands.

import { DEFAULT_BASE_URL } from "../shared/http.js";
import { COMMANDS } from "./commands.js";
import { EXIT_CODES } from "./exit-codes.js";

/** @typedef {import("./commands.js").Flag} Flag */

const ENVIRONMENT = [
  ["AIERA_API_KEY", "the API key, unless --key-file names a file"],
  ["AIERA_BASE_URL", `where the API is (${DEFAULT_BASE_URL})`],
  ["NO_COLOR", "disables colors if set and not empty"],
];

/** @param {string} [command] */
export function helpText(command) {
  return command === undefined ? rootHelp() : commandHelp(command);
}

function rootHelp() {
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => [
    [name, argumentOf(name)].join(" ").trim(),
    summary,
  ]);
  return text(
    "Ask Aiera's financial-research assistant a question, and wait for its answer.",
    section("Usage", ["aiera-chat COMMAND [FLAGS]"]),
    section("Commands", columns(commands)),
    section("Flags", columns([["--version", "show the version"], ...flagRows(HELP_ALONE)])),
    section("Environment", columns(ENVIRONMENT)),
    section("Exit codes", columns(EXIT_CODES.map(([code, meaning]) => [String(code), meaning]))),
    section("Examples", COMMANDS.ask.examples),
    'Help for one command: "aiera-chat COMMAND --help". Without a key: "aiera-chat mock".',
  );
}

/** @type {Record<string, Flag>} */
const HELP_ALONE = { help: COMMANDS.help.flags.help };

/** @param {string} name */
function commandHelp(name) {
  const { summary, flags, notes = [], examples } = COMMANDS[name];
  const usage = ["aiera-chat", name, argumentOf(name), "[FLAGS]"].filter(Boolean).join(" ");
  return text(
    `${summary}.`,
    section("Usage", [usage]),
    section("Flags", columns(flagRows(flags))),
    ...(notes.length > 0 ? [notes.join("\n")] : []),
    section(examples.length > 1 ? "Examples" : "Example", examples),
  );
}

/** @param {string} name */
function argumentOf(name) {
  const { argument = "", optional, choices } = COMMANDS[name];
  const placeholder = choices?.join("|") ?? argument;
  return optional ? `[${placeholder}]` : placeholder;
}

/** @param {Readonly<Record<string, Flag>>} flags */
function flagRows(flags) {
  return Object.entries(flags).map(([name, { short, value, description }]) => {
    const long = value ? `--${name} ${value}` : `--${name}`;
    return [short ? `-${short}, ${long}` : long, description];
  });
}

/** @param {readonly (readonly string[])[]} rows */
function columns(rows) {
  const width = Math.max(...rows.map(([first]) => first.length)) + 2;
  return rows.map(([first, second]) => first.padEnd(width) + second);
}

/** @param {string} title @param {readonly string[]} rows */
const section = (title, rows) => `${title}\n${rows.map((row) => `  ${row}`).join("\n")}`;

/** @param {string[]} parts */
const text = (...parts) => `${parts.join("\n\n")}\n`;
