// @ts-check
// Makes the linked module small: takes out what only a panic can reach, and optimises the rest. What comes out does
// what went in did, traps included. Building, writing and measuring is left to package.mjs.
//
// A panic in this module ends in a trap whatever happens on the way: there is no hook that could print its message,
// and nothing unwinds. So the functions that put messages together may trap at once, as with panic=immediate-abort,
// which the stable compiler does not offer. That nothing else uses them is checked on every build.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import binaryen from "binaryen";

/** Functions that never return, and that every panic goes through: they are in each module. */
const EVERY_PANIC = [
  /^core::panicking::/,
  /^std::panicking::/,
  /^__rustc::(rust_panic|rust_begin_unwind|__rust_start_panic|__rust_abort)$/,
];

/** Ways into a panic, of which a module has those that its source needs. */
const WAYS_IN = [
  /^core::cell::(panic_already_|lazy::panic_poisoned)/,
  /^core::option::expect_failed$/,
  /^std::(alloc|sys::backtrace)::/,
  /^__rustc::__rust_alloc_error_handler$/,
  /^alloc::raw_vec::(capacity_overflow|handle_error)$/,
  /^alloc::alloc::handle_alloc_error$/,
  /::assert_failed$/,
  /_fail$/,
];

/** At run time it is here, and not where binaryen's declarations say. */
const setBody = /** @type {any} */ (binaryen).Function.setBody;

const PANICS = [...EVERY_PANIC, ...WAYS_IN];

/** Functions that return, and that panics alone may call: they format messages. */
const FORMATTING = [
  /^core::fmt::/,
  /^<core::fmt::/,
  / as core::fmt::\w+>::/,
  / as core::panic::PanicPayload>::/,
];

/** The search for the global object, which every engine that the package supports has under one name. */
const SEARCH = /^js_sys::global::get_global_object$/;
const SEARCHED = /^js_sys::global::get_global_object::\w+::init$/;
const ONE_NAME = /__wbg_static_accessor_GLOBAL_THIS_/;

/** What every engine that the package supports has: with all features, the module would load in none. */
const FEATURES = [
  "bulk-memory",
  "sign-ext",
  "mutable-globals",
  "nontrapping-float-to-int",
  "reference-types",
  "multivalue",
];

/** In this order; bench/size.md has what each is worth, and what was tried besides. */
const PASSES = [
  ["--low-memory-unused", "--zero-filled-memory"],
  // Only very small functions are put into their single caller: gzip is better at functions than at what they become.
  ["-Oz", "--one-caller-inline-max-function-size", "20"],
  ["--dae-optimizing", "--remove-unused-module-elements"],
  ["-Oz"],
  ["--strip-debug", "--strip-producers", "--strip-target-features"],
].flat();

/** Texts that only formatting and panics read: pairs of digits, the paths of source files, and messages. */
const PANIC_TEXTS = new RegExp(
  [
    /0001020304050607(?:\d\d){92}/,
    /[\w./-]+\/[\w.-]+\.rs(?=\0)/,
    /cannot access a Thread Local Storage value during or after destruction: |AccessError/,
    /(insertion|removal) index \(is |\) should be <=? len \(is /,
    /finish: (callbacks should be Some|result should be None)/,
    /internal error: entered unreachable code|capacity overflow|Tried to shrink to a larger capacity/,
    /LazyCell instance has previously been poisoned|`async fn` resumed after completion/,
    /RefCell already (mutably )?borrowed/,
  ]
    .map((text) => text.source)
    .join("|"),
  "g",
);

/**
 * The module made small.
 * @param {Uint8Array} wasm The module as wasm-bindgen leaves it, its names included.
 * @returns {Promise<Uint8Array>}
 */
export async function shrink(wasm) {
  return optimise(withoutPanics(wasm));
}

/**
 * The module and its glue with short names between them: they are long, full of hashes, and stand in both.
 * @param {Uint8Array} wasm
 * @param {string} glue
 * @returns {{ wasm: Uint8Array, glue: string }}
 */
export function shortenNames(wasm, glue) {
  const module = new WebAssembly.Module(Uint8Array.from(wasm));
  /** @type {Map<string, string>} */
  const imports = new Map();
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    for (const long of [from, name]) {
      if (!imports.has(long)) imports.set(long, imports.size.toString(36));
    }
  }
  for (const [long, name] of imports) {
    const places = glue.split(`${long.startsWith(".") ? JSON.stringify(long) : long}:`);
    if (places.length !== 2)
      throw new Error(`shrink: ${long} stands in the glue ${places.length - 1} times`);
    glue = places.join(`"${name}":`);
  }
  /** @type {Map<string, string>} */
  const exports = new Map();
  for (const { name: long } of WebAssembly.Module.exports(module)) {
    const places = glue.split(new RegExp(`(?<=\\bwasm\\.)${long}\\b`));
    // What the glue never mentions, nobody calls.
    if (places.length === 1) continue;
    const name = `e${exports.size.toString(36)}`;
    exports.set(long, name);
    glue = places.join(name);
  }
  return { wasm: withNames(wasm, imports, exports), glue };
}

/**
 * What is left out of the glue, or stands there instead.
 * @type {[part: RegExp, instead: string][]}
 */
const OWN_GLUE = [
  // All ways of loading but that of the package's loaders: they compile the module themselves, and start it once.
  [
    /^async function __wbg_load\([^]*/m,
    `export default async function ({ module_or_path: module }) {
    return __wbg_finalize_init(await WebAssembly.instantiate(module, __wbg_get_imports()), module);
}
`,
  ],
  // Closures without a registry, which costs more of a poll than all else of ours, since every collection looks through it.
  // There is nothing to collect: timers are dropped, and promises come to something (`host.js`). None has more than one argument.
  [/^const CLOSURE_DTORS = [^;]*;\n/m, ""],
  [
    /^function makeMutClosure\([^]*?^}\n/m,
    `function makeMutClosure(a, b, f) {
    const state = { a, b, count: 1 };
    const real = (argument) => {
        state.count++;
        const held = state.a;
        state.a = 0;
        try {
            return f(held, b, argument);
        } finally {
            state.a = held;
            unref(state);
        }
    };
    real.state = state;
    return real;
}
function unref(state) {
    if (--state.count === 0) {
        wasm.__wbindgen_destroy_closure(state.a, state.b);
        state.a = 0;
    }
}
`,
  ],
  [/arg0\._wbg_cb_unref\(\)/, "unref(arg0.state)"],
  // Nobody reads what a panic says: no text crosses between the module and the glue.
  [/(?<=throw new Error\()getStringFromWasm0\(arg0, arg1\)/, ""],
  [/^let cachedTextDecoder = [^]*?^}\n/m, ""],
  // The global object has one name, and is there.
  [/^ +__wbg_static_accessor_(?!GLOBAL_THIS)\w+: function\(\) {\n[^]*?^ +},\n/gm, ""],
  [
    /(?<=_GLOBAL_THIS_\w+: function\(\) {\n)[^]*?(?=^ +},\n)/m,
    "return addToExternrefTable0(globalThis);\n",
  ],
  // A client is freed when it is collected.
  [/^if \(Symbol\.dispose\).*\n/m, ""],
  [/^    free\(\) {[^]*?^    }\n/m, ""],
  [/^    __destroy_into_raw\(\) {[^]*?^    }\n/m, ""],
];

/**
 * The glue with what this package needs of it.
 * @param {string} glue
 */
export function ownGlue(glue) {
  for (const [part, instead] of OWN_GLUE) {
    if (glue.search(part) < 0)
      throw new Error(`shrink: the glue has nothing like ${part} any more`);
    glue = glue.replace(part, () => instead);
  }
  return glue;
}

/**
 * @param {Uint8Array} wasm
 * @returns {Uint8Array}
 */
function withoutPanics(wasm) {
  const module = binaryen.readBinary(wasm);
  try {
    const all = functionsOf(module);
    const own = all.filter(({ from }) => !from);
    for (const pattern of [...EVERY_PANIC, ...FORMATTING]) {
      if (!own.some(({ name }) => pattern.test(name))) {
        console.warn(`shrink: no function has a name like ${pattern} any more`);
      }
    }
    checkCalls(module.emitText());
    for (const { name, reference } of own) {
      if (matches([...PANICS, ...FORMATTING, SEARCHED], name))
        setBody(reference, module.unreachable());
    }
    searchNothing(module, all);
    binaryen.setDebugInfo(true);
    return withoutTexts(module.emitBinary());
  } finally {
    module.dispose();
  }
}

/**
 * Each function: `full` is its name in the module, `from` what it is imported from, empty where it is not.
 * @param {binaryen.Module} module
 */
function functionsOf(module) {
  return Array.from({ length: module.getNumFunctions() }, (_, index) => {
    const reference = module.getFunctionByIndex(index);
    const { name: full, module: from } = binaryen.getFunctionInfo(reference);
    return { name: plain(full), full, from, reference };
  });
}

/**
 * The global object without a search.
 * @param {binaryen.Module} module
 * @param {ReturnType<typeof functionsOf>} functions
 */
function searchNothing(module, functions) {
  const global = functions.find(({ full, from }) => from && ONE_NAME.test(full));
  if (!global) throw new Error(`shrink: nothing like ${ONE_NAME} is imported any more`);
  for (const { name, reference } of functions) {
    if (SEARCH.test(name)) setBody(reference, module.call(global.full, [], binaryen.i32));
  }
}

/**
 * Nothing but panics and formatting itself may call what formats.
 * @param {string} text The module in the text format.
 */
function checkCalls(text) {
  const quoted = /^"(?:[^"\\]|\\.)*"|^[^\s()]+/;
  for (const code of text.split("\n (func $").slice(1)) {
    const caller = plain(quoted.exec(code)?.[0] ?? "");
    if (matches([...PANICS, ...FORMATTING], caller)) continue;
    for (const call of code.split("(call $").slice(1)) {
      const callee = plain(quoted.exec(call)?.[0] ?? "");
      if (matches(FORMATTING, callee))
        throw new Error(`shrink: ${caller} formats with ${callee}, and is no panic`);
    }
  }
}

/**
 * A function's name without quotes and hashes, whichever way it was mangled.
 * @param {string} name
 */
function plain(name) {
  return name.replace(/^"|"$|\[[0-9a-f]{8,}\]|::h[0-9a-f]{16}(?="?$)/g, "");
}

/**
 * @param {RegExp[]} patterns
 * @param {string} name
 */
function matches(patterns, name) {
  return patterns.some((pattern) => pattern.test(name));
}

/**
 * Zeros in the place of texts that nobody reads any more, and of the locations that point at them.
 * @param {Uint8Array} wasm
 */
function withoutTexts(wasm) {
  const latin1 = Buffer.from(wasm).toString("latin1");
  const found = [...latin1.matchAll(PANIC_TEXTS)];
  if (found.length < 2) throw new Error("shrink: there are no source paths in the data any more");
  const out = Uint8Array.from(wasm);
  for (const { index, 0: text } of found) out.fill(0, index, index + text.length);
  return out;
}

/**
 * @param {Uint8Array} wasm
 * @returns {Promise<Uint8Array>}
 */
async function optimise(wasm) {
  const folder = await mkdtemp(join(tmpdir(), "shrink-"));
  try {
    const [from, to] = [join(folder, "in.wasm"), join(folder, "out.wasm")];
    await writeFile(from, wasm);
    const tool = createRequire(import.meta.url).resolve("binaryen/bin/wasm-opt");
    const features = FEATURES.map((feature) => `--enable-${feature}`);
    await promisify(execFile)(process.execPath, [tool, ...features, ...PASSES, from, "-o", to]);
    return new Uint8Array(await readFile(to));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const IMPORT_SECTION = 2;
const EXPORT_SECTION = 7;

/**
 * The module with other names for its imports, and for its exports, of which only the named ones stay.
 * @param {Uint8Array} wasm
 * @param {Map<string, string>} imports
 * @param {Map<string, string>} exports
 */
function withNames(wasm, imports, exports) {
  const read = new Reader(wasm, 8);
  /** @type {number[]} */
  const out = [...wasm.subarray(0, 8)];
  while (read.at < wasm.length) {
    const start = read.at;
    const section = read.byte();
    const length = read.number();
    const end = read.at + length;
    /** @type {number[] | undefined} */
    let body;
    if (section === IMPORT_SECTION) body = importsRenamed(read, imports);
    if (section === EXPORT_SECTION) body = exportsRenamed(read, exports);
    if (!body) {
      for (const byte of wasm.subarray(start, end)) out.push(byte);
      read.at = end;
      continue;
    }
    out.push(section, ...leb(body.length), ...body);
  }
  return Uint8Array.from(out);
}

/**
 * @param {Reader} read
 * @param {Map<string, string>} names
 */
function importsRenamed(read, names) {
  const count = read.number();
  const body = leb(count);
  for (let left = count; left > 0; left--) {
    for (const name of [read.name(), read.name()]) body.push(...text(names.get(name) ?? name));
    // Only functions are imported; each has a kind, which is 0, and a type.
    if (read.byte() !== 0) throw new Error("shrink: something else than a function is imported");
    body.push(0, ...leb(read.number()));
  }
  return body;
}

/**
 * @param {Reader} read
 * @param {Map<string, string>} names
 */
function exportsRenamed(read, names) {
  const body = leb(names.size);
  for (let left = read.number(); left > 0; left--) {
    const [name, kind, index] = [names.get(read.name()), read.byte(), read.number()];
    if (name !== undefined) body.push(...text(name), kind, ...leb(index));
  }
  return body;
}

/** @param {string} name */
function text(name) {
  const bytes = new TextEncoder().encode(name);
  return [...leb(bytes.length), ...bytes];
}

/** Reads a module's bytes in order. */
class Reader {
  /**
   * @param {Uint8Array} bytes
   * @param {number} at
   */
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++] ?? 0;
  }

  /** An unsigned LEB128. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  name() {
    const length = this.number();
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
  }
}

/**
 * @param {number} value
 * @returns {number[]}
 */
function leb(value) {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)];
}
