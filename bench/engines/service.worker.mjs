// @ts-check
// The mock API in a separate process. The durations of sessions are those of the other benchmarks: log-normal, median 12 s,
// sigma 0.9, clipped to 1–60 s, since longer ones would determine the duration of the run.
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { randomFrom } from "../../tests/engines/support/random.mjs";

const MEDIAN_MS = 12_000;
const SIGMA = 0.9;
const [SHORTEST_MS, LONGEST_MS] = [1_000, 60_000];

const random = randomFrom(1);

/** A normally distributed number (Box and Muller). */
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

function lengthMs() {
  const drawn = MEDIAN_MS * Math.exp(SIGMA * normal());
  return Math.min(Math.max(drawn, SHORTEST_MS), LONGEST_MS);
}

const mock = createMockApi({
  stages: () => {
    const ms = lengthMs();
    return [
      { status: "finding_sources", ms: ms * 0.3 },
      { status: "generating_response", ms: ms * 0.7 },
      { status: "active" },
    ];
  },
});
const counts = { creates: 0, others: 0 };

/** @param {Request} request */
function handler(request) {
  counts[request.method === "POST" ? "creates" : "others"] += 1;
  return mock.handler(request);
}

const server = await serve(handler);
process.on("message", () => process.send?.({ counts }));
process.on("disconnect", () => process.exit());
process.send?.({ url: server.url });
