// @ts-check
// A sentence in place of an answer: a failure with the action that fits, or a notice that the turn was stopped.
import { h } from "./dom.js";

/** @typedef {import("./context.js").AieraChatStrings} AieraChatStrings */
/** @typedef {import("../conversation.js").Recovery} Recovery */

const ACTIONS = /** @type {const} */ ({
  ask: "tryAgain",
  wait: "keepWaiting",
  reset: "startOver",
});

/**
 * @param {string} text
 * @param {object} options
 * @param {AieraChatStrings} options.strings
 * @param {boolean} [options.isError]
 * @param {Recovery} [options.recovery]
 * @param {() => void} options.recover
 */
export function noticeView(text, { strings, isError = false, recovery, recover }) {
  const button =
    recovery &&
    h(
      "button",
      {
        type: "button",
        class: "action strong",
        part: isError ? "action error-action" : "action",
        click: recover,
      },
      strings[ACTIONS[recovery]],
    );
  return h(
    "div",
    { class: isError ? "notice error" : "notice", part: isError ? "error" : "notice" },
    h("p", {}, text),
    button,
  );
}

/**
 * Describes a failure for a reader. The error event has the error for developers.
 *
 * @param {any} error
 * @param {AieraChatStrings} strings
 */
export function errorText(error, strings) {
  const { code, lastSession, cause } = error;
  // The create or prompt reached a server that is not the API: the connection works.
  if (cause?.code === "decode") return strings.errorDecode;
  switch (code) {
    case "session_failed":
      return lastSession?.status === "deleted" ? strings.errorDeleted : strings.errorSession;
    case "no_answer":
      return strings.noAnswer;
    case "timeout":
      return strings.errorTimeout;
    case "network":
      return strings.errorNetwork;
    case "create_outcome_unknown":
      return strings.errorCreateUnknown;
    case "prompt_outcome_unknown":
      return strings.errorPromptUnknown;
    case "wasm_unavailable":
      return strings.errorWasm;
    case "invalid_argument":
      return strings.errorArgument;
    case "key_unavailable":
      return strings.errorRefused;
    case "redirected":
      return strings.errorRedirected;
    case "decode":
      return strings.errorDecode;
    case "http":
      return httpText(error, strings);
    default:
      return strings.errorOther;
  }
}

/**
 * @param {{ status: number, message: string, body?: string }} error
 * @param {AieraChatStrings} strings
 */
function httpText({ status, message, body }, strings) {
  if (status === 407 || status === 511) return strings.errorProxyRefused;
  if (status === 401 || status === 403) {
    // The API refuses in JSON. A network proxy refuses in HTML; the message names the package's proxy.
    const isProxy = /^\s*</.test(body ?? "") || message.includes("The proxy refused");
    return isProxy ? strings.errorProxyRefused : strings.errorRefused;
  }
  if (status === 404 || status === 410) return strings.errorNotFound;
  if (status === 429) return strings.errorRateLimit;
  return status >= 500 ? strings.errorServer : strings.errorRequest;
}
