// @ts-check
// `npm run build`: installs missing tools and builds the publishable package in pkg/.
import { setUp } from "./lib/setup.mjs";

await setUp();
// This import needs packages that setUp installs.
const { buildPackage } = await import("./lib/package.mjs");
await buildPackage();
