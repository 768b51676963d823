// @ts-check
// The blocks of an answer. Most are Markdown. A block of data is shown as data, under a caption that names its kind.
import { renderMarkdown } from "../markdown.js";
import { framedTable } from "../table.js";
import { stringFor } from "../strings.js";
import { CitedText } from "./citations.js";
import { dataView } from "./data.js";
import { h, outsideLink, webAddress } from "./dom.js";

/** @typedef {import("../../../index.js").Answer} Answer */
/** @typedef {import("./context.js").ViewContext} ViewContext */
/** @typedef {{ type: string, block: any, text: CitedText | undefined }} Piece  data if `text` is absent */

/** Block types whose content is Markdown unless it is data. */
const IS_MARKDOWN = new Set(["", "text", "list", "table"]);

/**
 * @param {Answer} answer
 * @param {ViewContext} context
 * @returns {HTMLElement}
 */
export function answerText(answer, context) {
  return h(
    "div",
    { class: "prose" },
    ...piecesOf(answer).map((piece) => pieceView(piece, context)),
  );
}

/**
 * The parts of an answer in order: consecutive Markdown blocks are one part, each other block is a part.
 *
 * @param {Answer} answer
 * @returns {Piece[]}
 */
function piecesOf(answer) {
  /** @type {Piece[]} */
  const pieces = [];
  const cursor = cursorOver(answer.segments());
  let position = 0;
  for (const block of answer.message.blocks ?? []) {
    const { type, content } = /** @type {{ type?: unknown, content?: unknown }} */ (block ?? {});
    const name = typeof type === "string" ? type : "";
    if (typeof content !== "string") {
      if (content) pieces.push({ type: name, block, text: undefined });
      continue;
    }
    const start = answer.text.indexOf(content, position);
    if (!content.trim() || start < 0) continue;
    position = start + content.length;
    const isData = isJson(content);
    const last = pieces.at(-1);
    if (isData) {
      cursor.skipTo(position);
      pieces.push({ type: name, block, text: undefined });
    } else if (IS_MARKDOWN.has(name) && last?.text && IS_MARKDOWN.has(last.type)) {
      cursor.copyTo(position, last.text);
    } else {
      cursor.skipTo(start);
      pieces.push({ type: name, block, text: cursor.copyTo(position, new CitedText()) });
    }
  }
  if (position < answer.text.length) {
    const text = cursor.copyTo(answer.text.length, new CitedText());
    if (text.markdown.trim()) pieces.push({ type: "", block: undefined, text });
  }
  return pieces;
}

/**
 * Reads segments by their positions in the text.
 *
 * @param {ReturnType<Answer["segments"]>} segments
 */
function cursorOver(segments) {
  let index = 0;
  let offset = 0;
  let position = 0;
  return {
    /** @param {number} end */
    skipTo(end) {
      this.copyTo(end, new CitedText());
    },

    /**
     * @param {number} end
     * @param {CitedText} target
     */
    copyTo(end, target) {
      while (position < end && index < segments.length) {
        const segment = /** @type {any} */ (segments[index]);
        const whole = segment.citations ? segment.marker : segment.text;
        const part = segment.citations ? whole : whole.slice(offset, offset + end - position);
        if (segment.citations) target.addCitations(segment.citations, part);
        else target.addText(part);
        position += part.length;
        offset += part.length;
        if (offset >= whole.length) {
          index += 1;
          offset = 0;
        }
      }
      return target;
    },
  };
}

/** @param {string} text */
function isJson(text) {
  return /^\s*[[{]/.test(text) && /[\]}]\s*$/.test(text) && parsed(text) !== undefined;
}

/** @param {string} text */
function parsed(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {Piece} piece
 * @param {ViewContext} context
 * @returns {Node}
 */
function pieceView({ type, block, text }, context) {
  if (!text) {
    const { content } = block;
    const data = typeof content === "string" ? parsed(content) : content;
    return dataView(data, captionOf(type, data, context), context);
  }
  if (type === "code" && !/^\s*(```|~~~)/.test(text.markdown)) {
    return codeView(h("pre", {}, h("code", {}, block.content)), context.strings.code, context);
  }
  if (type === "image" && webAddress(block.content.trim())) {
    const href = /** @type {string} */ (webAddress(block.content.trim()));
    return captioned("image", context.strings.image, outsideLink(href, {}, href));
  }
  const view = markdownView(text, context);
  if (type === "quote") return h("blockquote", {}, ...view.childNodes);
  if (IS_MARKDOWN.has(type) || type === "code") return view;
  return captioned("data", captionOf(type, block, context), ...view.childNodes);
}

/**
 * @param {CitedText} text
 * @param {ViewContext} context
 */
function markdownView(text, context) {
  const { strings, headingLevel } = context;
  const view = renderMarkdown(text.markdown, {
    headingLevel: headingLevel + 1,
    image: strings.image,
  });
  text.fill(view, context.citationGroup);
  for (const table of view.querySelectorAll("table")) {
    const place = document.createComment("");
    table.replaceWith(place);
    place.replaceWith(framedTable(table, context));
  }
  for (const pre of view.querySelectorAll("pre")) {
    const language = pre.firstElementChild?.className.replace("language-", "");
    const place = document.createComment("");
    pre.replaceWith(place);
    place.replaceWith(codeView(pre, language || strings.code, context));
  }
  return view;
}

/**
 * @param {HTMLElement} pre
 * @param {string} caption
 * @param {ViewContext} context
 */
function codeView(pre, caption, { observeScroller }) {
  pre.classList.add("scroll");
  observeScroller(pre, caption);
  return captioned("code", caption, h("div", { class: "scroll-frame" }, pre));
}

/**
 * @param {string} type
 * @param {any} data
 * @param {ViewContext} context
 */
function captionOf(type, data, { strings }) {
  const { title, name, caption, alt } = data ?? {};
  const given = [title, name, caption, alt].find((text) => typeof text === "string" && text.trim());
  const kind = type && type !== "text" ? stringFor(strings, "", type) : strings.data;
  return given ? `${kind}: ${given}` : kind;
}

/**
 * @param {string} kind
 * @param {string} caption
 * @param {Node[]} content
 */
export function captioned(kind, caption, ...content) {
  return h("figure", { class: kind }, h("figcaption", {}, caption), ...content);
}
