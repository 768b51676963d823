// @ts-check
// What a user of the package imports.
export { AieraChat, createSession, pollSession, watchSession } from "./client.js";
export { AieraChatError } from "./errors.js";
