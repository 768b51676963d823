// @ts-check
import "deep-chat";
import { countElements, painted, promptOf, scrollThrough, textOf } from "./conversation.js";

/**
 * @param {number} turns
 * @param {number} citations
 */
async function measure(turns, citations) {
  const textOfTurn = (/** @type {number} */ turn) =>
    textOf(turn, citations, (i) => `[c${i}](https://example.com/${turn}/${i})`);
  const history = Array.from({ length: turns }, (_, turn) => [
    { role: "user", text: promptOf(turn) },
    { role: "ai", text: textOfTurn(turn) },
  ]).flat();
  const chat = /** @type {any} */ (document.createElement("deep-chat"));
  chat.connect = { url: "/api" };
  chat.history = history;
  chat.style.cssText = "height: 800px; width: 1200px";

  let start = performance.now();
  const rendered = new Promise((resolve) => (chat.onComponentRender = resolve));
  document.body.append(chat);
  await rendered;
  await painted();
  const render = performance.now() - start;

  const scroll = await scrollThrough(chat.shadowRoot.querySelector("#messages"));

  start = performance.now();
  chat.addMessage({ role: "user", text: promptOf(turns) });
  chat.addMessage({ role: "ai", text: textOfTurn(turns) });
  await painted();
  const followUp = performance.now() - start;
  return { render, complete: render, scroll, followUp, elements: countElements(document) };
}

Object.assign(window, { measure });
