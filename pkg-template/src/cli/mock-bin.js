#!/usr/bin/env node
// @ts-check
// `aiera-chat-mock`: another name for `aiera-chat mock`. It is a separate file, since command shims on Windows do not pass
// their name.

process.argv.splice(2, 0, "mock");
// By its URL, so that the bundler does not inline it.
await import(new URL("./cli.mjs", import.meta.url).href);
