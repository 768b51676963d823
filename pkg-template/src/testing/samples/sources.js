// @ts-check
// The sources of the sample answers. All companies, people, publishers and documents are invented.

/** @typedef {import("../../../testing.js").MockSource} MockSource */

/**
 * @param {string} type
 * @param {string} id
 * @param {string} name
 * @param {Record<string, unknown>} [meta]
 * @param {MockSource | null} [parent]
 * @returns {MockSource}
 */
function source(type, id, name, meta = {}, parent = null) {
  return { id, name, type, meta, parent };
}

const HALDEN = source("company", "31", "Halden Motors", { ticker: "HLDN" });
const CORVANE = source("company", "32", "Corvane Mobility", { ticker: "CRVN" });

export const HALDEN_10Q = source(
  "filing",
  "456",
  "Halden Motors 10-Q, first quarter 2026",
  { form: "10-Q", filed: "2026-04-23" },
  HALDEN,
);

const HALDEN_EVENT = source(
  "event",
  "7781",
  "Halden Motors Q1 2026 Earnings Call",
  { event_type: "earnings", date: "2026-04-22" },
  HALDEN,
);

export const HALDEN_CALL = source(
  "transcript",
  "5512",
  "Halden Motors first quarter 2026 earnings call",
  { event_type: "earnings" },
  HALDEN_EVENT,
);

const CORVANE_EVENT = source(
  "event",
  "7802",
  "Corvane Mobility Q1 2026 Earnings Call",
  { event_type: "earnings", date: "2026-04-28" },
  CORVANE,
);

export const CORVANE_CALL = source(
  "transcript",
  "5530",
  "Corvane Mobility first quarter 2026 earnings call",
  { event_type: "earnings" },
  CORVANE_EVENT,
);

export const CORVANE_10Q = source(
  "filing",
  "471",
  "Corvane Mobility 10-Q, first quarter 2026",
  { form: "10-Q", filed: "2026-04-29" },
  CORVANE,
);

export const CHARGING_SURVEY = source(
  "external",
  "charging-survey-2026",
  "Charging network survey, spring 2026",
  { domain: "example.org" },
);

export const AUTO_RESEARCH = source(
  "research",
  "9014",
  "Electric vehicles: pricing after the reset",
  {
    publisher: "Marlow and Finch",
  },
);

export const AUTO_SECTOR = source("sector", "12", "Automobiles");

export const INFLATION_NEWS = source("news", "88120", "Inflation slows to 2.6% as energy falls", {
  publisher: "Ledgerline News",
});

export const RATES_NEWS = source("news", "88164", "Central bank holds, and drops a sentence", {
  publisher: "Ledgerline News",
});

export const RATES_RESEARCH = source("research", "9027", "The path of rates: two cuts, not four", {
  publisher: "Marlow and Finch",
});

export const MERIDIAN_600 = source("market_index", "5", "Meridian 600", { currency: "USD" });

export const WAGE_TRACKER = source("external", "wage-tracker-2026-04", "Wage tracker, April 2026", {
  domain: "example.net",
});
