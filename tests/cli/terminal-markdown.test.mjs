// @ts-check
// Markdown on a terminal: styles, wrapping and tables, and unchanged text.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  LABEL_END,
  LABEL_START,
  plain,
  renderMarkdown,
} from "../../pkg-template/src/cli/terminal-markdown.js";
import { cutTo, maxWidth, widthOf, wrap } from "../../pkg-template/src/cli/text.js";

/** The rendered text with tags for the styles. @param {string} markdown @param {number} [columns] */
function shown(markdown, columns = 80) {
  /** @type {Record<string, string>} */
  const tags = { 1: "<b>", 3: "<i>", 4: "<u>", 9: "<s>", 2: "<dim>", 36: "<c>" };
  /** @type {Record<string, string>} */
  const ends = { 22: "</>", 23: "</>", 24: "</>", 29: "</>", 39: "</>" };
  return renderMarkdown(plain(markdown), columns).replace(
    /\x1b\[(\d+)m/g,
    (_, code) => tags[code] ?? ends[code],
  );
}

describe("Markdown on a terminal", () => {
  test("headings and spans have styles", () => {
    assert.equal(shown("# Title #"), "<b>Title</>");
    assert.equal(shown("## On C#  ##  "), "<b>On C#</>");
    assert.equal(shown("# ##"), "<b></>");
    assert.equal(
      shown("a **b** __c__ *d* _e_ `f` ~~g~~"),
      "a <b>b</> <b>c</> <i>d</> <i>e</> <c>f</> <s>g</>",
    );
    assert.equal(shown("**a *b* c**"), "<b>a <i>b</> c</>");
    assert.equal(shown("[10-Q](https://x.test/a_b_c)"), "10-Q (<u>https://x.test/a_b_c</>)");
    assert.equal(shown("<https://x.test>"), "<u>https://x.test</>");
    assert.equal(shown("---"), `<dim>${"─".repeat(40)}</>`);
  });

  test("text without markup is unchanged", () => {
    for (const text of [
      "snake_case_name",
      "2 * 3 * 4",
      "a ** b",
      "$5*",
      "[c9]",
      "x & y; z",
      "&nope;",
    ]) {
      assert.equal(shown(text), text);
    }
    assert.equal(shown("\\*not\\* \\[x\\]"), "*not* [x]");
    assert.equal(shown("`**a** &amp; [c1]`"), "<c>**a** &amp; [c1]</>");
    assert.equal(shown("``a ` b`` and `c"), "<c>a ` b</> and `c");
    assert.equal(shown("A&amp;B &lt;x&gt; &#40;1&#x29;"), "A&B <x> (1)");
    assert.equal(shown("&#42;not bold&#42;"), "*not bold*");
  });

  test("labels have only their style, and are text in code", () => {
    const label = `${LABEL_START}M1_2, T1${LABEL_END}`;
    const marked = (/** @type {string} */ text) => renderMarkdown(text, 80);
    assert.equal(marked(`a_b ${label} c_d`), "a_b \x1b[36m[M1_2, T1]\x1b[39m c_d");
    assert.equal(marked(`\`x ${label}\``), "\x1b[36mx [M1_2, T1]\x1b[39m");
  });

  test("paragraphs and lists wrap at spaces, with hanging indents", () => {
    assert.equal(shown("one two three four five\nsix", 20), "one two three four\nfive six");
    assert.equal(shown("- one two three four five", 20), "• one two three four\n  five");
    assert.equal(shown("10. one two three four", 20), "10. one two three\n    four");
    assert.equal(shown("- a\n  - b\n- c"), "• a\n  • b\n• c");
    assert.equal(shown("> a\n> b", 20), "<dim>│</> a b");
    assert.equal(shown("averyveryverylongwordindeed x", 20), "averyveryverylongwordindeed\nx");
  });

  test("code blocks are unchanged", () => {
    assert.equal(
      shown("```js\na  **b**\n\n# c\n```\nafter"),
      "<c>    a  **b**</>\n<c>    </>\n<c>    # c</>\nafter",
    );
    assert.equal(shown("~~~\nnever closed"), "<c>    never closed</>");
  });

  test("tables are aligned if they fit, else unchanged", () => {
    const table = "| | 2026 | 日本 |\n|---|---:|:-:|\n| Revenue | **25.6** | x |\n| a \\| b | 1 |";
    assert.equal(
      shown(table),
      [
        "         <b>2026</>  <b>日本</>",
        "<dim>───────  ────  ────</>",
        "Revenue  <b>25.6</>   x",
        "a | b       1",
      ].join("\n"),
    );
    const wide = `| ${"x".repeat(30)} | y |\n|---|---|\n| 1 | 2 |`;
    assert.equal(shown(wide, 20), wide);
    assert.equal(shown("a | b"), "a | b");
    assert.equal(shown("a | b\n - | :-:"), "<b>a</>  <b>b</>\n<dim>─  ─</>");
    assert.equal(shown("a | b\nc - | -"), "a | b c - | -");
  });

  test("a table of more than 50 columns is unchanged", () => {
    const table = ["| x".repeat(51), "|-".repeat(51), "| y"].join("\n");
    assert.equal(shown(table, 500), table);
    const hostile = [`|x`.repeat(50_000), "|-".repeat(50_000), "|\n".repeat(50_000)].join("\n");
    assert.ok(shown(hostile).length > 0);
  });

  test("control characters are removed, also those of entities", () => {
    const text = shown("a\x1b[2Jb\x07 c\x9bd &#27;[31m&#x9b; \ue000x\ue001 \ue0020\ue003");
    assert.equal(text, "a[2Jb cd [31m x 0");
  });

  test("hostile text does not hang the renderer", () => {
    for (const text of [
      "*".repeat(5000),
      "_a".repeat(5000),
      "[".repeat(5000),
      `a ${"`".repeat(4999)}`,
      "**a".repeat(2000),
      `# a${" ".repeat(100_000)}x`,
      `# ${"# ".repeat(50_000)}x`,
      `# a${"#".repeat(100_000)}x`,
      `#${" ".repeat(100_000)}a\u2028b`,
      `-${" ".repeat(100_000)}a\u2028b`,
      `a | b\n-${" ".repeat(100_000)}x`,
      `a | b\n${"- ".repeat(50_000)}x`,
    ]) {
      assert.ok(shown(text).length > 0);
    }
    assert.ok(cutTo("\u200b".repeat(200_000) + "abc", 2).endsWith("a…"));
  });

  test("a table may have more rows than a function may have arguments", () => {
    const rows = "| x | y |\n".repeat(150_000);
    assert.ok(shown(`| a | b |\n|---|---|\n${rows}`).endsWith("x  y"));
    const widths = Array.from({ length: 300_000 }, () => "a");
    assert.equal(maxWidth([...widths, "日本"]), 4);
    assert.equal(maxWidth([]), 0);
  });
});

describe("widths", () => {
  test("widths count columns, not code units", () => {
    assert.equal(widthOf("abc"), 3);
    assert.equal(widthOf("日本"), 4);
    assert.equal(widthOf("\x1b[1mé\x1b[22m"), 1);
    assert.equal(widthOf("e\u0301"), 1);
    assert.equal(widthOf("📈"), 2);
    assert.equal(cutTo("日本語です", 7), "日本語…");
    assert.equal(cutTo("short", 7), "short");
    assert.equal(wrap("a b", 80, "> "), "> a b");
  });
});
