export { AieraChat } from "aiera-chat";
export { createMockApi } from "aiera-chat/testing";
