// @ts-check
// The body of the client's request, which is counted as it arrives, and read whole before anything is sent.
import { Bytes } from "./bytes.js";
import { Refusal } from "./refusal.js";

/** @typedef {import("./exchange.js").Exchange} Exchange */

/**
 * Refuses a body by its declared length. A body without a length, or with a wrong one, is counted later.
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
 * A body that is read once and kept: by `authorize` if it reads the body, then by the proxy to the end. So nothing is read for an
 * `authorize` that only looks at headers, and the limit also holds for one that reads the body.
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
   * The request for `authorize`: the client's if it has no body, else a copy whose body is counted and kept. `clone()` would
   * buffer the body without a limit.
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
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>} null if empty
   */
  async whole() {
    if (!this.#reader && this.#request.bodyUsed) {
      throw new Refusal(500, "the request body was read before it reached the proxy");
    }
    if (!this.#request.body) return null;
    while (await this.#read());
    return this.#bytes.size > 0 ? this.#bytes.upTo() : null;
  }

  /** The reason why the body cannot be used, if any. */
  get failure() {
    if (!this.#failure && this.#isReading && this.#exchange.ended() === "timeout") {
      return new Refusal(408, "the request body took too long");
    }
    return this.#failure;
  }

  /** Stops reading. Has no effect after the end. */
  cancel() {
    const stream = this.#reader ?? this.#request.body;
    stream?.cancel().catch(() => {}); // rejects if the host reads it
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
      const isFinal = cause instanceof Refusal || this.#exchange.ended() === "disconnected";
      this.#failure =
        this.failure ?? (isFinal ? cause : new Refusal(400, "the request body broke off"));
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
 * A copy of a request with another body: of the same class if possible (Next.js's has cookies), and with the members that a
 * router has added.
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
    // Not every platform accepts a `Proxy` of a request, which Next.js passes.
    copy = new Request(url, { ...init, method, headers, signal });
  }
  for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(request))) {
    if (!Object.hasOwn(copy, name)) Object.defineProperty(copy, name, member);
  }
  return copy;
}
