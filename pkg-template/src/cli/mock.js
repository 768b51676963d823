// @ts-check
// `aiera-chat mock`: the mock API of `aiera-chat/testing` on a port.

import { CommandError, usageError } from "./command-error.js";
import { loadMock, loadServe } from "./package.js";
import { listenError, logRequest, readAddress, serveUntilStopped } from "./server.js";
import { decodeText, readCount, readDelay } from "./values.js";

const DEFAULT_PORT = 8787;

/** @param {import("./run.js").Context} context @returns {Promise<import("./run.js").Result>} */
export async function mock(context) {
  const { flags } = context;
  const address = readAddress(context, DEFAULT_PORT);
  if (flags.delay !== undefined && flags.polls !== undefined) {
    throw usageError("--delay and --polls contradict each other");
  }
  const options = {
    delayMs: flags.delay === undefined ? undefined : readDelay("delay", flags.delay),
    polls: flags.polls === undefined ? undefined : readCount("polls", flags.polls, 0),
    latencyMs: flags.latency === undefined ? undefined : readDelay("latency", flags.latency),
    outcome: flags.outcome,
    apiKey: flags["api-key"],
    answer: flags.answer === undefined ? undefined : await readAnswer(flags.answer),
  };
  const [{ createMockApi }, { serve }] = await Promise.all([loadMock(), loadServe()]);
  const api = createApi(createMockApi, options);
  // At the root of a server. The other handler is for a router's path.
  const respond = api.rootHandler ?? api.handler;
  /** @param {any} request */
  const handler = async (request) => {
    const startedAt = performance.now();
    const response = await respond(request);
    const { pathname, search } = new URL(request.url);
    logRequest(context, request.method, pathname + search, response.status, startedAt);
    return response;
  };
  const { host, port } = address;
  const server = await serve(handler, { host, port, cors: flags.cors === true }).catch(
    (/** @type {unknown} */ error) => {
      throw listenError(error, address);
    },
  );
  context.stop = () => server.close();
  return serveUntilStopped(context, server.url, "An in-memory mock of the API");
}

/**
 * @param {any} createMockApi
 * @param {Record<string, unknown>} options
 */
function createApi(createMockApi, options) {
  try {
    return createMockApi(options);
  } catch (error) {
    throw usageError(/** @type {Error} */ (error).message.replace(/^\w+: /, ""));
  }
}

/** @param {string} file */
async function readAnswer(file) {
  const { readFile } = await import("node:fs/promises");
  try {
    return decodeText(await readFile(file));
  } catch (error) {
    const { code = "unknown" } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new CommandError(code, `--answer: the file ${file} cannot be read: ${code}`);
  }
}
