// @ts-check
// The whole view: log, progress, suggestions and composer, and the card above them. It shows the state of a conversation
// and forwards the user's actions.
import { copyText } from "../clipboard.js";
import { IDLE, isBusy } from "../conversation.js";
import { STRINGS } from "../strings.js";
import { ScrollEdges } from "../table.js";
import { Backlog } from "./backlog.js";
import { CitationCard } from "./card.js";
import { citationGroup } from "./citations.js";
import { Composer } from "./composer.js";
import { h, outsideLink, webAddress } from "./dom.js";
import { Layout } from "./layout.js";
import { errorText, noticeView } from "./notice.js";
import { Progress } from "./progress.js";
import { TurnView } from "./turn.js";

/** @typedef {import("./context.js").AieraChatStrings} AieraChatStrings */
/** @typedef {import("./context.js").AnswerCitation} AnswerCitation */
/** @typedef {import("./context.js").ViewContext} ViewContext */
/** @typedef {import("../conversation.js").ConversationState} ConversationState */
/** @typedef {import("./turn.js").TurnBody} TurnBody */
/** @typedef {import("../../../index.js").Turn} Turn */

/**
 * @typedef {object} ChatActions
 * @property {(prompt: string) => void} ask
 * @property {() => void} stop
 * @property {() => void} recover
 * @property {(citation: AnswerCitation) => boolean} followLink  whether to follow the link of a citation
 */

/** The number of turns that appear immediately. Earlier ones follow, and are not laid out while out of view. */
const LONG = 12;
/** How long a button confirms a copy. */
const COPIED_MS = 2000;

export class ChatView {
  #actions;
  #root;
  #log = h("div", { class: "log", part: "log", role: "log" });
  #thread;
  #content = h("div", { class: "content" });
  #greeting = h("p", { class: "greeting", part: "greeting" });
  /** Wraps the slot, since accessibility tools ignore that a slot is hidden. */
  #empty = h("div", { class: "empty" }, h("slot", { name: "empty" }, this.#greeting));
  #suggestions = h("div", { class: "suggestions", part: "suggestions", role: "group" });
  /** Announces the result of a user's action, such as a copy. */
  #announcer = h("div", { class: "visually-hidden", role: "status" });
  #edges = new ScrollEdges();
  #backlog = new Backlog();
  #composer;
  #progress;
  #card;
  #layout;
  /** @type {TurnView[]} */
  #turns = [];
  /** Whether the suggestions are newer than the last ask. */
  #areSuggestionsNew = true;
  /** A failure outside of all turns. @type {HTMLElement | undefined} */
  #notice;
  #state = IDLE;
  #isRunning = false;
  #isReadOnly = false;
  /** The placeholder that the page sets. @type {string | null} */
  #placeholder = null;
  /** Whether a user asked in the element, so that the page scrolls to the new turn. */
  #isOwnAsk = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #copied;
  /** @type {ViewContext} */
  #context;

  /**
   * @param {ShadowRoot} root
   * @param {ChatActions} actions
   */
  constructor(root, actions) {
    this.#root = root;
    this.#actions = actions;
    this.#context = {
      strings: STRINGS,
      locale: undefined,
      headingLevel: 2,
      copy: this.#copy,
      observeScroller: this.#edges.observe,
      citationGroup: (cited) => citationGroup(cited, this.#context.strings.citation),
      sourceLink: this.#sourceLink,
    };
    const context = () => this.#context;
    this.#composer = new Composer((prompt) => this.#ask(prompt));
    this.#progress = new Progress(context, actions.stop);
    const content = this.#content;
    content.append(this.#log, this.#progress.element, this.#empty, this.#suggestions);
    const thread = h("div", { class: "thread", role: "group" }, content);
    const composer = h("div", { class: "composer-row" }, this.#composer.element);
    const footer = h("div", { class: "footer" }, composer, slot("footer"));
    const column = h("div", { class: "column" }, slot("header"), thread, footer);
    const strut = h("div", { class: "strut" });
    const frame = h("div", { class: "frame" }, strut, column);
    this.#card = new CitationCard(frame, context);
    this.#thread = thread;
    this.#layout = new Layout({ frame, strut, thread, content, footer });
    root.append(frame, this.#card.element, this.#announcer);
    this.#suggestions.addEventListener("click", ({ target }) => {
      const { textContent } = /** @type {Element} */ (target).closest("button") ?? {};
      if (textContent) this.#ask(textContent);
    });
  }

  /**
   * Renders everything with new settings.
   *
   * @param {object} settings
   * @param {AieraChatStrings} settings.strings
   * @param {string | undefined} settings.locale
   * @param {number} settings.headingLevel
   * @param {string | null} settings.placeholder
   * @param {boolean} settings.isReadOnly
   */
  configure({ strings, locale, headingLevel, placeholder, isReadOnly }) {
    const before = this.#context;
    const isSame =
      before.strings === strings &&
      before.locale === locale &&
      before.headingLevel === headingLevel;
    this.#context = { ...before, strings, locale, headingLevel };
    for (const part of [this.#thread, this.#log]) {
      part.setAttribute("aria-label", strings.conversation);
    }
    this.#suggestions.setAttribute("aria-label", strings.suggestions);
    this.#composer.setStrings(strings);
    this.#placeholder = placeholder;
    this.#greeting.textContent = strings.greeting;
    this.#isReadOnly = isReadOnly;
    this.#composer.element.hidden = isReadOnly;
    if (!isSame) {
      this.#card.close();
      this.#turns = [];
      this.#backlog.clear();
      this.#log.replaceChildren();
    }
    this.#show();
  }

  /** @param {string} prompt  the composer's initial text */
  setPrompt(prompt) {
    this.#composer.setInitial(prompt);
  }

  /** @param {readonly string[]} suggestions */
  setSuggestions(suggestions) {
    const buttons = suggestions.map((text) =>
      h("button", { type: "button", class: "suggestion", part: "suggestion" }, text),
    );
    this.#suggestions.replaceChildren(...buttons);
    this.#areSuggestionsNew = true;
    this.#show();
  }

  /** @param {boolean} isRunning  whether the element is in a document, where clocks run and sizes change */
  setRunning(isRunning) {
    this.#isRunning = isRunning;
    this.#layout.setRunning(isRunning);
    this.#backlog.setRunning(isRunning);
    if (!isRunning) this.#card.close();
    this.#show();
  }

  focusComposer() {
    this.#composer.focus();
  }

  /** @param {ConversationState} state */
  update(state) {
    const before = this.#state;
    this.#state = state;
    const { status, turns } = state;
    if (status === "submitted") this.#areSuggestionsNew = false;
    if (status === "idle" && before.status !== "idle") {
      this.#areSuggestionsNew = true;
      this.#composer.reset();
    }
    const focused = this.#focused();
    const isKeyboard = focused?.matches(":focus-visible");
    this.#show();
    if (status === "idle") this.#layout.clear();
    else if (turns.length !== before.turns.length || (isBusy(state) && !isBusy(before))) {
      this.#layout.showLast(this.#log.lastElementChild, this.#isOwnAsk);
    }
    if (!isBusy(state)) this.#isOwnAsk = false;
    // The focus moves from a removed control to the composer.
    const isGone = focused && !focused.getClientRects().length;
    if (isKeyboard && isGone && !this.#isReadOnly) this.#composer.focus();
  }

  /** The focused control, inside the element or in one of its slots. */
  #focused() {
    const { activeElement, host } = this.#root;
    if (activeElement) return activeElement;
    const { activeElement: outer } = /** @type {Document | ShadowRoot} */ (host.getRootNode());
    return outer && outer !== host && host.contains(outer) ? outer : null;
  }

  #show() {
    const state = this.#state;
    const busy = isBusy(state);
    this.#composer.setBusy(busy);
    const { placeholder, followUp } = this.#context.strings;
    const hint = state.session ? followUp : placeholder;
    this.#composer.setPlaceholder(this.#placeholder ?? hint);
    this.#content.classList.toggle("idle", state.status === "idle");
    this.#empty.hidden = state.status !== "idle" || this.#isReadOnly;
    this.#suggestions.hidden =
      busy || this.#isReadOnly || !this.#areSuggestionsNew || !this.#suggestions.hasChildNodes();
    this.#progress.update(state, this.#isRunning);
    this.#showTurns(state);
  }

  /** @param {ConversationState} state */
  #showTurns(state) {
    const { turns, error, recovery } = state;
    const views = this.#turns;
    const changed = turns.findIndex((turn, index) => !views[index]?.shows(turn));
    const kept = changed < 0 ? turns.length : changed;
    for (const view of views.splice(kept)) {
      this.#backlog.drop(view);
      view.element.remove();
    }
    const added = turns
      .slice(kept)
      .map(({ prompt }) => new TurnView(prompt ?? "", this.#context, this.#actions.recover));
    views.push(...added);
    views.forEach((view, index) => {
      const fromEnd = turns.length - 1 - index;
      const body = bodyOf(turns[index], fromEnd === 0 ? state : undefined);
      this.#backlog.show(view, body, fromEnd < LONG);
    });
    this.#notice?.remove();
    this.#notice = undefined;
    if (error && (turns.at(-1)?.answer || turns.length === 0)) {
      const { strings } = this.#context;
      const options = { strings, isError: true, recovery, recover: this.#actions.recover };
      this.#notice = noticeView(errorText(error, strings), options);
    }
    this.#log.classList.toggle("long", turns.length > LONG);
    // Turns are complete before insertion, so that an answer is one insertion.
    this.#log.append(
      ...added.map(({ element }) => element),
      ...(this.#notice ? [this.#notice] : []),
    );
    if (added.length > LONG) {
      this.#estimate("--_sources", ".sources > ul");
      this.#estimate("--_answer", ".answer");
    }
  }

  /**
   * Estimates the height of parts that have not been in view as the mean of the last ones. With a height that is too small, a
   * scroll brings several turns into view at once, and each moves the others. The property is set on the log, so that an
   * answer has no `style` attribute.
   *
   * @param {string} property
   * @param {string} selector
   */
  #estimate(property, selector) {
    const all = /** @type {NodeListOf<HTMLElement>} */ (this.#log.querySelectorAll(selector));
    const parts = [...all].slice(-2);
    const height = parts.reduce((sum, { offsetHeight }) => sum + offsetHeight / parts.length, 0);
    if (height) this.#log.style.setProperty(property, `${height}px`);
  }

  /** @param {string} prompt */
  #ask(prompt) {
    this.#isOwnAsk = true;
    this.#actions.ask(prompt);
  }

  /**
   * @param {AnswerCitation} citation
   * @param {string} text
   */
  #sourceLink = (citation, text) => {
    const href = webAddress(citation.url);
    if (!href) return undefined;
    const click = (/** @type {MouseEvent} */ event) => {
      if (!this.#actions.followLink(citation)) event.preventDefault();
    };
    return outsideLink(href, { click }, text);
  };

  /**
   * @param {string} text
   * @param {HTMLElement} button
   */
  #copy = async (text, button) => {
    const { strings } = this.#context;
    const isCopied = await copyText(text, this.#announcer);
    this.#announcer.textContent = isCopied ? strings.copied : strings.copyFailed;
    button.classList.toggle("done", isCopied);
    clearTimeout(this.#copied);
    this.#copied = setTimeout(() => {
      this.#announcer.textContent = "";
      button.classList.remove("done");
    }, COPIED_MS);
  };
}

/**
 * The content below a prompt.
 *
 * @param {Turn} turn
 * @param {ConversationState | undefined} state  only for the last turn
 * @returns {TurnBody}
 */
function bodyOf({ answer }, state) {
  const isBusyTurn = state && isBusy(state) && state.session?.status !== "active";
  if (answer && !isBusyTurn) return { kind: "answer", answer };
  if (!state) return { kind: "none" };
  const { error, recovery, isStopped } = state;
  if (isBusy(state)) return { kind: "pending" };
  if (error) return { kind: "error", error, recovery };
  return isStopped ? { kind: "stopped", recovery } : { kind: "none" };
}

/** @param {string} name */
const slot = (name) => h("slot", { name });
