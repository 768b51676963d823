// @ts-check
// Arbitrary sessions: no call throws, no text is lost, and the segments are the text.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { answerOf, message, required, session, sessionOf, turnsOf } from "./sessions.mjs";

/** @typedef {import("../../../pkg-template/answer.js").Answer} Answer */

const STYLES = /** @type {const} */ (["footnotes", "links", "markers", "none"]);
const LABELS = /** @type {const} */ (["typed", "numbers"]);

const names = fc.constantFrom("c1", "c2", "c3", "c12", "transcript_12", "market_index_5", "x", "");
const group = fc.array(names, { minLength: 1, maxLength: 3 }).map((list) => `[${list.join(", ")}]`);
const syntax = fc.constantFrom(
  ..."`*_~[]()|\\#>-^!:,",
  "``",
  "```",
  "~~~",
  "**",
  "    ",
  "\t",
  "\r\n",
  "](",
  "|---|",
);
const plain = fc.constantFrom(
  "Revenue",
  "rose",
  "5.2",
  "%",
  " ",
  "\n",
  "\n\n",
  "- ",
  "1. ",
  "é",
  "\u{1F4C8}",
);

/** Markdown built from parts, so that markers are next to syntax. */
const markdown = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: plain },
      { weight: 2, arbitrary: group },
      syntax,
      fc.string({ maxLength: 5 }),
    ),
    {
      maxLength: 30,
    },
  )
  .map((pieces) => pieces.join(""));
/** Markdown without code. */
const prose = fc
  .array(fc.oneof({ weight: 2, arbitrary: plain }, group), { maxLength: 30 })
  .map((pieces) => pieces.join(""));

const source = fc.record(
  {
    type: fc.constantFrom(
      "transcript",
      "market_index",
      "news",
      "external",
      "podcast",
      "constructor",
    ),
    id: fc.constantFrom("12", "5", 12, null, ""),
    name: fc.option(fc.string()),
  },
  { requiredKeys: [] },
);
const citation = fc.record(
  {
    marker: fc.oneof(
      names,
      names.map((name) => `[${name}]`),
      fc.constant(null),
    ),
    quote: fc.option(fc.string()),
    date: fc.option(fc.constant("2026-04-28")),
    url: fc.oneof(fc.webUrl(), fc.string(), fc.constant(null)),
    source: fc.option(source),
  },
  { requiredKeys: [] },
);
/** @param {fc.Arbitrary<string>} content */
const blocks = (content) =>
  fc.array(fc.record({ content, citations: fc.array(citation, { maxLength: 4 }) }), {
    maxLength: 4,
  });

/** A session of a few turns, some without a response or with several. */
const conversation = fc
  .array(fc.tuple(fc.constantFrom("prompt", "response", "status"), fc.nat(4), blocks(markdown)), {
    maxLength: 8,
  })
  .map((list) =>
    session(
      list.map(([type, promptId, parts], i) =>
        message(100 + i, type, {
          prompt_message_id: promptId ? 99 + promptId : null,
          blocks: parts,
        }),
      ),
    ),
  );

/** Values that are not sessions: any JSON, and objects with the names of a session's fields. */
const garbage = fc.oneof(
  fc.anything(),
  fc.jsonValue(),
  fc.record({ id: fc.anything(), messages: fc.anything(), initial_prompt: fc.anything() }),
  fc.record({
    messages: fc.array(
      fc.record(
        {
          id: fc.anything(),
          message_type: fc.oneof(fc.constantFrom("prompt", "response", "status"), fc.anything()),
          prompt_message_id: fc.anything(),
          content: fc.anything(),
          sources: fc.anything(),
          statuses: fc.anything(),
          blocks: fc.oneof(
            fc.anything(),
            fc.array(
              fc.record({
                content: fc.oneof(markdown, fc.anything()),
                citations: fc.oneof(
                  fc.anything(),
                  fc.array(
                    fc.record({
                      marker: fc.oneof(names, fc.anything()),
                      source: fc.oneof(
                        fc.record({ type: fc.anything(), id: fc.anything() }),
                        fc.anything(),
                      ),
                      quote: fc.anything(),
                      author: fc.anything(),
                      date: fc.anything(),
                      url: fc.anything(),
                    }),
                  ),
                ),
              }),
            ),
          ),
        },
        { requiredKeys: [] },
      ),
    ),
  }),
);

/**
 * Every format of an answer.
 *
 * @param {Answer} answer
 */
const formatsOf = (answer) =>
  STYLES.flatMap((citations) =>
    LABELS.flatMap((labels) => [
      answer.toMarkdown({ citations, labels }),
      answer.toPlainText({ citations, labels }),
    ]),
  );

/**
 * Asserts that the text has the parts in this order and without overlap.
 *
 * @param {string} text
 * @param {string[]} parts
 */
function holdsInOrder(text, parts) {
  let end = 0;
  for (const part of parts) {
    const start = text.indexOf(part, end);
    assert.ok(start >= 0, `${JSON.stringify(part)} is not in ${JSON.stringify(text.slice(end))}`);
    end = start + part.length;
  }
}

/** @param {string} text */
const runsOf = (text) => text.match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * @template T
 * @param {fc.Arbitrary<T>} arbitrary
 * @param {(value: T) => void} check
 */
const holds = (arbitrary, check) => fc.assert(fc.property(arbitrary, check), { numRuns: 1000 });

describe("any value", () => {
  test("No value makes a view or a format throw", () => {
    holds(garbage, (value) => {
      for (const { prompt, answer } of turnsOf(/** @type {any} */ (value))) {
        assert.equal(typeof prompt, "string");
        for (const text of answer ? formatsOf(answer) : []) assert.equal(typeof text, "string");
      }
      answerOf(/** @type {any} */ (value), { promptId: 5 });
    });
  });

  test("Views and formats do not change the session", () => {
    holds(fc.oneof(fc.jsonValue(), conversation), (value) => {
      const before = JSON.stringify(value);
      turnsOf(/** @type {any} */ (value)).forEach(({ answer }) => answer?.toMarkdown());
      assert.equal(JSON.stringify(value), before);
    });
  });
});

describe("any conversation", () => {
  test("Each response that counts is an answer, and each prompt is a turn", () => {
    holds(conversation, (value) => {
      const turns = turnsOf(value);
      const prompts = value.messages.filter(
        (/** @type {any} */ { message_type }) => message_type === "prompt",
      );
      for (const { id } of prompts)
        assert.equal(turns.filter(({ promptId }) => promptId === id).length, 1);
      for (const { answer, promptId } of turns) {
        if (!answer) continue;
        assert.ok(value.messages.includes(answer.message));
        assert.equal(answer.promptId, promptId);
        if (promptId) assert.equal(answerOf(value, { promptId })?.text, answer.text);
      }
      assert.equal(answerOf(value)?.text, turns.at(-1)?.answer?.text);
    });
  });

  test("Labels are unique in a conversation, and indexes count from 1", () => {
    holds(conversation, (value) => {
      const answers = turnsOf(value).flatMap(({ answer = [] }) => answer);
      const labels = answers.flatMap(({ citations }) => citations.map(({ label }) => label));
      assert.deepEqual([...new Set(labels)], labels);
      for (const label of labels) assert.match(label, /^([A-Z][ou]?|\?)[1-9]\d*(\.[1-9]\d*)?$/);
      for (const { citations } of answers) {
        assert.deepEqual(
          citations.map(({ index }) => index),
          citations.map((_, i) => i + 1),
        );
      }
    });
  });

  test("The labels of a turn do not depend on the turns after it", () => {
    const turn = blocks(prose);
    holds(fc.array(turn, { maxLength: 4 }), (turns) => {
      const messages = turns.flatMap((parts, i) => [
        message(2 * i + 1, "prompt"),
        message(2 * i + 2, "response", { prompt_message_id: 2 * i + 1, blocks: parts }),
      ]);
      const labelsOf = (/** @type {any[]} */ list) =>
        turnsOf(session(list)).map(({ answer }) =>
          required(answer).citations.map(({ label }) => label),
        );
      const all = labelsOf(messages);
      turns.forEach((_, i) =>
        assert.deepEqual(labelsOf(messages.slice(0, 2 * i)), all.slice(0, i)),
      );
    });
  });

  test("Citations are ordered by first use, unused ones last", () => {
    holds(conversation, (value) => {
      for (const { answer } of turnsOf(value)) {
        const used = answer?.segments().flatMap(({ citations = [] }) => citations) ?? [];
        const first = [...new Set(used)];
        assert.deepEqual(answer?.citations.slice(0, first.length) ?? [], first);
      }
    });
  });
});

describe("any text", () => {
  const value = blocks(markdown).map((parts) => sessionOf(...parts));
  /** @param {(answer: Answer) => void} check */
  const holdsForAnswers = (check) => holds(value, (sent) => check(required(answerOf(sent))));

  test("The text is the content of the blocks that are not blank", () => {
    holds(value, (sent) => {
      const parts = sent.messages[1].blocks.map((/** @type {any} */ { content }) => content);
      const text = parts.filter((/** @type {string} */ part) => part.trim()).join("\n\n");
      assert.equal(answerOf(sent)?.text, text);
    });
  });

  test("The segments add up to the text", () => {
    holdsForAnswers((answer) => {
      const segments = answer.segments();
      assert.equal(segments.map(({ text, marker }) => text ?? marker).join(""), answer.text);
      assert.equal(answer.toMarkdown({ citations: "markers" }), answer.text);
      segments.forEach(({ text, citations }, i) => {
        assert.notEqual(text, "");
        if (citations) assert.ok(citations.length > 0);
        else assert.ok(i === 0 || segments[i - 1].citations, "text beside text");
      });
    });
  });

  test("Every format of Markdown holds the text between the markers", () => {
    holdsForAnswers((answer) => {
      const texts = answer.segments().flatMap(({ text = [] }) => text);
      for (const citations of STYLES) holdsInOrder(answer.toMarkdown({ citations }), texts);
      assert.equal(answer.toMarkdown({ citations: "none" }), texts.join(""));
    });
  });

  test("Formats without markers contain no resolvable marker outside of code", () => {
    holds(fc.tuple(prose, fc.array(citation, { maxLength: 4 })), ([content, citations]) => {
      const answer = required(answerOf(sessionOf({ content, citations })));
      const resolved = new Set(answer.segments().flatMap(({ marker = [] }) => marker));
      const left = answer.toMarkdown({ citations: "none" });
      for (const marker of resolved) {
        if (marker.startsWith("[")) assert.ok(!left.includes(marker), `${marker} in ${left}`);
      }
    });
  });

  test("Plain text holds the letters and numbers of the text", () => {
    holds(fc.tuple(prose, fc.array(citation, { maxLength: 4 })), ([content, citations]) => {
      const answer = required(answerOf(sessionOf({ content, citations })));
      const runs = answer.segments().flatMap(({ text = "" }) => runsOf(text));
      for (const style of STYLES) holdsInOrder(answer.toPlainText({ citations: style }), runs);
    });
  });

  test("Plain text holds the letters and numbers of code, emphasis, links and escapes", () => {
    // Plain text omits only the language of a fence.
    const styled = fc
      .array(fc.oneof({ weight: 3, arbitrary: plain }, syntax, fc.constantFrom("```\n", "~~~\n")), {
        maxLength: 30,
      })
      .map((pieces) => pieces.join(""))
      .filter((text) => !/[`~]{3}[^\s`~]+\n/.test(text));
    holds(styled, (content) => {
      const answer = required(answerOf(sessionOf({ content })));
      holdsInOrder(answer.toPlainText(), runsOf(answer.text));
    });
  });

  test("An answer of any length is read: no stack overflows, and the time grows with the length", () => {
    const TEXTS = [
      "a\n\n" + "    x\n".repeat(800_000),
      "a\n\n" + "\t\n".repeat(1_500_000),
      "`".repeat(500_000) + "a`",
      "[c1]".repeat(200_000),
    ];
    for (const content of TEXTS) {
      const answer = required(answerOf(sessionOf({ content, citations: [{ marker: "[c1]" }] })));
      assert.equal(answer.text.length, content.length);
      assert.ok(answer.toMarkdown().length >= content.length);
    }
  });

  test("A session with many messages, statuses and citations is read", () => {
    const statuses = Array.from({ length: 100_000 }, (_, at) => message(at + 3, "status"));
    const citations = Array.from({ length: 150_000 }, (_, at) => ({ marker: `m${at}`, quote: "" }));
    const blocks = [{ content: citations.map(({ marker }) => `[${marker}]`).join(""), citations }];
    const [turn] = turnsOf(
      session([
        message(1, "prompt"),
        ...statuses,
        message(2, "response", { prompt_message_id: 1, blocks, statuses }),
      ]),
    );
    assert.equal(turn.statuses.length, 200_000);
    assert.equal(required(turn.answer).citations.length, 150_000);
    assert.ok(required(turn.answer).toMarkdown().includes("[^?1.150000]"));
  });
});
