// @ts-check
// Layout: the composer does not move while an answer arrives, and a new turn is shown from its top.
//
// An element whose height the page sets scrolls inside. Otherwise the element grows with its content, and its composer sticks
// to the bottom of the window. Both reserve room for the answer when a prompt is asked, which prevents layout shifts.

export class Layout {
  #parts;
  #observer = globalThis.ResizeObserver ? new ResizeObserver(() => this.#onResize()) : undefined;
  /** @type {Element | null} */
  #last = null;
  #size = "";

  /** @param {Record<"frame" | "strut" | "thread" | "content" | "footer", HTMLElement>} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @param {boolean} isRunning  whether the element is in a document */
  setRunning(isRunning) {
    if (isRunning) this.#observer?.observe(this.#parts.frame);
    else this.#observer?.disconnect();
  }

  /**
   * Reserves room for the last turn and scrolls to its top: always inside the element, and in the page if a user asked.
   *
   * @param {Element | null} turn
   * @param {boolean} isOwnAsk
   */
  showLast(turn, isOwnAsk) {
    this.#last = turn;
    if (!this.#parts.frame.isConnected) return;
    const { isFixed, top } = this.#reserve();
    if (isFixed) this.#parts.thread.scrollTop = top;
    else if (isOwnAsk && turn) scrollIntoPage(turn);
  }

  clear() {
    this.#last = null;
    this.#parts.content.style.minBlockSize = "";
  }

  #reserve() {
    const { content, thread, footer } = this.#parts;
    const isFixed = this.#isFixed();
    const start = content.getBoundingClientRect().top;
    const top = Math.round((this.#last?.getBoundingClientRect().top ?? start) - start);
    const room = isFixed ? `${thread.clientHeight}px` : `100svh - ${footer.offsetHeight}px`;
    content.style.minBlockSize = `calc(${top}px + var(--aiera-chat-turn-min-height, ${room}))`;
    thread.toggleAttribute("data-fixed", isFixed);
    // A scrolling frame is focusable, for scrolling by keyboard.
    if (isFixed) thread.tabIndex = 0;
    else thread.removeAttribute("tabindex");
    return { isFixed, top };
  }

  /** Whether the page sets the element's height, so that content cannot make the element taller. */
  #isFixed() {
    const { frame, strut } = this.#parts;
    const before = frame.offsetHeight;
    strut.style.blockSize = `${before + 1000}px`;
    const isFixed = frame.offsetHeight === before;
    strut.style.blockSize = "";
    return isFixed;
  }

  #onResize() {
    const { frame, thread } = this.#parts;
    const size = `${frame.offsetWidth} ${thread.hasAttribute("data-fixed") && frame.offsetHeight}`;
    if (size === this.#size) return;
    this.#size = size;
    if (this.#last?.isConnected) this.#reserve();
  }
}

/** @param {Element} turn */
function scrollIntoPage(turn) {
  const { top } = turn.getBoundingClientRect();
  // Half of the window is enough to show the start of the answer.
  if (top >= 0 && top < innerHeight / 2) return;
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  turn.scrollIntoView({ block: "start", behavior: isStill ? "auto" : "smooth" });
}
