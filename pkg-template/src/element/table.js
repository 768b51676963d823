// @ts-check
// Tables: right-aligned numbers, a scrolling frame that marks hidden content at its edges, and a copy as tab-separated
// values.
import { h } from "./view/dom.js";

/** A figure with its sign, currency and unit, such as `(1,234.5)`, `$25.6bn`, `+1.2 pp` and `~11.4%`. */
const NUMBER =
  /^[\s(~≈<>≤≥+\-−–]*(?:[A-Z]{0,3}[$€£¥]|[A-Z]{3})?\s*[+\-−–]?\s*(?:\d[\d.,\s'\u2009\u202f]*|[.,]\d+)\s*(?:%|‰|x|×|pp|ppts?|bps?|k|m|mm|mn|bn|b|t|tn|thousand|million|billion|trillion|[$€£¥])?\s*\)?\s*(?:%|x)?$/i;
/** The marks for an absent figure. */
const ABSENT = /^(?:|[-–—−.]+|n\/?[am]\.?|nm|nil|tbd)$/i;
/** Longer texts may wrap. Shorter ones stay on one line, which keeps rows readable. */
const LONG = 48;

/**
 * Puts a table into its frame.
 *
 * @param {HTMLTableElement} table
 * @param {import("./view/context.js").ViewContext} context
 * @param {string} [caption]
 * @returns {HTMLElement}
 */
export function framedTable(table, { strings, copy, observeScroller }, caption) {
  alignColumns(table);
  const scroller = h("div", { class: "scroll" }, table);
  const button = h(
    "button",
    {
      type: "button",
      class: "action",
      part: "action",
      click: () => copy(tabSeparated(table), button),
    },
    strings.copyTable,
  );
  const head = caption && h("figcaption", {}, caption);
  observeScroller(scroller, caption || strings.table);
  return h(
    "figure",
    { class: "table", part: "table" },
    head,
    h("div", { class: "scroll-frame" }, scroller),
    button,
  );
}

/** @param {HTMLTableElement} table */
function alignColumns(table) {
  const rows = [...table.rows];
  const body = rows.filter((row) => row.parentElement?.nodeName !== "THEAD");
  const columns = Math.max(...rows.map((row) => row.cells.length));
  for (let column = 0; column < columns; column += 1) {
    const texts = body
      .map((row) => cellText(row.cells[column]))
      .filter((text) => !ABSENT.test(text));
    const numbers = texts.filter((text) => NUMBER.test(text));
    const isNumeric = numbers.length > 0 && numbers.length >= texts.length * 0.7;
    if (!isNumeric) continue;
    const cells = rows.flatMap((row) => row.cells[column] ?? []);
    const room = cells.reduce((most, cell) => Math.max(most, hangChips(cell)), 0);
    for (const cell of cells) {
      cell.classList.add("number");
      cell.style.setProperty("--_room", `${room}em`);
    }
  }
  for (const cell of body.flatMap((row) => [...row.cells])) {
    if (cellText(cell).length > LONG) cell.classList.add("long");
  }
}

/**
 * Hangs the chips at the end of a cell beside its number, so that the numbers of a column are aligned. Returns the maximum
 * width of the chips, in em.
 *
 * @param {HTMLElement} cell
 */
function hangChips(cell) {
  const chips = cell.lastElementChild;
  if (!chips?.matches(".citations") || chips.nextSibling?.textContent) return 0;
  chips.classList.add("hanging");
  return chips.childElementCount * 1.2 + (chips.textContent ?? "").length * 0.55;
}

/**
 * The text of a cell without the citations in it.
 *
 * @param {HTMLElement | undefined} cell
 */
function cellText(cell) {
  if (!cell) return "";
  let text = "";
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement?.closest(".citation")) {
      text += /** @type {Text} */ (walker.currentNode).data;
    }
  }
  return text.replace(/\s+/g, " ").trim();
}

/** @param {HTMLTableElement} table */
export function tabSeparated(table) {
  const lines = [...table.rows].map((row) => [...row.cells].map(cellText).join("\t"));
  return lines.join("\n") + "\n";
}

/**
 * Watches frames for content beyond their edges. A frame that scrolls is focusable, for scrolling by keyboard.
 */
export class ScrollEdges {
  #observer = globalThis.ResizeObserver
    ? new ResizeObserver((entries) => entries.forEach(({ target }) => this.#update(target)))
    : undefined;
  /** @type {WeakMap<Element, string>} */
  #names = new WeakMap();

  /**
   * @param {HTMLElement} scroller
   * @param {string} name
   */
  observe = (scroller, name) => {
    this.#names.set(scroller, name);
    scroller.addEventListener("scroll", () => this.#update(scroller), { passive: true });
    this.#observer?.observe(scroller);
  };

  /** @param {Element} scroller */
  #update(scroller) {
    const { scrollLeft, scrollWidth, clientWidth } = scroller;
    const room = scrollWidth - clientWidth;
    const frame = scroller.parentElement;
    frame?.classList.toggle("more-before", room > 1 && Math.abs(scrollLeft) > 1);
    frame?.classList.toggle("more-after", room > 1 && Math.abs(scrollLeft) < room - 1);
    const name = this.#names.get(scroller) ?? "";
    const focusable = { tabindex: "0", role: "group", "aria-label": name };
    for (const [attribute, value] of Object.entries(focusable)) {
      if (room > 1) scroller.setAttribute(attribute, value);
      else scroller.removeAttribute(attribute);
    }
  }
}
