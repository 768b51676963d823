// @ts-check
// Creates elements without parsing markup: text is set as text, attributes one by one.

/** @typedef {Node | string | null | undefined | false} Child */
/** @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} Attributes */

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Attributes} [attributes]  a function is a listener; false, null and undefined are omitted
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== undefined && value !== null && value !== false) {
      element.setAttribute(key, String(value));
    }
  }
  for (const child of children) if (child || child === "") element.append(child);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * A decorative icon of 16 by 16 units.
 *
 * @param {string} path
 */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/**
 * The trimmed text of a string or a number; empty for any other value that a server may send.
 *
 * @param {unknown} value
 */
export function textOf(value) {
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
}

/**
 * The address of a web page, or undefined for any other text. Other schemes are not followed.
 *
 * @param {unknown} text
 */
export function webAddress(text) {
  if (typeof text !== "string") return undefined;
  try {
    const { href, protocol } = new URL(text);
    return protocol === "https:" || protocol === "http:" ? href : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A link that opens in a new tab and does not reveal this page to the linked one.
 *
 * @param {string} href  from `webAddress`
 * @param {Attributes} attributes
 * @param {Child[]} children
 */
export function outsideLink(href, attributes, ...children) {
  const outside = { href, target: "_blank", rel: "noopener noreferrer nofollow" };
  return h("a", { ...outside, ...attributes }, ...children);
}
