// @ts-check
// Statuses and reasons in words. What follows from them is the package's business.

/** @type {Record<string, string>} */
const STATUSES = {
  created: "Created",
  reopened: "Reopened",
  finding_sources: "Finding sources",
  generating_response: "Generating response",
  active: "Answer ready",
  cancelling_response: "Cancelling response",
  finding_sources_error: "Finding sources failed",
  generating_response_error: "Generating response failed",
  deleted: "Deleted",
};

/** The usual way of a session that was just created. */
export const USUAL_WAY = ["created", "finding_sources", "generating_response", "active"];

/** @param {string} status */
export function statusInWords(status) {
  const own = Object.hasOwn(STATUSES, status) ? STATUSES[status] : undefined;
  return own ?? status.replaceAll("_", " ");
}

/** @type {Record<import("aiera-chat").PollEvent["reason"], string>} */
export const REASONS = {
  interval: "the usual pace",
  backoff: "backing off after a failure",
  "retry-after": "the server asked for it",
  hidden: "the page is hidden",
  offline: "there is no network",
  done: "nothing more to ask",
};
