// @ts-check
// Answers that attack the page: nothing in them runs, loads resources, or links to other targets than web pages. Covers the
// page's hostile scenario, and a list of attacks through the proxy, the element and the drawer.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { ask, openTab, settled, startDemo, tryFailure } from "./demo.mjs";

const ATTACKS = [
  "<script>pwned=1</script>",
  "<img src=x onerror=pwned=1>",
  "<img src=https://leak.example/a.png>",
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
  '<a href="https://ok.example" onclick=pwned=1 target=_top rel=opener>x</a>',
  "<style>*{background:url(https://leak.example/d.png)}</style>",
  '<p style="background:url(https://leak.example/e.png)">x</p>',
  '<link rel=stylesheet href="https://leak.example/f.css">',
  '<iframe src="https://leak.example/"></iframe><iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
  '<svg onload=pwned=1><a href="javascript:pwned=1"><text>x</text></a><image href="https://leak.example/g.png"/></svg>',
  "<svg><style><img src=x onerror=pwned=1></style></svg>",
  "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=pwned=1&gt;'>",
  "<form action=https://leak.example><button>x</button></form>",
  '<meta http-equiv=refresh content="0;url=https://leak.example/">',
  "<base href=https://leak.example/>",
  "<object data=https://leak.example/></object><embed src=https://leak.example/>",
  "<video src=https://leak.example/v poster=https://leak.example/p autoplay></video>",
  "<input autofocus onfocus=pwned=1>",
  "<details open ontoggle=pwned=1>x</details>",
  "<template><script>pwned=1</script></template>",
  '<div id="main" class="card">x</div>',
  "`<img src=x onerror=pwned=1>`",
  '```html"><img src=x onerror=pwned=1>\n<script>pwned=1</script>\n```',
  "| <img src=x onerror=pwned=1> | x |\n|---|---|\n| [y](javascript:pwned=1) | <script>pwned=1</script> |",
  "- [x] <input type=checkbox onfocus=pwned=1 autofocus>",
  "[<img src=x onerror=pwned=1>](https://ok.example)",
  "# <img src=x onerror=pwned=1>",
];

/** The elements that are allowed in an answer. */
const ALLOWED = new Set(
  (
    "A,BLOCKQUOTE,BR,BUTTON,CODE,DD,DEL,DETAILS,DIV,DL,DT,EM,FIGCAPTION,FIGURE,H3,H4,H5,H6,HR,LI,OL,P,PRE,SECTION,SPAN,STRONG," +
    "SUMMARY,TABLE,TBODY,TD,TH,THEAD,TR,UL"
  ).split(","),
);
const FORBIDDEN_ATTRIBUTE = /^(?:on.*|src.*|style|action|formaction|poster|background|autofocus)$/;

describe("hostile answers", () => {
  /** @type {Awaited<ReturnType<typeof startDemo>>} */
  let demo;
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let api;
  before(async () => {
    const source = { id: "1", type: "news", name: "<img src=x onerror=pwned=1>" };
    const mock = createMockApi({
      polls: 0,
      answer: {
        blocks: ATTACKS.map((content, index) => ({
          content: `${content}\n\n[c${index}]`,
          citations: [
            {
              marker: `[c${index}]`,
              quote: content,
              author: "<b>x</b>",
              url: index % 2 ? "javascript:pwned=1" : "https://ok.example/?q=<script>",
              source,
            },
          ],
        })),
        sources: [source, { id: "<script>", type: "<script>pwned=1</script>", name: "" }],
      },
    });
    api = await serve(mock);
    demo = await startDemo({ api: { apiKey: "key", baseUrl: api.url } });
  });
  after(async () => {
    await demo?.close();
    await api?.close();
  });

  for (const [name, failure] of /** @type {const} */ ([
    ["the page's own scenario", "hostile"],
    ["a list of attacks", ""],
  ])) {
    test(`a hostile answer ${name} is text`, async () => {
      const { page, problems, requested } = await demo.open();
      const chat = failure ? await tryFailure(page, failure) : await ask(page, "Attack!");
      assert.equal(await settled(page), "ready");

      const answer = chat.locator(".answer:visible");
      const found = await answer.evaluate((root) =>
        [...root.querySelectorAll("*")].map((element) => ({
          name: element.nodeName,
          attributes: [...element.attributes].map((attribute) => attribute.name),
        })),
      );
      assert.ok(found.length > 20);
      for (const { name, attributes } of found) {
        assert.ok(ALLOWED.has(name), name);
        for (const attribute of attributes) assert.doesNotMatch(attribute, FORBIDDEN_ATTRIBUTE);
      }
      const links = await answer.locator("a").evaluateAll((all) =>
        all.map((link) => ({
          href: String(link.getAttribute("href")),
          rel: String(link.getAttribute("rel")),
          target: link.getAttribute("target"),
        })),
      );
      assert.ok(links.length > 0);
      for (const { href, rel, target } of links) {
        assert.match(href, /^https?:\/\//);
        assert.match(rel, /noopener/);
        assert.equal(target, "_blank");
      }
      for (const chip of (await answer.locator(".citation").all()).slice(0, 3)) {
        await chip.click();
        await page.keyboard.press("Escape");
      }
      for (const tab of /** @type {const} */ (["Polls", "Wire", "Code"])) await openTab(page, tab);
      await page.waitForTimeout(300);
      assert.equal(await page.evaluate("window.pwned"), undefined);
      const away = requested.filter((url) => !url.startsWith(demo.url) && !url.startsWith("data:"));
      assert.deepEqual(away, []);
      assert.deepEqual(problems, [], "the content policy blocked nothing");
    });
  }

  test("the content policy blocks a script that is added to the page", async () => {
    const { page, problems } = await demo.open();
    await page.evaluate(() => {
      const image = new Image();
      image.setAttribute("onerror", "window.pwned = 1");
      image.src = "https://leak.example/policy.png";
      document.body.append(image);
    });
    await page.waitForTimeout(200);
    assert.equal(await page.evaluate("window.pwned"), undefined);
    assert.ok(
      problems.some((problem) => problem.includes("img-src")),
      problems.join("\n"),
    );
  });
});
