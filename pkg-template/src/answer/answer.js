// @ts-check
// The view of one response: its text, its citations, and the formats that combine them.

import { objectsIn, textOf } from "./fields.js";
import { nextLabel, sourceName } from "./labels.js";
import { segmentsOf } from "./markers.js";
import { readOptions } from "./options.js";
import { plainTextOf } from "./plain-text.js";

export class Answer {
  /**
   * @param {any} session
   * @param {any} message  the response
   * @param {number | undefined} promptId
   * @param {Record<string, any>} counts  for labels; shared by the answers of a session
   */
  constructor(session, message, promptId, counts) {
    /** @type {any[]} */
    const citations = [];
    // A map: names are long texts, and as properties of an object they take twice the time.
    /** @type {Map<string, any>} */
    const names = new Map();
    let text = "";
    const ends = objectsIn([message.blocks, message]).map((block, i) => {
      for (const sent of objectsIn(block.citations)) {
        const marker = textOf(sent.marker).replace(/[[\]]/g, "");
        const source = sourceName(sent);
        // Blocks may repeat a citation: the same marker, source and quote are the same citation.
        const key = `${[marker, source, textOf(sent.quote)]}`;
        const citation = names.get(key) ?? { ...sent, index: 0 };
        names.set(key, citation);
        // A name refers to a citation of its block first, then to one of the message.
        for (const scope of [i + "/", "/"]) {
          if (!names.has(scope + source)) names.set(scope + source, citation);
          names.set(scope + marker, citation);
        }
      }
      const content = textOf(block.content);
      if (content.trim() && (block !== message || !text)) text += (text && "\n\n") + content;
      return text.length;
    });
    const use = (/** @type {any} */ citation) => {
      if (citation && !citation.index) {
        citation.index = citations.push(citation);
        citation.label = nextLabel(citation, counts);
      }
      return citation;
    };
    const segments = segmentsOf(text, (name, index) =>
      use(names.get(ends.findIndex((end) => index < end) + "/" + name) ?? names.get("/" + name)),
    );
    names.forEach(use);
    this.text = text;
    this.citations = citations;
    this.sources = objectsIn(message.sources);
    this.message = message;
    this.session = session;
    // A server may send the digits of an id.
    this.sessionId = +textOf(session.id) || undefined;
    this.promptId = promptId;
    // Not enumerable, so that logs, clones and JSON omit it. A private field fails behind a Proxy, such as Vue's.
    Object.defineProperty(this, "segments", { value: () => [...segments] });
  }

  /** @param {any} [options] */
  toMarkdown(options) {
    const { citations: style, labels } = readOptions(
      options,
      "citations: (links|footnotes|markers|none)|labels: (typed|numbers)",
    );
    const notes = new Set();
    const cite = (/** @type {any} */ { label, index, source, url, author, date, quote }) => {
      if (labels === "numbers") label = index;
      if (style === "links") return link(label, url);
      const fields = [source?.name || label, author, date, quote && `"${textOf(quote)}"`];
      const [name, ...details] = fields.map((field) =>
        textOf(field)
          .replace(/\s+/g, " ")
          .replace(/[\\`*_[\]<]/g, "\\$&"),
      );
      notes.add(`\n\n[^${label}]: ${[link(name, url), ...details].filter(Boolean).join(", ")}`);
      return "^" + label;
    };
    /** @type {any[]} */
    const segments = /** @type {any} */ (this).segments();
    return segments
      .map(({ text, citations, marker }) => {
        /** @type {Record<string, string>} */
        const fixed = { markers: marker, none: "" };
        return citations ? (fixed[style] ?? `[${citations.map(cite).join("][")}]`) : text;
      })
      .concat(...notes)
      .join("");
  }

  /** @param {any} [options] */
  toPlainText(options) {
    return plainTextOf(this.toMarkdown(options));
  }

  toJSON() {
    const { session, ...fields } = this;
    return fields;
  }
}

/**
 * A link if the address is `http(s)`, else the text alone.
 *
 * @param {any} text
 * @param {any} url
 */
const link = (text, url) =>
  /^https?:/i.test((url = textOf(url)))
    ? `[${text}](${url.replace(/[\0- ()<>\\`|]/g, escape)})`
    : text;
