// @ts-check
// A sample answer on the economy: news, research, a market index and an external source, and follow-ups.
import {
  INFLATION_NEWS,
  MERIDIAN_600,
  RATES_NEWS,
  RATES_RESEARCH,
  WAGE_TRACKER,
} from "./sources.js";

const CPI = {
  marker: "[news_88120]",
  quote:
    "Consumer prices rose 2.6% in the year to March, after 2.9% in February; energy fell 4.1%.",
  date: "2026-04-14",
  author: "Mara Lindqvist",
  url: "https://example.com/news/88120",
  source: INFLATION_NEWS,
};

const HOLD = {
  marker: "[c1]",
  quote:
    "The bank held its policy rate at 4.25%, and no longer says that policy must stay restrictive.",
  date: "2026-04-23",
  author: "Mara Lindqvist",
  url: "https://example.com/news/88164",
  source: RATES_NEWS,
};

const PATH = {
  marker: "[c2]",
  quote:
    "We expect two cuts of 25 basis points, in September and December; markets price almost four.",
  date: "2026-04-24",
  author: "Pierre Okafor",
  url: "https://example.com/research/9027",
  source: RATES_RESEARCH,
};

const INDEX = {
  marker: "[market_index_5]",
  quote: "The Meridian 600 gained 1.8% in the week after the decision.",
  date: "2026-04-30",
  author: null,
  url: null,
  source: MERIDIAN_600,
};

const WAGES = {
  marker: "[c3]",
  quote: "Median pay growth was 3.9% in April, unchanged for a third month.",
  date: "2026-05-04",
  author: null,
  url: "https://example.net/wages/2026-04",
  source: WAGE_TRACKER,
};

/** @type {import("./index.js").Sample} */
export const MACRO = {
  matches:
    /\b(?:inflation|cpi|rates?|yields?|fed|central banks?|gdp|recession|tariffs?|macro|econom(?:y|ic|ics)|unemployment|jobs|wages?)\b/i,
  answer: {
    blocks: [
      {
        content: [
          "### Inflation slows, and the first cut comes into view",
          "",
          "Inflation fell to **2.6%** in March, from 2.9%, and energy explains most of it. [news_88120] The central bank held its rate at 4.25%, and dropped its sentence on restrictive policy. [c1]",
          "",
          "Markets took that as a promise: the Meridian 600 gained 1.8% in a week [market_index_5], and futures price almost four cuts this year. Research expects two. [c2]",
        ].join("\n"),
        citations: [CPI, HOLD, INDEX, PATH],
      },
      {
        content: [
          "| | Markets | Marlow and Finch |",
          "|---|---:|---:|",
          "| Cuts in 2026 [c2] | 3.7 | 2 |",
          "| Policy rate in December | 3.33% | 3.75% |",
        ].join("\n"),
      },
      {
        content:
          "**What could go wrong:** pay still grows by 3.9% a year [c3], which is hard to square with inflation at target. [news_88120, c2]",
        citations: [WAGES],
      },
    ],
    sources: [INFLATION_NEWS, RATES_NEWS, RATES_RESEARCH, MERIDIAN_600, WAGE_TRACKER],
  },
  followUps: [
    {
      matches: /\b(?:cuts?|rates?|path|when|september|december|markets?|price[ds]?)\b/i,
      answer: {
        blocks: [
          {
            content: [
              "The two views differ on timing more than on direction:",
              "",
              "- **Research** has 25 basis points in September and again in December. [c2]",
              "- **Markets** price a first cut in June, which the bank has not hinted at. [c1, c2]",
            ].join("\n"),
            citations: [PATH, HOLD],
          },
        ],
        sources: [RATES_RESEARCH, RATES_NEWS],
      },
    },
  ],
  otherFollowUp: {
    blocks: [
      {
        content: [
          "Two facts in the same sources bear on that:",
          "",
          "- Without energy, prices still rise by more than 3% a year. [news_88120]",
          "- Pay growth has not moved for three months. [c3]",
        ].join("\n"),
        citations: [CPI, WAGES],
      },
    ],
    sources: [INFLATION_NEWS, WAGE_TRACKER],
  },
};
