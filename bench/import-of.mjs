// @ts-check
// Prints the milliseconds that an import takes: import-of.mjs <module> …
const modules = process.argv.slice(2);
const began = performance.now();
for (const module of modules) await import(module);
console.log(performance.now() - began);
