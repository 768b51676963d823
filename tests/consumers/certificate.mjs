// @ts-check
// Creates certificates for TLS servers of tests: Node can read X.509, but not write it.
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const COMMON_NAME = "2.5.4.3";
const BASIC_CONSTRAINTS = "2.5.29.19";
const ALTERNATIVE_NAMES = "2.5.29.17";
const DAY_MS = 86_400_000;

/**
 * A self-signed certificate, which a client can trust as its own authority.
 * @param {{ address?: [number, number, number, number], expired?: boolean }} [options] the IPv4 address of the server
 * @returns {{ key: string, cert: string }} PEM
 */
export function certificate({ address = [127, 0, 0, 1], expired = false } = {}) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(oid(ECDSA_WITH_SHA256));
  const name = sequence(set(sequence(oid(COMMON_NAME), tagged(0x0c, Buffer.from("a test")))));
  const end = Date.now() + (expired ? -DAY_MS : DAY_MS);
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    sequence(time(end - 7 * DAY_MS), time(end)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    tagged(
      0xa3,
      sequence(
        extension(BASIC_CONSTRAINTS, sequence(tagged(0x01, Buffer.from([0xff])))),
        extension(ALTERNATIVE_NAMES, sequence(tagged(0x87, Buffer.from(address)))),
      ),
    ),
  );
  const signature = sign("sha256", body, privateKey);
  const der = sequence(body, algorithm, tagged(0x03, Buffer.from([0]), signature));
  const lines = der.toString("base64").replace(/.{64}/g, "$&\n");
  return {
    key: pemOf(privateKey),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

/** @param {import("node:crypto").KeyObject} key */
const pemOf = (key) => String(key.export({ type: "pkcs8", format: "pem" }));

/**
 * A DER value: tag, length, content.
 * @param {number} tag
 * @param {...Buffer} parts
 */
function tagged(tag, ...parts) {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** @param {...Buffer} parts */
const sequence = (...parts) => tagged(0x30, ...parts);
/** @param {...Buffer} parts */
const set = (...parts) => tagged(0x31, ...parts);
/** @param {Buffer} bytes */
const integer = (bytes) => tagged(0x02, bytes);

/** @param {number} at */
function time(at) {
  const digits = new Date(at).toISOString().replace(/\D/g, "").slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

/** @param {string} dotted */
function oid(dotted) {
  const [first, second, ...others] = dotted.split(".").map(Number);
  const bytes = others.flatMap((part) => {
    const groups = [part & 0x7f];
    while ((part >>= 7)) groups.unshift((part & 0x7f) | 0x80);
    return groups;
  });
  return tagged(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

/**
 * @param {string} name
 * @param {Buffer} value
 */
const extension = (name, value) => sequence(oid(name), tagged(0x04, value));
