// @ts-check
// A sample answer that compares two companies: a table with a citation in each column, and follow-ups.
import {
  AUTO_RESEARCH,
  AUTO_SECTOR,
  CORVANE_10Q,
  CORVANE_CALL,
  HALDEN_10Q,
  HALDEN_CALL,
} from "./sources.js";

const HALDEN_REVENUE = {
  marker: "[filing_456]",
  quote:
    "Total revenue rose 8% year over year to $25.6 billion, of which energy storage and services were $4.1 billion.",
  date: "2026-04-23",
  author: null,
  url: "https://example.com/filings/456",
  source: HALDEN_10Q,
};

const CORVANE_REVENUE = {
  marker: "[filing_471]",
  quote: "Revenue was $9.4 billion, an increase of 21% from the first quarter of 2025.",
  date: "2026-04-29",
  author: null,
  url: "https://example.com/filings/471",
  source: CORVANE_10Q,
};

const HALDEN_MARGIN = {
  marker: "[c1]",
  quote:
    "We saw about 120 basis points of gross margin expansion, and I would say two thirds of that is input costs.",
  date: "2026-04-22",
  author: "Ingrid Solheim, Chief Financial Officer",
  url: "https://example.com/events/7781/transcripts/5512",
  source: HALDEN_CALL,
};

const CORVANE_MARGIN = {
  marker: "[c2]",
  quote:
    "Gross margin of 12.1% is where the ramp of the second plant puts us; it improves from here.",
  date: "2026-04-28",
  author: "Anneke Brandt, Chief Financial Officer",
  url: "https://example.com/events/7802/transcripts/5530",
  source: CORVANE_CALL,
};

const CORVANE_CASH = {
  marker: "[c3]",
  quote:
    "Free cash flow was negative $0.6 billion, and we expect to break even in the fourth quarter.",
  date: "2026-04-28",
  author: "Anneke Brandt, Chief Financial Officer",
  url: "https://example.com/events/7802/transcripts/5530",
  source: CORVANE_CALL,
};

const MULTIPLES = {
  marker: "[c4]",
  quote: "Halden trades at 14 times forward earnings; Corvane, before profits, at 2.1 times sales.",
  date: "2026-05-05",
  author: "Jules Marchetti",
  url: "https://example.com/research/9014",
  source: AUTO_RESEARCH,
};

/** @type {import("./index.js").Sample} */
export const COMPARISON = {
  matches:
    /\b(?:compar(?:e|es|ed|ing|ison)|versus|vs|against|relative to|differences? between|better than|peers?|competitors?)\b/i,
  answer: {
    blocks: [
      {
        content: [
          "### Halden Motors and Corvane Mobility, first quarter of 2026",
          "",
          "Corvane grows faster; Halden earns more on each vehicle, and pays for its growth itself. [filing_456, filing_471]",
        ].join("\n"),
        citations: [HALDEN_REVENUE, CORVANE_REVENUE],
      },
      {
        content: [
          "| | Halden Motors | Corvane Mobility |",
          "|---|---:|---:|",
          "| Revenue, $bn | 25.6 [filing_456] | 9.4 [filing_471] |",
          "| Growth in a year | 8% | 21% |",
          "| Gross margin | 18.4% [c1] | 12.1% [c2] |",
          "| Free cash flow, $bn | 2.9 | −0.6 [c3] |",
        ].join("\n"),
        citations: [HALDEN_MARGIN, CORVANE_MARGIN, CORVANE_CASH],
      },
      {
        content: [
          "- **Margins** should converge: Corvane's second plant weighs on this year's. [c2]",
          "- **Cash** is the risk for Corvane, which plans to break even in the fourth quarter. [c3]",
          "- **Valuation** already reflects it: 14 times earnings against 2.1 times sales. [c4]",
        ].join("\n"),
        citations: [MULTIPLES],
      },
    ],
    sources: [HALDEN_10Q, CORVANE_10Q, HALDEN_CALL, CORVANE_CALL, AUTO_RESEARCH, AUTO_SECTOR],
  },
  followUps: [
    {
      matches: /\b(?:risks?|cash|debt|break even)\b/i,
      answer: {
        blocks: [
          {
            content:
              "Corvane's cash is the larger risk: $0.6 billion went out in the quarter, and its plan needs the second plant to be full by December. [c2, c3] Halden pays for its plans out of its own cash flow. [filing_456]",
            citations: [CORVANE_MARGIN, CORVANE_CASH, HALDEN_REVENUE],
          },
        ],
        sources: [CORVANE_CALL, HALDEN_10Q],
      },
    },
  ],
  otherFollowUp: {
    blocks: [
      {
        content:
          "On that, the two calls say little that can be compared. Halden speaks of input costs [c1], Corvane of its second plant [c2]; research weighs both in the multiples that it uses. [c4]",
        citations: [HALDEN_MARGIN, CORVANE_MARGIN, MULTIPLES],
      },
    ],
    sources: [HALDEN_CALL, CORVANE_CALL, AUTO_RESEARCH],
  },
};
