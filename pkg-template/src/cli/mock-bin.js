#!/usr/bin/env node
// @ts-check
// `aiera-chat-mock`: another name for `aiera-chat mock`. It is a separate file, since a command shim of Windows does not pass
// its name on.

process.argv.splice(2, 0, "mock");
// By its URL, so that the bundler leaves it where it is.
await import(new URL("./cli.mjs", import.meta.url).href);
