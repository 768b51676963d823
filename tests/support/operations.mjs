// @ts-check
// The operations of the package, for the tests from outside: the call, the request, and the payload of each.

/**
 * @typedef {"session" | "message" | "page" | "confirmation"} Payload
 * @typedef {"createSession" | "pollSession" | "sendPrompt" | "getSession" | "listSessions" | "updateSession" | "deleteSession"
 *   | "clearSources"} OperationName
 *
 * @typedef {object} Operation
 * @property {OperationName} name the name of the method and of the plain function
 * @property {(session: any) => any[]} args the arguments before the options
 * @property {string} method the HTTP method
 * @property {(id: number) => string} target path and query, after the base URL
 * @property {string} [body] the body of the request
 * @property {Payload} payload
 * @property {"create_outcome_unknown" | "prompt_outcome_unknown"} [unknown] the code if the request may have arrived;
 * absent for a repeatable operation
 */

const SESSIONS = "/chat-v1/sessions";

/** @type {Operation[]} */
export const OPERATIONS = [
  {
    name: "createSession",
    args: () => [{ prompt: "What were the key takeaways?" }],
    method: "POST",
    target: () => SESSIONS,
    body: '{"prompt":"What were the key takeaways?"}',
    payload: "session",
    unknown: "create_outcome_unknown",
  },
  {
    name: "sendPrompt",
    args: (session) => [session, "And the margins?"],
    method: "POST",
    target: (id) => `${SESSIONS}/${id}/prompt`,
    body: '{"content":"And the margins?"}',
    payload: "message",
    unknown: "prompt_outcome_unknown",
  },
  {
    name: "pollSession",
    args: (session) => [session],
    method: "GET",
    target: (id) => `${SESSIONS}/${id}?include_messages=true`,
    payload: "session",
  },
  {
    name: "getSession",
    args: (session) => [session],
    method: "GET",
    target: (id) => `${SESSIONS}/${id}`,
    payload: "session",
  },
  {
    name: "listSessions",
    args: () => [{ page: 2, pageSize: 5 }],
    method: "GET",
    target: () => `${SESSIONS}?page=2&page_size=5`,
    payload: "page",
  },
  {
    name: "updateSession",
    args: (session) => [session, { title: "Tesla" }],
    method: "PATCH",
    target: (id) => `${SESSIONS}/${id}`,
    body: '{"title":"Tesla"}',
    payload: "session",
  },
  {
    name: "deleteSession",
    args: (session) => [session],
    method: "DELETE",
    target: (id) => `${SESSIONS}/${id}`,
    payload: "confirmation",
  },
  {
    name: "clearSources",
    args: (session) => [session],
    method: "POST",
    target: (id) => `${SESSIONS}/${id}/sources/clear`,
    payload: "session",
  },
];

export const SENT_ONCE = OPERATIONS.filter(({ unknown }) => unknown);
export const REPEATED = OPERATIONS.filter(({ unknown }) => !unknown);

/** @param {OperationName} name */
export function operation(name) {
  const found = OPERATIONS.find((one) => one.name === name);
  if (!found) throw new Error(`no operation ${name}`);
  return found;
}
