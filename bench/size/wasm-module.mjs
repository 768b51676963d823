// @ts-check
// Reads the functions of a WebAssembly module: their names and the bytes of their bodies.

const CUSTOM = 0;
const IMPORT = 2;
const CODE = 10;
const DATA = 11;
const FUNCTION_IMPORT = 0;
const FUNCTION_NAMES = 1;

/**
 * @param {Uint8Array} bytes a module with a name section
 * @returns {{ functions: { name: string, bytes: number }[], data: number }} the functions in order, and the bytes of the data
 */
export function readModule(bytes) {
  let imported = 0;
  let data = 0;
  /** @type {number[]} */
  let sizes = [];
  /** @type {Map<number, string>} */
  let names = new Map();
  for (const { id, reader } of sections(bytes)) {
    if (id === IMPORT) imported = countFunctionImports(reader);
    if (id === CODE) sizes = Array.from({ length: reader.number() }, () => reader.block().length);
    if (id === DATA) data = reader.remaining;
    if (id === CUSTOM && reader.text() === "name") names = readFunctionNames(reader);
  }
  if (names.size === 0) throw new Error("the module has no names");
  const functions = sizes.map((size, index) => ({
    name: names.get(imported + index) ?? `function ${index}`,
    bytes: size,
  }));
  return { functions, data };
}

/** @param {Uint8Array} bytes */
function* sections(bytes) {
  // The first eight bytes are the magic number and the version.
  const reader = new Reader(bytes.subarray(8));
  while (reader.remaining) yield { id: reader.byte(), reader: new Reader(reader.block()) };
}

/** @param {Reader} reader */
function countFunctionImports(reader) {
  let functions = 0;
  for (let left = reader.number(); left > 0; left--) {
    const [module, field] = [reader.text(), reader.text()];
    if (reader.byte() !== FUNCTION_IMPORT) {
      throw new Error(`the module imports ${module}.${field}, which is not a function`);
    }
    reader.number();
    functions++;
  }
  return functions;
}

/** @param {Reader} reader */
function readFunctionNames(reader) {
  /** @type {Map<number, string>} */
  const names = new Map();
  while (reader.remaining) {
    const id = reader.byte();
    const subsection = new Reader(reader.block());
    if (id !== FUNCTION_NAMES) continue;
    for (let left = subsection.number(); left > 0; left--) {
      names.set(subsection.number(), subsection.text());
    }
  }
  return names;
}

/** Reads the values of the binary format one after another. */
class Reader {
  #bytes;
  #position = 0;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  get remaining() {
    return this.#bytes.length - this.#position;
  }

  byte() {
    return this.#bytes[this.#position++] ?? 0;
  }

  /** An unsigned LEB128 number. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  /** Bytes after their length. */
  block() {
    const length = this.number();
    this.#position += length;
    return this.#bytes.subarray(this.#position - length, this.#position);
  }

  text() {
    return new TextDecoder().decode(this.block());
  }
}
