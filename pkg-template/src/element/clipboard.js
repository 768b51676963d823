// @ts-check
// Copies text, even if the page may not use the Clipboard API.
import { h } from "./view/dom.js";

/**
 * @param {string} text
 * @param {ParentNode & Node} root  takes a temporary element
 * @returns {Promise<boolean>} whether it was copied
 */
export async function copyText(text, root) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text, root);
  }
}

/**
 * @param {string} text
 * @param {ParentNode & Node} root
 */
function copyBySelection(text, root) {
  const focused = /** @type {HTMLElement | null} */ (
    /** @type {ShadowRoot} */ (root.getRootNode()).activeElement
  );
  const box = h("textarea", { class: "visually-hidden", readonly: true, "aria-hidden": "true" });
  box.value = text;
  root.append(box);
  box.select();
  let isCopied = false;
  try {
    isCopied = document.execCommand("copy");
  } catch {
    // Some browsers throw where others return false.
  }
  box.remove();
  focused?.focus({ preventScroll: true });
  return isCopied;
}
