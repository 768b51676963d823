// @ts-check
// One turn: the prompt as a heading, and below it the answer, or a notice in its place.
import { answerText } from "./blocks.js";
import { headingName } from "./context.js";
import { h } from "./dom.js";
import { errorText, noticeView } from "./notice.js";
import { sourcesView } from "./sources.js";

/** @typedef {import("../../../index.js").Answer} Answer */
/** @typedef {import("../../../index.js").Turn} Turn */
/** @typedef {import("./context.js").ViewContext} ViewContext */
/** @typedef {import("../conversation.js").Recovery} Recovery */

/**
 * The content below a prompt.
 *
 * @typedef {{ kind: "answer", answer: Answer }
 *   | { kind: "pending" }
 *   | { kind: "none" }
 *   | { kind: "stopped", recovery: Recovery | undefined }
 *   | { kind: "error", error: unknown, recovery: Recovery | undefined }} TurnBody
 */

/** Ids within one shadow root. */
let lastId = 0;

export class TurnView {
  element = h("article", { class: "turn", part: "turn" });
  #context;
  #recover;
  #prompt;
  #id = `turn-${++lastId}`;
  /** @type {TurnBody} */
  #body = { kind: "pending" };

  /**
   * @param {string} prompt
   * @param {ViewContext} context
   * @param {() => void} recover
   */
  constructor(prompt, context, recover) {
    this.#prompt = prompt;
    this.#context = context;
    this.#recover = recover;
    const name = headingName(context.headingLevel);
    this.element.append(h(name, { class: "prompt", part: "prompt", id: this.#id }, prompt));
    this.element.setAttribute("aria-labelledby", this.#id);
  }

  /** Compares only the prompts, since a turn's id may arrive later. @param {Turn} turn */
  shows(turn) {
    return turn.prompt === this.#prompt;
  }

  /** Disables announcements: changes of an earlier turn are not read aloud. */
  silence() {
    this.element.setAttribute("aria-live", "off");
  }

  /** @param {TurnBody} body */
  update(body) {
    if (isSame(this.#body, body)) return;
    this.#body = body;
    const [heading] = this.element.children;
    // One insertion, so that a screen reader announces the answer once.
    const content = document.createDocumentFragment();
    content.append(...this.#content(body));
    for (const child of [...this.element.children]) if (child !== heading) child.remove();
    this.element.append(content);
  }

  /**
   * @param {TurnBody} body
   * @returns {Node[]}
   */
  #content(body) {
    const { strings } = this.#context;
    const recover = this.#recover;
    switch (body.kind) {
      case "answer":
        return [this.#answer(body.answer)];
      case "none":
        return [noticeView(strings.noAnswer, { strings, recover })];
      case "stopped":
        return [noticeView(strings.stopped, { strings, recovery: body.recovery, recover })];
      case "error": {
        const { error, recovery } = body;
        return [
          noticeView(errorText(error, strings), { strings, isError: true, recovery, recover }),
        ];
      }
      default:
        return [];
    }
  }

  /** @param {Answer} answer */
  #answer(answer) {
    const context = this.#context;
    const sources = sourcesView(answer, context, `${this.#id}-sources`);
    return h(
      "div",
      { class: "answer", part: "answer" },
      answerText(answer, context),
      sources,
      h(
        "div",
        { class: "actions", part: "actions" },
        this.#copyButton(context.strings.copyMarkdown, () => answer.toMarkdown()),
        this.#copyButton(context.strings.copyText, () => answer.toPlainText()),
      ),
    );
  }

  /**
   * @param {string} label
   * @param {() => string} text
   */
  #copyButton(label, text) {
    const copy = () => this.#context.copy(text(), button);
    const button = h(
      "button",
      { type: "button", class: "action", part: "action", click: copy },
      label,
    );
    return button;
  }
}

/**
 * @param {any} a
 * @param {any} b
 */
function isSame(a, b) {
  return (
    a.kind === b.kind && a.answer === b.answer && a.error === b.error && a.recovery === b.recovery
  );
}
