// A content script: its page's origin is its own, and so is the page's policy on WebAssembly.
import { conversation } from "./conversation.js";

conversation({ baseUrl: "/api/aiera" }).then((said) => (document.title = said));
