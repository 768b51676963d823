// @ts-check
// Markdown as plain text.

/**
 * Removes the syntax of headings, quotations, fences, code spans, emphasis, escapes and the delimiter rows of tables. Links
 * become "text (address)"; lists and table rows do not change.
 *
 * The second pattern matches, in this order: headings and quotations, fences, delimiter rows of tables, code spans,
 * strikethrough, bold, the carets of footnotes, escapes (group 1), italics (group 3).
 *
 * @param {string} markdown
 */
export const plainTextOf = (markdown) =>
  markdown
    .replace(/!?\[([^[\]]*)]\(([^()]*)\)/g, "$1 ($2)")
    .replace(
      /^[#>]+ |^ *[`~]{3,}[^\s`~]*\n|^[:|-][ :|-]+\n|`|~~|\*\*|(?<=\[)\^|\\([^\w\s])|(?<!\w)([*_])([^\s*_][^*_\n]*)\2(?!\w)/gm,
      "$1$3",
    );
