// @ts-check
// Citations in a text: a group of chips for each marker. card.js opens the card of a chip.
import { fill } from "../strings.js";
import { h } from "./dom.js";

/** @typedef {import("../../../index.js").AnswerCitation} AnswerCitation */

/** The citation of each chip, so that one listener serves all of them. @type {WeakMap<Element, AnswerCitation>} */
const citations = /* @__PURE__ */ new WeakMap();

/**
 * @param {AnswerCitation[]} cited
 * @param {string} name  of a chip, with a place for its label
 */
export function citationGroup(cited, name) {
  return h("span", { class: "citations" }, ...[...new Set(cited)].map((one) => chip(one, name)));
}

/**
 * @param {AnswerCitation} citation
 * @param {string} name
 */
function chip(citation, name) {
  const { label } = citation;
  const button = h(
    "button",
    {
      type: "button",
      class: "citation",
      part: "citation",
      "aria-label": fill(name, { label }),
      "aria-haspopup": "dialog",
      "aria-expanded": "false",
    },
    label,
  );
  citations.set(button, citation);
  return button;
}

/**
 * The chip at the target of an event.
 *
 * @param {EventTarget | null} target
 * @returns {{ chip: HTMLElement, citation: AnswerCitation } | undefined}
 */
export function chipAt(target) {
  if (!(target instanceof Element)) return undefined;
  const found = /** @type {HTMLElement | null} */ (target.closest(".citation"));
  const citation = found && citations.get(found);
  return found && citation ? { chip: found, citation } : undefined;
}

// A punctuation mark at either end, so that Markdown treats emphasis beside a place as beside the brackets of a marker. A
// private use character prevents forged places.
const PLACE = /\u2e28\ue000(\d+)\u2e29/g;
/** A place with the punctuation that follows, and the spaces before each. */
const SPACED_PLACE = /(?<![ \t])[ \t]*\u2e28\ue000(\d+)\u2e29(?:[ \t]*([.,;:!?)]+)(?=\s|$))?/;

/** Markdown with places instead of citations. */
export class CitedText {
  markdown = "";
  /** @type {{ citations: AnswerCitation[], marker: string }[]} */
  #places = [];
  #endsWithPlace = false;

  /** @param {string} text */
  addText(text) {
    const safe = text.replaceAll("\ue000", "");
    // Markers that only spaces separate form one group.
    if (!/^[ \t]*$/.test(safe)) this.#endsWithPlace = false;
    this.markdown += safe;
  }

  /**
   * @param {AnswerCitation[]} cited
   * @param {string} marker
   */
  addCitations(cited, marker) {
    const last = this.#places.at(-1);
    if (last && this.#endsWithPlace) {
      // Spaces between the two markers must not follow the group.
      const text = this.markdown.trimEnd();
      last.citations.push(...cited);
      last.marker += this.markdown.slice(text.length) + marker;
      this.markdown = text;
      return;
    }
    // Without a space, the place would be part of the address.
    if (/https?:\/\/\S+$/.test(this.markdown)) this.markdown += " ";
    this.markdown += `\u2e28\ue000${this.#places.length}\u2e29`;
    this.#places.push({ citations: [...cited], marker });
    this.#endsWithPlace = true;
  }

  /**
   * Puts groups of chips at the places in a text.
   *
   * @param {HTMLElement} root
   * @param {(citations: AnswerCitation[]) => HTMLElement} group
   */
  fill(root, group) {
    if (this.#places.length === 0) return;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    /** @type {Text[]} */
    const texts = [];
    while (walker.nextNode()) {
      const text = /** @type {Text} */ (walker.currentNode);
      if (text.data.includes("\ue000")) texts.push(text);
    }
    for (const text of texts) this.#fillText(text, group);
  }

  /**
   * @param {Text} text
   * @param {(citations: AnswerCitation[]) => HTMLElement} group
   */
  #fillText(text, group) {
    const parent = text.parentElement;
    if (parent?.closest("code")) {
      text.data = text.data.replaceAll(PLACE, (_, number) => this.#places[number]?.marker ?? "");
      return;
    }
    const link = parent?.closest("a");
    /** @type {(Node | string)[]} */
    const parts = [];
    /** @type {Node[]} */
    const groups = [];
    const pieces = text.data.split(SPACED_PLACE);
    for (let i = 0; i < pieces.length; i += 3) {
      parts.push(pieces[i]);
      // A character reference can forge a place that does not exist.
      const place = this.#places[Number(pieces[i + 1])];
      if (!place) continue;
      const chips = group(place.citations);
      // Prevents a line break between the chips and the punctuation.
      chips.append(pieces[i + 2] ?? "");
      (link ? groups : parts).push(chips);
    }
    text.replaceWith(...parts);
    // A button inside a link is not accessible.
    link?.after(...groups);
  }
}
