// @ts-check
// The page: its conversations, their list, and the one that is shown. Hidden conversations continue.
import "aiera-chat/element";
import {
  connect,
  connectToFailure,
  connectToMock,
  createSample,
  proxyUrl,
  SAMPLE_PROMPT,
} from "./connection.js";
import { Conversation } from "./conversation.js";
import { byId, el } from "./dom.js";
import { Drawer } from "./drawer.js";
import { createFailureMenu } from "./failure-menu.js";
import { createSessionPanel } from "./session-panel.js";

/** @typedef {import("./failures.js").Failure} Failure */
/** @typedef {Omit<import("./conversation.js").ConversationOptions, "onChange" | "note">} Settings */

/**
 * A row of the list.
 *
 * @typedef {object} Entry
 * @property {Conversation | undefined} conversation absent until it is first shown
 * @property {string} name  until the conversation has one
 * @property {HTMLButtonElement} button
 * @property {number} scrollY of the page when it was last shown
 */

const FAILURE_PROMPT = "Why did Halden Motors' gross margin widen?";

const SUGGESTIONS = proxyUrl
  ? ["How are Tesla's margins?", "Compare Rivian and Lucid", "Who is hit by tariffs?"]
  : ["What drove Halden's Q1?", "Compare Halden and Corvane", "When will rates be cut?"];

const MOCK_NOTE = "Sample answers from a mock; nothing is sent.";

const NOTE = proxyUrl ? "Connected to an API through this page's proxy." : MOCK_NOTE;

const PLACEHOLDER = "Ask about a company or a market";

/** @type {Entry[]} */
const entries = [];
/** The conversation without a question, which shows the introduction. @type {Conversation} */
let blank;
/** @type {Conversation} */
let shown;

const drawer = new Drawer();
const list = byId("sessions");
const introduction = createIntroduction();

/** @param {Settings} settings */
function createConversation(settings) {
  const conversation = new Conversation({
    ...settings,
    note: settings.failure ? MOCK_NOTE : NOTE,
    onChange: () => queueMicrotask(() => update(conversation)),
  });
  const { element } = conversation;
  element.placeholder = PLACEHOLDER;
  element.addEventListener("aiera-chat.session-change", (event) => {
    if (event.target === element && event.detail.sessionId === null) remove(conversation);
  });
  byId("conversations").append(element);
  return conversation;
}

/** Shows the introduction and a composer. */
function showBlank() {
  if (!blank?.isBlank) {
    blank = createConversation({ connection: connect() });
    blank.element.append(...introduction);
    blank.element.suggestions = SUGGESTIONS;
  }
  show(blank);
}

/** @param {Conversation} conversation */
function show(conversation) {
  const left = entries.find((entry) => entry.conversation === shown);
  if (left) left.scrollY = scrollY;
  shown = conversation;
  for (const element of byId("conversations").children) {
    /** @type {HTMLElement} */ (element).hidden = element !== conversation.element;
  }
  byId("new-question").toggleAttribute("disabled", conversation.isBlank);
  for (const entry of entries) showEntry(entry);
  drawer.update(conversation.latest);
  keepInAddress();
  scrollTo(0, entries.find((entry) => entry.conversation === conversation)?.scrollY ?? 0);
}

/** @param {Conversation} conversation */
function update(conversation) {
  if (!conversation.isBlank && conversation.element.isConnected) {
    // Without a session, a follow-up is not possible.
    const isFollowUp = conversation.element.session !== null;
    conversation.element.placeholder = isFollowUp ? "Ask a follow-up question" : PLACEHOLDER;
    // The next blank conversation shows the introduction.
    if (conversation === blank) for (const node of introduction) node.remove();
    showEntry(entryOf(conversation));
  }
  if (conversation !== shown) return;
  byId("new-question").toggleAttribute("disabled", conversation.isBlank);
  drawer.update(conversation.latest);
  keepInAddress();
}

/**
 * The row of a conversation, created with its first question.
 *
 * @param {Conversation} conversation
 */
function entryOf(conversation) {
  return (
    entries.find((entry) => entry.conversation === conversation) ??
    addEntry(conversation.name, conversation)
  );
}

/**
 * @param {string} name
 * @param {Conversation} [conversation]
 * @param {() => Conversation} [create]
 */
function addEntry(name, conversation, create) {
  const click = () => {
    entry.conversation ??= create?.();
    if (entry.conversation) show(entry.conversation);
  };
  const button = el("button", { type: "button", class: "session", click });
  /** @type {Entry} */
  const entry = { conversation, name, button, scrollY: 0 };
  entries.push(entry);
  list.prepend(el("li", {}, button));
  return entry;
}

/** @param {Entry} entry */
function showEntry({ conversation, name, button }) {
  const state = stateOf(conversation);
  const text = (conversation && !conversation.isBlank && conversation.name) || name;
  const isShown = conversation !== undefined && conversation === shown;
  if (button.dataset.state !== state || button.textContent !== text + STATES[state]) {
    button.dataset.state = state;
    button.replaceChildren(
      el("span", { class: "session-name", title: text }, text),
      el("span", { class: "session-state" }, STATES[state]),
    );
  }
  if (isShown) button.setAttribute("aria-current", "true");
  else button.removeAttribute("aria-current");
}

const STATES = { answered: "", working: "Answering…", failed: "No answer", stopped: "Stopped" };

/** @param {Conversation | undefined} conversation */
function stateOf(conversation) {
  if (!conversation) return "answered";
  const { status, turns } = conversation.element;
  if (status === "error") return "failed";
  if (conversation.isBusy) return "working";
  return turns.at(-1)?.answer ? "answered" : "stopped";
}

/** @param {Conversation} conversation */
function remove(conversation) {
  const index = entries.findIndex((entry) => entry.conversation === conversation);
  if (index >= 0) entries.splice(index, 1)[0]?.button.parentElement?.remove();
  const wasShown = conversation === shown;
  conversation.element.remove();
  if (wasShown) showBlank();
}

/** @param {Failure} failure */
function runFailure(failure) {
  const earlier = entries.find(({ conversation }) => conversation?.failure === failure);
  if (earlier?.conversation) remove(earlier.conversation);
  const conversation = createConversation({ connection: connectToFailure(failure), failure });

  show(conversation);
  void conversation.runFailure(FAILURE_PROMPT);
}

/**
 * Shows a session by its id. A session in the list is not opened twice.
 *
 * @param {string} id
 */
function openSession(id) {
  const open = entries.find(
    ({ conversation }) =>
      conversation && !conversation.failure && String(conversation.element.sessionId) === id,
  );
  const conversation =
    open?.conversation ?? createConversation({ connection: connect(), sessionId: id });
  show(conversation);
  update(conversation);
}

/** Keeps the session in the address, for a reload or a bookmark. The mock forgets its sessions with the page. */
function keepInAddress() {
  if (!proxyUrl) return;
  const { sessionId } = shown.element;
  const isKept = !shown.failure && sessionId !== null;
  const address = isKept ? `#${sessionId}` : location.pathname + location.search;
  if (location.hash !== (isKept ? address : "")) history.replaceState(null, "", address);
}

/** @returns {boolean} whether the address has a session */
function openFromAddress() {
  const id = /^#([1-9]\d{0,15})$/.exec(location.hash)?.[1];
  if (!proxyUrl || !id) return false;
  openSession(id);
  return true;
}

/** The introductory sentence and the sample answer. @returns {Element[]} */
function createIntroduction() {
  const template = /** @type {HTMLTemplateElement} */ (byId("introduction"));
  const fragment = document.importNode(template.content, true);
  return [...fragment.children];
}

async function showSample() {
  const sessionId = await createSample();
  const preview = document.createElement("aiera-chat");
  preview.readOnly = true;
  preview.headingLevel = 3;
  preview.client = await connectToMock().client(connectToMock().fetch);
  preview.sessionId = sessionId;
  introduction.find((node) => node.matches(".sample"))?.append(preview);
  if (proxyUrl) return;
  const entry = addEntry(SAMPLE_PROMPT, undefined, () =>
    createConversation({ connection: connectToMock(), sessionId }),
  );
  showEntry(entry);
}

byId("new-question").addEventListener("click", () => {
  showBlank();
  blank.element.focusComposer();
});
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  shown.element.focusComposer();
});
createFailureMenu(runFailure);
createSessionPanel(proxyUrl && openSession);
addEventListener("hashchange", openFromAddress);
if (!openFromAddress()) showBlank();
byId("page").hidden = false;
void showSample();
