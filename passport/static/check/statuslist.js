// A status list of ours, and its proof (eddsa-rdfc-2022; Data Integrity EdDSA Cryptosuites 1.0, 3.2).
//
// Our lists have one shape: they have no blank nodes, so their canonical form is a fixed number of lines,
// written here from the members directly. A list of any other shape is refused, so nothing in it is unsigned.
import { fromBase58Multibase, fromBase64url, joined, sha256, utf8 } from "./bytes.js";
import { verify } from "./ed25519.js";
import { Malformed } from "./errors.js";
import { fromTimestamp } from "./times.js";

const CONTEXT = "https://www.w3.org/ns/credentials/v2";
const PURPOSES = ["revocation", "suspension", "refresh"];
const POSITIONS = 131_072;
const MAX_INFLATED = 1024 * 1024;
const SIGNATURE_BYTES = 64;
const IRI = /^[a-z][a-z0-9+.-]*:[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=%-]+$/;

const RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const XSD = "http://www.w3.org/2001/XMLSchema#";
const CREDENTIALS = "https://www.w3.org/2018/credentials#";
const STATUS = "https://www.w3.org/ns/credentials/status#";
const SECURITY = "https://w3id.org/security#";

/**
 * Parse a list: {url, issuer, purpose, validFrom, validUntil, method, encoded, document}. Neither the proof
 * nor the bits are checked yet. Throws Malformed for any member or shape but ours.
 */
export function read(document) {
  const { proof, ...said } = document ?? {};
  const subject = said.credentialSubject ?? {};
  const ours = {
    "@context": [CONTEXT],
    id: matching(IRI, said.id),
    type: ["VerifiableCredential", "BitstringStatusListCredential"],
    issuer: matching(IRI, said.issuer),
    validFrom: said.validFrom,
    ...("validUntil" in said ? { validUntil: said.validUntil } : {}),
    credentialSubject: {
      id: `${said.id}#list`,
      type: "BitstringStatusList",
      statusPurpose: PURPOSES.find((purpose) => purpose === subject.statusPurpose),
      ttl: Number.isSafeInteger(subject.ttl) && subject.ttl >= 0 ? subject.ttl : undefined,
      encodedList: matching(/^u[A-Za-z0-9_-]*$/, subject.encodedList),
    },
  };
  const options = {
    type: "DataIntegrityProof",
    cryptosuite: "eddsa-rdfc-2022",
    created: proof?.created,
    verificationMethod: matching(IRI, proof?.verificationMethod),
    proofPurpose: "assertionMethod",
    proofValue: typeof proof?.proofValue === "string" ? proof.proofValue : undefined,
  };
  refuseOther(said, ours);
  refuseOther(proof, options);
  fromTimestamp(options.created);
  return {
    url: ours.id,
    issuer: ours.issuer,
    purpose: ours.credentialSubject.statusPurpose,
    validFrom: fromTimestamp(ours.validFrom),
    validUntil: "validUntil" in ours ? fromTimestamp(ours.validUntil) : null,
    method: options.verificationMethod,
    encoded: ours.credentialSubject.encodedList,
    document: { ...ours, proof: options },
  };
}

/** Return whether this raw public key signed the list that `read` returned. */
export async function holds(list, publicKey) {
  const signature = fromBase58Multibase(list.document.proof.proofValue);
  const [options, document] = await Promise.all(
    [canonicalProof(list.document.proof), canonical(list.document)].map((text) => sha256(utf8(text))),
  );
  return signature.length === SIGNATURE_BYTES && verify(publicKey, signature, joined(options, document));
}

/** Unpack the bits, at most 1 MiB of them (Bitstring Status List 1.0, 3.4). Throws Malformed. */
export async function bits(list) {
  const packed = new Blob([fromBase64url(list.encoded.slice(1))]).stream();
  const reader = packed.pipeThrough(new DecompressionStream("gzip")).getReader();
  const parts = [];
  let length = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.length;
      if (length > MAX_INFLATED) {
        throw new Malformed("the list unpacks to too much");
      }
      parts.push(part.value);
    }
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error instanceof Malformed ? error : new Malformed("the list cannot be unpacked");
  }
  if (length * 8 < POSITIONS) {
    throw new Malformed("the list is too short");
  }
  return joined(...parts);
}

/** Return whether the bit of an entry is set: index 0 is the left-most bit of the first byte. */
export function bit(unpacked, index) {
  if (!Number.isInteger(index) || index < 0 || index >= unpacked.length * 8) {
    throw new Malformed("the list has no such place");
  }
  return (unpacked[index >> 3] & (0x80 >> (index & 7))) !== 0;
}

/** Return the canonical N-Quads of a list (RDFC-1.0): its statements, sorted. */
export function canonical({ id, issuer, validFrom, validUntil, credentialSubject: subject }) {
  const list = `<${subject.id}>`;
  const credential = `<${id}>`;
  return lines([
    [list, `${RDF}type`, `<${STATUS}BitstringStatusList>`],
    [list, `${STATUS}encodedList`, `"${subject.encodedList}"^^<${SECURITY}multibase>`],
    [list, `${STATUS}statusPurpose`, `"${subject.statusPurpose}"`],
    [list, `${STATUS}ttl`, `"${subject.ttl}"^^<${XSD}integer>`],
    [credential, `${RDF}type`, `<${CREDENTIALS}VerifiableCredential>`],
    [credential, `${RDF}type`, `<${STATUS}BitstringStatusListCredential>`],
    [credential, `${CREDENTIALS}credentialSubject`, list],
    [credential, `${CREDENTIALS}issuer`, `<${issuer}>`],
    [credential, `${CREDENTIALS}validFrom`, `"${validFrom}"^^<${XSD}dateTime>`],
    ...(validUntil ? [[credential, `${CREDENTIALS}validUntil`, `"${validUntil}"^^<${XSD}dateTime>`]] : []),
  ]);
}

/** Return the canonical N-Quads of the proof's options. */
export function canonicalProof({ created, verificationMethod }) {
  return lines([
    ["_:c14n0", "http://purl.org/dc/terms/created", `"${created}"^^<${XSD}dateTime>`],
    ["_:c14n0", `${RDF}type`, `<${SECURITY}DataIntegrityProof>`],
    ["_:c14n0", `${SECURITY}cryptosuite`, `"eddsa-rdfc-2022"^^<${SECURITY}cryptosuiteString>`],
    ["_:c14n0", `${SECURITY}proofPurpose`, `<${SECURITY}assertionMethod>`],
    ["_:c14n0", `${SECURITY}verificationMethod`, `<${verificationMethod}>`],
  ]);
}

function lines(statements) {
  return statements.map(([subject, predicate, object]) => `${subject} <${predicate}> ${object} .\n`).sort().join("");
}

function matching(pattern, value) {
  return typeof value === "string" && pattern.test(value) ? value : undefined;
}

/** Throw Malformed unless a value is ours, member for member; what `ours` leaves undefined is refused. */
function refuseOther(said, ours) {
  if (ours === undefined || (Object(ours) !== ours && said !== ours)) {
    throw new Malformed("this is not a status list of ours");
  }
  if (Object(ours) === ours) {
    const names = Object.keys(ours);
    if (Object(said) !== said || Array.isArray(said) !== Array.isArray(ours) || Object.keys(said).length !== names.length) {
      throw new Malformed("this is not a status list of ours");
    }
    names.forEach((name) => refuseOther(said[name], ours[name]));
  }
}
