// @ts-check
// Turns arguments into a command with its flags, or throws a usage error. Names are checked here; values are read in values.js.

import { parseArgs } from "node:util";

import { nearest } from "../shared/names.js";
import { ALL_FLAGS, COMMANDS, EVERYWHERE, ROOT_FLAGS } from "./commands.js";
import { usageError } from "./command-error.js";

/**
 * @typedef {object} Parsed
 * @property {string} command
 * @property {string} [argument]
 * @property {Record<string, any>} flags strings, booleans, and arrays of strings
 */
/** @typedef {NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number]} Token */
/** @typedef {Extract<Token, { kind: "option" }>} FlagToken */

/** Marks an argument that `parseArgs` must not read as a flag. No argument of an operating system holds this character. */
const NOT_A_FLAG = "\0";

/** What Windows users type for help. */
const WINDOWS_HELP = /^\/(?:\?|h|help)$/i;

/**
 * @param {readonly string[]} argv
 * @returns {Parsed}
 */
export function parse(argv) {
  if (argv.length > 0 && WINDOWS_HELP.test(argv[0])) return { command: "help", flags: {} };
  const { tokens } = parseArgs({
    args: argv.map(protect),
    options: Object.fromEntries(
      Object.entries(ALL_FLAGS).map(([name, { type, short }]) => [
        name,
        short ? { type, short } : { type },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  /** @type {FlagToken[]} */
  const given = [];
  /** @type {string[]} */
  const positionals = [];
  for (const token of tokens) {
    if (token.kind === "option") given.push(token);
    if (token.kind === "positional") positionals.push(unprotect(token.value));
  }
  const unknown = given.find(({ name }) => !Object.hasOwn(ALL_FLAGS, name));
  // First of all, since the word after an unknown flag is its value rather than a command.
  if (unknown) throw unknownFlag(unknown, argv, commandIn(positionals));

  if (given.some(({ name }) => name === "version")) return { command: "version", flags: {} };
  const [command, ...words] = positionals;
  if (command === undefined) {
    const extra = given.find(({ name }) => !Object.hasOwn(ROOT_FLAGS, name));
    if (extra) throw usageError("a command is missing", ["Commands: " + commandNames()]);
    return given.length > 0 ? { command: "help", flags: {} } : { command: "", flags: {} };
  }
  if (!Object.hasOwn(COMMANDS, command)) throw unknownCommand(command);
  if (given.some(({ name }) => name === "help")) {
    return { command: "help", argument: command, flags: {} };
  }
  const known = COMMANDS[command].flags;
  const misplaced = given.find(
    ({ name }) => !Object.hasOwn(known, name) && !EVERYWHERE.includes(name),
  );
  if (misplaced) throw unknownFlag(misplaced, argv, command);
  return { command, argument: readArgument(command, words), flags: readFlags(given) };
}

/** Whether the arguments ask for JSON, for errors that come before or instead of the parsed flags. @param {readonly string[]} argv */
export function wantsJson(argv) {
  const end = argv.indexOf("--");
  return (end < 0 ? argv : argv.slice(0, end)).includes("--json");
}

/** A prompt such as `- is it true?` begins with a dash, and is no group of short flags. @param {string} argument */
function protect(argument) {
  const dashed = argument.startsWith("-") && argument.length > 1;
  const isText = dashed && /\s/.test(argument) && !/^--?[\w-]+=/.test(argument);
  return isText ? NOT_A_FLAG + argument : argument;
}

/** @param {string} text */
const unprotect = (text) => (text.startsWith(NOT_A_FLAG) ? text.slice(1) : text);

/** @param {readonly string[]} positionals */
function commandIn([command]) {
  return command !== undefined && Object.hasOwn(COMMANDS, command) ? command : undefined;
}

const commandNames = () => Object.keys(COMMANDS).join(", ");

/** @param {string} name */
function unknownCommand(name) {
  const near = nearest(name, Object.keys(COMMANDS));
  return usageError(
    `unknown command "${name}"`,
    near ? [`Did you mean "aiera-chat ${near}"?`] : ["Commands: " + commandNames()],
  );
}

/**
 * Never shows the value of the flag, which may be a key.
 * @param {FlagToken} token
 * @param {readonly string[]} argv
 * @param {string} [command]
 */
function unknownFlag({ name, rawName, index }, argv, command) {
  if (/^(?:api-?)?key$|^token$/i.test(name.replaceAll("_", "-"))) {
    return usageError(`there is no flag ${rawName}: a key is never an argument`, [
      "Set AIERA_API_KEY, or give --key-file FILE.",
    ]);
  }
  const known = command === undefined ? ALL_FLAGS : COMMANDS[command].flags;
  const all = Object.keys(known);
  // `-json` arrives as the short flags j, s, o and n.
  const word = /^-[a-z][a-z-]+/i.exec(argv[index] ?? "")?.[0];
  const near = nearest(word ?? name, all) ?? nearest(name, all);
  const shown = word && near ? word : rawName;
  const owners = Object.keys(COMMANDS).filter((other) =>
    Object.hasOwn(COMMANDS[other].flags, name),
  );
  const where = command === undefined ? "" : ` for ${command}`;
  const hint =
    owners.length > 0 && command !== undefined
      ? `${rawName} is a flag of ${owners.join(" and ")}.`
      : near
        ? `Did you mean --${near}?`
        : `Flags: aiera-chat ${command ?? "COMMAND"} --help`;
  return usageError(`unknown flag ${shown}${where}`, [hint]);
}

/** @param {FlagToken[]} given */
function readFlags(given) {
  /** @type {Record<string, any>} */
  const flags = {};
  for (const { name, rawName, value, inlineValue } of given) {
    const { type, multiple } = ALL_FLAGS[name];
    if (type === "boolean") {
      if (inlineValue) throw usageError(`${rawName} takes no value`);
      flags[name] = true;
      continue;
    }
    if (value === undefined || (!inlineValue && looksLikeFlag(value))) {
      throw usageError(
        `${rawName} needs a value`,
        value ? [`A value that begins with a dash is written ${rawName}=VALUE.`] : [],
      );
    }
    const text = unprotect(value);
    if (multiple) (flags[name] ??= []).push(text);
    else flags[name] = text;
  }
  return flags;
}

/** @param {string} value */
const looksLikeFlag = (value) => value.length > 1 && value.startsWith("-");

/**
 * @param {string} command
 * @param {string[]} words
 */
function readArgument(command, words) {
  const { argument, optional, choices } = COMMANDS[command];
  const limit = argument === undefined ? 0 : 1;
  if (words.length > limit) throw tooManyArguments(command, words, limit);
  const [word] = words;
  if (word === undefined) {
    if (argument === undefined || optional) return undefined;
    throw usageError(`${command} needs ${argumentName(argument)}`, [
      `Usage: aiera-chat ${command} ${choices?.join("|") ?? argument}`,
    ]);
  }
  if (choices && !choices.includes(word)) {
    const near = nearest(word, [...choices]);
    throw usageError(
      `${command}: expected ${choices.join(", ")}`,
      near ? [`Did you mean "${near}"?`] : [],
    );
  }
  return word;
}

/** @param {string} argument */
function argumentName(argument) {
  return argument === "ID" ? "a session's ID" : `a ${argument.toLowerCase()}`;
}

/**
 * Does not show the words, since a key that was given by mistake may be among them.
 * @param {string} command
 * @param {string[]} words
 * @param {number} limit
 */
function tooManyArguments(command, words, limit) {
  const takes = limit === 0 ? "no argument" : "one argument";
  const hints = [];
  if (words.some((word) => /^[\u2012-\u2015\u2212]/.test(word))) {
    hints.push('Flags begin with "-" or "--"; one of these words begins with another dash.');
  } else if (command === "ask" && words[0].startsWith("'")) {
    // cmd.exe takes single quotes for letters.
    hints.push('Put the prompt in double quotes: aiera-chat ask "…"');
  } else if (command === "ask") {
    hints.push('Put the prompt in quotes: aiera-chat ask "…"');
  }
  return usageError(`${command} takes ${takes}, not ${words.length}`, hints);
}
