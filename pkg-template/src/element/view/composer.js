// @ts-check
// The composer: a box that grows with its text, and a button. Enter asks, Shift+Enter breaks the line.
import { h, icon } from "./dom.js";

/** @typedef {import("./context.js").AieraChatStrings} AieraChatStrings */

const ARROW = "M8 13V3M8 3 3.8 7.2M8 3l4.2 4.2";

export class Composer {
  #input = h("textarea", { class: "input", part: "input", rows: 1, id: "input" });
  #label = h("label", { class: "visually-hidden", for: "input" });
  #button = h("button", { type: "submit", class: "submit", part: "submit" }, icon(ARROW));
  #onAsk;
  /** Whether a user has changed the text. */
  #isDirty = false;
  #isBusy = false;
  #initial = "";

  /** @param {(prompt: string) => void} onAsk */
  constructor(onAsk) {
    this.#onAsk = onAsk;
    this.element = h("form", { class: "composer", part: "composer", submit: this.#onSubmit });
    this.element.append(this.#label, this.#input, this.#button);
    this.#input.addEventListener("input", this.#onInput);
    this.#input.addEventListener("keydown", this.#onKeyDown);
    this.#update();
  }

  /** Sets the initial text, shown until a user edits it. @param {string} text */
  setInitial(text) {
    this.#initial = text;
    if (!this.#isDirty) this.#setText(text);
  }

  /** Restores the initial text, unless a user has edited the text. */
  reset() {
    if (!this.#isDirty) this.#setText(this.#initial);
  }

  /** @param {AieraChatStrings} strings */
  setStrings(strings) {
    this.#label.textContent = strings.composer;
    this.#button.setAttribute("aria-label", strings.ask);
    this.#button.title = strings.ask;
  }

  /** @param {string} text */
  setPlaceholder(text) {
    if (this.#input.placeholder !== text) this.#input.placeholder = text;
  }

  /** @param {boolean} isBusy  whether an ask has to wait */
  setBusy(isBusy) {
    this.#isBusy = isBusy;
    this.#update();
  }

  focus() {
    this.#input.focus();
  }

  /** @param {string} text */
  #setText(text) {
    this.#input.value = text;
    this.#isDirty = false;
    this.#update();
  }

  #onInput = () => {
    this.#isDirty = this.#input.value !== "";
    this.#update();
  };

  /** @param {KeyboardEvent} event */
  #onKeyDown = (event) => {
    // Enter that ends a composition does not submit. Safari sends that key after the composition, with this code.
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || isComposing) return;
    event.preventDefault();
    this.element.requestSubmit();
  };

  /** @param {SubmitEvent} event */
  #onSubmit = (event) => {
    event.preventDefault();
    const prompt = this.#input.value.trim();
    if (!prompt || this.#isBusy) return;
    this.#setText("");
    this.#onAsk(prompt);
  };

  #update() {
    const isEmpty = !this.#input.value.trim();
    // A disabled button would lose the focus.
    this.#button.setAttribute("aria-disabled", String(isEmpty || this.#isBusy));
    this.fit();
  }

  /** For browsers without `field-sizing`. */
  fit() {
    const { style } = this.#input;
    if (CSS.supports("field-sizing", "content") || !this.#input.isConnected) return;
    style.height = "auto";
    style.height = `${this.#input.scrollHeight}px`;
  }
}
