import "zone.js/node";

const { zonesOf } = await import("./zones.mjs");
console.log(JSON.stringify(await zonesOf()));
