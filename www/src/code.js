// @ts-check
// Code to copy that repeats the latest exchange.
import { proxyUrl } from "./connection.js";
import { copyButton, el } from "./dom.js";
import { highlight } from "./highlight.js";

/** @typedef {import("./conversation.js").Exchanges} Exchanges */
/** @typedef {import("./highlight.js").Language} Language */
/** @typedef {{ title: string, code: string, language: Language }} Snippet */
/** @typedef {Pick<Exchanges, "prompt" | "sessionId" | "failure">} Call */

/** The width of the drawer. */
const MAX_LINE = 50;

export class CodeView {
  element = el("div", { class: "code-view" });
  #shown = "";

  /** @param {Call} call */
  update(call) {
    const snippets = snippetsOf(call);
    const key = snippets.map(({ code }) => code).join("\n");
    if (key === this.#shown) return;
    this.#shown = key;
    this.element.replaceChildren(...snippets.map(snippetView));
  }
}

/** @param {Snippet} snippet */
function snippetView({ title, code, language }) {
  return el(
    "section",
    { class: "snippet" },
    el(
      "div",
      { class: "snippet-head" },
      el("h3", {}, title),
      copyButton(() => code, `the code: ${title}`),
    ),
    el(
      "pre",
      { tabindex: "0", role: "region", "aria-label": title },
      el("code", {}, highlight(code, language)),
    ),
  );
}

/**
 * @param {Call} call
 * @returns {Snippet[]}
 */
function snippetsOf(call) {
  const { failure, sessionId } = call;
  if (failure)
    return [{ title: "This failure, on the mock", code: failureCode(call), language: "js" }];
  /** @type {Snippet[]} */
  const snippets = [
    { title: "On a server", code: serverCode(call), language: "js" },
    {
      title: "In a page, behind a proxy that adds the key",
      code: pageCode(sessionId),
      language: "html",
    },
  ];
  // A new mock does not have the session that was opened.
  if (!proxyUrl && call.prompt !== undefined) {
    snippets.push({ title: "In a test, on the mock", code: mockCode(call), language: "js" });
  }
  return snippets;
}

/** @param {Call} call */
function serverCode(call) {
  const names = call.prompt === undefined ? "AieraChat, answerOf" : "AieraChat";
  return [
    `import { ${names} } from "aiera-chat";`,
    "",
    "const chat = new AieraChat({",
    "  apiKey: process.env.AIERA_API_KEY,",
    "});",
    "",
    ...callOf(call),
  ].join("\n");
}

/** @param {Call} call */
function mockCode(call) {
  return [
    'import { AieraChat } from "aiera-chat";',
    'import { createMockApi } from "aiera-chat/testing";',
    "",
    "const mock = createMockApi();",
    "const chat = new AieraChat({ fetch: mock.fetch });",
    "",
    ...callOf({ ...call, sessionId: null }),
  ].join("\n");
}

/** @param {Call} call */
function callOf({ prompt, sessionId }) {
  const print = "console.log(answer.toMarkdown());";
  if (prompt === undefined) {
    return [
      `const session = await chat.pollSession(${literal(sessionId)});`,
      "console.log(answerOf(session)?.toMarkdown());",
    ];
  }
  const options = sessionId === null ? "" : `, { session: ${literal(sessionId)} }`;
  const line = `const answer = await chat.ask(${literal(prompt)}${options});`;
  if (line.length <= MAX_LINE) return [line, print];
  const rest = options ? `  ${options.slice(2)},` : "";
  return [
    "const answer = await chat.ask(",
    `  ${literal(prompt)},`,
    ...(rest ? [rest] : []),
    ");",
    print,
  ];
}

/** @param {Call["sessionId"]} sessionId */
function pageCode(sessionId) {
  const base = proxyUrl?.pathname ?? "/api/aiera";
  const session = sessionId === null ? "" : ` session-id="${sessionId}"`;
  return [
    `<aiera-chat base-url="${base}"${session}></aiera-chat>`,
    '<script type="module">',
    '  import "aiera-chat/element";',
    "</script>",
  ].join("\n");
}

/** @param {Call} call */
function failureCode({ failure, prompt = "" }) {
  const { client, mock, poll, stopAfterMs, followUp, withoutModule, code } = failure ?? {};
  const from = withoutModule ? "aiera-chat/slim" : "aiera-chat";
  const options = stopAfterMs ? [`signal: AbortSignal.timeout(${stopAfterMs})`] : fieldsOf(poll);
  const asked = followUp && prompt === followUp ? "How was the quarter?" : prompt;
  const first = `chat.ask(${literal(asked)}${
    options.length > 0 ? `, { ${options.join(", ")} }` : ""
  })`;
  return [
    `import { AieraChat } from "${from}";`,
    'import { createMockApi } from "aiera-chat/testing";',
    "",
    `const mock = createMockApi(${literal(mock)});`,
    `const chat = new AieraChat({ ${["fetch: mock.fetch", ...fieldsOf(client)].join(", ")} });`,
    "",
    "try {",
    `  const answer = await ${first};`,
    ...(followUp
      ? [`  await chat.ask(${literal(followUp)}, { session: answer.session });`]
      : ["  console.log(answer.toMarkdown());"]),
    "} catch (error) {",
    ...(code ? [`  // error.code is ${JSON.stringify(code)}`] : []),
    "  console.error(error.code, error.message);",
    "}",
  ].join("\n");
}

/** @param {object | undefined} object */
function fieldsOf(object) {
  return Object.entries(object ?? {}).map(([name, value]) => `${name}: ${literal(value)}`);
}

/**
 * A value as source code, on several lines if one would be too long.
 *
 * @param {unknown} value
 * @param {string} [indent]
 * @returns {string}
 */
function literal(value, indent = "") {
  if (value === undefined) return "";
  if (typeof value === "function") return `() => { throw new Error("The vault is locked."); }`;
  if (typeof value !== "object" || value === null) {
    return typeof value === "number" ? String(value) : JSON.stringify(value);
  }
  const isArray = Array.isArray(value);
  const deeper = `${indent}  `;
  const parts = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([name, item]) => (isArray ? "" : `${key(name)}: `) + literal(item, deeper));
  const [open, close] = isArray ? ["[", "]"] : ["{", "}"];
  const line = isArray ? `[${parts.join(", ")}]` : `{ ${parts.join(", ")} }`;
  if (indent.length + line.length <= MAX_LINE && !line.includes("\n")) return line;
  return `${open}\n${parts.map((part) => `${deeper}${part},\n`).join("")}${indent}${close}`;
}

/** @param {string} name */
const key = (name) => (/^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name));
