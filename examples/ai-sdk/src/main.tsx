import { Chat } from "@ai-sdk/react";
import { AieraChat } from "aiera-chat";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { AieraTransport } from "./aiera-transport";
import { Conversation } from "./Conversation";

const id = "research";
const transport = new AieraTransport(new AieraChat({ baseUrl: "/api/aiera" }));
// The next question shows why it failed, if it did.
const messages = await transport.load(id).catch(() => []);
/** Not in a component, so that it survives when one is unmounted. */
const chat = new Chat({ id, transport, messages });

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <Conversation chat={chat} />
  </StrictMode>,
);
