// @ts-check
// Elements without markup: everything that the page shows is set as text or as properties, never parsed. What is shown is
// up to the modules that call this.

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | boolean | undefined | ((event: any) => void)>} [attributes] functions are listeners
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== undefined && value !== false) element.setAttribute(key, value);
  }
  element.append(...children.filter(isShown));
  return element;
}

/**
 * @param {Child} child
 * @returns {child is Node | string}
 */
const isShown = (child) => child !== null && child !== undefined && child !== false;

/**
 * The element with this id, which the page's own markup has.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no #${id} in the page`);
  return /** @type {T} */ (element);
}

/**
 * @param {ParentNode} root
 * @param {string} name
 * @returns {HTMLElement}
 */
export function slot(root, name) {
  const element = root.querySelector(`[data-slot="${name}"]`);
  if (!element) throw new Error(`no slot ${name}`);
  return /** @type {HTMLElement} */ (element);
}

/** @param {number} ms */
export function seconds(ms) {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

/**
 * Moves the focus, and with it what is read out and seen.
 * @param {HTMLElement} element
 */
export function focusOn(element) {
  element.focus({ preventScroll: true });
  const { top } = element.getBoundingClientRect();
  const isInView = top >= 0 && top < window.innerHeight / 2;
  if (!isInView) element.scrollIntoView({ block: "start" });
}

/**
 * A button that copies a text.
 * @param {() => string} text
 * @param {string} what
 */
export function copyButton(text, what) {
  const label = el("span", {}, "Copy");
  const copy = async () => {
    let said = "Copied";
    await navigator.clipboard.writeText(text()).catch(() => (said = "Not allowed"));
    label.textContent = said;
    setTimeout(() => (label.textContent = "Copy"), 1500);
  };
  const name = el("span", { class: "visually-hidden" }, ` ${what}`);
  return el("button", { type: "button", class: "copy", click: copy }, label, name);
}
