// @ts-check
// What the mock answers: the default answer, and the filling-in of whatever a test gives instead.
// Content is passed on as it is, hostile content too; when an answer appears is up to the store.

/** @typedef {import("../../testing.js").MockAnswer} MockAnswer */
/** @typedef {import("../../testing.js").MockBlock} MockBlock */
/** @typedef {import("../../testing.js").MockBlockInput} MockBlockInput */
/** @typedef {import("../../testing.js").MockSource} MockSource */

/**
 * An answer in the documented shape.
 * @param {MockAnswer} answer
 * @returns {{ content: string, blocks: MockBlock[], sources: MockSource[] }}
 */
export function completeAnswer(answer) {
  const parts = typeof answer === "string" ? { blocks: [answer] } : answer;
  const given = /** @type {any} */ (Array.isArray(parts) ? { blocks: parts } : parts);
  if (given === null || typeof given !== "object" || !(given.blocks || "content" in given)) {
    throw new TypeError("answer: expected a string, blocks, or { content?, blocks?, sources? }");
  }
  /** @type {MockBlock[]} */
  const blocks = (given.blocks ?? []).map(completeBlock);
  const sources = given.sources?.map(completeSource) ?? citedSources(blocks);
  return { content: given.content ?? "", blocks, sources };
}

/**
 * @param {string | MockBlockInput} block
 * @returns {MockBlock}
 */
function completeBlock(block) {
  const given = typeof block === "string" ? { content: block } : block;
  const citations = (given.citations ?? []).map(({ source, ...citation }) => ({
    marker: null,
    quote: null,
    date: null,
    author: null,
    url: null,
    ...citation,
    source: source ? completeSource(source) : null,
  }));
  return { type: "text", content: "", ...given, citations };
}

/**
 * @param {Partial<MockSource>} source
 * @returns {MockSource}
 */
function completeSource(source) {
  return { id: "", name: "", type: "external", meta: {}, parent: null, ...source };
}

/**
 * Each source once, in the order of its first citation.
 * @param {MockBlock[]} blocks
 * @returns {MockSource[]}
 */
function citedSources(blocks) {
  const sources = new Map();
  for (const { source } of blocks.flatMap((block) => block.citations)) {
    const name = `${source?.type}_${source?.id}`;
    if (source && !sources.has(name)) sources.set(name, source);
  }
  return [...sources.values()];
}

/**
 * A lifelike answer that names the question and invents no facts about real companies.
 * @param {string} prompt
 * @returns {MockAnswer}
 */
export function defaultAnswer(prompt) {
  return {
    blocks: [
      {
        content: [
          `**You asked:** ${quotable(prompt)}`,
          "",
          "This is an example answer from the mock API; its figures are made up. [c1]",
          "",
          "### Key takeaways",
          "",
          "- **Revenue** grew by 8% on last year, led by the services segment. [c1]",
          "- **Operating margin** widened by 120 basis points as input costs eased. [transcript_123]",
          "- **Guidance** for the full year was kept, with more weight on the second half.",
        ].join("\n"),
        citations: [
          {
            marker: "[c1]",
            quote: "Total revenue for the quarter rose 8% year over year to $25.6 billion.",
            date: "2026-04-22",
            author: null,
            url: "https://example.com/filings/456",
            source: {
              id: "456",
              name: "Example Corp 10-Q, first quarter 2026",
              type: "filing",
              meta: { form: "10-Q" },
            },
          },
          {
            marker: "[transcript_123]",
            quote: "We saw about 120 basis points of margin expansion, mostly on input costs.",
            date: "2026-04-22",
            author: "Chief Financial Officer",
            url: "https://example.com/events/789/transcripts/123",
            source: {
              id: "123",
              name: "Example Corp first quarter 2026 earnings call",
              type: "transcript",
              meta: { event_type: "earnings" },
              parent: {
                id: "789",
                name: "Example Corp Q1 2026 Earnings Call",
                type: "event",
                meta: {},
                parent: null,
              },
            },
          },
        ],
      },
      {
        content: [
          "| | Q1 2026 | Q1 2025 | Change |",
          "|---|---:|---:|---:|",
          "| Revenue, $bn | 25.6 | 23.7 | +8% |",
          "| Operating margin | 11.4% | 10.2% | +1.2 pp |",
          "| Free cash flow, $bn | 2.9 | 2.5 | +16% |",
        ].join("\n"),
      },
    ],
  };
}

/**
 * The prompt on one line, short, and with nothing in it that Markdown or HTML would act on.
 * @param {string} prompt
 */
function quotable(prompt) {
  const line = shorten(prompt, 200);
  return line.replace(/[\\`*_{}[\]<>()#+!|~&]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * A title, as the API makes one where none was given.
 * @param {string | undefined} prompt
 */
export function generatedTitle(prompt) {
  return prompt === undefined ? "New chat" : shorten(prompt, 60).replace(/[?.!\s]+$/, "");
}

/**
 * @param {string} text
 * @param {number} length
 */
function shorten(text, length) {
  // By code points: a surrogate pair must not be cut.
  const characters = Array.from(text.replace(/\s+/g, " ").trim());
  return characters.length > length
    ? `${characters.slice(0, length - 1).join("")}…`
    : characters.join("");
}
