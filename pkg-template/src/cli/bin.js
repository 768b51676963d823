#!/usr/bin/env node
// @ts-check
// `aiera-chat`: asks from a shell.

import { run } from "./run.js";

run(process.argv.slice(2));
