// @ts-check
// The assignment of responses to prompts, and the answer that `answerOf` selects.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Answer, answerOf, cite, message, required, session, turnsOf } from "./sessions.mjs";

/**
 * @param {number} id
 * @param {number | null | undefined} promptId
 * @param {string} [content]
 */
const response = (id, promptId, content = `Answer ${id}.`) =>
  message(id, "response", { prompt_message_id: promptId, blocks: [{ type: "text", content }] });
/** @param {number} id */
const prompt = (id) => message(id, "prompt", { content: `Prompt ${id}?`, prompt_message_id: null });
/** @param {any} value */
const texts = (value) => turnsOf(value).map(({ promptId, answer }) => [promptId, answer?.text]);

describe("turnsOf", () => {
  test("Each prompt is a turn, oldest first, with the response that names it", () => {
    const value = session([prompt(1), response(2, 1), prompt(3), response(4, 3)]);
    assert.deepEqual(texts(value), [
      [1, "Answer 2."],
      [3, "Answer 4."],
    ]);
    assert.deepEqual(
      turnsOf(value).map((turn) => turn.prompt),
      ["Prompt 1?", "Prompt 3?"],
    );
  });

  test("A response belongs to the prompt that it names, at any position", () => {
    const value = session([prompt(1), prompt(3), response(4, 3), response(5, 1)]);
    assert.deepEqual(texts(value), [
      [1, "Answer 5."],
      [3, "Answer 4."],
    ]);
  });

  test("A cancelled turn has no answer", () => {
    const value = session([prompt(1), prompt(3), response(4, 3)]);
    const [cancelled, answered] = turnsOf(value);
    assert.equal("answer" in cancelled, false);
    assert.equal(answered.answer?.text, "Answer 4.");
  });

  test("Of several responses to a prompt the last one counts", () => {
    const value = session([prompt(1), response(2, 1), response(3, 1), prompt(4), response(5, 4)]);
    assert.deepEqual(texts(value), [
      [1, "Answer 3."],
      [4, "Answer 5."],
    ]);
  });

  test("A link that is not an id is ignored", () => {
    for (const link of [0, -1, "", "0", "none", false, {}, []]) {
      const wrong = /** @type {any} */ (link);
      const value = session([prompt(1), response(2, wrong), prompt(3), response(4, wrong)]);
      assert.deepEqual(texts(value), [
        [1, "Answer 2."],
        [3, "Answer 4."],
      ]);
    }
  });

  test("If no response names a prompt, a response belongs to the prompt before it", () => {
    const value = session([prompt(1), response(2, null), prompt(3), response(4, undefined)]);
    assert.deepEqual(texts(value), [
      [1, "Answer 2."],
      [3, "Answer 4."],
    ]);
    assert.equal(answerOf(value, { promptId: 3 })?.promptId, 3);
  });

  test("The assignment by order ends only with a response that has a prompt's id", () => {
    const status = message(2, "status", { prompt_message_id: 1, content: "Working" });
    assert.deepEqual(texts(session([prompt(1), status, response(3, null)])), [[1, "Answer 3."]]);
    const older = [prompt(1), response(2, null)];
    assert.deepEqual(texts(session([...older, prompt(3), response(4, 3)])), [
      [1, "Answer 2."],
      [3, "Answer 4."],
    ]);
  });

  test("A response without a prompt's id after one with such an id belongs to no prompt", () => {
    const value = session([prompt(1), response(2, 1), prompt(3), response(4, null)]);
    assert.deepEqual(texts(value), [
      [1, "Answer 2."],
      [3, undefined],
      [undefined, "Answer 4."],
    ]);
    assert.equal(answerOf(value, { promptId: 3 }), undefined);
  });

  test("A response to a prompt that is not listed is a turn without a text", () => {
    const value = session([response(2, 1), prompt(3)]);
    assert.deepEqual(texts(value), [
      [1, "Answer 2."],
      [3, undefined],
    ]);
    assert.equal(turnsOf(value)[0].prompt, "");
  });

  test("Statuses are the status messages of a turn and the statuses of its messages, in order", () => {
    const step = (/** @type {number} */ id) => ({ id, content: `Step ${id}`, created_at: null });
    const value = session([
      prompt(1),
      message(2, "status", { content: "Step 2" }),
      message(3, "response", { prompt_message_id: 1, statuses: [step(4), step(5)] }),
      prompt(6),
      message(7, "status", { content: "Step 7", prompt_message_id: 6 }),
      message(8, "status", { content: "Step 8", prompt_message_id: 1 }),
    ]);
    assert.deepEqual(
      turnsOf(value).map(({ statuses }) => statuses.map(({ content }) => content)),
      [["Step 2", "Step 4", "Step 5", "Step 8"], ["Step 7"]],
    );
  });

  test("An id sent as a string is a number in a view, and the message is unchanged", () => {
    const value = session(
      [
        message(/** @type {any} */ ("1"), "prompt", { content: "Prompt 1?" }),
        message(/** @type {any} */ ("2"), "response", { prompt_message_id: "1", content: "A" }),
        message(/** @type {any} */ ("3"), "response", { prompt_message_id: 1, content: "B" }),
      ],
      { id: "7" },
    );
    const [turn, ...others] = turnsOf(value);
    assert.deepEqual(others, []);
    assert.equal(turn.promptId, 1);
    for (const answer of [turn.answer, answerOf(value), answerOf(value, { promptId: 1 })]) {
      assert.equal(answer?.text, "B");
      assert.deepEqual([answer.sessionId, answer.promptId], [7, 1]);
      assert.equal(answer.message.id, "3");
      assert.equal(answer.session.id, "7");
      assert.deepEqual([answer.toJSON().sessionId, answer.toJSON().promptId], [7, 1]);
    }
  });

  test("A value that is not an id is absent in a view, and its turn is separate", () => {
    for (const id of ["first", "", 0, true, {}]) {
      const value = session(
        [
          message(/** @type {any} */ (id), "prompt", { content: "Prompt 1?" }),
          message(2, "response", { prompt_message_id: id, content: "A" }),
          prompt(3),
          response(4, 3),
        ],
        { id },
      );
      const [first, second] = turnsOf(value);
      assert.deepEqual([first.promptId, first.answer?.text], [undefined, "A"], String(id));
      assert.equal(first.answer?.sessionId, undefined);
      assert.deepEqual([second.promptId, second.answer?.text], [3, "Answer 4."]);
    }
  });

  test("A new session has the turn of its initial prompt", () => {
    const value = session(null, { status: "finding_sources", initial_prompt: prompt(1) });
    assert.deepEqual(turnsOf(value), [{ prompt: "Prompt 1?", promptId: 1, statuses: [] }]);
    assert.equal(answerOf(value), undefined);
  });

  test("A session without messages, and a value that is not a session, have no turns", () => {
    for (const value of [session([]), session(null), {}, [], null, undefined, 5, "text", true]) {
      assert.deepEqual(turnsOf(/** @type {any} */ (value)), [], String(value));
    }
  });

  test("turnsOf does not change the session", () => {
    const citations = [cite("[c1]")];
    const value = session([
      prompt(1),
      message(2, "response", { prompt_message_id: 1, blocks: [{ content: "A [c1]", citations }] }),
    ]);
    const before = structuredClone(value);
    turnsOf(value);
    assert.deepEqual(value, before);
  });
});

describe("answerOf", () => {
  test("answerOf selects the last turn by default", () => {
    const value = session([prompt(1), response(2, 1), prompt(3), response(4, 3)]);
    const answer = required(answerOf(value));
    assert.ok(answer instanceof Answer);
    assert.equal(answer.text, "Answer 4.");
    assert.equal(answer.promptId, 3);
    assert.equal(answer.sessionId, 7);
    assert.equal(answer.session, value);
    assert.equal(answer.message, value.messages[3]);
  });

  test("A follow-up without a response does not get the previous answer", () => {
    assert.equal(answerOf(session([prompt(1), response(2, 1), prompt(3)])), undefined);
  });

  test("promptId selects a turn and is a number, a bigint or a decimal string", () => {
    const value = session([prompt(1), response(2, 1), prompt(3), response(4, 3)]);
    for (const promptId of [1, 1n, "1"])
      assert.equal(answerOf(value, { promptId })?.text, "Answer 2.");
    assert.equal(answerOf(value, { promptId: 9 }), undefined);
    assert.equal(answerOf(value, { promptId: null })?.text, "Answer 4.");
    assert.equal(answerOf(value, null)?.text, "Answer 4.");
  });

  test("A value that is not a session has no answer", () => {
    for (const value of [null, undefined, 5, "text", true, {}, []]) {
      assert.equal(answerOf(/** @type {any} */ (value)), undefined, String(value));
    }
  });
});
