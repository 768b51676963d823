// @ts-check
// The drawer "Under the hood": the polls, the requests and the code of the latest exchange of the conversation that is shown.
// It is initially closed. A reload restores its state and its tab.
import { CodeView } from "./code.js";
import { SAMPLE_PROMPT } from "./connection.js";
import { byId, el } from "./dom.js";
import { errorView, pollView } from "./timeline.js";
import { WireView } from "./wire.js";

/** @typedef {import("./conversation.js").Exchanges} Exchanges */

const STORAGE_KEY = "aiera-chat-demo.drawer";

/** @type {Record<string, (index: number, count: number) => number>} */
const MOVES = {
  ArrowRight: (index, count) => (index + 1) % count,
  ArrowLeft: (index, count) => (index + count - 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

export class Drawer {
  #drawer = byId("drawer");
  #toggle = byId("drawer-toggle");
  #tabs = /** @type {HTMLElement[]} */ ([...this.#drawer.querySelectorAll('[role="tab"]')]);
  #panels = /** @type {HTMLElement[]} */ ([...this.#drawer.querySelectorAll('[role="tabpanel"]')]);
  #noPolls = el("p", { class: "hint" }, "No polls yet. Ask a question to see each one here.");
  #polls = el("ol", { class: "polls", "aria-label": "Polls" });
  #error = el("div");
  #wire = new WireView();
  #code = new CodeView();
  /** @type {Exchanges | undefined} */
  #shown;

  constructor() {
    const [polls, wire, code] = this.#panels;
    polls?.append(this.#noPolls, this.#polls, this.#error);
    wire?.append(this.#wire.element);
    code?.append(this.#code.element);
    this.#tabs.forEach((tab, index) => tab.addEventListener("click", () => this.#select(index)));
    this.#toggle.addEventListener("click", () => this.#open(Boolean(this.#drawer.hidden)));
    byId("drawer-close").addEventListener("click", () => this.#close());
    this.#drawer.addEventListener("keydown", (event) => this.#onKeyDown(event));
    const { isOpen, tab } = restored();
    this.#select(tab);
    this.#open(isOpen);
  }

  /** @param {Exchanges | undefined} latest */
  update(latest) {
    if (latest !== this.#shown) {
      this.#shown = latest;
      this.#polls.replaceChildren();
    }
    const { polls = [], requests = [], error } = latest ?? {};
    this.#noPolls.hidden = polls.length > 0;
    const { length } = this.#polls.children;
    polls.slice(length).forEach((poll, index) => {
      this.#polls.append(pollView(poll, length + index + 1));
    });
    this.#error.replaceChildren(...(error ? [errorView(error)] : []));
    this.#wire.update(requests);
    this.#code.update(latest ?? { prompt: SAMPLE_PROMPT, sessionId: null });
  }

  /** @param {boolean} isOpen */
  #open(isOpen) {
    this.#drawer.hidden = !isOpen;
    this.#wire.reveal();
    this.#toggle.setAttribute("aria-expanded", String(isOpen));
    document.body.classList.toggle("with-drawer", isOpen);
    this.#keep();
  }

  #close() {
    this.#open(false);
    this.#toggle.focus();
  }

  /** @param {number} chosen */
  #select(chosen) {
    this.#tabs.forEach((tab, index) => {
      tab.setAttribute("aria-selected", String(index === chosen));
      tab.tabIndex = index === chosen ? 0 : -1;
    });
    this.#panels.forEach((panel, index) => (panel.hidden = index !== chosen));
    this.#wire.reveal();
    this.#keep();
  }

  /** @param {KeyboardEvent} event */
  #onKeyDown(event) {
    if (event.key === "Escape") return this.#close();
    const index = this.#tabs.findIndex((tab) => tab === document.activeElement);
    const move = MOVES[event.key];
    if (!move || index < 0) return;
    event.preventDefault();
    const next = move(index, this.#tabs.length);
    this.#select(next);
    this.#tabs[next]?.focus();
  }

  #keep() {
    const tab = this.#tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
    const state = JSON.stringify({ isOpen: !this.#drawer.hidden, tab });
    try {
      sessionStorage.setItem(STORAGE_KEY, state);
    } catch {
      // A browser may forbid storage.
    }
  }
}

/** @returns {{ isOpen: boolean, tab: number }} */
function restored() {
  try {
    const { isOpen, tab } = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "{}");
    return { isOpen: isOpen === true, tab: [0, 1, 2].includes(tab) ? Number(tab) : 0 };
  } catch {
    return { isOpen: false, tab: 0 };
  }
}
