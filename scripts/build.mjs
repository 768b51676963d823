// @ts-check
// `npm run build`: sets up what is missing, and leaves the publishable package in pkg/.
import { setUp } from "./lib/setup.mjs";

await setUp();
// Not before: it needs what was installed just now.
const { buildPackage } = await import("./lib/package.mjs");
await buildPackage();
