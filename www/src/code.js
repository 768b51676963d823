// @ts-check
// The code that does what a run does, ready to copy: for the page as it is, and for Node.
import { proxyUrl } from "./connection.js";

/** @typedef {import("./run.js").Plan} Plan */

const LINE = 64;

/**
 * @param {Plan} plan
 * @returns {{ title: string, code: string }[]}
 */
export function codeOf(plan) {
  return [
    { title: pageTitle(plan), code: pageCode(plan) },
    { title: "In Node", code: nodeCode(plan) },
  ];
}

/** @param {Plan} plan */
function pageTitle({ failure }) {
  return failure || !proxyUrl ? "In this page, on the mock" : "In this page, behind its proxy";
}

/** @param {Plan} plan */
function pageCode(plan) {
  const { failure } = plan;
  const from = failure?.withoutModule ? "aiera-chat/slim" : "aiera-chat";
  const imports = [`import { AieraChat } from "${from}";`];
  const lines = [];
  /** @type {string[]} */
  const options = [];
  if (failure || !proxyUrl) {
    imports.push('import { createMockApi } from "aiera-chat/testing";');
    lines.push(`const mock = createMockApi(${literal(failure?.mock)});`);
    options.push("fetch: mock.fetch", ...fieldsOf(failure?.client));
  } else {
    lines.push("// Without a key: the proxy on the page's own origin adds it.");
    options.push(`baseUrl: ${JSON.stringify(proxyUrl.pathname)}`);
  }
  lines.push(`const chat = new AieraChat({ ${options.join(", ")} });`);
  return [...imports, "", ...lines, ...callsOf(plan)].join("\n");
}

/** @param {Plan} plan */
function nodeCode(plan) {
  return [
    'import { AieraChat } from "aiera-chat";',
    "",
    "const chat = new AieraChat({ apiKey: process.env.AIERA_API_KEY });",
    ...callsOf(plan),
  ].join("\n");
}

/** @param {Plan} plan */
function callsOf({ params, id, failure }) {
  const poll = ["signal: controller.signal", ...fieldsOf(failure?.poll)];
  const { abortAfterMs } = failure ?? {};
  const create = [
    `  const params = ${literal(failure?.params ?? params, "  ")};`,
    "  const { signal } = controller;",
    "  const session = await chat.createSession(params, { signal });",
  ];
  return [
    "// controller.abort() cancels",
    "const controller = new AbortController();",
    ...(abortAfterMs ? [`setTimeout(() => controller.abort(), ${abortAfterMs});`] : []),
    "",
    "try {",
    ...(id === undefined ? create : [`  const session = ${literal(id)};`]),
    "  const done = await chat.pollSession(session, {",
    ...poll.map((option) => `    ${option},`),
    "    onUpdate: (latest) => console.log(latest.status),",
    "    onPoll: ({ attempt, nextDelayMs, reason }) =>",
    "      console.log(attempt, nextDelayMs, reason),",
    "  });",
    "  const answer = done.messages?.findLast(",
    '    (message) => message.message_type === "response",',
    "  );",
    "  for (const block of answer?.blocks ?? [])",
    "    console.log(block.content);",
    "} catch (error) {",
    "  // error.lastSession is not lost",
    "  console.error(error.code, error.message);",
    "}",
  ];
}

/** @param {object | undefined} object */
function fieldsOf(object) {
  return Object.entries(object ?? {}).map(([name, value]) => `${name}: ${literal(value)}`);
}

/**
 * A value as one would write it, on several lines where one would be long.
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
  if (indent.length + line.length <= LINE && !line.includes("\n")) return line;
  return `${open}\n${parts.map((part) => `${deeper}${part},\n`).join("")}${indent}${close}`;
}

/** @param {string} name */
const key = (name) => (/^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name));
