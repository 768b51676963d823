// @ts-check
// Whole conversations in the API's shape (tests/fixtures/conversations; companies and figures are invented).
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { marked } from "marked";
import { CONVERSATIONS, conversation, required, session, turnsOf } from "./sessions.mjs";

/** @param {any} value */
const labelsOf = (value) =>
  turnsOf(value).map(({ answer }) => answer?.citations.map(({ label }) => label));

test("The earnings conversation has a table and citations of a filing and a transcript", () => {
  const [turn] = turnsOf(conversation("earnings"));
  assert.match(turn.prompt, /Halden Motors/);
  assert.equal(turn.statuses.length, 3);
  const answer = required(turn.answer);
  const labels = answer.citations.map(({ label }) => label);
  assert.deepEqual(labels, ["F1", "F1.2", "T1", "T1.2", "F1.3", "F1.4", "T1.3", "R1"]);
  assert.match(
    answer.toMarkdown(),
    /^\| Deliveries \[\^F1\]\[\^F1\.3\] \| 88,400 \| 81,100 \| 9\.0% \|$/m,
  );
  assert.doesNotMatch(answer.toMarkdown(), /R1/);
  assert.match(
    answer.toPlainText(),
    /^\| Deliveries \[F1\]\[F1\.3\] \| 88,400 \| 81,100 \| 9\.0% \|$/m,
  );
});

test("The macro conversation has news, research, an index, and markers in code", () => {
  const [{ answer }] = turnsOf(conversation("macro"));
  const markdown = required(answer).toMarkdown({ citations: "links" });
  assert.deepEqual(labelsOf(conversation("macro")), [["N1", "N2", "R1", "M1", "X1"]]);
  assert.match(markdown, /`OIS\[c12\]`/);
  assert.match(markdown, /^11 June {3}-18 {3}\[c12\]$/m);
  assert.match(
    markdown,
    /\[\[R1\]\(https:\/\/example\.com\/sample\/research\/%282026%29\/sooner%20not%20deeper\)\]/,
  );
  assert.match(markdown, / \[M1\]$/m);
});

test("The comparison has three turns, one of them cancelled, with continuous labels", () => {
  const turns = turnsOf(conversation("comparison"));
  assert.deepEqual(
    turns.map(({ answer }) => Boolean(answer)),
    [true, false, true],
  );
  assert.deepEqual(
    turns.map(({ statuses }) => statuses.map(({ content }) => content)),
    [
      ["Finding sources for both companies", "Reading two filings and two transcripts"],
      ["The prompt was cancelled."],
      ["Reading cash flow statements", "Writing the answer"],
    ],
  );
  assert.deepEqual(labelsOf(conversation("comparison")), [
    ["F1", "F2", "T1", "T2"],
    undefined,
    ["F2.2", "F1.2", "T1.2"],
  ]);
});

for (const name of CONVERSATIONS) {
  describe(name, () => {
    const value = conversation(name);
    const answers = turnsOf(value).flatMap(({ answer = [] }) => answer);

    test("A conversation is marked as sample data", () => {
      assert.match(value.title, /^Sample data: /);
      for (const { text } of answers.slice(0, 1))
        assert.match(text, /^_Sample data: .* invented\._/);
      for (const { sources } of answers) {
        assert.ok(sources.every(({ meta }) => meta?.sample === true));
      }
    });

    test("Every marker outside of code resolves", () => {
      for (const answer of answers) {
        const left = answer.segments().flatMap(({ text = "" }) => text.replace(/`[^]*`/g, ""));
        assert.doesNotMatch(left.join(""), /\[[a-z]\w*\]/);
      }
    });

    test("Later turns do not change the labels of a turn", () => {
      const all = labelsOf(value);
      for (let count = 0; count <= value.messages.length; count++) {
        const labels = labelsOf(session(value.messages.slice(0, count)));
        labels.forEach((list, i) => list && assert.deepEqual(list, all[i]));
      }
    });

    test("A Markdown parser finds each linked citation", () => {
      for (const answer of answers) {
        const expected = answer
          .segments()
          .flatMap(({ citations = [] }) => citations)
          .flatMap(({ label, url }) => (url ? [label] : []));
        /** @type {string[]} */
        const found = [];
        const markdown = answer.toMarkdown({ citations: "links" });
        marked.walkTokens(marked.lexer(markdown), (token) => {
          if (token.type === "link") found.push(token.text);
        });
        assert.deepEqual(found, expected);
      }
    });
  });
}
