// @ts-check
// The parts that `proxy` and `mock` share: the address, the errors of `listen`, and a log line for each request.

import { CommandError } from "./command-error.js";
import { jsonText, oneLine } from "./text.js";
import { readPort } from "./values.js";

/** @typedef {import("./run.js").Context} Context */
/** @typedef {import("./run.js").Result} Result */

/**
 * The address to listen on; an IPv6 host is without brackets.
 * @param {Context} context
 * @param {number} defaultPort
 */
export function readAddress({ flags }, defaultPort) {
  const port = flags.port === undefined ? defaultPort : readPort("port", flags.port);
  const host = (flags.host ?? "127.0.0.1").replace(/^\[(.*)\]$/, "$1");
  return { port, host };
}

/**
 * @param {unknown} error of `listen`
 * @param {{ port: number, host: string }} address
 */
export function listenError(error, { port, host }) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
  if (code === "EADDRINUSE") {
    return new CommandError(code, `port ${port} is in use`, [
      "Choose another with --port, or --port 0 for any free one.",
    ]);
  }
  if (code === "EACCES") {
    return new CommandError(code, `permission denied for port ${port}`, [
      "Choose one from 1024 up with --port.",
    ]);
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return new CommandError(code, `${host} is not an address of this machine`, [
      "Choose another with --host.",
    ]);
  }
  return new CommandError(code ?? "listen", message);
}

/**
 * Logs a request on stderr, without headers, body, and keys in the query.
 * @param {Context} context
 * @param {string} method
 * @param {string} target
 * @param {string | number} status
 * @param {number} startedAt by `performance.now()`
 */
export function logRequest({ streams }, method, target, status, startedAt) {
  const shown = target.replace(/([?&](?:api_?key|token)=)[^&]*/gi, "$1…");
  const ms = Math.round(performance.now() - startedAt);
  streams.note(oneLine(`${method} ${shown} ${status} ${ms} ms`));
}

/** The JSON object that a server prints once it listens. */
const LISTENING = { ok: true, sessionId: null, status: null, answer: null, error: null };

/**
 * Prints the server's URL, and runs it until a signal ends the process.
 * @param {Context} context
 * @param {string} url
 * @param {string} description
 * @returns {Promise<Result>}
 */
export async function serveUntilStopped(context, url, description) {
  const { streams, flags } = context;
  context.hasPrinted = true;
  await streams.print(flags.json ? jsonText({ ...LISTENING, url }) : `${url}\n`);
  streams.note(`${description}. Ctrl-C ends it.`);
  return new Promise(() => {});
}
