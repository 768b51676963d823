// @ts-check
// Turns arguments into a command with its flags, or throws a usage error. This file checks names; values.js reads values.

import { parseArgs } from "node:util";

import { nearest } from "../shared/options.js";
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

/** Marks an argument that `parseArgs` must not read as a flag. No operating system allows this character in an argument. */
const NOT_A_FLAG = "\0";

/** The spellings of `--help` on Windows. */
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
  const flagTokens = [];
  /** @type {string[]} */
  const positionals = [];
  for (const token of tokens) {
    if (token.kind === "option") flagTokens.push(token);
    if (token.kind === "positional") positionals.push(unprotect(token.value));
  }
  const unknown = flagTokens.find(({ name }) => !Object.hasOwn(ALL_FLAGS, name));
  // Checked first: the argument after an unknown flag is its value, not a command.
  if (unknown) throw unknownFlag(unknown, argv, commandIn(positionals));

  if (flagTokens.some(({ name }) => name === "version")) return { command: "version", flags: {} };
  const [command, ...args] = positionals;
  if (command === undefined) {
    const extra = flagTokens.find(({ name }) => !Object.hasOwn(ROOT_FLAGS, name));
    if (extra) throw usageError("a command is missing", ["Commands: " + commandNames()]);
    return flagTokens.length > 0 ? { command: "help", flags: {} } : { command: "", flags: {} };
  }
  if (!Object.hasOwn(COMMANDS, command)) throw unknownCommand(command);
  if (flagTokens.some(({ name }) => name === "help")) {
    return { command: "help", argument: command, flags: {} };
  }
  const available = COMMANDS[command].flags;
  const misplaced = flagTokens.find(
    ({ name }) => !Object.hasOwn(available, name) && !EVERYWHERE.includes(name),
  );
  if (misplaced) throw unknownFlag(misplaced, argv, command);
  return { command, argument: readArgument(command, args), flags: readFlags(flagTokens) };
}

/** Whether the arguments ask for JSON, if parsing has failed or not begun. @param {readonly string[]} argv */
export function wantsJson(argv) {
  const end = argv.indexOf("--");
  return (end < 0 ? argv : argv.slice(0, end)).includes("--json");
}

/** Keeps a prompt such as `- is it true?` from being read as short flags. @param {string} argument */
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

/** Whether an unknown name can be shown: another text may be a key by mistake. @param {string} name */
const isShown = (name) => /^[a-z-]{1,20}$/i.test(name);

/** @param {string} name */
function unknownCommand(name) {
  const near = nearest(name, Object.keys(COMMANDS));
  return usageError(
    isShown(name) ? `unknown command "${name}"` : "unknown command",
    near ? [`Did you mean "aiera-chat ${near}"?`] : ["Commands: " + commandNames()],
  );
}

/**
 * Does not show the value of the flag, nor a name like no flag's: either may be a key.
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
  const available = command === undefined ? ALL_FLAGS : COMMANDS[command].flags;
  const all = Object.keys(available);
  // `-json` arrives as the short flags j, s, o and n.
  const spelled = /^-[a-z][a-z-]+(?=$|=)/i.exec(argv[index] ?? "")?.[0];
  const near = nearest(spelled ?? name, all) ?? nearest(name, all);
  const shown = spelled && near ? spelled : rawName;
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
  return usageError(`unknown flag${isShown(shown) ? ` ${shown}` : ""}${where}`, [hint]);
}

/** @param {FlagToken[]} flagTokens */
function readFlags(flagTokens) {
  /** @type {Record<string, any>} */
  const flags = {};
  for (const { name, rawName, value, inlineValue } of flagTokens) {
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
 * @param {string[]} args
 */
function readArgument(command, args) {
  const { argument, optional, choices } = COMMANDS[command];
  const limit = argument === undefined ? 0 : 1;
  if (args.length > limit) throw tooManyArguments(command, args, limit);
  const [arg] = args;
  if (arg === undefined) {
    if (argument === undefined || optional) return undefined;
    throw usageError(`${command} needs ${argumentName(argument)}`, [
      `Usage: aiera-chat ${command} ${choices?.join("|") ?? argument}`,
    ]);
  }
  if (choices && !choices.includes(arg)) {
    const near = nearest(arg, choices);
    throw usageError(
      `${command}: expected ${choices.join(", ")}`,
      near ? [`Did you mean "${near}"?`] : [],
    );
  }
  return arg;
}

/** @param {string} argument */
function argumentName(argument) {
  return argument === "ID" ? "a session's ID" : `a ${argument.toLowerCase()}`;
}

/**
 * Does not show the arguments, which may include a key by mistake.
 * @param {string} command
 * @param {string[]} args
 * @param {number} limit
 */
function tooManyArguments(command, args, limit) {
  const takes = limit === 0 ? "no argument" : "one argument";
  const hints = [];
  if (args.some((arg) => /^[\u2012-\u2015\u2212]/.test(arg))) {
    hints.push('Flags begin with "-" or "--"; one argument begins with another dash.');
  } else if (command === "ask" && args[0].startsWith("'")) {
    // cmd.exe treats single quotes as letters.
    hints.push('Put the prompt in double quotes: aiera-chat ask "…"');
  } else if (command === "ask") {
    hints.push('Put the prompt in quotes: aiera-chat ask "…"');
  }
  return usageError(`${command} takes ${takes}, not ${args.length}`, hints);
}
