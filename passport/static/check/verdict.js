// What makes a printed code genuine: its checks, in one order; the first that fails gives the verdict.
//
// The service's own reader makes the same checks in the same order. Nothing is shown of a code before its
// signature holds, and every unforeseen error ends in V8, never in V1.
import * as addresses from "./address.js";
import * as compact from "./compact.js";
import * as cose from "./cose.js";
import { DISCLOSURE } from "./disclosure.js";
import { Failed, failing, Malformed, NoEntryInside, OtherSite, Untried } from "./errors.js";
import { bit } from "./statuslist.js";
import { DAY, ends, FRESH, HOUR, span, TOLERANCE } from "./times.js";

export const CHECKS = [
  "shape",
  "issuer",
  "signature",
  "key",
  "share end",
  "registry",
  "status list",
  "share stopped",
  "replaced",
  "withdrawn",
  "on hold",
  "review date",
  "public log",
];
const DAMAGED = "this code is damaged: scan it again or type it";
const OLD_LIST = "the list of issuers and keys at hand is too old to know this key";
const NOT_MADE = "this check could not be made";
const KEY_STATES = {
  suspended: ["V8", "the key is suspended until a question about it is settled"],
  compromised: ["V7", "somebody else had the key"],
};

/**
 * Check the text of a printed code at a time of this device's clock: {verdict, checks, contents, issuer,
 * shareCode, statusFrom, checkedAt, unexpected}. `contents` is null unless the signature held and the verdict
 * may show any. `unexpected` is an unforeseen error that ended the check: the verdict is V8 then.
 *
 * Throws OtherSite for text that is no address of a site in the registry, and NoEntryInside for a share's address.
 */
export async function verify(text, trust, clock, { maxAge = 24 * HOUR } = {}) {
  const found = { outcomes: new Map(), contents: null, issuer: null, shareCode: null, statusFrom: null };
  let verdict;
  let unexpected = null;
  try {
    const address = ourAddress(text, trust);
    verdict = await run(address, trust, clock, maxAge, found);
  } catch (error) {
    if (error instanceof OtherSite || error instanceof NoEntryInside) {
      throw error;
    }
    verdict = error instanceof Failed ? error.verdict : "V8";
    unexpected = error instanceof Failed ? null : error;
  }
  return {
    verdict,
    checks: CHECKS.map((name) => ({ name, outcome: "not checked", reason: "", ...found.outcomes.get(name) })),
    contents: DISCLOSURE[verdict] === "nothing" ? null : found.contents,
    issuer: found.issuer,
    shareCode: found.shareCode,
    statusFrom: found.statusFrom,
    checkedAt: clock,
    unexpected,
  };
}

/** The result of a check that could not begin: there is nothing to check with. */
export function unfinished(clock) {
  const checks = CHECKS.map((name) => ({ name, outcome: "not checked", reason: "" }));
  return { verdict: "V8", checks, contents: null, issuer: null, shareCode: null, statusFrom: null, checkedAt: clock };
}

async function run(address, trust, clock, maxAge, found) {
  const now = trust.now(clock);
  const isOld = trust.isOld(clock, maxAge);
  const check = (name, make) => noted(found, name, make);

  // 1. It has the path of a share, version 1, digits, and bytes that can be taken apart.
  const message = await takenApart(address, found);
  // 2. The registry knows the issuing key that the code names, and the programme that has it.
  const { issuer, key } = await check("issuer", () => issuerOf(message.kid, trust.registry, isOld));
  // 3. That key signed these bytes, whatever they say; and they say what an entry says, no more.
  await check("signature", async () => {
    failIf(!cose.hasOurHeader(message), "V7", "the header is not that of an Ed25519 signature");
    const holds = await cose.holds(message, key.publicKey);
    failIf(!holds, "V7", "the signature does not belong to this key and these contents");
  });
  const contents = await check("shape", () => failing("V8", () => compact.read(message.payload)));
  Object.assign(found, { contents, issuer });
  // 4. The state of that key does not invalidate its signatures, and the programme was registered then.
  const { timeZone } = issuer;
  await check("key", () => {
    const made = span(contents.shareMade, timeZone);
    keyVouches(key, signedAt(made, key.from), isOld);
    inOffice(issuer, signedAt(made, issuer.from));
  });
  // 5. The share has not ended: the day before its end is not over where the programme is.
  const isEnded = () => now >= ends(contents.shareEnds - DAY, timeZone);
  await check("share end", () => failIf(isEnded(), "V10", "the share has come to its end"));
  // 6. The registry itself is not out of date.
  await check("registry", () => {
    const { expires } = trust.registry;
    failIf(expires !== null && now >= expires, "V8", "the list of issuers and keys is out of date");
  });
  // 7. The issuer's three lists are at hand, signed with its status key, and fresh.
  const lists = await check("status list", () => statusesOf(contents, issuer, trust, clock, maxAge));
  found.statusFrom = Math.min(...Object.values(lists).map((list) => list.validFrom));
  const isSet = (purpose, index) => failing("V8", () => bit(lists[purpose].bits, index));
  // 8. The holder has not stopped this share: it has a position of its own in the list.
  await check("share stopped", async () =>
    failIf(await isSet("revocation", contents.shareIndex), "V10", "the holder has stopped this share"),
  );
  // 9. to 11. It has not been replaced by a newer entry, not been withdrawn, and is not on hold.
  for (const [name, purpose, verdict, reason] of [
    ["replaced", "refresh", "V4", "a newer entry has taken its place"],
    ["withdrawn", "revocation", "V2", "it has been withdrawn"],
    ["on hold", "suspension", "V3", "it is on hold until a question about it is settled"],
  ]) {
    await check(name, async () => failIf(await isSet(purpose, contents.index), verdict, reason));
  }
  // 12. Its review date is not over where the programme is.
  const isReviewDue = () => now >= ends(contents.reviewOn, timeZone);
  await check("review date", () => failIf(isReviewDue(), "V5", "its review date has passed"));
  // 13. The public log is not kept yet: the check stays "not checked".
  return "V1";
}

/** Return the envelope in an address; a code that was damaged on its way is V8. */
async function takenApart(address, found) {
  try {
    const message = cose.read(addresses.data(address));
    found.shareCode = addresses.shareCode(address);
    return message;
  } catch (error) {
    await noted(found, "shape", () => {
      throw error instanceof Malformed ? new Failed("V8", `${DAMAGED} (${error.message})`) : error;
    });
    throw error;
  }
}

/** Make one check, and record its outcome. */
async function noted(found, name, make) {
  try {
    const made = await make();
    found.outcomes.set(name, { outcome: "passed" });
    return made;
  } catch (error) {
    const reason = error instanceof Failed ? error.message : NOT_MADE;
    found.outcomes.set(name, { outcome: error instanceof Untried ? "not checked" : "failed", reason });
    throw error;
  }
}

function failIf(isSo, verdict, reason) {
  if (isSo) {
    throw new Failed(verdict, reason);
  }
}

/** Throw for a key that the registry does not know as one in use: of an old registry a newer one may. */
function refuseUnlisted(isSo, isOld, reason) {
  if (isSo && isOld) {
    throw new Untried(OLD_LIST);
  }
  failIf(isSo, "V6", reason);
}

function ourAddress(text, trust) {
  const address = addresses.parse(text);
  if (!trust.registry.origins.includes(address.origin)) {
    throw new OtherSite("the registry knows no such site");
  }
  if (address.fragment === null) {
    refuseWithoutEntry(address);
  }
  return address;
}

/** Throw NoEntryInside for a share's address, to be looked up online; the check of shape reports any other page. */
function refuseWithoutEntry(address) {
  let code;
  try {
    code = addresses.shareCode(address);
  } catch (error) {
    if (error instanceof Malformed) {
      return;
    }
    throw error;
  }
  throw new NoEntryInside(address.origin, code);
}

function issuerOf(kid, registry, isOld) {
  const key = registry.keys.find((one) => one.kid === kid && one.role === "issue");
  const issuer = key && registry.issuers.find((one) => one.did === key.issuer && one.kind === "programme");
  refuseUnlisted(!issuer, isOld, "we do not know this issuer, so we could not check the signature");
  return { issuer, key };
}

/** Return the time of signing, of which only the day is known: as late in that day as `from` requires. */
function signedAt([begin, end], from) {
  return Math.min(Math.max(begin, from), end);
}

function keyVouches(key, at, isOld) {
  refuseUnlisted(key.state === "proposed", isOld, "the key is not in use yet");
  failIf(key.state in KEY_STATES, ...(KEY_STATES[key.state] ?? []));
  failIf(isOutside(key, at), "V7", "it is signed with a key that was not in use at that time");
}

function inOffice(issuer, at) {
  failIf(isOutside(issuer, at), "V6", `${issuer.name} was not registered when this was signed`);
}

function isOutside({ from, until }, at) {
  return at < from - TOLERANCE || (until !== null && at > until + TOLERANCE);
}

/** Return the three lists on the signer's site: the address on paper is not signed. */
function statusesOf(contents, issuer, trust, clock, maxAge) {
  const site = trust.registry.origins.find((origin) => issuer.did.startsWith(`${webDid(origin)}:`));
  failIf(site === undefined, "V8", "the registry knows no site of this issuer");
  const lists = {};
  for (const purpose of ["revocation", "suspension", "refresh"]) {
    const list = trust.statusList(`${site}/status/${contents.listNumber}/${purpose}`, issuer.did);
    failIf(list.purpose !== purpose, "V8", "a status list is about something else");
    refuseOld(list, issuer, trust, clock, maxAge);
    lists[purpose] = list;
  }
  return lists;
}

function webDid(origin) {
  return `did:web:${origin.replace(/^https?:\/\//, "").replace(":", "%3A")}`;
}

/** Refuse a list that is too old, by the clock, by a newer one at hand or since it came here, or from the future. */
function refuseOld(list, issuer, trust, clock, maxAge) {
  failIf(list.validFrom > clock + TOLERANCE, "V8", "the status list is dated in the future; is the clock right?");
  const isLast = list.validUntil === null && issuer.until !== null && list.validFrom >= issuer.until;
  if (isLast) {
    return;
  }
  const now = trust.now(clock);
  const hasEnded = list.validUntil !== null && now >= list.validUntil;
  const isOld = now - list.validFrom > maxAge || isOldHere(trust.fetchedAt, clock, maxAge);
  const cameNow = trust.fetchedAt !== null && Math.abs(clock - trust.fetchedAt) <= FRESH;
  failIf(hasEnded || isOld, "V8", cameNow ? "the status list that just came is too old" : "the status list is too old");
}

/** Return whether too much of this device's time has passed since the lists came, or its clock was put back. */
function isOldHere(fetchedAt, clock, maxAge) {
  return fetchedAt !== null && (clock - fetchedAt > maxAge || clock < fetchedAt - TOLERANCE);
}
