// @ts-check
// The pages in docs/: their links resolve, their tables are complete, and their examples pass the type checker and print the
// output on the page. Other tests cover the pages on the command line, the element and many questions.
import assert from "node:assert/strict";
import { mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { build } from "esbuild";
import { pack, project, remove } from "../support/packed.mjs";
import * as support from "./examples.mjs";

const PAGES = [
  "benchmarks",
  "citations",
  "errors",
  "loading",
  "options",
  "releasing",
  "retries",
  "security",
  "testing",
];
const ELSEWHERE = ["command-line", "element", "many-questions"];

/** Examples of frameworks, with their own tests below. */
const IMPORTED = ["worker.ts", "handlers.ts"];

const JSON_TYPE = { "content-type": "application/json" };

/** A replacement for the library's `http.all`. */
const MSW = fileFolder({
  "package.json": `{ "name": "msw", "type": "module", "exports": { "types": "./index.d.ts", "default": "./index.js" } }\n`,
  "index.js": `export const http = { all: (path, resolver) => ({ path, resolver }) };\n`,
  "index.d.ts": `export declare const http: {
    all(path: string, resolver: (info: { request: Request }) => Promise<Response>): {
      path: string; resolver: (info: { request: Request }) => Promise<Response>; };
  };\n`,
});

/** @param {Record<string, string>} files */
function fileFolder(files) {
  return Object.entries(files).map(([file, code]) => ({ file, code, output: undefined }));
}

const pages = await Promise.all(
  PAGES.map(async (name) => ({ name, ...(await support.readPage(`docs/${name}.md`)) })),
);

/** The text of a page. @param {string} name */
const textOf = (name) => pages.find((page) => page.name === name)?.text ?? "";

test("every page in docs/ is tested here or elsewhere", async () => {
  const names = (await readdir(path.join(support.ROOT, "docs"))).map((file) =>
    path.basename(file, ".md"),
  );
  for (const name of names) assert.ok([...PAGES, ...ELSEWHERE].includes(name), name);
  for (const name of PAGES) assert.ok(names.includes(name), name);
});

for (const { name, text } of pages) {
  test(`every link of docs/${name}.md resolves`, async () => {
    await support.checkLinks(`docs/${name}.md`, text);
  });
}

test("docs/errors.md has every code and every field of the declarations", async () => {
  const types = await readFile(path.join(support.ROOT, "pkg-template/index.d.ts"), "utf8");
  const codes = /type AieraChatErrorCode =([^;]*);/.exec(types)?.[1].match(/\w+/g) ?? [];
  const details = /interface ErrorDetails \{([^]*?)\n\}/.exec(types)?.[1] ?? "";
  const fields = [...details.matchAll(/readonly (\w+)\?/g)].map(([, field]) => field);
  assert.ok(codes.length > 10 && fields.length > 7, `${codes} ${fields}`);
  for (const name of [...codes, ...fields]) {
    assert.match(textOf("errors"), new RegExp(`^\\| \`${name}\` `, "m"));
  }
});

for (const [page, file, interfaces] of /** @type {[string, string, string[]][]} */ ([
  [
    "options",
    "index",
    ["AieraChatOptions", "CallOptions", "PaceOptions", "PollOptions", "AskOptions"],
  ],
  ["options", "index", ["GetSessionOptions", "CreateSessionParams", "PromptParams"]],
  ["options", "index", ["UpdateSessionParams", "ListSessionsParams"]],
  ["security", "proxy", ["ProxyOptions"]],
  ["testing", "testing", ["MockApiOptions", "MockFault"]],
  ["citations", "answer", ["AnswerMarkdownOptions", "AnswerOptions"]],
])) {
  test(`docs/${page}.md names every member of ${interfaces.join(", ")}`, async () => {
    const types = await readFile(path.join(support.ROOT, `pkg-template/${file}.d.ts`), "utf8");
    for (const name of interfaces) {
      const [, body] = new RegExp(`interface ${name}\\b[^{]*\\{([^]*?)\\n\\}`).exec(types) ?? [];
      const members = [...(body ?? "").matchAll(/^ {2}(\w+)\??:/gm)].map(([, member]) => member);
      assert.ok(members.length > 0, name);
      for (const member of members) {
        assert.match(textOf(page), new RegExp(`\`${member}\\b`), `${name}.${member}`);
      }
    }
  });
}

test("docs/options.md has every method of the client", async () => {
  const types = await readFile(path.join(support.ROOT, "pkg-template/index.d.ts"), "utf8");
  const [, body] = /declare class AieraChat \{([^]*?)\n\}/.exec(types) ?? [];
  const methods = [...(body ?? "").matchAll(/^ {2}(\w+)\(/gm)].map(([, method]) => method);
  assert.ok(methods.length > 9, `${methods}`);
  for (const method of new Set(methods)) {
    if (method !== "constructor")
      assert.match(textOf("options"), new RegExp(`^\\| \`${method}\\(`, "m"));
  }
});

describe("examples", () => {
  /** @type {Awaited<ReturnType<typeof pack>>} */
  let packed;
  let folder = "";
  const folderOf = (/** @type {string} */ page) => path.join(folder, page);

  before(async () => {
    packed = await pack();
    folder = await project(packed.tarball);
    await support.writeExamples(path.join(folder, "node_modules", "msw"), MSW);
    for (const { name, examples } of pages) {
      await mkdir(folderOf(name));
      await support.writeExamples(folderOf(name), examples);
    }
  });
  after(() => Promise.all([packed?.folder, folder].filter(Boolean).map(remove)));

  test("the examples of docs/ pass tsc --strict", async () => {
    const all = pages.flatMap(({ name, examples }) =>
      examples.map((example) => ({ ...example, file: `${name}/${example.file}` })),
    );
    await support.checkTypes(folder, all);
  });

  describe("print the output that the page shows", { concurrency: 3 }, () => {
    for (const { name, examples } of pages) {
      for (const example of examples) {
        if (IMPORTED.includes(example.file)) continue;
        test(`${example.file} of docs/${name}.md prints the output on the page`, () =>
          support.runExample(folderOf(name), example));
      }
    }
  });

  /** @param {string} file */
  async function imported(file) {
    const outfile = path.join(folder, `${path.basename(file)}.mjs`);
    const entryPoints = [path.join(folder, file)];
    await build({ entryPoints, outfile, bundle: true, format: "esm", packages: "external" });
    return import(outfile);
  }
  const create = (/** @type {string} */ url) =>
    new Request(url, { method: "POST", body: "{}", headers: JSON_TYPE });

  test("the worker of docs/security.md reads the key from its environment", async () => {
    const { mock, env, close } = await support.startMock();
    try {
      const { default: worker } = await imported("security/worker.ts");
      const response = await worker.fetch(create("https://w.example/chat-v1/sessions"), env);
      assert.equal(response.status, 201);
      assert.equal(mock.requests[0]?.headers["x-api-key"], support.KEY);
    } finally {
      await close();
    }
  });

  test("the Mock Service Worker handler of docs/testing.md responds like the API", async () => {
    const { handlers } = await imported("testing/handlers.ts");
    assert.equal(handlers[0].path, "*/chat-v1/*");
    const request = create("https://x.example/chat-v1/sessions");
    assert.equal((await handlers[0].resolver({ request })).status, 201);
  });
});
