// @ts-check
// The runs that go wrong, one a row: what the mock does, how the call is made, and what the package makes of it. They run
// on a mock of their own, whatever API the page is on.

/**
 * @typedef {object} Failure
 * @property {string} id
 * @property {string} label
 * @property {string} hint
 * @property {import("aiera-chat").AieraChatErrorCode} [code] what it ends in; an answer, where there is none
 * @property {import("aiera-chat/testing").MockApiOptions} [mock]
 * @property {import("aiera-chat").AieraChatOptions} [client]
 * @property {Record<string, unknown>} [params] of the create
 * @property {import("aiera-chat").PollOptions} [poll]
 * @property {number} [abortAfterMs]
 * @property {boolean} [withoutModule]
 */

/** Quick, so that nobody waits long for an error. */
const IMPATIENT = { intervalMs: 300, maxIntervalMs: 600, maxRetries: 3 };
const POLLS = /** @type {const} */ ({ operation: "getSession", times: Infinity });
const CREATES = /** @type {const} */ ({ operation: "createSession", times: Infinity });

const HOSTILE_ANSWER = [
  "This answer tries to get out of its frame. **Nothing of it runs or loads.**",
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
  '<p style="position: fixed; inset: 0" id="announcer">Your session has expired.</p>',
  "",
  "[a script link](javascript:window.pwned='link'), [a data link](data:text/html,<script>alert(1)</script>),",
  "[an own path](/api/chat-v1/sessions), <javascript:alert(1)>, and [one that may stay](https://example.com/ok). [c1]",
].join("\n");

/** @type {[group: string, failures: Failure[]][]} */
export const FAILURES = [
  [
    "It goes well in the end",
    [
      {
        id: "bumpy",
        label: "Bumpy, then fine",
        hint: "A lost connection, a garbled answer and a 503 with Retry-After on the way to the answer.",
        mock: {
          faults: [
            { operation: "getSession", nth: 2, drop: true },
            { operation: "getSession", nth: 3, garble: true },
            { operation: "getSession", nth: 4, status: 503, headers: { "retry-after": "2" } },
          ],
        },
      },
      {
        id: "unknown-status",
        label: "A status that nobody knows yet",
        hint: "The wait goes on at its usual pace.",
        mock: {
          stages: [
            { status: "finding_sources", ms: 1000 },
            { status: "weighing_evidence", ms: 2000 },
            { status: "active" },
          ],
        },
      },
      {
        id: "hostile",
        label: "A hostile answer",
        hint: "It tries to run script, load images and lead away. The page shows it as text.",
        mock: {
          delayMs: 1200,
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
  [
    "The service fails",
    [
      {
        id: "finding-sources-error",
        label: "No sources found",
        hint: "The session ends in finding_sources_error.",
        code: "session_failed",
        mock: { outcome: "finding_sources_error", delayMs: 3000 },
      },
      {
        id: "generating-response-error",
        label: "No response generated",
        hint: "The session ends in generating_response_error.",
        code: "session_failed",
        mock: { outcome: "generating_response_error", delayMs: 3000 },
      },
      {
        id: "deleted",
        label: "Session deleted meanwhile",
        hint: "Somebody deletes the session while it is waited for.",
        code: "session_failed",
        mock: { outcome: "deleted", delayMs: 2500 },
      },
      {
        id: "not-found",
        label: "404: no such session",
        hint: "The first poll is answered with 404, which is final.",
        code: "http",
        mock: { faults: { ...POLLS, status: 404 } },
      },
      {
        id: "unauthorized",
        label: "401: key refused",
        hint: "The create is answered with 401.",
        code: "http",
        mock: {
          faults: { ...CREATES, status: 401, headers: { "x-request-id": "demo-401" } },
        },
      },
      {
        id: "rate-limited",
        label: "429: come back in an hour",
        hint: "Retry-After does not fit into the time for the wait, so it ends at once.",
        code: "http",
        mock: { faults: { ...POLLS, status: 429, headers: { "retry-after": "3600" } } },
      },
      {
        id: "redirect",
        label: "Redirected to another host",
        hint: "It is not followed: the key would go with it.",
        code: "redirected",
        mock: { faults: { ...POLLS, redirect: true } },
      },
      {
        id: "garbled",
        label: "Web page instead of an answer",
        hint: "Something on the way answers every poll with HTML.",
        code: "decode",
        mock: { faults: { ...POLLS, garble: true } },
        poll: IMPATIENT,
      },
    ],
  ],
  [
    "The network fails",
    [
      {
        id: "dropped",
        label: "Connection lost",
        hint: "Every poll is cut off; the retries are used up.",
        code: "network",
        mock: { faults: { ...POLLS, drop: true } },
        poll: IMPATIENT,
      },
      {
        id: "stalled",
        label: "Connection stalls",
        hint: "Half a body comes, and then nothing. Each exchange has a time limit.",
        code: "network",
        mock: { faults: { ...POLLS, stall: "body" } },
        poll: { ...IMPATIENT, maxRetries: 1, requestTimeoutMs: 1500 },
      },
      {
        id: "create-unknown",
        label: "Lost while creating",
        hint: "The session may exist, so the create is not sent again.",
        code: "create_outcome_unknown",
        mock: { faults: { ...CREATES, drop: "body" } },
      },
      {
        id: "timeout",
        label: "It takes too long",
        hint: "The whole wait may take 3 seconds; the answer takes 12.",
        code: "timeout",
        mock: { delayMs: 12_000 },
        poll: { timeoutMs: 3000 },
      },
    ],
  ],
  [
    "The caller",
    [
      {
        id: "aborted",
        label: "Cancelled after 2 seconds",
        hint: "As the Cancel button does, by an AbortController.",
        code: "aborted",
        abortAfterMs: 2000,
      },
      {
        id: "invalid-argument",
        label: "A misspelt option",
        hint: "It is found before anything is sent.",
        code: "invalid_argument",
        params: { promt: "What is wrong here?" },
      },
      {
        id: "no-key",
        label: "No key to be had",
        hint: "The function that is asked for the API key throws.",
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
        label: "No WebAssembly module",
        hint: "The slim package, which must be given its module, is not given it.",
        code: "wasm_unavailable",
        withoutModule: true,
      },
    ],
  ],
];

/** @param {string} id */
export function failureById(id) {
  return FAILURES.flatMap(([, failures]) => failures).find((failure) => failure.id === id);
}
