// @ts-check
import { AieraChat } from "aiera-chat";
import "../../pkg/element.mjs";
import { countElements, painted, promptOf, scrollThrough, textOf } from "./conversation.js";

const SESSION = 2229;

/**
 * @param {number} turn
 * @param {number} citations
 */
function messagesOf(turn, citations) {
  const promptId = turn * 2 + 1;
  const base = { session_id: SESSION, created_at: "2026-04-22T10:00:00Z" };
  const source = (/** @type {number} */ i) => ({
    id: `${turn}-${i % 20}`,
    type: ["filing", "transcript", "news"][i % 3],
    name: `Document ${i % 20} of turn ${turn}`,
  });
  const cited = Array.from({ length: citations }, (_, i) => ({
    marker: `[c${i}]`,
    quote: `A passage about ${promptOf(turn)}`,
    date: "2026-04-22",
    author: "An author",
    url: `https://example.com/${turn}/${i}`,
    source: source(i),
  }));
  const content = textOf(turn, citations, (i) => `[c${i}]`);
  return [
    { ...base, id: promptId, message_type: "prompt", content: promptOf(turn) },
    {
      ...base,
      id: promptId + 1,
      message_type: "response",
      prompt_message_id: promptId,
      blocks: [{ type: "text", content, citations: cited }],
      sources: cited.map(({ source }) => source),
    },
  ];
}

/**
 * @param {number} turns
 * @param {number} citations
 */
async function measure(turns, citations) {
  const messages = Array.from({ length: turns }, (_, turn) => messagesOf(turn, citations)).flat();
  const [prompt, response] = messagesOf(turns, citations);
  // Bytes, as they come from a server, whose work is not measured.
  const bytes = (/** @type {unknown} */ body) => new TextEncoder().encode(JSON.stringify(body));
  const sessionOf = (/** @type {unknown[]} */ listed) =>
    bytes({ id: SESSION, status: "active", messages: listed });
  const asked = bytes(prompt);
  const answered = sessionOf([...messages, prompt, response]);
  let session = sessionOf(messages);
  const fetch = async (/** @type {string} */ _, /** @type {RequestInit} */ { method }) => {
    if (method === "POST") session = answered;
    const body = method === "POST" ? asked : session;
    return new Response(body, { headers: { "content-type": "application/json" } });
  };
  const client = new AieraChat({ baseUrl: "/api", fetch });
  // Loads the module first, so that only the element is measured.
  await client.getSession(SESSION);
  const chat = document.createElement("aiera-chat");
  chat.client = client;
  chat.style.height = "800px";
  document.body.append(chat);
  await painted();

  let start = performance.now();
  const shown = new Promise((resolve) =>
    chat.addEventListener("aiera-chat.answer", resolve, { once: true }),
  );
  chat.sessionId = SESSION;
  await shown;
  await painted();
  const render = performance.now() - start;
  const root = /** @type {ShadowRoot} */ (chat.shadowRoot);
  while (root.querySelectorAll(".answer").length < turns) await painted();
  const complete = performance.now() - start;

  const chips = /** @type {HTMLElement[]} */ ([
    ...root.querySelectorAll(".turn:last-of-type .citation"),
  ]);
  const opened = [];
  for (const chip of chips) {
    start = performance.now();
    chip.click();
    await painted();
    opened.push(performance.now() - start);
  }
  opened.sort((a, b) => a - b);

  const scroll = await scrollThrough(/** @type {Element} */ (root.querySelector(".thread")));

  start = performance.now();
  await chat.ask(promptOf(turns));
  await painted();
  const followUp = performance.now() - start;
  return {
    render,
    complete,
    card: opened[opened.length >> 1],
    card99: opened[Math.floor(opened.length * 0.99)],
    scroll,
    followUp,
    elements: countElements(document),
  };
}

Object.assign(window, { measure });
