// @ts-check
// Every text that the element shows, in English. A name in braces is a placeholder.
import { AieraChatError } from "../index.js";

/** @typedef {import("../../element.js").AieraChatStrings} AieraChatStrings */

/** @type {Readonly<AieraChatStrings>} */
export const STRINGS = {
  greeting: "What would you like to know?",
  conversation: "Conversation",
  composer: "Your question",
  placeholder: "Ask a question",
  followUp: "Ask a follow-up question",
  ask: "Ask",
  stop: "Stop",
  suggestions: "Suggestions",

  sending: "Sending the question…",
  loading: "Loading the conversation…",
  findingSources: "Finding sources…",
  generatingResponse: "Writing the answer…",
  cancellingResponse: "Stopping…",
  working: "Working…",
  elapsed: "{seconds} s",
  elapsedMinutes: "{minutes} min {seconds} s",

  citation: "Citation {label}",
  citedSource: "Source",
  openSource: "Open source",
  sources: "Sources",
  consideredSource: "{count} more source considered",
  consideredSources: "{count} more sources considered",
  table: "Table",
  chart: "Chart",
  code: "Code",
  image: "Image",
  data: "Data",
  copyTable: "Copy table",
  copyMarkdown: "Copy as Markdown",
  copyText: "Copy as text",
  copied: "Copied",
  copyFailed: "The browser did not allow copying.",

  noAnswer: "No answer came to this question.",
  stopped: "Stopped. The assistant may still be working on the answer.",
  tryAgain: "Try again",
  keepWaiting: "Keep waiting",
  startOver: "Start over",

  errorSession: "The assistant could not answer this question.",
  errorDeleted: "This conversation was deleted.",
  errorNotFound: "This conversation does not exist, or is not yours.",
  errorTimeout: "The answer is taking longer than expected. The assistant is still working on it.",
  errorNetwork: "The connection was lost.",
  errorRefused: "The server refused access.",
  errorProxyRefused:
    "This page's server, or a proxy before the assistant, refused access. You may have to sign in again.",
  errorRedirected:
    "The server sent the question elsewhere, such as to a sign-in page. You may have to sign in again.",
  errorDecode: "The reply did not come from the assistant. The address of this chat may be wrong.",
  errorRateLimit: "Too many questions at the moment.",
  errorServer: "The server had a problem.",
  errorRequest: "The server did not accept this question.",
  errorCreateUnknown:
    "The connection was lost while the question was being sent. Asking again may ask it twice.",
  errorPromptUnknown: "The connection was lost while the question was being sent.",
  errorWasm: "This page does not allow WebAssembly, which the assistant's client needs.",
  errorArgument: "This chat is not set up correctly.",
  errorOther: "Something went wrong.",

  sourceAttachment: "Attachment",
  sourceCompany: "Company",
  sourceEvent: "Event",
  sourceExternal: "Web",
  sourceFiling: "Filing",
  sourceMarketIndex: "Market index",
  sourceNews: "News",
  sourceResearch: "Research",
  sourceSector: "Sector",
  sourceSubsector: "Subsector",
  sourceTranscript: "Transcript",
  sourceWatchlist: "Watchlist",
};

/**
 * Checks strings without `shared/options.js`, whose other kinds of values would add 1.2 KB to the element.
 *
 * @param {unknown} strings  some of the strings
 * @returns {Partial<AieraChatStrings>}
 * @throws {AieraChatError} `invalid_argument` for an unknown name, or a value that is not a string
 */
export function checkStrings(strings) {
  if (typeof (strings ?? {}) !== "object" || Array.isArray(strings)) {
    throw invalid("strings must be an object.");
  }
  const present = Object.entries(strings ?? {}).filter(([, text]) => text != null);
  for (const [name, text] of present) {
    if (!Object.hasOwn(STRINGS, name)) {
      const near = nearestName(name);
      throw invalid(
        `strings has an unknown option ${name}.${near ? ` Did you mean ${near}?` : ""}`,
      );
    }
    if (typeof text !== "string") {
      throw invalid(`strings.${name} must be a string, not of type ${typeof text}.`);
    }
  }
  return Object.fromEntries(present);
}

/** @param {string} message */
function invalid(message) {
  return new AieraChatError("invalid_argument", message);
}

/**
 * The first name that shares the longest prefix with an unknown name.
 *
 * @param {string} name
 */
function nearestName(name) {
  for (let length = name.length; length > 2; length -= 1) {
    const beginning = name.slice(0, length);
    const near = Object.keys(STRINGS).find((other) => other.startsWith(beginning));
    if (near) return near;
  }
  return undefined;
}

/**
 * Replaces the placeholders in a text by values.
 *
 * @param {string} text
 * @param {Record<string, any>} values
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

/**
 * The text for one of the API's names, such as `market_index` or `finding_sources`. An unknown name is shown with spaces
 * between its parts.
 *
 * @param {AieraChatStrings} strings
 * @param {string} prefix
 * @param {string} name
 */
export function stringFor(strings, prefix, name) {
  const words = name.split(/[_\s]+/).filter(Boolean);
  const joined = words.map((word) => word[0].toUpperCase() + word.slice(1)).join("");
  const key = prefix ? prefix + joined : joined[0]?.toLowerCase() + joined.slice(1);
  if (Object.hasOwn(strings, key)) return /** @type {any} */ (strings)[key];
  const plain = words.join(" ");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}
