// A create whose server is at AIERA_BASE_URL, in any runtime.
import process from "node:process";
import { AieraChat } from "aiera-chat";

const chat = new AieraChat({ apiKey: "a key", baseUrl: process.env.AIERA_BASE_URL });
const error = await chat.createSession({ prompt: "?" }).catch((error) => error);
console.log(
  JSON.stringify({ code: error.code, retryable: error.retryable, message: error.message }),
);
