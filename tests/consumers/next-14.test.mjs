// @ts-check
// The packed package in Next.js 14, which caches the GETs of pages and route handlers unless they say otherwise.
import { describeNext } from "./next-app.mjs";

describeNext({ name: "Next.js 14", set: "next-14" });
