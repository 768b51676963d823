import "zone.js";
import { zonesOf } from "./zones.mjs";

zonesOf().then(
  (zones) => (document.title = JSON.stringify(zones)),
  (error) => (document.title = `${error.code}: ${error.message}`),
);
