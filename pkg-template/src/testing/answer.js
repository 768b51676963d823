// @ts-check
// Completes the answers of tests to the API's shapes. Content is unchanged, even if it is hostile.
import { invalid } from "../shared/options.js";

/** @typedef {import("../../testing.js").MockAnswer} MockAnswer */
/** @typedef {import("../../testing.js").MockBlock} MockBlock */
/** @typedef {import("../../testing.js").MockBlockInput} MockBlockInput */
/** @typedef {import("../../testing.js").MockSource} MockSource */

/**
 * @param {MockAnswer} answer
 * @returns {{ content: string, blocks: MockBlock[], sources: MockSource[] }}
 */
export function completeAnswer(answer) {
  const parts = typeof answer === "string" ? { blocks: [answer] } : answer;
  const { content, blocks, sources } = /** @type {any} */ (
    Array.isArray(parts) ? { blocks: parts } : (parts ?? {})
  );
  if (blocks === undefined && content === undefined) {
    throw invalid(
      "createMockApi: options.answer must be a string, an array of blocks, or { content?, blocks?, sources? }.",
    );
  }
  /** @type {MockBlock[]} */
  const complete = (blocks ?? []).map(completeBlock);
  return {
    content: content ?? "",
    blocks: complete,
    sources: sources?.map(completeSource) ?? citedSources(complete),
  };
}

/**
 * @param {string | MockBlockInput} block
 * @returns {MockBlock}
 */
function completeBlock(block) {
  const parts = typeof block === "string" ? { content: block } : block;
  const citations = (parts.citations ?? []).map(({ source, ...citation }) => ({
    marker: null,
    quote: null,
    date: null,
    author: null,
    url: null,
    ...citation,
    source: source ? completeSource(source) : null,
  }));
  return { type: "text", content: "", ...parts, citations };
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
 *
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
