// @ts-check
// Where things are: the composer keeps its place while an answer comes, and a new turn is shown from its top.
//
// An element with a height of its own scrolls inside. One without grows with its content, and its composer sticks to the
// bottom of the window. In both, room for the answer is reserved when a prompt is asked, so that nothing moves later.

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
   * Reserves room for the last turn and scrolls to its top: inside of the element always, and in the page where a user asked.
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
    // Its own scroll works by keyboard too.
    if (isFixed) thread.tabIndex = 0;
    else thread.removeAttribute("tabindex");
    return { isFixed, top };
  }

  /** Whether the page gives the element a height: then what is inside cannot make it taller. */
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
  // Half of the window is enough to see the answer begin.
  if (top >= 0 && top < innerHeight / 2) return;
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  turn.scrollIntoView({ block: "start", behavior: isStill ? "auto" : "smooth" });
}
