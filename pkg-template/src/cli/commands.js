// @ts-check
// The table of commands and flags. The parser, the help texts and the completion scripts read it.

import { DEFAULT_BASE_URL } from "../shared/http.js";

/**
 * @typedef {object} Flag
 * @property {"boolean" | "string"} type the same for every command that has a flag of this name
 * @property {string} description
 * @property {string} [short]
 * @property {string} [value] the placeholder of its value in the help
 * @property {boolean} [multiple]
 * @property {readonly string[]} [choices]
 * @property {"file" | "folder"} [path]
 */
/**
 * @typedef {object} Command
 * @property {string} summary
 * @property {string} [argument] the placeholder of its argument
 * @property {boolean} [optional] whether the argument can be left out
 * @property {readonly string[]} [choices] of the argument
 * @property {Readonly<Record<string, Flag>>} flags
 * @property {readonly string[]} [notes]
 * @property {readonly string[]} examples
 */

/** @type {Record<string, Flag>} */
const HELP = {
  help: { type: "boolean", short: "h", description: "show this text" },
};

/** @type {Record<string, Flag>} */
const JSON_FLAG = {
  json: {
    type: "boolean",
    description: "print one JSON object { ok, sessionId, status, answer, error }, on failure too",
  },
};

/** @type {Record<string, Flag>} */
const CONNECTION = {
  "base-url": {
    type: "string",
    value: "URL",
    description: `where the API is (AIERA_BASE_URL, else ${DEFAULT_BASE_URL})`,
  },
  "key-file": {
    type: "string",
    value: "FILE",
    path: "file",
    description: "file that holds the API key; - for stdin (default: AIERA_API_KEY)",
  },
};

/** @type {Record<string, Flag>} */
const QUIET = {
  quiet: { type: "boolean", short: "q", description: "print errors alone on stderr" },
};

/** @type {Record<string, Flag>} */
const FORMAT = {
  format: {
    type: "string",
    value: "FORMAT",
    choices: ["markdown", "text", "json"],
    description: "markdown, text or json (markdown)",
  },
  citations: {
    type: "string",
    value: "STYLE",
    choices: ["footnotes", "links", "markers", "none"],
    description: "footnotes, links, markers or none (footnotes)",
  },
};

/** @type {Record<string, Flag>} */
const TIMEOUT = {
  timeout: {
    type: "string",
    value: "TIME",
    description: "how long to wait, such as 90s, 10m or 1h (10m)",
  },
};

/** @type {Record<string, Flag>} */
const PROMPT_ID = {
  "prompt-id": {
    type: "string",
    value: "ID",
    description: "show the answer to this prompt (default: the last)",
  },
};

/** @type {Flag} */
const HOST = { type: "string", value: "NAME", description: "address to listen on (127.0.0.1)" };

/** @param {number} port @returns {Flag} */
const portFlag = (port) => ({
  type: "string",
  value: "N",
  description: `port to listen on (${port}); 0 for any free one`,
});

/** @type {Readonly<Record<string, Command>>} */
export const COMMANDS = {
  ask: {
    summary: "Ask a question and print the answer",
    argument: "PROMPT",
    optional: true,
    flags: {
      session: { type: "string", value: "ID", description: "ask a follow-up in this session" },
      title: { type: "string", value: "TITLE", description: "title of the new session" },
      source: {
        type: "string",
        value: "TYPE:ID",
        multiple: true,
        description: "limit the new session to this source; repeatable",
      },
      ...FORMAT,
      "no-wait": { type: "boolean", description: "print the session's id on stderr and exit" },
      ...TIMEOUT,
      ...JSON_FLAG,
      ...QUIET,
      ...CONNECTION,
      ...HELP,
    },
    notes: ["The prompt comes from stdin if PROMPT is - or absent."],
    examples: [
      'aiera-chat ask "What were the key takeaways from Tesla Q1 2026 earnings?"',
      "aiera-chat ask < question.txt > answer.md",
      'aiera-chat ask --session 2229 "And the margins?"',
      'aiera-chat ask --source company:1234 --json "Any guidance?" | jq -r .answer.text',
    ],
  },
  wait: {
    summary: "Wait for a session's answer and print it",
    argument: "ID",
    flags: {
      ...PROMPT_ID,
      ...FORMAT,
      ...TIMEOUT,
      ...JSON_FLAG,
      ...QUIET,
      ...CONNECTION,
      ...HELP,
    },
    examples: ["aiera-chat wait 2229 --timeout 30m"],
  },
  show: {
    summary: "Print a session's answer without waiting",
    argument: "ID",
    flags: { ...PROMPT_ID, ...FORMAT, ...JSON_FLAG, ...QUIET, ...CONNECTION, ...HELP },
    examples: ["aiera-chat show 2229 --format text --citations none"],
  },
  list: {
    summary: "List sessions, most recently updated first",
    flags: {
      limit: { type: "string", value: "N", description: "how many sessions to list (20)" },
      ...JSON_FLAG,
      ...QUIET,
      ...CONNECTION,
      ...HELP,
    },
    notes: [
      "On a terminal: a table. Piped: lines of id, status, time of update and title, separated by tabs.",
      "With --json the object also holds `sessions`.",
    ],
    examples: ["aiera-chat list --limit 100 | cut -f 1"],
  },
  delete: {
    summary: "Delete a session",
    argument: "ID",
    flags: { ...JSON_FLAG, ...QUIET, ...CONNECTION, ...HELP },
    examples: ["aiera-chat delete 2229"],
  },
  proxy: {
    summary: "Serve a proxy that adds the key, for pages of this machine",
    flags: {
      port: portFlag(8788),
      host: HOST,
      "allow-origin": {
        type: "string",
        value: "ORIGIN",
        multiple: true,
        description: "let pages of this origin in; repeatable",
      },
      "allow-host": {
        type: "string",
        value: "HOST",
        multiple: true,
        description: "answer to this Host header too, such as dashboard.local:8788; repeatable",
      },
      static: {
        type: "string",
        value: "DIR",
        path: "folder",
        description: "serve the files of this folder on the same origin",
      },
      ...JSON_FLAG,
      ...QUIET,
      ...CONNECTION,
      ...HELP,
    },
    notes: [
      "The URL on stdout is a base URL: for --base-url, and for the client in a page.",
      "A page that --static serves can use `/` as its base URL.",
    ],
    examples: ["aiera-chat proxy --static ./dashboard --allow-origin http://localhost:5173"],
  },
  mock: {
    summary: "Serve an in-memory mock of the API; needs no key",
    flags: {
      port: portFlag(8787),
      host: HOST,
      delay: { type: "string", value: "TIME", description: "from a prompt to its answer (5s)" },
      polls: {
        type: "string",
        value: "N",
        description: "instead of --delay: polls that each stage lasts",
      },
      outcome: {
        type: "string",
        value: "STATUS",
        description: "final status (active), such as generating_response_error",
      },
      answer: {
        type: "string",
        value: "FILE",
        path: "file",
        description: "Markdown file to answer with",
      },
      latency: { type: "string", value: "TIME", description: "how long each request takes (0)" },
      "api-key": {
        type: "string",
        value: "KEY",
        description: "refuse requests without this made-up key",
      },
      cors: { type: "boolean", description: "let pages of every origin in" },
      ...JSON_FLAG,
      ...QUIET,
      ...HELP,
    },
    notes: ["TIME is a number of milliseconds, or a number with ms, s, m or h."],
    examples: [
      "aiera-chat mock --delay 2s",
      'aiera-chat ask --base-url http://127.0.0.1:8787 "Does this work?"',
    ],
  },
  completion: {
    summary: "Print a completion script for a shell",
    argument: "SHELL",
    choices: ["bash", "zsh", "fish"],
    flags: { ...HELP },
    notes: [
      "bash: source <(aiera-chat completion bash)",
      "zsh:  source <(aiera-chat completion zsh)",
      "fish: aiera-chat completion fish | source",
    ],
    examples: ["aiera-chat completion bash >> ~/.bashrc"],
  },
  help: {
    summary: "Show help for a command",
    argument: "COMMAND",
    optional: true,
    flags: { ...HELP },
    examples: ["aiera-chat help ask"],
  },
};

/** Flags that need no command. @type {Readonly<Record<string, Flag>>} */
export const ROOT_FLAGS = {
  ...HELP,
  version: { type: "boolean", description: "show the version" },
};

/** Flags that every command accepts, used or not, so that a shell alias can hold them. */
export const EVERYWHERE = Object.freeze(["base-url", "json", "quiet"]);

/** Every flag of every command. @type {Readonly<Record<string, Flag>>} */
export const ALL_FLAGS = Object.assign(
  {},
  ...Object.values(COMMANDS).map(({ flags }) => flags),
  ROOT_FLAGS,
);
