import { AieraChat, createSession } from "aiera-chat";
import * as settings from "./settings.mjs";
import * as poll from "./poll-settings.mjs";

const session = await createSession({ prompt: "Oil?" }, settings);
const done = await new AieraChat(settings).pollSession(session, poll);
const misspelt = await import("./misspelt-settings.mjs");
const error = await createSession({}, misspelt).catch((error) => error);
console.log(JSON.stringify({ status: done.status, code: error.code, message: error.message }));
