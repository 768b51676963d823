export { AieraChat } from "aiera-chat";
export { default as axios } from "axios";
export { fetch as crossFetch } from "cross-fetch";
export { Window } from "happy-dom";
export { JSDOM } from "jsdom";
export { default as nodeFetch } from "node-fetch";
export { fetch as undiciFetch } from "undici";
