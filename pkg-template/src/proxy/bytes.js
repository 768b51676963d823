// @ts-check
// Bytes that arrive in pieces.

/** Holds the pieces in one buffer: as a list, pieces of one byte each would take hundreds of times their size. */
export class Bytes {
  #buffer = new Uint8Array(1024);
  #size = 0;

  get size() {
    return this.#size;
  }

  /** @param {Uint8Array} piece */
  add(piece) {
    const size = this.#size + piece.byteLength;
    if (size > this.#buffer.byteLength) {
      const larger = new Uint8Array(Math.max(size, 2 * this.#buffer.byteLength));
      larger.set(this.#buffer.subarray(0, this.#size));
      this.#buffer = larger;
    }
    this.#buffer.set(piece, this.#size);
    this.#size = size;
  }

  /** All bytes so far, or the first `limit` of them. @param {number} [limit] */
  upTo(limit = this.#size) {
    return this.#buffer.slice(0, Math.min(limit, this.#size));
  }
}
