// Sends a create or a prompt over a connection that has served another request, and prints the outcome. Runs in any
// runtime.
import process from "node:process";
import { AieraChat } from "aiera-chat";

const chat = new AieraChat({ apiKey: "a key", baseUrl: process.env.AIERA_BASE_URL });
await chat.getSession(7);
const call =
  process.env.CALL === "prompt" ? chat.sendPrompt(7, "?") : chat.createSession({ prompt: "?" });
const { code, retryable, message } = await call.catch((error) => error);
console.log(JSON.stringify({ code, retryable, message }));
// A kept connection would delay the end of the process.
process.exit();
