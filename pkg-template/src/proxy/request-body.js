// @ts-check
// The body of the client's request. It is small: it is counted as it arrives, and read whole before anything is sent.
import { Bytes } from "./bytes.js";
import { Refusal } from "./refusal.js";

/** @typedef {import("./exchange.js").Exchange} Exchange */

/**
 * Refuses a body by the length that the request declares. One without a length, or with a wrong one, is counted later.
 *
 * @param {Request} request
 * @param {number} limit
 */
export function refuseDeclaredSize(request, limit) {
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge(limit);
}

/** @param {number} limit */
function tooLarge(limit) {
  return new Refusal(413, `the request body is larger than ${limit} bytes`);
}

/**
 * A body that is read once and kept: by `authorize` as far as that reads its request, then by the proxy to the end. So
 * nothing is read for an `authorize` that looks at headers alone, and the limit holds for one that reads.
 */
export class RequestBody {
  #request;
  #limit;
  #exchange;
  #bytes = new Bytes();
  /** @type {ReadableStreamDefaultReader<Uint8Array> | undefined} */
  #reader;
  #isReading = false;
  /** @type {unknown} */
  #failure;

  /**
   * @param {Request} request
   * @param {number} limit
   * @param {Exchange} exchange
   */
  constructor(request, limit, exchange) {
    this.#request = request;
    this.#limit = limit;
    this.#exchange = exchange;
  }

  /**
   * A request for `authorize`: the client's own where it has no body, else one like it, whose body is counted and kept.
   * A clone would not do: all that the host reads of the one piles up in the other.
   *
   * @returns {Request}
   */
  requestForHost() {
    const { body, bodyUsed } = this.#request;
    if (!body || bodyUsed) return this.#request;
    const pull = async (/** @type {ReadableStreamDefaultController<Uint8Array>} */ controller) => {
      const piece = await this.#read();
      if (piece) controller.enqueue(piece);
      else controller.close();
    };
    return withBody(this.#request, new ReadableStream({ pull }, { highWaterMark: 0 }));
  }

  /**
   * The whole body.
   *
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>} null for none
   */
  async whole() {
    if (!this.#reader && this.#request.bodyUsed) {
      throw new Refusal(500, "the request body was read before it reached the proxy");
    }
    if (!this.#request.body) return null;
    while (await this.#read());
    return this.#bytes.size > 0 ? this.#bytes.upTo() : null;
  }

  /** Why the body cannot be used; undefined while it can. */
  get failure() {
    if (!this.#failure && this.#isReading && this.#exchange.ended() === "timeout") {
      return new Refusal(408, "the request body took too long");
    }
    return this.#failure;
  }

  /** Tells the client's side that nothing more is read. It has no effect after the end. */
  cancel() {
    const stream = this.#reader ?? this.#request.body;
    stream?.cancel().catch(() => {}); // rejects where the host has read it
  }

  /** The next piece; undefined at the end. @returns {Promise<Uint8Array | undefined>} */
  async #read() {
    if (this.failure) throw this.failure;
    this.#isReading = true;
    try {
      this.#reader ??= /** @type {ReadableStream<Uint8Array>} */ (this.#request.body).getReader();
      const { value } = await this.#exchange.race(this.#reader.read());
      if (value) this.#keep(value);
      this.#isReading = false;
      return value;
    } catch (cause) {
      const isItsOwn = cause instanceof Refusal || this.#exchange.ended() === "disconnected";
      this.#failure =
        this.failure ?? (isItsOwn ? cause : new Refusal(400, "the request body broke off"));
      throw this.#failure;
    }
  }

  /** @param {Uint8Array} piece */
  #keep(piece) {
    if (this.#bytes.size + piece.byteLength > this.#limit) throw tooLarge(this.#limit);
    this.#bytes.add(piece);
  }
}

/**
 * A request like another, with another body: of the same class where that allows it (Next.js's has cookies), and with the
 * members that a router has added.
 *
 * @param {Request} request
 * @param {ReadableStream<Uint8Array>} body
 * @returns {Request}
 */
function withBody(request, body) {
  const init = { body, duplex: "half" };
  const { url, method, headers, signal } = request;
  /** @type {Request} */
  let copy;
  try {
    const Class = request instanceof Request ? request.constructor : Request;
    copy = new /** @type {typeof Request} */ (Class)(request, init);
  } catch {
    // A `Proxy` of a request, as Next.js passes it, is none for every platform.
    copy = new Request(url, { ...init, method, headers, signal });
  }
  for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(request))) {
    if (!Object.hasOwn(copy, name)) Object.defineProperty(copy, name, member);
  }
  return copy;
}
