// @ts-check
// The same questions in one process with one client, without an engine. Arguments: their number, and the number per second.
import { setTimeout as sleep } from "node:timers/promises";
import { AieraChat } from "../../pkg/index.mjs";

const [count, perSecond] = process.argv.slice(2).map(Number);
const chat = new AieraChat({ baseUrl: process.env.AIERA_BASE_URL });

/** @param {number} index */
async function ask(index) {
  await sleep((index * 1_000) / perSecond);
  const session = await chat.createSession({ prompt: `Question ${index + 1}?` });
  await chat.pollSession(session);
}

await Promise.all(Array.from({ length: count }, (_, index) => ask(index)));
