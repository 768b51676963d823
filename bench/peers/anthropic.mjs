import Anthropic from "@anthropic-ai/sdk";
import { clientOptions, connection } from "./anthropic-batches.mjs";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect(options) {
  const client = new Anthropic(clientOptions(options));
  return connection(client, client.messages.batches);
}
