// @ts-check
// The list of an exchange's requests, and the selected request in full: the latest, until a user selects another.
import { copyButton, el } from "./dom.js";
import { highlight } from "./highlight.js";

/** @typedef {import("./recorder.js").Exchange} Request */

/** Longer bodies are truncated. */
const MAX_LENGTH = 20_000;

export class WireView {
  #empty = el("p", { class: "hint" }, "No requests yet.");
  #list = el("ol", { class: "requests", "aria-label": "Requests" });
  #detail = el("div", { class: "request-detail" });
  /** @type {readonly Request[]} */
  #requests = [];
  /** @type {Request | undefined} */
  #selected;
  #isShown = "";
  element = el("div", { class: "wire" }, this.#empty, this.#list, this.#detail);

  /** @param {readonly Request[]} requests  a different array means a different exchange */
  update(requests) {
    if (requests !== this.#requests) {
      this.#selected = undefined;
      this.#isShown = "";
      this.#list.replaceChildren();
      this.#requests = requests;
    }
    for (const request of requests.slice(this.#list.children.length)) {
      const click = () => {
        this.#selected = request;
        this.#show();
      };
      this.#list.append(el("li", {}, el("button", { type: "button", class: "request", click })));
    }
    this.#show();
  }

  /** Scrolls the list to the latest request, unless a user selected one. A hidden list does not scroll. */
  reveal() {
    if (!this.#selected) this.#list.scrollTop = this.#list.scrollHeight;
  }

  #show() {
    const requests = this.#requests;
    const selected = this.#selected ?? requests.at(-1);
    this.#empty.hidden = requests.length > 0;
    this.#list.hidden = requests.length === 0;
    requests.forEach((request, index) => {
      const button = this.#list.children[index]?.querySelector("button");
      if (!button) return;
      button.replaceChildren(
        el("span", { class: "method" }, request.method),
        el("span", { class: "path" }, pathOf(request)),
        el("span", { class: isBad(request) ? "outcome bad" : "outcome" }, outcomeOf(request)),
      );
      button.setAttribute("aria-pressed", String(request === selected));
    });
    this.reveal();
    const texts = selected ? messagesOf(selected) : [];
    const text = texts.join("\n");
    if (text === this.#isShown) return;
    this.#isShown = text;
    const [sent, received] = texts;
    this.#detail.replaceChildren(
      ...(sent ? [message("Request", sent)] : []),
      ...(received ? [message("Response", received)] : []),
    );
  }
}

/**
 * @param {string} title
 * @param {string} text
 */
function message(title, text) {
  return el(
    "section",
    { class: "snippet" },
    el(
      "div",
      { class: "snippet-head" },
      el("h3", {}, title),
      copyButton(() => text, `the ${title.toLowerCase()}`),
    ),
    el(
      "pre",
      { tabindex: "0", role: "region", "aria-label": title },
      el("code", {}, highlight(text, "http")),
    ),
  );
}

/** @param {Request} request */
function messagesOf({ method, url, headers, body, response, error, tookMs }) {
  const sent = textOf(`${method} ${url}`, headers, body);
  if (error) return [sent, `No response: ${error}`];
  if (!response) return [sent, "…"];
  const took = tookMs === undefined ? "" : ` (${Math.round(tookMs)} ms)`;
  const received = response.body ?? (response.error ? `No body: ${response.error}` : "…");
  return [sent, textOf(`HTTP ${response.status}${took}`, response.headers, received)];
}

/**
 * @param {string} first
 * @param {[string, string][]} headers
 * @param {string} body
 */
function textOf(first, headers, body) {
  const head = [first, ...headers.map(([name, value]) => `${name}: ${value}`)].join("\n");
  return body ? `${head}\n\n${indented(body)}` : head;
}

/** @param {string} body */
function indented(body) {
  let text = body;
  try {
    text = JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    // Not JSON: shown unchanged.
  }
  return text.length > MAX_LENGTH
    ? `${text.slice(0, MAX_LENGTH)}\n… (${text.length} characters)`
    : text;
}

/** @param {Request} request */
function pathOf({ url }) {
  const { pathname } = new URL(url, document.baseURI);
  return pathname.slice(pathname.indexOf("/chat-v1/"));
}

/** @param {Request} request */
function outcomeOf({ response, error }) {
  if (error) return "failed";
  if (response?.error) return `${response.status}, cut off`;
  return response ? String(response.status) : "…";
}

/** @param {Request} request */
function isBad({ response, error }) {
  return Boolean(error || response?.error || (response && response.status >= 300));
}
