// @ts-check
// The sources of an answer: first the cited ones, one row per document with the chips of its citations; the others in a
// disclosure.
import { formatDate, formatNumber } from "../format.js";
import { fill, stringFor } from "../strings.js";
import { headingName } from "./context.js";
import { h, textOf, webAddress } from "./dom.js";

/** @typedef {import("./context.js").ViewContext} ViewContext */
/** @typedef {import("../../../index.js").Answer} Answer */

/**
 * @param {Answer} answer
 * @param {ViewContext} context
 * @param {string} id  of the heading
 * @returns {HTMLElement | undefined}
 */
export function sourcesView(answer, context, id) {
  const { strings, locale, headingLevel } = context;
  const documents = documentsOf(answer.citations);
  const cited = new Set(documents.map(({ key }) => key));
  const considered = new Map();
  for (const source of answer.sources) {
    const key = keyOf(source);
    if (key && !cited.has(key)) considered.set(key, source);
  }
  if (documents.length === 0 && considered.size === 0) return undefined;
  const heading = h(headingName(headingLevel + 1), { id }, strings.sources);
  const rows = documents.map(({ citations }) => citedRow(citations, context));
  const others = [...considered.values()].map((source) => row(source, {}, context));
  const { consideredSource, consideredSources } = strings;
  const summary = others.length === 1 ? consideredSource : consideredSources;
  const count = formatNumber(others.length, locale);
  return h(
    "div",
    // Not a section: landmarks with the same name in each answer are ambiguous.
    { class: "sources", part: "sources", role: "group", "aria-labelledby": id },
    heading,
    rows.length > 0 && h("ul", {}, ...rows),
    others.length > 0 &&
      h("details", {}, h("summary", {}, fill(summary, { count })), h("ul", {}, ...others)),
  );
}

/**
 * @param {any[]} citations  of one document
 * @param {ViewContext} context
 */
function citedRow(citations, context) {
  const [{ source, url, date, author, quote }] = citations;
  const linked = citations.find((citation) => webAddress(citation.url));
  const host = linked && new URL(linked.url).host;
  const shown = source ?? { name: textOf(author) || host || textOf(url) || textOf(quote) };
  return row(shown, { date, linked, chips: context.citationGroup(citations) }, context);
}

/**
 * @param {any} source
 * @param {{ date?: unknown, linked?: any, chips?: HTMLElement }} cited
 * @param {ViewContext} context
 */
function row({ name, id, type }, { date, linked, chips }, { strings, locale, sourceLink }) {
  const title = textOf(name) || textOf(id);
  const link = linked && sourceLink(linked, title);
  link?.classList.add("source-name");
  const kind = textOf(type);
  const day = formatDate(date, locale).replaceAll(" ", "\u00a0");
  const facts = [kind && stringFor(strings, "source", kind), day];
  return h(
    "li",
    { part: "source" },
    h(
      "span",
      { class: "source-text" },
      link || h("span", { class: "source-name" }, title),
      " ",
      h("span", { class: "source-facts" }, facts.filter(Boolean).join(" · ")),
    ),
    chips,
  );
}

/**
 * Citations by document, in the order of their first use.
 *
 * @param {readonly any[]} citations
 */
function documentsOf(citations) {
  /** @type {Map<string, any[]>} */
  const documents = new Map();
  for (const citation of citations) {
    const key = keyOf(citation.source) || `${citation.url ?? citation.label}`;
    const known = documents.get(key);
    if (known) known.push(citation);
    else documents.set(key, [citation]);
  }
  return [...documents].map(([key, cited]) => ({ key, citations: cited }));
}

/** @param {any} source */
function keyOf(source) {
  return textOf(source?.id) && `${textOf(source.type)}_${textOf(source.id)}`;
}
