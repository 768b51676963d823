// @ts-check
// The element's styles, in a constructed style sheet: a Content Security Policy does not restrict it, and all elements of a
// document share it.
import CSS from "./styles.css";

/** A constructed style sheet belongs to the document that constructed it. @type {WeakMap<Document, CSSStyleSheet>} */
const sheets = /* @__PURE__ */ new WeakMap();

/**
 * A document without a window, such as one from `createHTMLDocument`, cannot construct a style sheet and is not shown.
 * `adoptedCallback` calls this again when the element enters another document.
 *
 * @param {ShadowRoot} root
 */
export function adoptStyles(root) {
  const { ownerDocument } = root;
  const view = ownerDocument.defaultView;
  if (!view) return;
  let sheet = sheets.get(ownerDocument);
  if (!sheet) {
    sheet = new view.CSSStyleSheet();
    sheet.replaceSync(CSS);
    sheets.set(ownerDocument, sheet);
  }
  root.adoptedStyleSheets = [sheet];
}
