// @ts-check

/** Clocks differ, and the service's times have no fractions of a second. */
const TOLERANCE_MS = 300_000;

/**
 * The session with this title among those updated since `sinceMs`; undefined if there is none. The list begins with the
 * latest update, so the search ends at the first session that is older: usually on the first page.
 * @param {import("aiera-chat").AieraChat} chat
 * @param {string} title
 * @param {number} sinceMs
 */
export async function findSession(chat, title, sinceMs) {
  for await (const session of chat.listSessions({ pageSize: 100 })) {
    if (session.title === title) return session;
    if (Date.parse(session.updated_at ?? "") < sinceMs - TOLERANCE_MS) return undefined;
  }
  return undefined;
}
