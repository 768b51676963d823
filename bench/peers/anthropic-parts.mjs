// The same without the class of all services.
import { BaseAnthropic } from "@anthropic-ai/sdk/client";
import { Batches } from "@anthropic-ai/sdk/resources/messages/batches";
import { connection, optionsOf } from "./anthropic-batches.mjs";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect(to) {
  const client = new BaseAnthropic(optionsOf(to));
  return connection(client, new Batches(client));
}
