// @ts-check
// The packed package in Next.js 16 with webpack.
import { describeNext } from "./next-app.mjs";

describeNext({ name: "Next.js 16 with webpack", bundler: ["--webpack"] });
