// @ts-check
// The main entry.
export { Answer, answerOf, turnsOf } from "./answer/index.js";
export {
  AieraChat,
  ask,
  clearSources,
  createSession,
  deleteSession,
  getSession,
  listSessions,
  pollSession,
  sendPrompt,
  updateSession,
  watchSession,
} from "./client.js";
export { AieraChatError } from "./errors.js";
