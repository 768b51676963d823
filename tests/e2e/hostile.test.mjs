// @ts-check
// Answers that attack the page: nothing in them may run script, load anything, or lead anywhere but to web pages. The page's
// own hostile run, and a list of tricks one by one, past the mock and through the page's real way to an answer.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { ask, settled, startDemo } from "./demo.mjs";

const TRICKS = [
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

const ALLOWED = new Set(
  "A,BR,BLOCKQUOTE,CODE,DEL,DIV,EM,H4,H5,H6,HR,LI,OL,P,PRE,STRONG,TABLE,TBODY,TD,TH,THEAD,TR,UL".split(
    ",",
  ),
);
const ATTRIBUTES = new Set("align,aria-label,class,href,rel,role,start,tabindex,target".split(","));

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
        blocks: TRICKS.map((content, index) => ({
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
    ["the page's own example", "hostile"],
    ["a list of tricks", ""],
  ])) {
    test(`${name} is text`, async () => {
      const { page, problems, requested } = await demo.open();
      const run = await ask(page, failure);
      assert.equal(await settled(run), "done");

      const found = await run.locator(".prose").evaluate((prose) =>
        [...prose.querySelectorAll("*")].map((element) => ({
          name: element.nodeName,
          attributes: [...element.attributes].map((attribute) => attribute.name),
        })),
      );
      for (const { name, attributes } of found) {
        assert.ok(ALLOWED.has(name), name);
        for (const attribute of attributes) assert.ok(ATTRIBUTES.has(attribute), attribute);
      }
      const links = await run.locator(".answer a").evaluateAll((all) =>
        all.map((link) => ({
          href: String(link.getAttribute("href")),
          rel: link.getAttribute("rel"),
          target: link.getAttribute("target"),
        })),
      );
      assert.ok(links.length > 0);
      for (const { href, rel, target } of links.filter(({ href }) => !href.startsWith("#run"))) {
        assert.match(href, /^https?:\/\//);
        assert.equal(rel, "noopener noreferrer nofollow");
        assert.equal(target, "_blank");
      }
      for (const link of await run.locator(".answer a.marker").all()) await link.click();
      await page.waitForTimeout(300);
      assert.equal(await page.evaluate("window.pwned"), undefined);
      const away = requested.filter((url) => !url.startsWith(demo.url) && !url.startsWith("data:"));
      assert.deepEqual(away, []);
      assert.deepEqual(problems, [], "the content policy had nothing to stop");
    });
  }

  test("the content policy would stop what got through", async () => {
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
