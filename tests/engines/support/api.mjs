// @ts-check
// Starts the mock API in a separate process, and reads its state.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * @typedef {{
 *   seed: number, shortestMs: number, longestMs: number, failing?: boolean, lost?: number[], unsaved?: number[]
 * }} ApiOptions `failing`: one request in five fails. `lost` and `unsaved`: the creates, counted from 1, that kill their worker.
 * @typedef {{ creates: string[], requests: number, sessions: { id: number, title: string, status: string }[] }} ApiState
 */

/**
 * @param {ApiOptions} options
 * @param {(worker: string) => Promise<void>} kill kills a worker, and resolves when it is dead
 */
export async function startApi(options, kill) {
  const file = fileURLToPath(new URL("api-process.mjs", import.meta.url));
  const child = fork(file, [JSON.stringify(options)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  /** @type {((state: ApiState) => void)[]} */
  const asking = [];
  /** @type {string} */
  const url = await new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the mock API ended (${code})`)));
    child.on("message", async (/** @type {any} */ message) => {
      if (message.url) resolve(message.url);
      if (message.state) asking.shift()?.(message.state);
      if (message.kill) {
        await kill(message.kill);
        child.send({ killed: message.kill });
      }
    });
  });
  /** @returns {Promise<ApiState>} */
  const ask = (/** @type {string} */ command) => {
    const answer = new Promise((/** @type {(state: ApiState) => void} */ resolve) =>
      asking.push(resolve),
    );
    child.send({ ask: command });
    return answer;
  };
  return {
    url,
    /** The creates, the number of requests, and the sessions. */
    state: () => ask("state"),
    /** Ends the failures. */
    heal: () => ask("heal"),
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      await ended;
    },
  };
}
