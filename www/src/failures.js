// @ts-check
// The scenarios of "Try a failure": the failure of the mock, the options of the call, and the error code of the outcome. Each
// runs on its own mock, for any API of the page.

/**
 * @typedef {object} Failure
 * @property {string} id
 * @property {string} label
 * @property {string} hint
 * @property {import("aiera-chat").AieraChatErrorCode} [code] of the outcome; absent if there is an answer
 * @property {import("aiera-chat/testing").MockApiOptions} [mock]
 * @property {import("aiera-chat").AieraChatOptions} [client]
 * @property {import("aiera-chat").PollOptions} [poll]
 * @property {number} [stopAfterMs]  stops waiting after this time
 * @property {string} [followUp]  asked after the first answer
 * @property {boolean} [withoutModule]  uses the slim entry, and does not initialize it
 */

/** Short pauses, for a quick error. */
const SHORT = { intervalMs: 300, maxIntervalMs: 600, maxRetries: 3 };
const POLLS = /** @type {const} */ ({ operation: "getSession", times: Infinity });
const CREATES = /** @type {const} */ ({ operation: "createSession", times: Infinity });
const PROMPTS = /** @type {const} */ ({ operation: "sendPrompt", times: Infinity });

const HOSTILE_ANSWER = [
  "This answer attacks the page. **None of it runs or loads.**",
  "",
  "<script>window.pwned = 'script'</script>",
  "",
  '<img src="https://leak.example/pixel.png" onerror="window.pwned = \'onerror\'">',
  "",
  "![tracking pixel](https://leak.example/markdown.png)",
  "",
  "<style>body { background: url(https://leak.example/style.png); display: none }</style>",
  "",
  "<iframe srcdoc=\"<script>parent.pwned = 'iframe'</script>\"></iframe>",
  "",
  '<svg onload="window.pwned = \'svg\'"><use href="https://leak.example/x.svg#a"></use></svg>',
  "",
  '<form action="https://leak.example/"><input name="q" autofocus onfocus="window.pwned = \'focus\'"></form>',
  "",
  '<p style="position: fixed; inset: 0" id="main">Your session has expired.</p>',
  "",
  "[a script link](javascript:window.pwned='link'), [a data link](data:text/html,<script>alert(1)</script>),",
  "[a path of this page](/api/chat-v1/sessions), <javascript:alert(1)>, and [a web link](https://example.com/ok). [c1]",
].join("\n");

/** @type {[group: string, failures: Failure[]][]} */
export const FAILURES = [
  [
    "The server refuses",
    [
      {
        id: "missing-key",
        label: "Missing API key",
        hint: "The request carries no key, and the API answers 403.",
        code: "http",
        mock: { apiKey: "the-right-key" },
      },
      {
        id: "unauthorized",
        label: "Key rejected",
        hint: "The API answers 401. A second attempt would not help, so there is none.",
        code: "http",
        mock: { faults: { ...CREATES, status: 401, headers: { "x-request-id": "demo-401" } } },
      },
      {
        id: "rate-limited",
        label: "Rate limited",
        hint: "A poll gets 429 with Retry-After: 1 hour. The deadline is sooner, so the call ends at once.",
        code: "http",
        mock: { faults: { ...POLLS, status: 429, headers: { "retry-after": "3600" } } },
      },
      {
        id: "not-found",
        label: "Session not found",
        hint: "The first poll gets 404, which is final.",
        code: "http",
        mock: { faults: { ...POLLS, status: 404 } },
      },
      {
        id: "redirect",
        label: "Redirect to another host",
        hint: "The client does not follow it, because the API key would go along.",
        code: "redirected",
        mock: { faults: { ...POLLS, redirect: true } },
      },
    ],
  ],
  [
    "The assistant fails",
    [
      {
        id: "finding-sources-error",
        label: "No sources found",
        hint: "The session ends with the status finding_sources_error.",
        code: "session_failed",
        mock: { outcome: "finding_sources_error" },
      },
      {
        id: "generating-response-error",
        label: "No response generated",
        hint: "The session ends with the status generating_response_error.",
        code: "session_failed",
        mock: { outcome: "generating_response_error" },
      },
      {
        id: "no-answer",
        label: "Finished without an answer",
        hint: "Another client cancels the response. The session becomes active and holds no answer.",
        code: "no_answer",
        mock: { outcome: "cancelled" },
      },
      {
        id: "deleted",
        label: "Session deleted while waiting",
        hint: "Another client deletes the session before its answer comes.",
        code: "session_failed",
        mock: { outcome: "deleted" },
      },
    ],
  ],
  [
    "The network fails",
    [
      {
        id: "dropped",
        label: "Connection lost mid-answer",
        hint: "Every poll is cut off until the retries are used up. The session itself continues.",
        code: "network",
        mock: { faults: { ...POLLS, drop: true } },
        poll: SHORT,
      },
      {
        id: "stalled",
        label: "Connection stalls",
        hint: "Half a body arrives, and then nothing. The request timeout covers the body too.",
        code: "network",
        mock: { faults: { ...POLLS, stall: "body" } },
        poll: { ...SHORT, maxRetries: 1, requestTimeoutMs: 1200 },
      },
      {
        id: "garbled",
        label: "HTML instead of JSON",
        hint: "A captive portal answers every poll with a web page.",
        code: "decode",
        mock: { faults: { ...POLLS, garble: true } },
        poll: SHORT,
      },
      {
        id: "create-unknown",
        label: "Connection lost while asking",
        hint: "The session may exist, so the request is not sent again: you could be charged twice.",
        code: "create_outcome_unknown",
        mock: { faults: { ...CREATES, drop: "body" } },
      },
      {
        id: "prompt-unknown",
        label: "Connection lost during a follow-up",
        hint: "The first answer comes. The follow-up may have arrived, so it is not sent again.",
        code: "prompt_outcome_unknown",
        mock: { faults: { ...PROMPTS, drop: "body", processed: true }, delayMs: 800 },
        followUp: "And the margins?",
      },
      {
        id: "timeout",
        label: "Timeout",
        hint: "timeoutMs is 3 seconds, and the answer takes 6. Waiting can be resumed.",
        code: "timeout",
        mock: { delayMs: 6000 },
        poll: { timeoutMs: 3000 },
      },
    ],
  ],
  [
    "In your code",
    [
      {
        id: "aborted",
        label: "Stopped after 2 seconds",
        hint: "The page stops waiting, as the Stop button does. The session continues.",
        code: "aborted",
        mock: { delayMs: 5000 },
        stopAfterMs: 2000,
      },
      {
        id: "invalid-argument",
        label: "Invalid option",
        hint: "intervalMs is negative. The call is rejected before anything is sent.",
        code: "invalid_argument",
        poll: { intervalMs: -500 },
      },
      {
        id: "no-key",
        label: "Key provider fails",
        hint: "The function that provides the API key throws. Nothing is sent.",
        code: "key_unavailable",
        client: {
          dangerouslyAllowBrowser: true,
          apiKey: () => {
            throw new Error("The vault is locked.");
          },
        },
      },
      {
        id: "no-module",
        label: "WebAssembly unavailable",
        hint: "The slim entry is used, and init() is not called.",
        code: "wasm_unavailable",
        withoutModule: true,
      },
    ],
  ],
  [
    "Handled for you",
    [
      {
        id: "bumpy",
        label: "Three failures, then an answer",
        hint: "A lost connection, a garbled response and a 503 with Retry-After. The retries handle all three.",
        mock: {
          delayMs: 5000,
          faults: [
            { operation: "getSession", nth: 2, drop: true },
            { operation: "getSession", nth: 3, garble: true },
            { operation: "getSession", nth: 4, status: 503, headers: { "retry-after": "2" } },
          ],
        },
      },
      {
        id: "unknown-status",
        label: "Unknown session status",
        hint: "The API reports a status that this version does not know. Polling continues.",
        mock: {
          stages: [
            { status: "finding_sources", ms: 800 },
            { status: "weighing_evidence", ms: 1600 },
            { status: "active" },
          ],
        },
      },
      {
        id: "hostile",
        label: "Hostile answer",
        hint: "The answer tries to run scripts, load images and link to code. It is shown as text.",
        mock: {
          delayMs: 1000,
          answer: {
            blocks: [
              {
                content: HOSTILE_ANSWER,
                citations: [
                  {
                    marker: "[c1]",
                    quote: "<img src=x onerror=\"window.pwned = 'quote'\">",
                    url: "javascript:window.pwned='citation'",
                    source: { id: "1", type: "news", name: "<b>Not bold</b>" },
                  },
                ],
              },
            ],
          },
        },
      },
    ],
  ],
];
