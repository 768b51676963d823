// @ts-check
// The exit codes of the command line and the rule that maps an error to one of them.

export const EXIT = Object.freeze({
  success: 0,
  failure: 1,
  usage: 2,
  noAnswer: 3,
  key: 4,
  timeout: 5,
  outcomeUnknown: 6,
  interrupted: 130,
});

/** The table of the help text and of the documentation. @type {readonly (readonly [number, string])[]} */
export const EXIT_CODES = [
  [EXIT.success, "the answer, or the command's result, is on stdout"],
  [EXIT.failure, "another failure, such as a session that does not exist"],
  [EXIT.usage, "wrong usage; nothing was sent"],
  [EXIT.noAnswer, "the session failed or holds no answer"],
  [EXIT.key, "the API key is missing, cannot be read, or was refused"],
  [EXIT.timeout, "timed out; the session continues"],
  [EXIT.outcomeUnknown, "the outcome of a create or of a prompt is unknown"],
  [EXIT.interrupted, "interrupted by Ctrl-C"],
];

/**
 * Signals that end a command, with the exit codes that shells use for them. SIGHUP is not listed: a handler would undo
 * `nohup`.
 */
export const SIGNALS = Object.freeze({ SIGINT: EXIT.interrupted, SIGTERM: 143 });

/** @type {Readonly<Record<string, number>>} */
const BY_CODE = {
  invalid_argument: EXIT.usage,
  key_unavailable: EXIT.key,
  session_failed: EXIT.noAnswer,
  no_answer: EXIT.noAnswer,
  timeout: EXIT.timeout,
  create_outcome_unknown: EXIT.outcomeUnknown,
  prompt_outcome_unknown: EXIT.outcomeUnknown,
  aborted: EXIT.interrupted,
};

/**
 * @param {any} error
 * @returns {number}
 */
export function exitCodeOf(error) {
  return isKeyRefusal(error) ? EXIT.key : (BY_CODE[error?.code] ?? EXIT.failure);
}

/**
 * Whether the API refused the key. A refusal by this package's proxy concerns the caller, not the key.
 * @param {any} error
 */
export function isKeyRefusal(error) {
  const isRefused = error?.code === "http" && (error.status === 401 || error.status === 403);
  return isRefused && !/"refused_by"\s*:\s*"aiera-chat\/proxy"/.test(error.body ?? "");
}
