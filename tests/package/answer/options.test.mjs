// @ts-check
// Wrong options: each is an `invalid_argument` that names the option and shows the values that are right.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AieraChatError } from "../../../pkg-template/src/errors.js";
import { answerOf, answerTo, cite, sessionOf } from "./sessions.mjs";

const value = sessionOf({ content: "Up." });
const answer = answerTo("Up [c1].", cite("[c1]"));

/**
 * Asserts that the call throws `invalid_argument` with a message that matches all of the patterns.
 *
 * @param {() => unknown} call
 * @param {RegExp[]} patterns
 */
function refuses(call, ...patterns) {
  assert.throws(call, (/** @type {any} */ error) => {
    assert.ok(error instanceof AieraChatError);
    assert.ok(error instanceof Error);
    assert.equal(error.code, "invalid_argument");
    assert.equal(error.name, "AieraChatError");
    assert.equal(/** @type {any} */ (error).retryable, false);
    for (const pattern of patterns) assert.match(error.message, pattern);
    return true;
  });
}

describe("answerOf", () => {
  test("Options may be an object without a prototype, such as the namespace of a module", () => {
    for (const options of [{}, { promptId: 1 }]) {
      const bare = Object.assign(Object.create(null), options);
      assert.equal(answerOf(value, bare)?.text, "Up.");
      assert.equal(
        answer.toMarkdown(Object.assign(Object.create(null), { citations: "none" })),
        "Up .",
      );
    }
  });

  test("A promptId that is not an id is refused", () => {
    for (const promptId of [
      0,
      -1,
      1.5,
      NaN,
      Infinity,
      2 ** 53,
      "",
      "01",
      "1.0",
      " 1",
      "abc",
      true,
      {},
      0n,
    ]) {
      refuses(
        () => answerOf(value, /** @type {any} */ ({ promptId })),
        /promptId: \[1-9\]\\d\{0,15\}, not promptId: /,
      );
    }
    for (const promptId of [1, 2 ** 53 - 1, "9007199254740991", 9007199254740991n]) {
      assert.doesNotThrow(() => answerOf(value, { promptId }));
    }
  });

  test("An unknown option of answerOf is refused with the name of the only option", () => {
    for (const name of ["promptID", "prompt_id", "prompt", "id", "citations"]) {
      refuses(
        () => answerOf(value, /** @type {any} */ ({ [name]: 1 })),
        /promptId/,
        RegExp(`not ${name}: 1`),
      );
    }
  });

  test("An id, a string or another value instead of the options is refused", () => {
    for (const options of [1, "1", 1n, true, () => 1])
      refuses(() => answerOf(value, /** @type {any} */ (options)), /promptId/);
  });

  test("Options are checked even if the session is not a session", () => {
    refuses(() => answerOf(null, /** @type {any} */ ({ promptld: 1 })), /promptId/);
  });
});

for (const method of /** @type {const} */ (["toMarkdown", "toPlainText"])) {
  describe(method, () => {
    test("A wrong value of an option is refused with the accepted values", () => {
      for (const citations of ["footnote", "Links", "", "links ", 1, true, {}, []]) {
        refuses(
          () => answer[method](/** @type {any} */ ({ citations })),
          /citations: \(links\|footnotes\|markers\|none\)/,
        );
      }
      for (const labels of ["number", "toString", 1, false]) {
        refuses(
          () => answer[method](/** @type {any} */ ({ labels })),
          /labels: \(typed\|numbers\)/,
        );
      }
    });

    test("An unknown option is refused with the names of the options", () => {
      for (const name of ["lables", "label", "citation", "format", "__proto__x", "constructor"]) {
        const options = JSON.parse(`{ ${JSON.stringify(name)}: "typed" }`);
        refuses(
          () => answer[method](options),
          /citations: .*labels: /,
          RegExp(`not ${name}: typed`),
        );
      }
    });

    test("A string instead of the options is refused", () => {
      refuses(() => answer[method](/** @type {any} */ ("links")), /citations: /);
    });
  });
}

test("The error has the fields of an AieraChatError as JSON", () => {
  try {
    answerOf(value, /** @type {any} */ ({ promptId: 0 }));
    assert.fail("expected an error");
  } catch (error) {
    const { message, ...fields } = JSON.parse(JSON.stringify(error));
    assert.deepEqual(fields, {
      name: "AieraChatError",
      code: "invalid_argument",
      retryable: false,
    });
    assert.match(message, /promptId/);
    assert.match(
      String(/** @type {Error} */ (error).stack),
      /^AieraChatError: .*promptId[^]*options\.test\.mjs/,
    );
  }
});
