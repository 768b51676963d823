// The base client and the batches resource, without the class with all resources.
import { BaseAnthropic } from "@anthropic-ai/sdk/client";
import { Batches } from "@anthropic-ai/sdk/resources/messages/batches";
import { clientOptions, connection } from "./anthropic-batches.mjs";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect(options) {
  const client = new BaseAnthropic(clientOptions(options));
  return connection(client, new Batches(client));
}
