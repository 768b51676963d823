// @ts-check
// The same questions in one process with one client, without an engine: `node one-process.mjs COUNT`.
import { AieraChat } from "../../pkg/index.mjs";

const [count, atOnce] = process.argv.slice(2).map(Number);
const chat = new AieraChat({ baseUrl: process.env.AIERA_BASE_URL });

let next = 0;
/** @type {Promise<unknown>[]} */
const waits = [];

async function create() {
  while (next < count) {
    const session = await chat.createSession({ prompt: `Question ${(next += 1)}?` });
    waits.push(chat.pollSession(session));
  }
}

await Promise.all(Array.from({ length: atOnce }, create));
await Promise.all(waits);
