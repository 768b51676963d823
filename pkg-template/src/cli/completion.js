// @ts-check
// Completion scripts for shells, made from the table of commands. They complete commands, flags, choices and paths. Session
// ids would need a request.

import { COMMANDS, ROOT_FLAGS } from "./commands.js";

/** @typedef {import("./commands.js").Flag} Flag */

/** @param {string} shell @returns {string} */
export function completionScript(shell) {
  return { bash, zsh, fish }[/** @type {"bash" | "zsh" | "fish"} */ (shell)]();
}

/** @type {[string, import("./commands.js").Command][]} */
const TABLE = Object.entries(COMMANDS);

/** Arguments that can be completed, by command. */
const ARGUMENTS = Object.fromEntries(
  TABLE.map(([name, { choices = [] }]) => [
    name,
    name === "help" ? Object.keys(COMMANDS) : [...choices],
  ]),
);

/** @param {Readonly<Record<string, Flag>>} flags */
function spellings(flags) {
  return Object.entries(flags).flatMap(([name, { short }]) =>
    short ? [`--${name}`, `-${short}`] : [`--${name}`],
  );
}

/** Flags with a value, by the kind of their completion. Flags of one name are the same in every command. */
function valueFlags() {
  /** @type {Map<string, Flag>} */
  const flags = new Map();
  for (const [, command] of TABLE) {
    for (const [name, flag] of Object.entries(command.flags)) {
      if (flag.type === "string") flags.set(name, flag);
    }
  }
  return flags;
}

function bash() {
  const values = [...valueFlags()];
  const choices = values.filter(([, { choices }]) => choices);
  /** @param {"file" | "folder"} kind */
  const paths = (kind) => values.filter(([, { path }]) => path === kind).map(([name]) => name);
  /** @param {string[]} names */
  const pattern = (names) => names.map((name) => `--${name}`).join("|");
  const others = values.filter(([, { choices, path }]) => !choices && !path).map(([name]) => name);
  return `# bash completion for aiera-chat
_aiera_chat() {
  local cur prev word command="" i
  COMPREPLY=()
  cur="\${COMP_WORDS[COMP_CWORD]}"
  prev="\${COMP_WORDS[COMP_CWORD-1]}"
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in
      ${TABLE.map(([name]) => name).join("|")}) command="$word"; break ;;
    esac
  done
  case "$prev" in
${choices
  .map(
    ([name, { choices = [] }]) =>
      `    --${name}) COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$cur")); return ;;`,
  )
  .join("\n")}
    ${pattern(paths("folder"))}) COMPREPLY=($(compgen -d -- "$cur")); return ;;
    ${pattern(paths("file"))}) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    ${pattern(others)}) return ;;
  esac
  case "$command" in
${TABLE.map(
  ([name, { flags }]) =>
    `    ${name}) COMPREPLY=($(compgen -W "${[...ARGUMENTS[name], ...spellings(flags)].join(" ")}" -- "$cur")) ;;`,
).join("\n")}
    *) COMPREPLY=($(compgen -W "${[...Object.keys(COMMANDS), ...spellings(ROOT_FLAGS)].join(" ")}" -- "$cur")) ;;
  esac
}
complete -o filenames -F _aiera_chat aiera-chat
`;
}

function zsh() {
  return `#compdef aiera-chat
_aiera_chat() {
  local -a commands
  commands=(
${TABLE.map(([name, { summary }]) => `    ${quote(`${name}:${summary}`)}`).join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands 'command' commands
    _arguments ${Object.entries(ROOT_FLAGS).map(zshFlag).join(" ")}
    return
  fi
  local command="\${words[2]}"
  shift words
  (( CURRENT-- ))
  case "$command" in
${TABLE.map(([name, { flags }]) => {
  const argument = zshArgument(name);
  return `    ${name}) _arguments ${[...argument, ...Object.entries(flags).map(zshFlag)].join(" ")} ;;`;
}).join("\n")}
  esac
}
if [ "$funcstack[1]" = "_aiera_chat" ]; then
  _aiera_chat "$@"
else
  compdef _aiera_chat aiera-chat
fi
`;
}

/** @param {string} name @returns {string[]} */
function zshArgument(name) {
  const { argument } = COMMANDS[name];
  if (argument === undefined) return [];
  const completes = ARGUMENTS[name].length > 0 ? `(${ARGUMENTS[name].join(" ")})` : " ";
  return [quote(`1:${argument}:${completes}`)];
}

/** @param {[string, Flag]} entry */
function zshFlag([name, { type, short, description, choices, path, value, multiple }]) {
  const help = `[${description.replace(/[[\]:\\]/g, "\\$&")}]`;
  const completes = choices
    ? `(${choices.join(" ")})`
    : path === "file"
      ? "_files"
      : path === "folder"
        ? "_files -/"
        : " ";
  const argument = type === "string" ? `:${value}:${completes}` : "";
  const repeat = multiple ? "*" : "";
  if (!short) return quote(`${repeat}--${name}${help}${argument}`);
  return `'(-${short} --${name})'{-${short},--${name}}${quote(help + argument)}`;
}

function fish() {
  const none = "__fish_use_subcommand";
  const rows = ["complete -c aiera-chat -f"];
  for (const [name, { summary }] of TABLE) {
    rows.push(`complete -c aiera-chat -n ${none} -a ${name} -d ${quote(summary)}`);
  }
  for (const entry of Object.entries(ROOT_FLAGS)) rows.push(fishFlag(none, entry));
  for (const [name, { flags }] of TABLE) {
    const inside = quote(`__fish_seen_subcommand_from ${name}`);
    if (ARGUMENTS[name].length > 0) {
      rows.push(`complete -c aiera-chat -n ${inside} -a ${quote(ARGUMENTS[name].join(" "))}`);
    }
    for (const entry of Object.entries(flags)) rows.push(fishFlag(inside, entry));
  }
  return `# fish completion for aiera-chat\n${rows.join("\n")}\n`;
}

/**
 * @param {string} condition
 * @param {[string, Flag]} entry
 */
function fishFlag(condition, [name, { type, short, description, choices, path }]) {
  const parts = [`complete -c aiera-chat -n ${condition} -l ${name}`];
  if (short) parts.push(`-s ${short}`);
  if (type === "string") parts.push(path ? "-r -F" : "-x");
  if (choices) parts.push(`-a ${quote(choices.join(" "))}`);
  parts.push(`-d ${quote(description)}`);
  return parts.join(" ");
}

/** @param {string} text */
const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
