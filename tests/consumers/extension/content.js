// A content script: it has its page's origin, and its page's policy on WebAssembly.
import { conversation } from "./conversation.js";

conversation({ baseUrl: "/api/aiera" }).then((result) => (document.title = result));
