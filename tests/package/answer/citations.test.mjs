// @ts-check
// The resolution of markers, and the labels and the order of citations.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  answerOf,
  answerTo,
  cite,
  message,
  required,
  session,
  sessionOf,
  turnsOf,
} from "./sessions.mjs";

/**
 * The segments, with each marker as the labels of its citations.
 *
 * @param {import("../../../pkg-template/answer.js").Answer} answer
 */
const shown = (answer) =>
  answer.segments().map(({ text, citations }) => text ?? citations.map(({ label }) => label));

/** @param {import("../../../pkg-template/answer.js").Answer} answer */
const labels = (answer) => answer.citations.map(({ label }) => label);

describe("markers", () => {
  test("A citation's marker may lack brackets", () => {
    for (const marker of ["[c1]", "c1"]) {
      assert.deepEqual(shown(answerTo("Up. [c1] Down.", cite(marker))), ["Up. ", ["T1"], " Down."]);
    }
  });

  test("One pair of brackets may hold several names", () => {
    for (const group of ["[c1, c2]", "[c1,c2]", "[c1; c2]", "[c1 , c2 ]", "[c1,\nc2]"]) {
      const answer = answerTo(`Up ${group}.`, cite("c1"), cite("c2", "filing 3"));
      assert.deepEqual(answer.segments(), [
        { text: "Up " },
        { citations: answer.citations, marker: group },
        { text: "." },
      ]);
      assert.deepEqual(labels(answer), ["T1", "F1"]);
    }
  });

  test("Markers may be adjacent, at the start and at the end of the text", () => {
    const answer = answerTo("[c1][c2] Up.[c2]", cite("c1"), cite("c2"));
    assert.deepEqual(shown(answer), [["T1"], ["T1.2"], " Up.", ["T1.2"]]);
  });

  test("A marker may name a source by type and id, split at the last underscore", () => {
    const answer = answerTo(
      "A [transcript_12] B [market_index_5]",
      cite("[c1]"),
      cite("[c2]", "market_index 5"),
    );
    assert.deepEqual(shown(answer), ["A ", ["T1"], " B ", ["M1"]]);
  });

  test("A marker refers to the citation with that marker before one with that source", () => {
    for (const order of [0, 1]) {
      const citations = [cite("[c1]"), cite("[transcript_12]")];
      const answer = answerTo("A [transcript_12]", ...(order ? citations : citations.reverse()));
      assert.equal(answer.segments()[1].citations?.[0].marker, "[transcript_12]");
    }
  });

  test("The id of a source in a marker may be a number", () => {
    const citation = { marker: "[c1]", source: { type: "news", id: 5 } };
    assert.deepEqual(shown(answerTo("A [news_5]", citation)), ["A ", ["N1"]]);
  });

  test("Markers in tables resolve", () => {
    const answer = answerTo(
      "| Revenue | 5 [c1] |\n|---|---|\n| Margin [c2]|[c1]|",
      cite("c1"),
      cite("c2"),
    );
    assert.deepEqual(
      answer.segments().flatMap(({ marker = [] }) => marker),
      ["[c1]", "[c2]", "[c1]"],
    );
  });

  test("A marker may cite a citation of another block", () => {
    const value = sessionOf(
      { content: "First [c2].", citations: [cite("[c1]")] },
      { content: "Second [c1].", citations: [cite("[c2]", "filing 3")] },
    );
    assert.deepEqual(shown(required(answerOf(value))), [
      "First ",
      ["F1"],
      ".\n\nSecond ",
      ["T1"],
      ".",
    ]);
  });

  test("A marker refers to a citation of its block before one of another block", () => {
    const value = sessionOf(
      {
        content: "First [c1] [news_2].",
        citations: [cite("[c1]", "transcript 1"), cite("a", "news 2")],
      },
      {
        content: "Second [c1] [news_2].",
        citations: [cite("[c1]", "filing 2"), cite("b", "news 2")],
      },
    );
    assert.deepEqual(shown(required(answerOf(value))), [
      "First ",
      ["T1"],
      " ",
      ["N1"],
      ".\n\nSecond ",
      ["F1"],
      " ",
      ["N1.2"],
      ".",
    ]);
  });

  test("A marker that resolves to no citation stays text", () => {
    for (const text of [
      "Up [c9].",
      "[x] done",
      "[]",
      "[ ]",
      "[,]",
      "[constructor]",
      "[__proto__]",
      "[^1]",
    ]) {
      assert.deepEqual(answerTo(text, cite("[c1]")).segments(), [{ text }]);
    }
  });

  test("If only a part of a group resolves, the rest stays text", () => {
    const answer = answerTo("Up [c1, c9].", cite("[c1]"));
    assert.deepEqual(answer.segments(), [
      { text: "Up [" },
      { citations: answer.citations, marker: "c1" },
      { text: ", c9]." },
    ]);
    assert.deepEqual(shown(answerTo("[c8, c1,c9]", cite("[c1]"))), ["[c8, ", ["T1"], ",c9]"]);
  });

  test("A citation without a marker is listed and matches no brackets", () => {
    for (const marker of [null, undefined, "", "[]", {}]) {
      const answer = answerTo("Up [] [ ].", { ...cite(marker), source: null });
      assert.equal(answer.citations.length, 1);
      assert.equal(answer.segments().length, 1);
    }
  });

  test("A citation that blocks repeat is one citation", () => {
    const value = sessionOf(
      { content: "First [c1].", citations: [cite("[c1]")] },
      { content: "Second [c1].", citations: [cite("[c1]")] },
    );
    const answer = required(answerOf(value));
    assert.deepEqual(labels(answer), ["T1"]);
    assert.deepEqual(shown(answer), ["First ", ["T1"], ".\n\nSecond ", ["T1"], "."]);
  });
});

describe("code", () => {
  const citations = [cite("[c1]"), cite("[c2]"), cite("[js_1]")];
  /**
   * Asserts that the only markers of a text are those in the list.
   *
   * @param {string} text
   * @param {string[]} markers
   */
  const onlyMarkers = (text, ...markers) => {
    const found = answerTo(text, ...citations)
      .segments()
      .flatMap(({ marker = [] }) => marker);
    assert.deepEqual(found, markers, text);
  };

  test("Markers in code spans are text", () => {
    onlyMarkers("`[c1]` [c2]", "[c2]");
    onlyMarkers("``a ` [c1]`` [c2]", "[c2]");
    onlyMarkers("a `x[c1]` b `[c1]` [c2]", "[c2]");
  });

  test("A backtick without a partner opens no code span", () => {
    onlyMarkers("a ` b [c1]", "[c1]");
    onlyMarkers("a `` b [c1] ` c", "[c1]");
    onlyMarkers("- a ` b\n- [c1] ` c", "[c1]");
    onlyMarkers("a ` b\n\n[c1] ` c", "[c1]");
  });

  test("A backtick after a backslash opens no code span", () => {
    onlyMarkers("a \\` [c1] `", "[c1]");
    onlyMarkers("a \\\\`[c1]` [c2]", "[c2]");
  });

  test("Markers in fences of backticks and tildes are text", () => {
    for (const fence of ["```", "~~~", "````", "~~~~"]) {
      onlyMarkers(`${fence}\n[c1]\n${fence}\n[c2]`, "[c2]");
      onlyMarkers(`A\n${fence}js_[js_1] x\n[c1]\n\n[c1]\n${fence}\n[c2]`, "[c2]");
    }
  });

  test("A longer fence may contain shorter ones", () => {
    onlyMarkers("````\n```\n[c1]\n```\n[c1]\n````\n[c2]", "[c2]");
    onlyMarkers("~~~\n```\n[c1]\n~~~\n[c2]", "[c2]");
  });

  test("A fence that is not closed extends to the end", () => {
    onlyMarkers("[c2]\n```\n[c1]\n\n[c1]", "[c2]");
  });

  test("Markers in fences in lists and quotations are text", () => {
    onlyMarkers("- ```\n  [c1]\n  ```\n- [c2]", "[c2]");
    onlyMarkers("1. a\n\n   ```\n   [c1]\n   ```\n2. [c2]", "[c2]");
    onlyMarkers("> ```\n> [c1]\n> ```\n> [c2]", "[c2]");
  });

  test("Three backticks with text between on one line are a code span", () => {
    onlyMarkers("```[c1]``` [c2]\n[c1]", "[c2]", "[c1]");
  });

  test("Indented lines after a paragraph and a blank line are code", () => {
    onlyMarkers("For example:\n\n    a[c1]\n\n    b[c1]\n\n[c2]", "[c2]");
    onlyMarkers("For example:\n\n\ta[c1]\n[c2]", "[c2]");
  });

  test("Indented lines of lists and paragraphs are not code", () => {
    onlyMarkers("- a\n    - b [c1]\n\n    c [c2]", "[c1]", "[c2]");
    onlyMarkers("1. a\n\n    b [c1]", "[c1]");
    onlyMarkers("a\n    b [c1]", "[c1]");
    onlyMarkers("* a\n\n    b [c1]\n\n        c [c2]", "[c1]", "[c2]");
  });
});

describe("labels", () => {
  test("Each source type has its letter", () => {
    const letters = {
      attachment: "A",
      company: "Co",
      event: "E",
      external: "X",
      filing: "F",
      market_index: "M",
      news: "N",
      research: "R",
      sector: "S",
      subsector: "Su",
      transcript: "T",
      watchlist: "W",
    };
    for (const [type, letter] of Object.entries(letters)) {
      assert.deepEqual(labels(answerTo("[c1]", cite("c1", `${type} 1`))), [`${letter}1`]);
    }
  });

  test("Any other source type has a question mark", () => {
    for (const type of [
      "podcast",
      "",
      "Event",
      "constructor",
      "__proto__",
      "a,company",
      "compan",
      "ews",
      "externalX",
    ]) {
      assert.deepEqual(labels(answerTo("[c1]", cite("c1", `${type} 1`))), ["?1"], type);
    }
    for (const source of [null, undefined, {}, "text", { type: null }, { type: {} }]) {
      assert.deepEqual(labels(answerTo("[c1]", cite("c1", "", { source }))), ["?1"]);
    }
  });

  test("Sources are counted by letter, and citations of one source from the second one on", () => {
    const answer = answerTo(
      "[c1][c2][c3][c4][c5]",
      cite("c1", "transcript 12"),
      cite("c2", "filing 3"),
      cite("c3", "transcript 12"),
      cite("c4", "transcript 13"),
      cite("c5", "transcript 12"),
    );
    assert.deepEqual(labels(answer), ["T1", "F1", "T1.2", "T2", "T1.3"]);
  });

  test("Labels are counted in the order of first use in the text", () => {
    const answer = answerTo("[c2] [c1]", cite("c1", "transcript 1"), cite("c2", "transcript 2"));
    assert.deepEqual(
      answer.citations.map(({ marker, label, index }) => [marker, label, index]),
      [
        ["c2", "T1", 1],
        ["c1", "T2", 2],
      ],
    );
  });

  test("Citations that the text does not use come last, in the order in which they were sent", () => {
    const answer = answerTo(
      "[c4] `[c1]` [c3]",
      cite("9", "news 9"),
      cite("1", "news 1"),
      cite("c1"),
      cite("c3"),
      cite("c4"),
    );
    assert.deepEqual(
      answer.citations.map(({ marker, index }) => [marker, index]),
      [
        ["c4", 1],
        ["c3", 2],
        ["9", 3],
        ["1", 4],
        ["c1", 5],
      ],
    );
    assert.deepEqual(labels(answer), ["T1", "T1.2", "N1", "N2", "T1.3"]);
  });

  test("Labels are counted through the conversation, and a later turn does not change them", () => {
    const turn = (/** @type {number} */ id, /** @type {unknown[]} */ ...citations) => [
      message(id, "prompt"),
      message(id + 1, "response", {
        prompt_message_id: id,
        blocks: [{ content: "[c1]", citations }],
      }),
    ];
    const first = turn(1, cite("c1", "filing 1"), cite("c2", "transcript 12"));
    const second = turn(3, cite("c1", "transcript 12"), cite("c2", "filing 2"));
    const labelsOf = (/** @type {any[]} */ ...messages) =>
      turnsOf(session(messages)).map(({ answer }) => labels(required(answer)));
    assert.deepEqual(labelsOf(...first), [["F1", "T1"]]);
    assert.deepEqual(labelsOf(...first, ...second), [
      ["F1", "T1"],
      ["T1.2", "F2"],
    ]);
  });

  test("Without an id, citations with the same address have the same source", () => {
    const external = (/** @type {string} */ marker, /** @type {string} */ url) =>
      cite(marker, "", { url, source: { type: "external", name: "A page", id: null } });
    const answer = answerTo(
      "[c1][c2][c3]",
      external("c1", "https://example.com/1"),
      external("c2", "https://example.com/2"),
      external("c3", "https://example.com/1"),
    );
    assert.deepEqual(labels(answer), ["X1", "X2", "X1.2"]);
  });
});

describe("fields", () => {
  test("A citation keeps the fields that were sent", () => {
    const sent = cite("[c1]", "news 5", { score: 0.5, index: 9, label: "L" });
    const [citation] = answerTo("[c1]", sent).citations;
    assert.deepEqual(citation, { ...sent, index: 1, label: "N1" });
  });

  test("The text is the content of the blocks, joined by a blank line, without blank blocks", () => {
    const value = sessionOf(
      { content: " One " },
      { content: " \n" },
      { content: null },
      {},
      { content: "Two\n" },
    );
    assert.equal(answerOf(value)?.text, " One \n\nTwo\n");
  });

  test("The text is the message's content if no block has content", () => {
    for (const blocks of [undefined, null, [], [{ content: " " }], "text", {}]) {
      const fields = { prompt_message_id: 1, content: "From the message [c1].", blocks };
      const value = session([message(1, "prompt"), message(2, "response", fields)]);
      assert.equal(answerOf(value)?.text, "From the message [c1].");
    }
    const blocks = [{ content: "", citations: [cite("[c1]")] }];
    const fields = { prompt_message_id: 1, content: "From the message [c1].", blocks };
    const answer = answerOf(session([message(2, "response", fields)]));
    assert.deepEqual(shown(required(answer)), ["From the message ", ["T1"], "."]);
  });

  test("The text omits the message's content if a block has content", () => {
    const blocks = [{ content: "From a block." }];
    const value = session([message(2, "response", { content: "From the message.", blocks })]);
    assert.equal(answerOf(value)?.text, "From a block.");
  });

  test("A response without text is an answer with an empty text", () => {
    const answer = required(answerOf(sessionOf()));
    assert.equal(answer.text, "");
    assert.deepEqual(answer.segments(), []);
    assert.deepEqual(answer.citations, []);
    assert.equal(answer.toMarkdown(), "");
  });

  test("The sources of an answer are those of the response, or an empty list", () => {
    const source = { id: "1", type: "news" };
    for (const [sources, expected] of [
      [[source], [source]],
      [null, []],
      [undefined, []],
      ["text", []],
    ]) {
      const value = session([message(2, "response", { sources })]);
      assert.deepEqual(answerOf(value)?.sources, expected);
    }
  });

  test("toJSON returns plain data for structured clones and JSON, without the session", () => {
    const answer = answerTo("Up [c1].", cite("[c1]"));
    const data = answer.toJSON();
    assert.equal(Object.getPrototypeOf(data), Object.prototype);
    assert.deepEqual(Object.keys(data).sort(), [
      "citations",
      "message",
      "promptId",
      "sessionId",
      "sources",
      "text",
    ]);
    assert.deepEqual(JSON.parse(JSON.stringify(answer)), data);
    assert.deepEqual(structuredClone(data), data);
    assert.equal(data.text, "Up [c1].");
  });

  test("An answer works behind a proxy and survives a structured clone", () => {
    const answer = answerTo("Up [c1].", cite("[c1]"));
    const proxy = new Proxy(answer, {});
    assert.equal(proxy.toMarkdown(), answer.toMarkdown());
    assert.deepEqual(proxy.segments(), answer.segments());
    assert.equal(structuredClone(answer).text, answer.text);
  });

  test("A change to the list of segments does not change other lists", () => {
    const answer = answerTo("Up [c1].", cite("[c1]"));
    answer.segments().length = 0;
    assert.equal(answer.segments().length, 3);
  });
});
