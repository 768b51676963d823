// @ts-check
// Untrusted Markdown to harmless elements. HTML in it is text; images are their descriptions; links lead to web pages only
// and tell them nothing. What the text means, such as citation markers, is up to answer.js.
import DOMPurify from "dompurify";
import { Marked } from "marked";
import { el } from "./dom.js";

/** Under the page's own headings, which end at this level. */
const LEVEL_ABOVE = 3;

const TAGS =
  "p br hr strong em del code pre ul ol li blockquote h4 h5 h6 table thead tbody tr th td a".split(
    " ",
  );

const marked = new Marked({
  gfm: true,
  // HTML is not recognised at all, so that it stays the text that it is.
  tokenizer: { html: () => undefined, tag: () => undefined },
  renderer: {
    image: ({ text, title }) => escape(`[image: ${text || title || "not shown"}]`),
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
  },
});

/** The second wall: whatever the first let through, these elements and attributes are all that there is. */
const purify = DOMPurify(window);
purify.addHook("afterSanitizeAttributes", (node) => {
  if (node.nodeName !== "A") return;
  const address = webAddress(node.getAttribute("href"));
  if (!address) return node.replaceWith(...node.childNodes);
  for (const [name, value] of Object.entries(LINK)) node.setAttribute(name, value);
});

const LINK = { target: "_blank", rel: "noopener noreferrer nofollow" };

/**
 * A link to somewhere that an answer names, if it is a web page.
 * @param {string | null | undefined} href
 * @param {string} text
 * @returns {Node}
 */
export function outsideLink(href, text) {
  const address = webAddress(href);
  return address ? el("a", { href: address, ...LINK }, text) : el("span", {}, text);
}

/** @param {string | null | undefined} text */
function webAddress(text) {
  try {
    const url = new URL(text ?? "");
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string[]} texts blocks of one document: their headings are made to fit together
 * @returns {DocumentFragment[]}
 */
export function renderMarkdown(texts) {
  const documents = texts.map((text) => marked.lexer(text));
  const headings = documents.flat().flatMap((token) => {
    return token.type === "heading" ? [/** @type {import("marked").Tokens.Heading} */ (token)] : [];
  });
  const top = Math.min(...headings.map(({ depth }) => depth));
  for (const heading of headings) {
    heading.depth = Math.min(LEVEL_ABOVE + 1 + heading.depth - top, 6);
  }
  return documents.map((tokens) => sanitise(marked.parser(tokens)));
}

/** @param {string} html */
function sanitise(html) {
  const fragment = purify.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ["href", "align", "start"],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  // The empty corner of a table heads nothing.
  for (const cell of fragment.querySelectorAll("th:empty")) cell.replaceWith(el("td"));
  for (const table of fragment.querySelectorAll("table")) {
    const frame = el("div", {
      class: "scroll",
      tabindex: "0",
      role: "region",
      "aria-label": "Table",
    });
    table.replaceWith(frame);
    frame.append(table);
  }
  return fragment;
}

/** @param {string} text */
function escape(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
