// COSE_Sign1 with Ed25519 in deterministic CBOR (RFC 9052, 4.2; RFC 8949, 4.2.1), in its one spelling.
//
// What was decoded is encoded again and compared, so that duplicate keys, long integers, indefinite lengths and
// trailing bytes are all refused. No tag is interpreted.
import { decode as readCbor, encode as writeCbor } from "../vendor/checker/cborg.js";
import { hex, isSame, joined } from "./bytes.js";
import { verify } from "./ed25519.js";
import { Malformed } from "./errors.js";

const MAX_BYTES = 560;
const ALGORITHM = -19;
const SIGNATURE_BYTES = 64;
const KID_BYTES = 4;
const SIGN1 = Uint8Array.of(0xd2);
const STRICT = {
  strict: true,
  useMaps: true,
  rejectDuplicateMapKeys: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowBigInt: false,
  allowInfinity: false,
  allowNaN: false,
};

/**
 * Take a COSE_Sign1 apart: {kid, header, payload, signature}. The kid is that of a header of ours. Nothing of it is
 * believed before `holds`. Throws Malformed for other bytes.
 */
export function read(bytes) {
  const parts = load(bytes.subarray(SIGN1.length));
  if (!Array.isArray(parts) || parts.length !== 4) {
    throw new Malformed("this is not a COSE_Sign1");
  }
  const [header, , payload, signature] = parts;
  if (![header, payload, signature].every((part) => part instanceof Uint8Array)) {
    throw new Malformed("a part of the COSE_Sign1 is no byte string");
  }
  const ours = joined(SIGN1, writeCbor([header, new Map(), payload, signature]));
  if (signature.length !== SIGNATURE_BYTES || !isSame(ours, bytes)) {
    throw new Malformed("this is not a COSE_Sign1 as we write it");
  }
  return { kid: hex(header.slice(-KID_BYTES)), header, payload, signature };
}

/** Decode deterministic CBOR of a bounded length. Throws Malformed for anything else. */
export function decode(bytes) {
  const value = load(bytes);
  let ours;
  try {
    ours = writeCbor(value);
  } catch {
    throw new Malformed("this cannot be written again");
  }
  if (!isSame(ours, bytes)) {
    throw new Malformed("this is not deterministic CBOR");
  }
  return value;
}

/** Return whether the header of a message is ours: the one algorithm, the kid, and nothing else. */
export function hasOurHeader({ header }) {
  const kid = header.slice(-KID_BYTES);
  return kid.length === KID_BYTES && isSame(header, protectedHeader(kid));
}

/** Return whether this key signed the message (RFC 9052, 4.4). The caller has checked that its header is ours. */
export async function holds({ header, payload, signature }, publicKey) {
  return verify(publicKey, signature, writeCbor(["Signature1", header, new Uint8Array(0), payload]));
}

function load(bytes) {
  if (bytes.length > MAX_BYTES) {
    throw new Malformed(`longer than ${MAX_BYTES} bytes`);
  }
  try {
    return readCbor(bytes, STRICT);
  } catch {
    throw new Malformed("this is not CBOR that we read");
  }
}

function protectedHeader(kid) {
  return writeCbor(new Map([[1, ALGORITHM], [4, kid]]));
}
