import { AssemblyAI } from "assemblyai";
import { connection } from "./assemblyai-transcripts.mjs";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect({ baseUrl, key }) {
  const client = new AssemblyAI({ apiKey: key, baseUrl });
  return connection(client, client.transcripts);
}
