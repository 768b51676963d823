// @ts-check
// A sample answer on one company's quarter: a list, a table, citations into a filing and a transcript, and follow-ups.
import {
  AUTO_RESEARCH,
  CHARGING_SURVEY,
  HALDEN_10Q,
  HALDEN_CALL,
  INFLATION_NEWS,
} from "./sources.js";

const FILING_URL = "https://example.com/filings/456";
const CALL_URL = "https://example.com/events/7781/transcripts/5512";

const REVENUE = {
  marker: "[c1]",
  quote:
    "Total revenue rose 8% year over year to $25.6 billion, of which energy storage and services were $4.1 billion.",
  date: "2026-04-23",
  author: null,
  url: FILING_URL,
  source: HALDEN_10Q,
};

const MARGIN = {
  marker: "[transcript_5512]",
  quote:
    "We saw about 120 basis points of gross margin expansion, and I would say two thirds of that is input costs.",
  date: "2026-04-22",
  author: "Ingrid Solheim, Chief Financial Officer",
  url: CALL_URL,
  source: HALDEN_CALL,
};

const CASH = {
  marker: "[c2]",
  quote:
    "Free cash flow was $2.9 billion, compared with $2.5 billion in the first quarter of 2025.",
  date: "2026-04-23",
  author: null,
  url: FILING_URL,
  source: HALDEN_10Q,
};

const GUIDANCE = {
  marker: "[c4]",
  quote:
    "We still plan to deliver between 1.75 and 1.85 million vehicles this year, more of them in the second half than usual.",
  date: "2026-04-22",
  author: "Tomas Reyl, Chief Executive Officer",
  url: CALL_URL,
  source: HALDEN_CALL,
};

const CHARGING = {
  marker: "[c5]",
  quote:
    "Halden's stations were available 98.1% of the time, the second-best result of eleven networks.",
  date: "2026-03-30",
  author: null,
  url: "https://example.org/surveys/charging-2026",
  source: CHARGING_SURVEY,
};

const CAPEX = {
  marker: "[c3]",
  quote:
    "Capital spending goes to about $9 billion this year, from the $8.5 billion that we said in January.",
  date: "2026-04-22",
  author: "Ingrid Solheim, Chief Financial Officer",
  url: CALL_URL,
  source: HALDEN_CALL,
};

/** @type {import("./index.js").Sample} */
export const EARNINGS = {
  matches:
    /\b(?:earnings|revenues?|sales|margins?|guidance|outlook|quarter(?:ly)?|results|cash flow|deliver(?:y|ies)|Q[1-4])\b/i,
  answer: {
    blocks: [
      {
        content: [
          "### Key takeaways: Halden Motors, first quarter of 2026",
          "",
          "- **Revenue** grew by 8% to $25.6 billion, led by energy storage and services. [c1]",
          "- **Gross margin** widened by 120 basis points to 18.4%, mostly on input costs. [transcript_5512]",
          "- **Free cash flow** rose to $2.9 billion, after higher capital spending. [c2, c3]",
          "- **Guidance** of 1.75 to 1.85 million vehicles stands, with more weight on the second half. [c4]",
        ].join("\n"),
        citations: [REVENUE, MARGIN, CASH, CAPEX, GUIDANCE],
      },
      {
        content: [
          "| | Q1 2026 | Q1 2025 | Change |",
          "|---|---:|---:|---:|",
          "| Revenue, $bn [c1] | 25.6 | 23.7 | +8.0% |",
          "| of which energy and services | 4.1 | 3.2 | +28.1% |",
          "| Vehicles delivered, thousands | 412 | 387 | +6.5% |",
          "| Gross margin [transcript_5512] | 18.4% | 17.2% | +1.2 pp |",
          "| Operating margin | 11.4% | 10.2% | +1.2 pp |",
          "| Free cash flow, $bn [c2] | 2.9 | 2.5 | +16.0% |",
        ].join("\n"),
      },
      {
        content:
          "**Outside view:** a survey of charging networks puts Halden second of eleven for availability [c5], which supports the growth in services that management reports [c1] [c4].",
        citations: [CHARGING],
      },
    ],
    sources: [HALDEN_10Q, HALDEN_CALL, CHARGING_SURVEY, AUTO_RESEARCH, INFLATION_NEWS],
  },
  followUps: [
    {
      matches: /\b(?:margins?|costs?|profit(?:s|ability)?)\b/i,
      answer: {
        blocks: [
          {
            content: [
              "Gross margin went from 17.2% to **18.4%**. Management names two reasons:",
              "",
              "1. Input costs: about two thirds of the 120 basis points. [transcript_5512]",
              "2. Mix: storage and services are 16% of revenue, after 14% a year ago. [c1]",
              "",
              "Prices did not contribute: the average vehicle sold for slightly less than a year ago. [c6]",
            ].join("\n"),
            citations: [
              MARGIN,
              REVENUE,
              {
                marker: "[c6]",
                quote:
                  "Average selling prices were down about one percent, and we expect them to stay there.",
                date: "2026-04-22",
                author: "Ingrid Solheim, Chief Financial Officer",
                url: CALL_URL,
                source: HALDEN_CALL,
              },
            ],
          },
        ],
        sources: [HALDEN_CALL, HALDEN_10Q, AUTO_RESEARCH],
      },
    },
    {
      matches: /\b(?:guidance|outlook|forecasts?|expect|next|year|second half)\b/i,
      answer: {
        blocks: [
          {
            content: [
              "The outlook for 2026 has one change:",
              "",
              "- **Deliveries:** 1.75 to 1.85 million vehicles, as before. [c4]",
              "- **Capital spending:** about $9 billion, after $8.5 billion in January. [c3]",
              "",
              "The first quarter is 23% of the middle of that range, so the plan leans on the second half. [c1, c4]",
            ].join("\n"),
            citations: [GUIDANCE, CAPEX, REVENUE],
          },
        ],
        sources: [HALDEN_CALL, HALDEN_10Q],
      },
    },
  ],
  otherFollowUp: {
    blocks: [
      {
        content: [
          "The same sources say this about it:",
          "",
          "- Growth came from storage and services, not from vehicle prices. [c1]",
          "- Management keeps its range for deliveries and spends more on capacity. [c3, c4]",
          "",
          "Neither the filing nor the call goes into more detail.",
        ].join("\n"),
        citations: [REVENUE, GUIDANCE, CAPEX],
      },
    ],
    sources: [HALDEN_10Q, HALDEN_CALL],
  },
};
