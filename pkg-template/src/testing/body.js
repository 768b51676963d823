// @ts-check
// The body of a response as a stream that ends, stalls, breaks off or trickles. On an abort it fails immediately with the
// signal's reason.

const TRICKLE_PIECES = 8;

/**
 * @param {Uint8Array} bytes
 * @param {object} how
 * @param {"drop" | "stall"} [how.cut] replaces the second half
 * @param {number} [how.ms] the duration of the whole body
 * @param {AbortSignal | null} [how.signal]
 * @returns {ReadableStream<Uint8Array>}
 */
export function bodyStream(bytes, { cut, ms = 0, signal }) {
  const pieces = cutUp(bytes, cut ? 2 : ms > 0 ? TRICKLE_PIECES : 1);
  if (cut) pieces.length = 1;
  const pauseMs = ms / pieces.length;
  /** @type {any} */
  let timer;
  let onAbort = () => {};
  const settle = () => {
    globalThis.clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  };
  /** @param {ReadableStreamDefaultController<Uint8Array>} controller */
  const send = (controller) => {
    const piece = pieces.shift();
    if (piece) controller.enqueue(piece);
    if (pieces.length > 0 || cut) return;
    settle();
    controller.close();
  };
  return new ReadableStream(
    {
      start(controller) {
        onAbort = () => {
          settle();
          controller.error(signal?.reason);
        };
        if (signal?.aborted) onAbort();
        else signal?.addEventListener("abort", onAbort, { once: true });
      },
      pull(controller) {
        if (pieces.length === 0 && cut === "drop") {
          settle();
          return controller.error(connectionLost());
        }
        // A stalled body ends with the signal, or if its reader cancels it.
        if (pieces.length === 0) return new Promise(() => {});
        if (pauseMs === 0) return send(controller);
        return new Promise((resolve) => {
          timer = globalThis.setTimeout(() => {
            send(controller);
            resolve();
          }, pauseMs);
        });
      },
      cancel: settle,
    },
    { highWaterMark: 0 },
  );
}

/** The error of `fetch` for a lost connection, as in Node. */
export function connectionLost() {
  const cause = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
  return new TypeError("fetch failed", { cause });
}

/**
 * @param {Uint8Array} bytes
 * @param {number} count
 */
function cutUp(bytes, count) {
  const size = Math.max(1, Math.ceil(bytes.length / count));
  const pieces = [];
  for (let start = 0; start < bytes.length; start += size) {
    pieces.push(bytes.slice(start, start + size));
  }
  return pieces.length > 0 ? pieces : [new Uint8Array()];
}
