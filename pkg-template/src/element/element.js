// @ts-check
// The custom element: its attributes, properties, methods and events, and its lifecycle. view/chat.js shows the
// conversation, and conversation.js holds its state.
import { sharedClient } from "./clients.js";
import { Conversation } from "./conversation.js";
import { checkStrings, STRINGS } from "./strings.js";
import { adoptStyles } from "./styles.js";
import { ChatView } from "./view/chat.js";

/** @typedef {import("../../index.js").AieraChat} AieraChat */
/** @typedef {import("../../index.js").Answer} Answer */
/** @typedef {import("../../index.js").AnswerCitation} AnswerCitation */
/** @typedef {import("../../index.js").PollOptions} PollOptions */
/** @typedef {import("../../element.js").AieraChatStrings} AieraChatStrings */
/** @typedef {import("../../element.js").AieraChatElementEventMap} AieraChatElementEventMap */

/** Servers import this module too, and have no `HTMLElement`. */
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

export class AieraChatElement extends Base {
  static observedAttributes = [
    "base-url",
    "session-id",
    "prompt",
    "placeholder",
    "lang",
    "heading-level",
    "readonly",
  ];

  #conversation;
  #view;
  /** @type {AieraChat | null} */
  #client = null;
  /** @type {PollOptions | null} */
  #pollOptions = null;
  #strings = STRINGS;
  /** @type {readonly string[]} */
  #suggestions = [];
  /** Whether the element is in a document, or left one in the current task. */
  #isRunning = false;
  #isReady = false;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    adoptStyles(root);
    const conversation = new Conversation({
      client: () => this.#client ?? sharedClient(this.getAttribute("base-url")),
      pollOptions: () => this.#pollOptions,
      isPaused: true,
      events: {
        status: (status) => this.#dispatch("aiera-chat.status", { status }),
        answer: (answer) => this.#dispatch("aiera-chat.answer", { answer }),
        error: (error) => this.#dispatch("aiera-chat.error", { error }),
        sessionChange: (sessionId) => {
          this.sessionId = sessionId;
          this.#dispatch("aiera-chat.session-change", { sessionId });
        },
      },
    });
    this.#conversation = conversation;
    this.#view = new ChatView(root, {
      ask: (prompt) => void conversation.ask(prompt),
      stop: conversation.stop,
      recover: conversation.recover,
      followLink: (citation) => this.#dispatch("aiera-chat.citation-click", { citation }),
    });
    conversation.subscribe(() => this.#view.update(conversation.getState()));
  }

  connectedCallback() {
    this.#takeEarlyProperties();
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#configure();
    this.#view.setRunning(true);
    // Before the first request, the page may set more properties.
    queueMicrotask(() => {
      if (!this.isConnected) return;
      this.#conversation.start();
      if (this.#isReady) return;
      this.#isReady = true;
      this.#dispatch("aiera-chat.ready", undefined);
    });
  }

  disconnectedCallback() {
    // Moving an element disconnects and reconnects it synchronously.
    queueMicrotask(() => {
      if (this.isConnected || !this.#isRunning) return;
      this.#isRunning = false;
      this.#conversation.pause();
      this.#view.setRunning(false);
    });
  }

  /** Keeps `moveBefore` from disconnecting it. */
  connectedMoveCallback() {}

  adoptedCallback() {
    adoptStyles(/** @type {ShadowRoot} */ (this.shadowRoot));
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} value
   */
  attributeChangedCallback(name, before, value) {
    if (before === value) return;
    if (name === "session-id") this.#openSession(value);
    else if (name === "base-url") this.#reload();
    else if (name === "prompt") this.#view.setPrompt(value ?? "");
    else this.#configure();
  }

  /** @param {Parameters<AieraChat["ask"]>[0]} prompt */
  ask(prompt) {
    this.#takeEarlyProperties();
    return this.#conversation.ask(prompt);
  }

  stop() {
    this.#conversation.stop();
  }

  reset() {
    this.#conversation.reset();
  }

  focusComposer() {
    this.#view.focusComposer();
  }

  get client() {
    return this.#client;
  }

  set client(client) {
    const isFirst = this.#client === null && Boolean(client);
    this.#client = client ?? null;
    // A framework may create a client on every render, which must not reload the session.
    if (isFirst) this.#reload();
  }

  get pollOptions() {
    return this.#pollOptions;
  }

  set pollOptions(options) {
    this.#pollOptions = options ?? null;
  }

  /** @returns {AieraChatStrings} */
  get strings() {
    return { ...this.#strings };
  }

  set strings(strings) {
    const changes = checkStrings(strings);
    const before = /** @type {any} */ (this.#strings);
    // Frameworks set equal objects on every render.
    if (Object.entries(changes).every(([name, text]) => before[name] === text)) return;
    // A page's placeholder also applies to follow-ups, unless the page sets both.
    const { placeholder: followUp = before.followUp } = changes;
    this.#strings = { ...before, followUp, ...changes };
    this.#configure();
  }

  get suggestions() {
    return this.#suggestions;
  }

  set suggestions(suggestions) {
    const list = [...(suggestions ?? [])].map(String);
    if (list.join("\n") === this.#suggestions.join("\n")) return;
    this.#suggestions = list;
    this.#view.setSuggestions(list);
  }

  get baseUrl() {
    return this.getAttribute("base-url");
  }

  set baseUrl(url) {
    this.#reflect("base-url", url);
  }

  get sessionId() {
    const id = this.getAttribute("session-id");
    return id !== null && /^[1-9]\d*$/.test(id) ? Number(id) : id;
  }

  set sessionId(id) {
    this.#reflect("session-id", id);
  }

  get prompt() {
    return this.getAttribute("prompt") ?? "";
  }

  set prompt(text) {
    this.#reflect("prompt", text);
  }

  get placeholder() {
    return this.getAttribute("placeholder") ?? this.#strings.placeholder;
  }

  set placeholder(text) {
    this.#reflect("placeholder", text);
  }

  get theme() {
    const theme = this.getAttribute("theme");
    return theme === "light" || theme === "dark" ? theme : "auto";
  }

  set theme(theme) {
    this.#reflect("theme", theme);
  }

  get headingLevel() {
    const level = Number(this.getAttribute("heading-level"));
    return level >= 1 && level <= 6 ? Math.trunc(level) : 2;
  }

  set headingLevel(level) {
    this.#reflect("heading-level", level);
  }

  get readOnly() {
    return this.hasAttribute("readonly");
  }

  set readOnly(isReadOnly) {
    this.toggleAttribute("readonly", Boolean(isReadOnly));
  }

  get status() {
    return this.#conversation.getState().status;
  }

  get session() {
    return this.#conversation.getState().session ?? null;
  }

  get turns() {
    return this.#conversation.getState().turns;
  }

  get error() {
    return this.#conversation.getState().error ?? null;
  }

  /**
   * @param {string} name
   * @param {unknown} value  null or undefined removes the attribute
   */
  #reflect(name, value) {
    if (value === null || value === undefined) this.removeAttribute(name);
    else this.setAttribute(name, String(value));
  }

  /** @param {string | null} id */
  #openSession(id) {
    const { sessionId } = this.#conversation.getState();
    if (id === null) {
      if (sessionId !== undefined) this.#conversation.reset();
    } else if (id !== String(sessionId)) {
      this.#conversation.open(id);
    }
  }

  /** Loads a session that failed to load or is loading, from the new address. */
  #reload() {
    const { sessionId, session, status, error } = this.#conversation.getState();
    if (sessionId === undefined) return;
    if (error || (status === "working" && !session)) this.#conversation.open(sessionId);
  }

  #configure() {
    if (!this.#isRunning) return;
    this.#view.configure({
      strings: this.#strings,
      locale: this.lang || this.closest("[lang]")?.getAttribute("lang") || undefined,
      headingLevel: this.headingLevel,
      placeholder: this.getAttribute("placeholder"),
      isReadOnly: this.readOnly,
    });
  }

  /** Properties that were set before the element was defined hide the accessors of the class. */
  #takeEarlyProperties() {
    for (const [name, value] of Object.entries(this)) {
      if (!(name in AieraChatElement.prototype)) continue;
      delete (/** @type {any} */ (this)[name]);
      Reflect.set(this, name, value);
    }
  }

  /**
   * @template {keyof AieraChatElementEventMap} Name
   * @param {Name} type
   * @param {AieraChatElementEventMap[Name]["detail"]} detail
   * @returns {boolean} whether to perform the default action
   */
  #dispatch(type, detail) {
    const cancelable = type === "aiera-chat.citation-click";
    const init = { detail, bubbles: true, composed: true, cancelable };
    return this.dispatchEvent(new CustomEvent(type, init));
  }
}
