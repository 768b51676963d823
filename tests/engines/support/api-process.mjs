// @ts-check
// The mock API as a server in a separate process. The first part of the path names the worker: `/w2/chat-v1/…`. A create can
// kill its worker: before the service receives it (`lost`), or after the session was created but before the worker receives
// the response (`unsaved`).
import { setTimeout as sleep } from "node:timers/promises";
import { createMockApi } from "../../../pkg/testing.mjs";
import { serve } from "../../../pkg/testing-node.mjs";
import { randomFrom } from "./random.mjs";

/** @typedef {import("./api.mjs").ApiOptions} ApiOptions */

/** @type {ApiOptions} */
const {
  seed,
  failing,
  lost = [],
  unsaved = [],
  shortestMs,
  longestMs,
} = JSON.parse(process.argv[2]);
const random = randomFrom(seed);

const mock = createMockApi({
  stages: () => {
    const ms = shortestMs + random() * (longestMs - shortestMs);
    return [
      { status: "finding_sources", ms: Math.round(ms * 0.4) },
      { status: "generating_response", ms: Math.round(ms * 0.6) },
      { status: "active" },
    ];
  },
  answer: (prompt) => `About: ${prompt} [c1]`,
  faults: (request) => (isFailing && random() < 0.2 ? fault(request) : undefined),
});

let isFailing = failing ?? false;

/** Failures of each kind. Some of them process the request, some do not. */
const FAULTS = [
  { status: 503 },
  { status: 500, processed: true },
  { drop: true },
  { drop: true, processed: true },
  { drop: /** @type {const} */ ("body") },
  { garble: true, processed: true },
  { status: 429, headers: { "retry-after": "1" } },
];

/** Titles of the creates in order of arrival, except those refused by a 429. */
/** @type {string[]} */
const creates = [];
let creations = 0;

function fault(/** @type {import("../../../pkg/testing.mjs").MockRequest} */ request) {
  const chosen = FAULTS[Math.floor(random() * FAULTS.length)];
  if (chosen.status === 429 && request.operation === "createSession") creates.pop();
  return chosen;
}

/** @type {Map<string, () => void>} */
const waiting = new Map();

/** Lets the parent kill a worker; resolves when it is dead. */
function kill(/** @type {string} */ worker) {
  process.send?.({ kill: worker });
  return new Promise((resolve) => waiting.set(worker, () => resolve(undefined)));
}

/** @param {Request} request */
async function handler(request) {
  const { pathname } = new URL(request.url);
  if (request.method !== "POST" || !pathname.endsWith("/chat-v1/sessions")) {
    return late(await mock.handler(request));
  }
  const worker = pathname.split("/")[1];
  creations += 1;
  if (lost.includes(creations)) {
    await kill(worker);
    return Response.error();
  }
  const kills = unsaved.includes(creations);
  creates.push((await request.clone().json()).title);
  const response = await mock.handler(request);
  if (kills) await kill(worker);
  return late(response);
}

/** Delays the response after the work: a worker that dies meanwhile does not change the state of the service. */
async function late(/** @type {Response} */ response) {
  await sleep(1 + random() * 30);
  return response;
}

const server = await serve(handler);

process.on("message", (/** @type {{ killed?: string, ask?: string }} */ { killed, ask }) => {
  if (killed) {
    waiting.get(killed)?.();
    waiting.delete(killed);
  }
  if (ask === "heal") isFailing = false;
  if (ask)
    process.send?.({ state: { creates, requests: mock.requests.length, sessions: sessions() } });
});
process.on("disconnect", () => process.exit());

function sessions() {
  return mock.sessions.map(({ id, title, status }) => ({ id, title: title ?? "", status }));
}

process.send?.({ url: server.url });
