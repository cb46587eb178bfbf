// The signed registry: the recognised issuers, their keys, and the state of each key.
//
// Signed as a JWS over its exact bytes (RFC 7515, 7.2.1). A duplicate name in one object is left to the parser:
// only the holder of the root key could have put it there under a signature.
import { fromBase58Multibase, fromBase64url, fromUtf8, hex, sha256, utf8 } from "./bytes.js";
import { verify } from "./ed25519.js";
import { Malformed, TrustError } from "./errors.js";
import { fromTimestamp } from "./times.js";

const TYPE = "passport-registry+json";
const ALGORITHMS = ["EdDSA", "Ed25519"]; // RFC 9864 renames the one to the other
const MAX_CHARACTERS = 1024 * 1024;
const MAX_SIGNATURES = 16;
const STATES = ["proposed", "active", "suspended", "retired", "compromised"];
const ROLES = ["issue", "endorse", "status", "root"];
const KINDS = ["programme", "employer"];
const SIGNATURE_BYTES = 64;
const ZONE = /^[A-Za-z0-9_+-]{1,30}(\/[A-Za-z0-9_+-]{1,30}){0,2}$/; // the characters of names in the IANA database

/**
 * Read a registry that enough of its own root keys signed, and one at least of `rootKeys` (Multikey values;
 * null: any). Throws TrustError for any other.
 */
export async function believe(signed, rootKeys) {
  return trusting(async () => {
    const envelope = readEnvelope(signed);
    const registry = await readRegistry(envelope.payload);
    await signedBy(envelope, registry.rootKeys, registry.threshold);
    if (rootKeys !== null) {
      await signedBy(envelope, await rootKeysOf(rootKeys), 1);
    }
    return registry;
  });
}

/**
 * Return the registry that may follow `current`, which may come again itself. Version N+1 is signed by the root
 * keys of version N and by its own. Throws TrustError for one that goes back, skips a version or drops a key.
 */
export async function acceptNext(current, signed) {
  const following = await believe(signed, null);
  if (following.version === current.version) {
    if (following.payload !== current.payload) {
      throw new TrustError(`there are two registries of version ${current.version}`);
    }
    return current;
  }
  if (following.version !== current.version + 1) {
    throw new TrustError(`version ${following.version} does not follow version ${current.version}`);
  }
  await trusting(() => signedBy(readEnvelope(signed), current.rootKeys, current.threshold));
  const kept = (key) =>
    following.keys.some((one) => one.kid === key.kid && one.issuer === key.issuer && one.role === key.role);
  if (!current.keys.every(kept)) {
    throw new TrustError(`a key is missing from version ${following.version}`);
  }
  return following;
}

/** Return the version that a signed registry claims, unverified, to learn which ones lie between. */
export async function claimedVersion(signed) {
  return trusting(() => Number(JSON.parse(fromUtf8(readEnvelope(signed).payload)).version));
}

async function trusting(read) {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Malformed || error instanceof SyntaxError || error instanceof TypeError) {
      throw new TrustError(`the registry cannot be believed: ${error.message}`);
    }
    throw error;
  }
}

function readEnvelope(signed) {
  if (signed.length > MAX_CHARACTERS) {
    throw new Malformed("too long for a registry");
  }
  const document = exactly(JSON.parse(signed), "payload", "signatures");
  const { payload, signatures } = document;
  if (typeof payload !== "string" || !Array.isArray(signatures) || signatures.length > MAX_SIGNATURES) {
    throw new Malformed("the envelope must have a payload and a few signatures");
  }
  return { encoded: payload, payload: fromBase64url(payload), signatures: signatures.map(readSignature) };
}

function readSignature(document) {
  const { protected: encoded, signature } = exactly(document, "protected", "signature");
  const header = exactly(JSON.parse(fromUtf8(fromBase64url(encoded))), "alg", "kid", "typ");
  if (!ALGORITHMS.includes(header.alg) || header.typ !== TYPE) {
    throw new Malformed("a header names another algorithm or another kind of document");
  }
  return { encoded, kid: header.kid, signature: fromBase64url(signature) };
}

/** Throw Malformed unless so many different ones of these keys signed; one invalid signature spoils all. */
async function signedBy(envelope, rootKeys, threshold) {
  const holding = new Set();
  for (const one of envelope.signatures) {
    const key = rootKeys.find((root) => root.kid === one.kid);
    if (key) {
      const data = utf8(`${one.encoded}.${envelope.encoded}`);
      const isGood = one.signature.length === SIGNATURE_BYTES && (await verify(key.publicKey, one.signature, data));
      if (!isGood) {
        throw new Malformed("a signature does not hold");
      }
      holding.add(one.kid);
    }
  }
  if (holding.size < Math.max(threshold, 1)) {
    throw new Malformed("not signed by enough of the keys that we trust");
  }
}

async function readRegistry(payload) {
  const text = fromUtf8(payload);
  const names = ["version", "expires", "demo", "origins", "issuers", "keys", "rootKeys", "threshold"];
  const said = exactly(JSON.parse(text), ...names);
  const registry = {
    payload: text,
    version: atLeastOne(said.version),
    expires: timeOrNull(said.expires),
    demo: said.demo === true,
    origins: said.origins.map(string),
    issuers: said.issuers.map(readIssuer),
    keys: await Promise.all(said.keys.map(readKey)),
    rootKeys: await rootKeysOf(said.rootKeys),
    threshold: atLeastOne(said.threshold),
  };
  const kids = [...registry.keys, ...registry.rootKeys].map((key) => key.kid);
  unique(kids);
  unique(registry.issuers.map((issuer) => issuer.did));
  if (registry.threshold > registry.rootKeys.length) {
    throw new Malformed("the threshold does not fit the number of root keys");
  }
  if (registry.expires === null && registry.issuers.some((who) => who.kind === "programme" && who.until === null)) {
    throw new Malformed("a registry without end, although a programme goes on");
  }
  return registry;
}

function readIssuer(document) {
  const { timeZone = null, ...others } = document;
  const { did, name, kind, programme, from, until } = exactly(
    others, "did", "name", "kind", "programme", "from", "until",
  );
  return {
    did: string(did),
    name: string(name),
    kind: oneOf(KINDS, kind),
    programme: programme === null ? null : string(programme),
    from: fromTimestamp(from),
    until: timeOrNull(until),
    timeZone: "timeZone" in document ? zoneName(timeZone) : null,
  };
}

async function readKey(document) {
  const said = exactly(document, "kid", "role", "publicKey", "issuer", "state", "from", "until", "cut");
  const key = await publicKeyOf(said.publicKey);
  if (key.kid !== said.kid) {
    throw new Malformed("a key does not have the name that follows from it");
  }
  return {
    ...key,
    role: oneOf(ROLES, said.role),
    issuer: string(said.issuer),
    state: oneOf(STATES, said.state),
    from: fromTimestamp(said.from),
    until: timeOrNull(said.until),
  };
}

function rootKeysOf(values) {
  return Promise.all(values.map(publicKeyOf));
}

/** Decode a Multikey value of an Ed25519 public key, with its name: the first four bytes of its SHA-256. */
async function publicKeyOf(value) {
  const bytes = fromBase58Multibase(string(value));
  if (bytes.length !== 34 || bytes[0] !== 0xed || bytes[1] !== 0x01) {
    throw new Malformed("not an Ed25519 public key");
  }
  const publicKey = bytes.slice(2);
  return { publicKey, kid: hex((await sha256(publicKey)).slice(0, 4)) };
}

function exactly(document, ...names) {
  const found = document && typeof document === "object" && !Array.isArray(document) ? Object.keys(document) : [];
  if (found.length !== names.length || !names.every((name) => found.includes(name))) {
    throw new Malformed(`must have exactly ${names.join(", ")}`);
  }
  return document;
}

function string(value) {
  if (typeof value !== "string") {
    throw new Malformed("not a text");
  }
  return value;
}

/** Return the name of a time zone, which need not be one that this browser knows. */
function zoneName(value) {
  if (!ZONE.test(string(value))) {
    throw new Malformed("not the name of a time zone");
  }
  return value;
}

function oneOf(choices, value) {
  if (!choices.includes(value)) {
    throw new Malformed("a value that we do not know");
  }
  return value;
}

function atLeastOne(value) {
  if (!Number.isInteger(value) || value < 1) {
    throw new Malformed("not a whole number from 1");
  }
  return value;
}

function timeOrNull(value) {
  return value === null ? null : fromTimestamp(value);
}

function unique(names) {
  if (new Set(names).size !== names.length) {
    throw new Malformed("an issuer or a key stands in the registry twice");
  }
}
