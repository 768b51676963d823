// @ts-check
// A long conversation, the same for each element.

const WORDS =
  "revenue margin guidance segment quarter growth demand pricing capacity inventory outlook tariff cash flow".split(
    " ",
  );

/**
 * @param {number} turn
 * @param {number} citations
 * @param {(index: number) => string} cite the text instead of a citation
 */
export function textOf(turn, citations, cite) {
  const sentences = Array.from({ length: citations }, (_, i) => {
    const words = Array.from(
      { length: 12 },
      (_, w) => WORDS[(turn * 7 + i * 5 + w * 3) % WORDS.length],
    );
    return `The **${words[0]}** ${words.slice(1).join(" ")} ${cite(i)}.`;
  });
  const list = sentences.slice(30).map((sentence) => `- ${sentence}`);
  const table = [
    "| | Q1 | Q2 |",
    "|---|---:|---:|",
    "| Revenue | 25.6 | 23.7 |",
    "| Margin | 16.4% | 15.2% |",
  ];
  return [
    sentences.slice(0, 10).join(" "),
    "### Details",
    sentences.slice(10, 30).join(" "),
    list.join("\n"),
    table.join("\n"),
  ].join("\n\n");
}

/** @param {number} turn */
export const promptOf = (turn) => `What changed in quarter ${turn}?`;

/** Resolves after the changes have been painted. */
export function painted() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve(undefined);
      channel.port2.postMessage(undefined);
    });
  });
}

/**
 * Scrolls from the top to the bottom in steps.
 *
 * @param {Element} scroller
 * @returns {Promise<number>} the time of the slowest step, until it was painted
 */
export async function scrollThrough(scroller) {
  const steps = 100;
  let slowest = 0;
  for (let step = 0; step <= steps; step += 1) {
    const start = performance.now();
    scroller.scrollTop = ((scroller.scrollHeight - scroller.clientHeight) * step) / steps;
    await painted();
    slowest = Math.max(slowest, performance.now() - start);
  }
  return slowest;
}

/**
 * The number of elements below a root, including those in shadow roots.
 *
 * @param {ParentNode} root
 * @returns {number}
 */
export function countElements(root) {
  let count = 0;
  for (const element of root.querySelectorAll("*")) {
    count += 1 + (element.shadowRoot ? countElements(element.shadowRoot) : 0);
  }
  return count;
}
