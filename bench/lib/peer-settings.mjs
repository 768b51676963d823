// @ts-check
// Documented settings of the clients, each a separate row in the questions in which it matters.
import { strictFetch } from "./strict-fetch.mjs";

/** @typedef {import("./peers.mjs").Peer} Peer */
/** @typedef {import("./peers.mjs").ConnectOptions} ConnectOptions */

/** The clients with a fixed default interval, and the option that changes it. */
const INTERVAL_OPTIONS = {
  openai: "`pollIntervalMs`",
  "@anthropic-ai/sdk": "the same loop with a shorter sleep",
  replicate: "`interval`",
  "@fal-ai/client": "`pollInterval`; one more request fetches the result",
  assemblyai: "`pollingInterval`, as in its README",
  "@azure/core-lro": "`intervalInMs`",
};

const STRICT_FETCH = "a custom `fetch` that follows no redirect and has a timeout for the body";

/** @type {(Partial<Peer> & Pick<Peer, "name" | "package" | "questions">)[]} */
export const SETTINGS = [
  {
    package: "aiera-chat",
    name: "aiera-chat, one client for all",
    questions: ["lag"],
    sharedClient: true,
    remark: "the client learns from earlier sessions",
  },
  {
    package: "aiera-chat",
    name: "aiera-chat, plain functions",
    questions: ["size"],
    file: "aiera-chat-functions.mjs",
    remark: "`createSession` and `pollSession` only",
  },
  {
    package: "aiera-chat",
    name: "aiera-chat, CommonJS",
    questions: ["import"],
    modules: ["../../pkg/index.cjs"],
  },
  {
    package: "aiera-chat",
    name: "aiera-chat/slim",
    questions: ["import"],
    modules: ["../../pkg/slim.mjs"],
    remark: "the caller loads the module",
  },
  ...Object.entries(INTERVAL_OPTIONS).map(([name, remark]) => ({
    package: name,
    name: `${name}, at 1 s`,
    questions: ["lag"],
    intervalMs: 1_000,
    remark,
  })),
  {
    package: "openai",
    name: "openai, best settings",
    questions: ["safety"],
    settings: () => ({ fetchOptions: { redirect: "manual" } }),
    remark: '`fetchOptions: { redirect: "manual" }`',
  },
  {
    package: "@anthropic-ai/sdk",
    name: "@anthropic-ai/sdk, parts",
    questions: ["size", "import", "start-node", "start-browser"],
    file: "anthropic-parts.mjs",
    modules: ["@anthropic-ai/sdk/client", "@anthropic-ai/sdk/resources/messages/batches"],
    remark: "`BaseAnthropic` and `Batches`: exported, but in no README",
  },
  {
    package: "@anthropic-ai/sdk",
    name: "@anthropic-ai/sdk, best settings",
    questions: ["safety"],
    settings: (options) => ({ fetch: strictFetch(options), key: async () => options.key }),
    remark: `\`apiKey\` as a function; ${STRICT_FETCH}`,
  },
  {
    package: "replicate",
    name: "replicate, wait: 60",
    questions: ["lag"],
    settings: () => ({ wait: 60 }),
    remark: "its service holds the create open for up to 60 s; Aiera's does not",
  },
  {
    package: "@fal-ai/client",
    name: "@fal-ai/client, streaming",
    questions: ["lag"],
    settings: () => ({ mode: "streaming" }),
    remark: "experimental; its service streams the status, Aiera's does not",
  },
  ...["replicate", "@fal-ai/client", "@runwayml/sdk"].map((name) => ({
    package: name,
    name: `${name}, best settings`,
    questions: ["safety"],
    settings: (/** @type {ConnectOptions} */ options) => ({ fetch: strictFetch(options) }),
    remark: STRICT_FETCH,
  })),
  {
    package: "assemblyai",
    name: "assemblyai, parts",
    questions: ["size", "start-browser"],
    file: "assemblyai-parts.mjs",
    remark: "`TranscriptService` and `FileService`: exported, but in no README",
  },
  {
    package: "@azure/core-lro",
    name: "@azure/core-lro, shared poller",
    questions: ["shared-session"],
    file: "core-lro-shared.mjs",
    remark: "the callers share one poller; by default each restores its own",
  },
];
