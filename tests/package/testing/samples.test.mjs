// The sample answers: chosen by the prompt, in the API's shapes, with markers that resolve.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createMockApi } from "../../../pkg-template/src/testing/index.js";
import { call, create, get, QUICK, SESSIONS, WITH_MESSAGES } from "./harness.mjs";

const CONVERSATIONS = {
  earnings: [
    "What were the key takeaways from Tesla Q1 2026 earnings?",
    "And the margins?",
    "What is the outlook for the second half?",
    "Anything else?",
  ],
  macro: [
    "What does the latest inflation print mean for interest rates?",
    "When is the first cut?",
    "Why?",
  ],
  comparison: ["Compare Ford and GM", "Which one has the larger risk?", "And the others?"],
  other: ["<img src=x onerror=alert(1)> **Tesla**?\n# Q1"],
};

/** The responses to prompts in one session. */
async function converse([first, ...others]) {
  const mock = createMockApi(QUICK);
  await create(mock, { prompt: first });
  for (const content of others) {
    await get(mock, 2229);
    await call(mock, "POST", `${SESSIONS}/2229/prompt`, { content });
  }
  const { json } = await get(mock, 2229, WITH_MESSAGES);
  return json.messages.filter(({ message_type }) => message_type === "response");
}

const textOf = ({ blocks }) => blocks.map(({ content }) => content).join("\n\n");
const citationsOf = ({ blocks }) => blocks.flatMap(({ citations }) => citations);
const markersOf = (text) =>
  [...text.matchAll(/\[((?:\w+)(?:, \w+)*)\]/g)].flatMap(([, names]) => names.split(", "));

for (const [topic, prompts] of Object.entries(CONVERSATIONS)) {
  test(`every marker of the ${topic} sample resolves, and every citation has a marker`, async () => {
    for (const response of await converse(prompts)) {
      const citations = citationsOf(response);
      const names = citations.map(({ marker }) => marker.slice(1, -1));
      const markers = markersOf(textOf(response));
      assert.ok(markers.length > 0);
      assert.deepEqual([...new Set(markers)].sort(), [...names].sort());
      for (const { marker, source, quote, date } of citations) {
        const [, type, id] = /^\[(\w+)_(\w+)\]$/.exec(marker) ?? [];
        if (type !== undefined) assert.deepEqual([source.type, source.id], [type, id]);
        assert.ok(quote.length > 20);
        assert.match(date, /^2026-\d\d-\d\d$/);
      }
    }
  });

  test(`each answer of the ${topic} sample is marked as sample data and quotes its prompt`, async () => {
    const responses = await converse(prompts);
    responses.forEach((response, index) => {
      const text = textOf(response);
      assert.match(text, /^\*Sample data from the mock API: .*invented\.\*\n\n\*\*You asked:\*\* /);
      assert.ok(topic === "other" || text.includes(prompts[index]));
      assert.doesNotMatch(text, /[<>]/);
    });
    assert.equal(new Set(responses.map((response) => textOf(response))).size, prompts.length);
  });

  test(`the sources of the ${topic} sample include those of its citations, in the API's shape`, async () => {
    for (const response of await converse(prompts)) {
      const ids = response.sources.map(({ type, id }) => `${type}_${id}`);
      assert.equal(new Set(ids).size, ids.length);
      for (const { source } of citationsOf(response)) {
        assert.ok(ids.includes(`${source.type}_${source.id}`));
      }
      for (let source of response.sources) {
        for (; source; source = source.parent) {
          assert.deepEqual(Object.keys(source), ["id", "name", "type", "meta", "parent"]);
          assert.equal(typeof source.id, "string");
        }
      }
    }
  });
}

test("the samples show a list, tables, several markers in one bracket, and many types of sources", async () => {
  const [[earnings], [macro], [comparison]] = await Promise.all(
    ["earnings", "macro", "comparison"].map((topic) => converse(CONVERSATIONS[topic])),
  );
  assert.match(textOf(earnings), /^- \*\*/m);
  for (const response of [earnings, macro, comparison]) {
    assert.match(textOf(response), /^\|---\|/m);
    assert.match(textOf(response), /\[\w+, \w+\]/);
  }
  const [first, byType] = citationsOf(earnings);
  assert.equal(first.marker, "[c1]");
  assert.equal(byType.marker, "[transcript_5512]");
  assert.deepEqual(
    [byType.source.type, byType.source.parent.type, byType.source.parent.parent.type],
    ["transcript", "event", "company"],
  );
  const types = (response) => new Set(citationsOf(response).map(({ source }) => source.type));
  assert.deepEqual(types(earnings), new Set(["filing", "transcript", "external"]));
  assert.deepEqual(types(macro), new Set(["news", "research", "market_index", "external"]));
  assert.deepEqual(types(comparison), new Set(["filing", "transcript", "research"]));
});

test("a follow-up keeps the topic of its session unless it names another", async () => {
  const [, followUp, other, back] = await converse([
    "What were the key takeaways from Tesla Q1 2026 earnings?",
    "And the margins?",
    "Compare it with its peers",
    "And the cash?",
  ]);
  assert.match(textOf(followUp), /Input costs: about two thirds/);
  assert.match(textOf(other), /### Halden Motors and Corvane Mobility/);
  assert.match(textOf(back), /Corvane's cash is the larger risk/);
});

test("the figures of the samples are consistent", async () => {
  const [earnings] = await converse(CONVERSATIONS.earnings);
  const rows = [
    ...textOf(earnings).matchAll(
      /^\| (.+?) \| ([\d.]+)%? \| ([\d.]+)%? \| \+([\d.]+)(%| pp) \|$/gm,
    ),
  ];
  assert.equal(rows.length, 6);
  for (const [, name, now, before, change, unit] of rows) {
    const exact = unit === "%" ? (now / before - 1) * 100 : now - before;
    assert.ok(Math.abs(exact - change) < 0.051, `${name}: ${exact}`);
  }
});
