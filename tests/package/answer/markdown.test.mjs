// @ts-check
// The formats of an answer: Markdown with each form of citations, and plain text.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { marked } from "marked";
import { answerOf, answerTo, cite, required, sessionOf } from "./sessions.mjs";

const URL = "https://example.com/a";

/** The links of a text as a Markdown parser reads it. @param {string} markdown */
function linksIn(markdown) {
  /** @type {[text: string, href: string][]} */
  const links = [];
  marked.walkTokens(marked.lexer(markdown), (token) => {
    if (token.type === "link") links.push([token.text, token.href]);
  });
  return links;
}

describe("toMarkdown with footnotes", () => {
  test("Footnotes are the default, and have source, author, date and quote", () => {
    const answer = answerTo(
      "Up [c1].",
      cite("[c1]", "filing 3", { url: URL, author: "A. Writer", quote: "It is up." }),
    );
    const expected = `Up [^F1].\n\n[^F1]: [Source 3](${URL}), A. Writer, 2026-04-28, "It is up."`;
    assert.equal(answer.toMarkdown(), expected);
    assert.equal(answer.toMarkdown(null), expected);
    assert.equal(answer.toMarkdown({ citations: "footnotes", labels: "typed" }), expected);
    assert.equal(answer.toMarkdown({ citations: null, labels: undefined }), expected);
  });

  test("A group has a reference for each citation, and each citation has one note", () => {
    const bare = { date: null, quote: null };
    const answer = answerTo(
      "[c2, c1] and [c1].",
      cite("c1", "news 1", bare),
      cite("c2", "news 2", bare),
    );
    assert.equal(
      answer.toMarkdown(),
      "[^N1][^N2] and [^N2].\n\n[^N1]: Source 2\n\n[^N2]: Source 1",
    );
  });

  test("Unused citations have no note", () => {
    assert.equal(answerTo("Up.", cite("[c1]")).toMarkdown(), "Up.");
    assert.doesNotMatch(answerTo("[c1]", cite("c1"), cite("c2", "news 2")).toMarkdown(), /N1/);
  });

  test("Labels may be numbers", () => {
    const answer = answerTo("[c2] [c1]", cite("c1"), cite("c2", "news 2"));
    assert.match(
      answer.toMarkdown({ labels: "numbers" }),
      /^\[\^1\] \[\^2\]\n\n\[\^1\]: .*\n\n\[\^2\]: /,
    );
  });

  test("Markdown in names and quotes is escaped and stays on one line", () => {
    const note = answerTo(
      "[c1]",
      cite("c1", "news 1", {
        url: URL,
        source: { type: "news", id: "1", name: "A [draft] *b*" },
        quote: "x [c1]\n\n- `y`\t<b>_z_</b>",
      }),
    )
      .toMarkdown()
      .split("\n\n")[1];
    assert.equal(
      note,
      `[^N1]: [A \\[draft\\] \\*b\\*](${URL}), 2026-04-28, "x \\[c1\\] - \\\`y\\\` \\<b>\\_z\\_\\</b>"`,
    );
    assert.ok(marked.parseInline(note)?.toString().includes(`<a href="${URL}">A [draft] *b*</a>`));
  });

  test("The note of an empty citation is its label", () => {
    const answer = answerTo("[c1]", { marker: "c1" });
    assert.equal(answer.toMarkdown(), "[^?1]\n\n[^?1]: ?1");
  });

  test("The unresolved part of a group is visible", () => {
    assert.match(answerTo("Up [c1, c9].", cite("c1")).toMarkdown(), /^Up \[\[\^T1\], c9\]\.\n/);
  });
});

describe("toMarkdown with links", () => {
  /** @param {import("../../../pkg-template/answer.js").Answer} answer */
  const withLinks = (answer) => answer.toMarkdown({ citations: "links" });

  test("A label in brackets is a link to the citation's address", () => {
    const answer = answerTo("Up [c1].", cite("c1", "news 1", { url: URL }));
    assert.equal(withLinks(answer), `Up [[N1](${URL})].`);
    assert.equal(answer.toMarkdown({ citations: "links", labels: "numbers" }), `Up [[1](${URL})].`);
    assert.deepEqual(linksIn(withLinks(answer)), [["N1", URL]]);
  });

  test("An address that is not http(s) is not a link", () => {
    const urls = [
      "javascript:alert(1)",
      "data:text/html,x",
      "/path",
      "//example.com",
      "ftp://x",
      "",
      " https://x",
    ];
    for (const url of [...urls, null, undefined, 5, {}, ["https://example.com"]]) {
      assert.equal(withLinks(answerTo("Up [c1].", cite("c1", "news 1", { url }))), "Up [N1].");
      assert.doesNotMatch(answerTo("Up [c1].", cite("c1", "news 1", { url })).toMarkdown(), /\]\(/);
    }
    assert.match(
      withLinks(answerTo("[c1]", cite("c1", "news 1", { url: "HTTP://X.COM" }))),
      /HTTP:\/\/X/,
    );
  });

  test("Characters of an address that end a link in Markdown are encoded", () => {
    const url = 'https://example.com/(a) b?q=<x>|`y`\\z"\n#[1]';
    const encoded = 'https://example.com/%28a%29%20b?q=%3Cx%3E%7C%60y%60%5Cz"%0A#[1]';
    const answer = answerTo("| Up [c1] | 5 |", cite("c1", "news 1", { url }));
    assert.equal(withLinks(answer), `| Up [[N1](${encoded})] | 5 |`);
    assert.deepEqual(linksIn(withLinks(answer)), [["N1", encoded]]);
  });

  test("Groups and adjacent markers become adjacent links", () => {
    const answer = answerTo(
      "Up [c1, c2][c1].",
      cite("c1", "news 1", { url: URL }),
      cite("c2", "news 2"),
    );
    assert.equal(withLinks(answer), `Up [[N1](${URL})][N2][[N1](${URL})].`);
    assert.deepEqual(linksIn(withLinks(answer)), [
      ["N1", URL],
      ["N1", URL],
    ]);
  });
});

describe("toMarkdown with markers and without citations", () => {
  const text = "Up [c1]. `[c1]` [c9] [c1, c9]";

  test("With markers, the text is unchanged", () => {
    assert.equal(answerTo(text, cite("c1")).toMarkdown({ citations: "markers" }), text);
  });

  test("Without citations, the markers that resolve are removed, except in code", () => {
    assert.equal(
      answerTo(text, cite("c1")).toMarkdown({ citations: "none" }),
      "Up . `[c1]` [c9] [, c9]",
    );
  });
});

describe("toPlainText", () => {
  test("Plain text has no syntax of Markdown", () => {
    const markdown = [
      "## Key _figures_",
      "",
      "> A **bold** claim, *in short*, ~~not~~ `code_x`.",
      "",
      "| Metric | Q1 |",
      "|:---|---:|",
      "| Revenue [c1] | **5** |",
      "",
      "- See [the page](https://example.com/p) and ![a chart](https://example.com/c.png)",
      "- 5\\* apples, ***both***",
      "",
      "```js",
      "const a = [c1];",
      "```",
    ].join("\n");
    const quiet = { quote: null, date: null };
    assert.equal(
      answerTo(markdown, cite("c1", "news 1", quiet)).toPlainText(),
      [
        "Key figures",
        "",
        "A bold claim, in short, not code_x.",
        "",
        "| Metric | Q1 |",
        "| Revenue [N1] | 5 |",
        "",
        "- See the page (https://example.com/p) and a chart (https://example.com/c.png)",
        "- 5* apples, both",
        "",
        "const a = [c1];",
        "",
        "[N1]: Source 1",
      ].join("\n"),
    );
  });

  test("Plain text keeps text that only resembles Markdown", () => {
    for (const text of [
      "EPS* of $5 and $6*, a * b * c, 2*3*4",
      "snake_case_name and _ and __",
      "~5% and 2^3",
      "- item\n* item\n1. item",
      "#1 in its market",
      "a | b |",
      "-5 - 3\n---------x",
    ]) {
      const expected = text;
      assert.equal(answerTo(text).toPlainText(), expected);
    }
  });

  test("toPlainText has the options of toMarkdown", () => {
    const answer = answerTo("**Up** [c1].", cite("c1", "news 1", { url: URL }));
    assert.equal(answer.toPlainText({ citations: "links" }), `Up [N1 (${URL})].`);
    assert.equal(answer.toPlainText({ citations: "links", labels: "numbers" }), `Up [1 (${URL})].`);
    assert.equal(answer.toPlainText({ citations: "markers" }), "Up [c1].");
    assert.equal(answer.toPlainText({ citations: "none" }), "Up .");
    assert.equal(
      answer.toPlainText(),
      `Up [N1].\n\n[N1]: Source 1 (${URL}), 2026-04-28, "Quote of c1."`,
    );
  });

  test("Markers with underscores are not emphasis", () => {
    const answer = answerTo("a [market_index_5] b [market_index_6]", cite("c1", "market_index 5"));
    assert.match(answer.toPlainText(), /^a \[M1\] b \[market_index_6\]\n/);
  });
});

test("Blocks are joined by a blank line in every format", () => {
  const value = sessionOf({ content: "One [c1]", citations: [cite("c1")] }, { content: "Two" });
  const answer = required(answerOf(value));
  assert.equal(answer.toMarkdown({ citations: "none" }), "One \n\nTwo");
  assert.equal(answer.toPlainText({ citations: "none" }), "One \n\nTwo");
});
