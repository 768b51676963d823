// @ts-check
// Markdown as plain text.

/**
 * The words of a Markdown text: without headings, quotations, fences, code spans, emphasis, escapes and the frames of
 * tables; links as "text (address)"; lists as they are.
 *
 * @param {string} markdown
 */
export const plainTextOf = (markdown) =>
  markdown
    .replace(/!?\[((?:\\.|[^[\]])*)]\(([^()]*)\)/g, "$1 ($2)")
    .replace(
      /^[#>]+ |^ *[`~]{3,}[^\s`]*\n|^[:|-][ :|-]+\n|^\| ?| ?\|$|`|~~|\*\*|(?<=\[)\^|\\([^\w\s])|(?<!\w)([*_])([^\s*_][^*_\n]*)\2(?!\w)/gm,
      "$1$3",
    );
