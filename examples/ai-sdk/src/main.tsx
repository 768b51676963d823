import { Chat } from "@ai-sdk/react";
import { AieraChat } from "aiera-chat";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { AieraTransport } from "./aiera-transport";
import { Conversation } from "./Conversation";

const id = "research";
const transport = new AieraTransport(new AieraChat({ baseUrl: "/api/aiera" }));
// If the load fails, the next question shows the error.
const messages = await transport.load(id).catch(() => []);
/** Outside of components, so that it survives an unmount. */
const chat = new Chat({ id, transport, messages });

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <Conversation chat={chat} />
  </StrictMode>,
);
