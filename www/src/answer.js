// @ts-check
// A session's answer as the page shows it: its text, with each citation marker a link to the list of citations below it.
// Making the text harmless is up to markdown.js.
import { el, focusOn } from "./dom.js";
import { outsideLink, renderMarkdown } from "./markdown.js";

/** @typedef {import("aiera-chat").Session} Session */
/** @typedef {import("aiera-chat").Citation} Citation */
/** @typedef {import("aiera-chat").Source} Source */
/** @typedef {{ entry: HTMLLIElement, label: string, uses: HTMLElement[] }} Target what a marker leads to */

/** `[c123]` names a citation, `[transcript_123]` one or a source. */
const MARKER = /\[[a-z]\w*\]/gi;
const NO_MARKERS_IN = "a, code, pre";

/** @param {Session} session */
export function answerOf(session) {
  return session.messages?.findLast((message) => message.message_type === "response");
}

/**
 * The answer's text as it came.
 * @param {Session} session
 * @returns {string[]}
 */
export function textOf(session) {
  const answer = answerOf(session);
  const blocks = answer?.blocks?.map((block) => block.content) ?? [];
  // Some payloads have the text in the message itself.
  return blocks.length > 0 ? blocks : answer?.content ? [answer.content] : [];
}

/**
 * @param {Session} session
 * @param {string} prefix of the ids that this makes
 * @returns {Node[]}
 */
export function answerView(session, prefix) {
  const texts = textOf(session);
  if (texts.length === 0) return [el("p", { class: "hint" }, "The session holds no answer yet.")];
  const answer = answerOf(session);
  const cited = (answer?.blocks ?? []).flatMap((block) => block.citations ?? []);
  const sources = distinct([
    ...(answer?.sources ?? []),
    ...cited.flatMap(({ source }) => (source ? [source] : [])),
  ]);

  /** @type {Map<string, Target>} */
  const targets = new Map();
  const citationList = cited.map((citation, index) => {
    const entry = el(
      "li",
      { id: `${prefix}-c${index + 1}`, tabindex: "-1" },
      ...citationView(citation),
    );
    const name = bare(citation.marker);
    if (!targets.has(name)) targets.set(name, { entry, label: String(index + 1), uses: [] });
    return entry;
  });
  const sourceList = sources.map((source, index) => {
    const entry = el(
      "li",
      { id: `${prefix}-s${index + 1}`, tabindex: "-1" },
      ...sourceView(source),
    );
    const name = sourceName(source);
    if (!targets.has(name)) targets.set(name, { entry, label: `S${index + 1}`, uses: [] });
    return entry;
  });

  const body = el("div", { class: "prose" });
  for (const fragment of renderMarkdown(texts)) {
    linkMarkers(fragment, targets);
    body.append(fragment);
  }
  for (const { entry, uses } of targets.values()) {
    if (uses[0]) (entry.lastElementChild ?? entry).append(" ", backLink(uses[0]));
  }
  return [
    body,
    ...section("Citations", "citations", citationList),
    ...section("Sources", "sources", sourceList),
  ];
}

/**
 * @param {string} title
 * @param {string} kind
 * @param {Node[]} entries
 */
function section(title, kind, entries) {
  if (entries.length === 0) return [];
  return [el("h3", {}, title), el("ol", { class: kind }, ...entries)];
}

/**
 * @param {DocumentFragment} fragment
 * @param {Map<string, Target>} targets
 */
function linkMarkers(fragment, targets) {
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  /** @type {Text[]} */
  const texts = [];
  while (walker.nextNode()) texts.push(/** @type {Text} */ (walker.currentNode));
  for (const text of texts) {
    if (text.parentElement?.closest(NO_MARKERS_IN)) continue;
    const parts = withLinks(text.data, targets);
    if (parts.length > 1) text.replaceWith(...parts);
  }
}

/**
 * @param {string} text
 * @param {Map<string, Target>} targets
 */
function withLinks(text, targets) {
  /** @type {(string | Node)[]} */
  const parts = [];
  let end = 0;
  for (const { 0: marker, index } of text.matchAll(MARKER)) {
    const target = targets.get(bare(marker));
    if (!target) continue;
    // A marker stays with the word before it.
    parts.push(text.slice(end, index).replace(/\s+$/, "\u00a0"), markerLink(target));
    end = index + marker.length;
  }
  return [...parts, text.slice(end)];
}

/** @param {Target} target */
function markerLink({ entry, label, uses }) {
  const name = label.startsWith("S") ? `source ${label.slice(1)}` : `citation ${label}`;
  const link = el("a", { class: "marker", href: `#${entry.id}`, "aria-label": name }, label);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    focusOn(entry);
  });
  uses.push(link);
  return link;
}

/** @param {HTMLElement} use */
function backLink(use) {
  return el(
    "button",
    { type: "button", class: "back", "aria-label": "Back to the text", click: () => focusOn(use) },
    "↩",
  );
}

/** @param {Citation} citation */
function citationView({ quote, author, date, url, source }) {
  const facts = [source?.name, author, date].filter(Boolean).join(" · ");
  return [
    quote ? el("q", {}, quote) : null,
    el("div", { class: "quiet" }, url ? outsideLink(url, facts || url) : facts),
  ].filter((part) => part !== null);
}

/** @param {Source} source */
function sourceView({ id, name, type, parent }) {
  return [
    el("span", { class: "pill" }, type.replaceAll("_", " ")),
    ` ${name || id}`,
    parent ? el("div", { class: "quiet" }, `in ${parent.name || parent.id}`) : null,
  ].filter((part) => part !== null);
}

/** @param {string | null | undefined} marker */
const bare = (marker) => (marker ?? "").replace(/^\[|\]$/g, "");
const sourceName = (/** @type {Source} */ { type, id }) => `${type}_${id}`;

/** @param {Source[]} sources */
function distinct(sources) {
  return [...new Map(sources.map((source) => [sourceName(source), source])).values()];
}
