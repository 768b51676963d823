// @ts-check
// Documented settings of the clients that are measured, each a row of its own in the questions where it helps.
import { careful } from "./careful.mjs";

/** @typedef {import("./peers.mjs").Peer} Peer */
/** @typedef {import("./peers.mjs").To} To */

/** What sets the interval of those that ask at a fixed one. */
const INTERVALS = {
  openai: "`pollIntervalMs`",
  "@anthropic-ai/sdk": "the same loop, its sleep shorter",
  replicate: "`interval`",
  "@fal-ai/client": "`pollInterval`; the result is a request of its own",
  assemblyai: "`pollingInterval`, as in its README",
  "@azure/core-lro": "`intervalInMs`",
};

const CAREFUL = "a `fetch` of one's own: no redirects, a time limit for the body too";

/** @type {(Partial<Peer> & Pick<Peer, "name" | "package" | "only">)[]} */
export const SETTINGS = [
  {
    package: "aiera-chat",
    name: "aiera-chat, one client for all",
    only: ["lag"],
    learning: true,
    remark: "it has seen the sessions before",
  },
  {
    package: "aiera-chat",
    name: "aiera-chat, plain functions",
    only: ["size"],
    file: "aiera-chat-functions.mjs",
    remark: "`createSession` and `pollSession` alone",
  },
  {
    package: "aiera-chat",
    name: "aiera-chat, CommonJS",
    only: ["import"],
    imports: ["../pkg/index.cjs"],
  },
  {
    package: "aiera-chat",
    name: "aiera-chat/slim",
    only: ["import"],
    imports: ["../pkg/slim.mjs"],
    remark: "the module is loaded by the caller",
  },
  ...Object.entries(INTERVALS).map(([name, remark]) => ({
    package: name,
    name: `${name}, at 1 s`,
    only: ["lag"],
    intervalMs: 1_000,
    remark,
  })),
  {
    package: "openai",
    name: "openai, its best settings",
    only: ["safety"],
    given: () => ({ fetchOptions: { redirect: "manual" } }),
    remark: '`fetchOptions: { redirect: "manual" }`',
  },
  {
    package: "@anthropic-ai/sdk",
    name: "@anthropic-ai/sdk, parts",
    only: ["size", "import", "start-node", "start-browser"],
    file: "anthropic-parts.mjs",
    imports: ["@anthropic-ai/sdk/client", "@anthropic-ai/sdk/resources/messages/batches"],
    remark: "`BaseAnthropic` and `Batches`: exported, in no README",
  },
  {
    package: "@anthropic-ai/sdk",
    name: "@anthropic-ai/sdk, its best settings",
    only: ["safety"],
    given: (to) => ({ fetch: careful(to), key: async () => to.key }),
    remark: `\`apiKey\` as a function; ${CAREFUL}`,
  },
  {
    package: "replicate",
    name: "replicate, wait: 60",
    only: ["lag"],
    given: () => ({ wait: 60 }),
    remark: "its service holds the create open for a minute; Aiera's cannot",
  },
  {
    package: "@fal-ai/client",
    name: "@fal-ai/client, streaming",
    only: ["lag"],
    given: () => ({ mode: "streaming" }),
    remark: "experimental; its service streams the status, Aiera's does not",
  },
  ...["replicate", "@fal-ai/client", "@runwayml/sdk"].map((name) => ({
    package: name,
    name: `${name}, its best settings`,
    only: ["safety"],
    given: (/** @type {To} */ to) => ({ fetch: careful(to) }),
    remark: CAREFUL,
  })),
  {
    package: "assemblyai",
    name: "assemblyai, parts",
    only: ["size", "start-browser"],
    file: "assemblyai-parts.mjs",
    remark: "`TranscriptService` and `FileService`: exported, in no README",
  },
  {
    package: "@azure/core-lro",
    name: "@azure/core-lro, one poller kept",
    only: ["crowd"],
    file: "core-lro-kept.mjs",
    remark: "the waiters share one poller; else each restores its own",
  },
];
