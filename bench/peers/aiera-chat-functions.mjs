// The plain functions, which a bundler can separate from the class.
import { createSession, pollSession } from "../../pkg/index.mjs";
import { clientOptions } from "./aiera-chat.mjs";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect(options) {
  const shared = clientOptions(options);
  return {
    create: async () => (await createSession({ prompt: "?" }, shared)).id,
    poll: (id, { intervalMs, signal } = {}) =>
      pollSession(id, { ...shared, signal, intervalMs, maxIntervalMs: intervalMs }),
  };
}
