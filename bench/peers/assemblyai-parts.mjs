// The two services for transcripts, without the class with all services.
import { FileService, TranscriptService } from "assemblyai";
import { connection } from "./assemblyai-transcripts.mjs";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect({ baseUrl, key }) {
  const params = { apiKey: key, baseUrl };
  const transcripts = new TranscriptService(params, new FileService(params));
  return connection(transcripts, transcripts);
}
