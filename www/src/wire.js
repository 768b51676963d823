// @ts-check
// Requests and responses as they went over the wire, one a fold. They are recorded by recorder.js.
import { el } from "./dom.js";

/** @typedef {import("./recorder.js").Exchange} Exchange */

/** More than that is no help, and slows the page down. */
const LONGEST = 20_000;

/**
 * @param {Exchange} exchange
 * @param {HTMLDetailsElement | undefined} shown what stands for it already
 */
export function exchangeView(exchange, shown) {
  const fold = shown ?? el("details", { class: "exchange", open: exchange.number === 1 });
  const { method, url, headers, body, response } = exchange;
  const { pathname, search } = new URL(url, document.baseURI);
  fold.replaceChildren(
    el(
      "summary",
      {},
      el("span", { class: "method" }, method),
      el("span", { class: "path" }, `${pathname}${search}`),
      el("span", { class: outcomeClass(exchange) }, outcome(exchange)),
    ),
    message("Request", `${method} ${url}`, headers, body),
  );
  if (response) {
    const text = response.body ?? (response.lost ? `(lost: ${response.lost})` : "(on its way)");
    const took = exchange.tookMs === undefined ? "" : `  (${Math.round(exchange.tookMs)} ms)`;
    fold.append(message("Response", `HTTP ${response.status}${took}`, response.headers, text));
  } else if (exchange.lost)
    fold.append(el("p", { class: "hint" }, `No response: ${exchange.lost}`));
  return fold;
}

/**
 * @param {string} title
 * @param {string} first
 * @param {[string, string][]} headers
 * @param {string} body
 */
function message(title, first, headers, body) {
  const head = [first, ...headers.map(([name, value]) => `${name}: ${value}`)].join("\n");
  const text = body ? `${head}\n\n${indented(body)}` : head;
  return el("pre", { tabindex: "0", role: "region", "aria-label": title }, el("code", {}, text));
}

/** @param {string} body */
function indented(body) {
  let text = body;
  try {
    text = JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    // It is shown as it is.
  }
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}\n… (${text.length} characters)` : text;
}

/** @param {Exchange} exchange */
function outcome({ response, lost }) {
  if (lost) return "lost";
  if (response?.lost) return `${response.status}, cut`;
  return response ? String(response.status) : "…";
}

/** @param {Exchange} exchange */
function outcomeClass({ response, lost }) {
  const bad = lost || response?.lost || (response && response.status >= 300);
  return bad ? "outcome outcome-bad" : "outcome";
}
