import Anthropic from "@anthropic-ai/sdk";
import { connection, optionsOf } from "./anthropic-batches.mjs";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect(to) {
  const client = new Anthropic(optionsOf(to));
  return connection(client, client.messages.batches);
}
