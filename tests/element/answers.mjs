// @ts-check
// Answers for tests: one with every kind of content that the element shows, and one that attacks the page.

/**
 * @param {string} type
 * @param {string} id
 * @param {string} name
 */
const source = (type, id, name) => ({ type, id, name, meta: {}, parent: null });

const FILING = source("filing", "456", "Example Corp 10-Q");
const CALL = source("transcript", "123", "Example Corp earnings call");

export const RICH = {
  blocks: [
    {
      type: "text",
      content: [
        "Revenue grew **8%**.[c1][c2] Margins widened. [c1, transcript_123]",
        "",
        "# Figures",
        "",
        "| Item, with a name | Q1 2026 | Q1 2025 | Change | Comment |",
        "|---|---|---|---|---|",
        "| Revenue, $bn | 25.6 | 23.7 | +8% | up |",
        "| Free cash flow | (0.7) | 1,204.5 | n/a | down |",
        "",
        "Unknown [c99] stays. Code keeps `[c1]`.",
        "",
        "```js",
        "const answer = 42; // a line of code that is wider than a narrow window has room for, by far",
        "```",
      ].join("\n"),
      citations: [
        {
          marker: "[c1]",
          quote: "Total revenue rose 8%.",
          date: "2026-04-22",
          author: "A. Author",
          url: "https://example.com/filings/456",
          source: FILING,
        },
        { marker: "[c2]", quote: "Second passage.", date: "2026-04-22", url: null, source: FILING },
        {
          marker: "[transcript_123]",
          quote: "Margin expansion of about 120 basis points.",
          date: "2026-04-22T14:00:00Z",
          author: "Chief Financial Officer",
          url: "https://example.com/calls/123",
          source: CALL,
        },
      ],
    },
    {
      type: "chart",
      content: JSON.stringify({
        title: "Deployments",
        labels: ["Q1", "Q2"],
        datasets: [{ label: "GWh", data: [10.4, 14.9] }],
      }),
    },
    { type: "image", content: "https://example.com/picture.png" },
    { type: "quote", content: "We keep our outlook." },
    { type: "code", content: "SELECT 1;" },
    { type: "gauge", content: JSON.stringify({ name: "Sentiment", score: { value: 0.7 } }) },
  ],
  sources: [FILING, CALL, source("news", "9", "A headline"), source("external", "10", "A page")],
};

/** Each of these would do harm in a page that parses an answer as HTML. */
export const TRICKS = [
  "<script>pwned=1</script>",
  "<img src=x onerror=pwned=1>",
  "![x](https://leak.example/b.png)",
  '![x](https://leak.example/c.png "t" onerror=pwned=1)',
  "![x](javascript:pwned=1)",
  "[x](javascript:pwned=1)",
  "[x](JaVaScRiPt:pwned=1)",
  "[x](java&#x73;cript:pwned=1)",
  "[x](&#106;avascript:pwned=1)",
  "[x](data:text/html;base64,PHNjcmlwdD5wd25lZD0xPC9zY3JpcHQ+)",
  "[x](vbscript:pwned=1)",
  "[x](file:///etc/passwd)",
  "[x](//leak.example/protocol-relative)",
  "[x](api/chat-v1/sessions)",
  "[x]: javascript:pwned=1\n\n[x]",
  "<javascript:pwned=1>",
  '<a href="javascript:pwned=1">x</a>',
  "<style>*{background:url(https://leak.example/d.png)}</style>",
  '<iframe src="https://leak.example/"></iframe><iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
  '<svg onload=pwned=1><a href="javascript:pwned=1"><text>x</text></a></svg>',
  "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=pwned=1&gt;'>",
  "<form action=https://leak.example><button>x</button></form>",
  '<meta http-equiv=refresh content="0;url=https://leak.example/">',
  "<base href=https://leak.example/>",
  "<input autofocus onfocus=pwned=1>",
  "<details open ontoggle=pwned=1>x</details>",
  "<template><script>pwned=1</script></template>",
  '<slot name="header"></slot><aiera-chat></aiera-chat>',
  '```html"><img src=x onerror=pwned=1>\n<script>pwned=1</script>\n```',
  "| <img src=x onerror=pwned=1> | x |\n|---|---|\n| [y](javascript:pwned=1) | <script>pwned=1</script> |",
  "- [x] <input type=checkbox onfocus=pwned=1 autofocus>",
  "[<img src=x onerror=pwned=1>](https://ok.example)",
  "# <img src=x onerror=pwned=1>",
  "\u2e28\ue0000\u2e29 \u2e28\ue00099\u2e29 &lt;img src=x onerror=pwned=1&gt; &#60;b&#62;",
];

export const HOSTILE = {
  blocks: [
    ...TRICKS.map((content, index) => ({
      content: `${content}\n\n[c${index}]`,
      citations: [
        {
          marker: `[c${index}]`,
          quote: content,
          author: "<b>x</b>",
          date: "<i>2026</i>",
          url: index % 2 ? "javascript:pwned=1" : "https://ok.example/?q=<script>",
          source: { id: `${index}`, type: "<script>pwned=1</script>", name: content },
        },
      ],
    })),
    { type: "chart", content: JSON.stringify({ title: TRICKS[0], rows: [[TRICKS[1]], ["x"]] }) },
    { type: "<script>", content: JSON.stringify({ url: "javascript:pwned=1", "<b>": TRICKS }) },
  ],
  sources: [{ id: "<script>", type: "__proto__", name: "<img src=x onerror=pwned=1>" }],
};
