// The two services that a transcript needs, without the class that has every service.
import { FileService, TranscriptService } from "assemblyai";
import { connection } from "./assemblyai-transcripts.mjs";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect({ baseUrl, key }) {
  const params = { apiKey: key, baseUrl };
  const transcripts = new TranscriptService(params, new FileService(params));
  return connection(transcripts, transcripts);
}
