// @ts-check
// The conversation of every consumer: it creates a session, waits for its answer, and asks a follow-up.

/** Options of its mock API. */
export const MOCK = {
  stages: [
    { status: "finding_sources", polls: 1 },
    { status: "generating_response", polls: 1 },
    { status: "active" },
  ],
  answer: {
    blocks: [
      {
        content: "Deliveries rose. [c1]",
        citations: [
          {
            marker: "[c1]",
            quote: "Deliveries rose.",
            source: { id: "1", type: "transcript", name: "Tesla Q1 2026" },
          },
        ],
      },
    ],
  },
};

/**
 * Its output: the first status, the second answer's text, and the label of its citation, which is the second one of its
 * source in the conversation.
 */
export const ANSWER = "active, Deliveries rose. [c1], T1.2";
