// @ts-check
// Converts untrusted Markdown to safe elements. HTML becomes text, images become captions, links lead only to web pages.
//
// The elements are created one by one from marked's tokens. No markup is parsed, so sanitizing and a
// Trusted Types policy are not needed: this file names all elements, and only the attribute `href` takes foreign text.
import { Lexer, Tokenizer } from "marked";
import { decodeEntities } from "./entities.js";
import { h, outsideLink, webAddress } from "./view/dom.js";

/** @typedef {import("marked").Token} Token */

/** @typedef {{ shift: number, image: string }} Context */

/** HTML is not recognized, so it stays text. */
class TextTokenizer extends Tokenizer {
  html() {
    return undefined;
  }

  tag() {
    return undefined;
  }
}

/**
 * @param {string} text
 * @param {object} options
 * @param {number} options.headingLevel  of the highest heading in the text
 * @param {string} options.image  the word for an image
 * @returns {HTMLElement}
 */
export function renderMarkdown(text, { headingLevel, image }) {
  const tokens = new Lexer({ gfm: true, tokenizer: new TextTokenizer() }).lex(text);
  const depths = tokens.flatMap((token) => (token.type === "heading" ? [token.depth] : []));
  const prose = h("div");
  appendBlocks(prose, tokens, { shift: headingLevel - Math.min(...depths), image });
  return prose;
}

/**
 * @param {Node} parent
 * @param {Token[]} tokens
 * @param {Context} context
 */
function appendBlocks(parent, tokens, context) {
  for (const token of tokens) appendBlock(parent, /** @type {any} */ (token), context);
}

/**
 * @param {Node} parent
 * @param {any} token
 * @param {Context} context
 */
function appendBlock(parent, token, context) {
  const add = (/** @type {Node} */ node) => parent.appendChild(node);
  switch (token.type) {
    case "heading": {
      const level = Math.min(token.depth + context.shift, 6);
      return add(inlined(h(/** @type {"h3"} */ (`h${level}`)), token.tokens, context));
    }
    case "paragraph":
      return add(inlined(h("p"), token.tokens, context));
    case "list":
      return add(listOf(token, context));
    case "blockquote":
      return appendBlocks(add(h("blockquote")), token.tokens, context);
    case "code": {
      const language = token.lang?.match(/^[\w+#-]{1,20}/)?.[0];
      const code = h("code", { class: language && `language-${language}` }, token.text);
      return add(h("pre", {}, code));
    }
    case "table":
      return add(tableOf(token, context));
    case "hr":
      return add(h("hr"));
    case "space":
    case "def":
      return;
    default:
      // Text of a list item, and block types of later versions of marked.
      appendInline(parent, token.tokens ?? [token], context);
  }
}

/**
 * @param {import("marked").Tokens.List} token
 * @param {Context} context
 */
function listOf({ ordered, start, items }, context) {
  const isShifted = ordered && Number.isSafeInteger(start) && start !== 1;
  const list = ordered ? h("ol", { start: isShifted && start }) : h("ul");
  for (const { task, tokens } of items) {
    appendBlocks(list.appendChild(h("li", { class: task && "task" })), tokens, context);
  }
  return list;
}

/**
 * @param {import("marked").Tokens.Table} token
 * @param {Context} context
 */
function tableOf({ header, rows }, context) {
  /** @type {(name: "td" | "th", cells: import("marked").Tokens.TableCell[]) => HTMLElement} */
  const row = (name, cells) => {
    const built = cells.map(({ tokens, align }) => {
      // The empty corner of a table is not a header.
      const isCorner = name === "th" && tokens.length === 0;
      return inlined(h(isCorner ? "td" : name, { align }), tokens, context);
    });
    return h("tr", {}, ...built);
  };
  const body = rows.map((cells) => row("td", cells));
  return h("table", {}, h("thead", {}, row("th", header)), h("tbody", {}, ...body));
}

/**
 * @template {HTMLElement} Parent
 * @param {Parent} parent
 * @param {Token[]} tokens
 * @param {Context} context
 */
function inlined(parent, tokens, context) {
  appendInline(parent, tokens, context);
  return parent;
}

const PHRASES = new Set(["strong", "em", "del"]);

/**
 * @param {Node} parent
 * @param {Token[]} tokens
 * @param {Context} context
 */
function appendInline(parent, tokens, context) {
  const add = (/** @type {Node} */ node) => parent.appendChild(node);
  for (const token of /** @type {any[]} */ (tokens)) {
    const { type, text = "" } = token;
    if (PHRASES.has(type)) add(inlined(h(type), token.tokens, context));
    else if (type === "codespan") add(h("code", {}, text));
    else if (type === "br") add(h("br"));
    else if (type === "checkbox") add(new Text(token.checked ? "☑ " : "☐ "));
    else if (type === "link") {
      const href = webAddress(decodeEntities(token.href));
      appendInline(href ? add(outsideLink(href, {})) : parent, token.tokens, context);
    } else if (type === "image") {
      const href = webAddress(decodeEntities(token.href));
      const caption = [context.image, decodeEntities(text || token.title || "")];
      const shown = caption.filter(Boolean).join(": ");
      add(
        href ? outsideLink(href, { class: "image" }, shown) : h("span", { class: "image" }, shown),
      );
    } else if (token.tokens) appendInline(parent, token.tokens, context);
    else add(new Text(type === "escape" ? text : decodeEntities(text || token.raw)));
  }
}
