// @ts-check
// The card of a citation: quote, source, author, date and link. It opens on hover, focus, click and tap, and closes on
// Escape, on a click elsewhere, and when the pointer or the focus leaves its chip. There is one card for all chips.
import { formatDate } from "../format.js";
import { fill, stringFor } from "../strings.js";
import { chipAt } from "./citations.js";
import { h, textOf, webAddress } from "./dom.js";

/** @typedef {import("./context.js").AnswerCitation} AnswerCitation */
/** @typedef {import("./context.js").ViewContext} ViewContext */

/** A pointer that only crosses a chip does not open its card. */
const OPEN_AFTER_MS = 120;
/** The time to move the pointer from a chip to its card. */
const CLOSE_AFTER_MS = 250;
const GAP = 6;
const MARGIN = 8;
/** A popover is above the rest of the page, and ancestors do not clip it. */
const HAS_POPOVERS = typeof HTMLElement !== "undefined" && "popover" in HTMLElement.prototype;

export class CitationCard {
  element = h("div", { class: "card", part: "card", role: "dialog", tabindex: "-1", hidden: true });
  /** @type {HTMLElement | undefined} */
  #chip;
  /** Whether the card stays open after the pointer leaves its chip. */
  #isPinned = false;
  /** Whether a pointer is about to move the focus, which must not open a card. */
  #isPointerDown = false;
  /** Whether the focus is returning to the chip of a closed card. */
  #isReturning = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Removes an open card's listeners from the document. */
  #open = new AbortController();
  #context;

  /**
   * @param {HTMLElement} root  holds the chips
   * @param {() => ViewContext} context
   */
  constructor(root, context) {
    this.#context = context;
    this.element.id = "card";
    if (HAS_POPOVERS) this.element.setAttribute("popover", "manual");
    root.addEventListener("click", this.#onClick);
    root.addEventListener("pointerover", this.#onPointerOver);
    root.addEventListener("pointerout", this.#onPointerOut);
    root.addEventListener("pointerdown", () => {
      this.#isPointerDown = true;
      setTimeout(() => (this.#isPointerDown = false));
    });
    root.addEventListener("focusin", this.#onFocusIn);
    root.addEventListener("focusout", this.#onFocusOut);
    root.addEventListener("keydown", this.#onKeyDown);
    const { element } = this;
    element.addEventListener("pointerenter", () => clearTimeout(this.#timer));
    element.addEventListener("pointerleave", this.#onPointerOut);
    element.addEventListener("focusout", this.#onFocusOut);
    element.addEventListener("keydown", this.#onKeyDown);
  }

  /** @param {MouseEvent} event */
  #onClick = (event) => {
    const found = chipAt(event.target);
    if (!found) return;
    if (this.#chip === found.chip && this.#isPinned) return this.close();
    this.#show(found.chip, found.citation);
    this.#isPinned = true;
    // A keyboard user goes to the card: a screen reader reads its text, and Tab reaches its link.
    if (event.isTrusted && event.detail === 0) this.element.focus({ preventScroll: true });
  };

  /** @param {PointerEvent} event */
  #onPointerOver = (event) => {
    if (event.pointerType !== "mouse") return;
    const found = chipAt(event.target);
    if (!found) return;
    clearTimeout(this.#timer);
    if (this.#isPinned || this.#chip === found.chip) return;
    const wait = this.#chip ? 0 : OPEN_AFTER_MS;
    this.#timer = setTimeout(() => this.#show(found.chip, found.citation), wait);
  };

  /** @param {PointerEvent} event */
  #onPointerOut = (event) => {
    if (event.pointerType !== "mouse" || this.#isPinned) return;
    if (event.currentTarget !== this.element && !chipAt(event.target)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(), CLOSE_AFTER_MS);
  };

  /** @param {FocusEvent} event */
  #onFocusIn = (event) => {
    if (this.#isReturning || this.#isPointerDown) return;
    const found = chipAt(event.target);
    if (found && this.#chip !== found.chip) this.#show(found.chip, found.citation);
  };

  /** @param {FocusEvent} event */
  #onFocusOut = ({ relatedTarget, target }) => {
    if (!this.#chip || this.#isReturning) return;
    const isFromHere = chipAt(target)?.chip === this.#chip || this.element.contains(asNode(target));
    const next = asNode(relatedTarget);
    // Without a next element, the window lost the focus, or a pointer handler decides.
    if (isFromHere && next && next !== this.#chip && !this.element.contains(next)) this.close();
  };

  /** @param {KeyboardEvent} event */
  #onKeyDown = (event) => {
    const { key } = event;
    if (!this.#chip) return;
    if (key === "Escape") {
      // A dialog of the page stays open.
      event.stopPropagation();
      event.preventDefault();
      this.close();
    }
    const card = this.element;
    const focused = /** @type {ShadowRoot} */ (card.getRootNode()).activeElement;
    if (key !== "Tab" || !focused || !card.contains(focused)) return;
    const stops = [...card.querySelectorAll("a")];
    const isAtEnd = event.shiftKey
      ? focused === card || focused === stops[0]
      : focused === (stops.at(-1) ?? card);
    // The browser then moves the focus from the chip.
    if (!isAtEnd) return;
    if (event.shiftKey) event.preventDefault();
    this.close();
  };

  /**
   * @param {HTMLElement} chip
   * @param {AnswerCitation} citation
   */
  #show(chip, citation) {
    clearTimeout(this.#timer);
    this.#forget();
    this.#chip = chip;
    this.#isPinned = false;
    const { element } = this;
    element.replaceChildren(...this.#content(citation));
    element.setAttribute("aria-label", fill(this.#context().strings.citation, citation));
    element.hidden = false;
    if (HAS_POPOVERS && !element.matches(":popover-open")) element.showPopover();
    chip.setAttribute("aria-expanded", "true");
    chip.setAttribute("aria-controls", element.id);
    this.#place();
    this.#open = new AbortController();
    const { signal } = this.#open;
    const view = chip.ownerDocument.defaultView ?? window;
    view.addEventListener("scroll", this.#place, { capture: true, passive: true, signal });
    view.addEventListener("resize", this.#place, { passive: true, signal });
    view.addEventListener("pointerdown", this.#onPointerDownAnywhere, { capture: true, signal });
    view.addEventListener("keydown", this.#onKeyDownAnywhere, { capture: true, signal });
  }

  /** Closes the card. If the focus is inside, the focus returns to the chip. */
  close() {
    clearTimeout(this.#timer);
    const chip = this.#chip;
    if (!chip) return;
    const focused = /** @type {ShadowRoot} */ (this.element.getRootNode()).activeElement;
    const hadFocus = focused && this.element.contains(focused);
    this.#isReturning = true;
    if (hadFocus) chip.focus({ preventScroll: true });
    this.#forget();
    const { element } = this;
    if (HAS_POPOVERS && element.matches(":popover-open")) element.hidePopover();
    element.hidden = true;
    this.#isReturning = false;
  }

  #forget() {
    this.#open.abort();
    this.#chip?.setAttribute("aria-expanded", "false");
    this.#chip?.removeAttribute("aria-controls");
    this.#chip = undefined;
    this.#isPinned = false;
  }

  /** @param {PointerEvent} event */
  #onPointerDownAnywhere = (event) => {
    const path = event.composedPath();
    if (this.#chip && !path.includes(this.#chip) && !path.includes(this.element)) this.close();
  };

  /**
   * Escape also closes a card that a pointer opened, wherever the focus is.
   *
   * @param {KeyboardEvent} event
   */
  #onKeyDownAnywhere = (event) => {
    if (event.key !== "Escape" || !this.#chip) return;
    const path = event.composedPath();
    if (!path.includes(this.#chip) && !path.includes(this.element)) this.close();
  };

  /** Places the card below the chip, or above if that side has more room, and inside the window. */
  #place = () => {
    const chip = this.#chip;
    if (!chip?.isConnected) return this.close();
    const { element } = this;
    const anchor = chip.getBoundingClientRect();
    const { clientWidth: width, clientHeight: height } = chip.ownerDocument.documentElement;
    if (anchor.bottom < 0 || anchor.top > height) return this.close();
    const below = height - anchor.bottom - GAP - MARGIN;
    const above = anchor.top - GAP - MARGIN;
    element.style.maxHeight = "";
    const size = element.getBoundingClientRect();
    const isBelow = size.height <= below || below >= above;
    const room = Math.max(isBelow ? below : above, 80);
    const shown = Math.min(size.height, room);
    const left = Math.min(anchor.left, width - size.width - MARGIN);
    element.style.maxHeight = `${room}px`;
    element.style.left = `${Math.max(left, MARGIN)}px`;
    element.style.top = `${isBelow ? anchor.bottom + GAP : anchor.top - GAP - shown}px`;
  };

  /** @param {AnswerCitation} citation */
  #content(citation) {
    const { strings, locale, sourceLink } = this.#context();
    const source = /** @type {any} */ (citation.source ?? {});
    const type = textOf(source.type);
    const parent = textOf(source.parent?.name);
    const author = textOf(citation.author);
    const quote = textOf(citation.quote);
    const name = textOf(source.name) || parent || author || webAddress(citation.url);
    const day = formatDate(citation.date, locale);
    const link = sourceLink(citation, strings.openSource);
    const shownType = type ? stringFor(strings, "source", type) : strings.citedSource;
    const facts = [author !== name && author, day && h("span", {}, day)].filter(Boolean);
    return [
      h(
        "p",
        { class: "card-head" },
        h("span", { class: "card-label" }, citation.label),
        h("span", { class: "card-type" }, shownType),
      ),
      name && h("p", { class: "card-source" }, name),
      parent && !name?.startsWith(parent) && h("p", { class: "card-quiet" }, parent),
      quote && h("blockquote", {}, quote),
      facts.length > 0 && h("p", { class: "card-quiet" }, facts[0], facts[1] && " · ", facts[1]),
      link && h("p", {}, link),
    ].filter((part) => part instanceof Node);
  }
}

/** @param {EventTarget | null} target */
function asNode(target) {
  return target instanceof Node ? target : null;
}
