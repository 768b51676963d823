import { createSession, pollSession } from "../../pkg/index.mjs";
import { optionsOf } from "./aiera-chat.mjs";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect(to) {
  const options = optionsOf(to);
  return {
    create: async () => (await createSession({ prompt: "?" }, options)).id,
    wait: (id, { intervalMs, signal } = {}) =>
      pollSession(id, { ...options, signal, intervalMs, maxIntervalMs: intervalMs }),
  };
}
