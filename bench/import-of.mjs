// @ts-check
// Prints the milliseconds that an import takes: import-of.mjs <module>
const began = performance.now();
await import(process.argv[2]);
console.log(performance.now() - began);
