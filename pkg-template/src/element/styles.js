// @ts-check
// The looks of the element, in a constructed style sheet: no policy for styles applies to one, and all elements of a
// document share it.
import CSS from "./styles.css";

/** A constructed style sheet belongs to the document that constructed it. @type {WeakMap<Document, CSSStyleSheet>} */
const sheets = /* @__PURE__ */ new WeakMap();

/**
 * A document without a window, such as one that `createHTMLDocument` made, can construct no style sheet, and shows nothing.
 * `adoptedCallback` calls this again once the element is in a document that is shown.
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
