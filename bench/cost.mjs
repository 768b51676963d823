// @ts-check
// What a poll costs, in CPU time, beside a hand-written loop over fetch: small answers, and answers of 5 MB.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { interleaved, measure, table } from "./lib/rounds.mjs";

const WORK = [
  { what: "µs of CPU per poll, small session", polls: 500, bytes: 0, rounds: 15 },
  { what: "µs of CPU per poll, session of 5 MB", polls: 20, bytes: 5_000_000, rounds: 7 },
];

const server = spawn(process.execPath, [fileURLToPath(new URL("server.mjs", import.meta.url))], {
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const port = await new Promise((resolve) =>
    server.stdout.once("data", (data) => resolve(String(data).trim())),
  );
  for (const { what, polls, bytes, rounds } of WORK) {
    const once = (/** @type {string} */ client) =>
      measure("cost-of.mjs", [client, port, String(polls), String(bytes)]);
    table(what, await interleaved(["hand-written", "aiera-chat"], rounds, once));
  }
} finally {
  server.kill();
}
