// Whom this page believes, and what it holds to check with. No fetching here: `refresh` has the files.
import { Failed, failing, Malformed } from "./errors.js";
import { believe } from "./registry.js";
import * as statuslist from "./statuslist.js";

const VOUCHING = ["active", "retired"];

/** A registry that we believe, with status lists, verified or not. */
export class Trust {
  /** `newest` is a signed time that we held before; `fetchedAt` is when the lists came, by this device's clock. */
  constructor(registry, lists, { newest = 0, fetchedAt = null } = {}) {
    this.registry = registry;
    this.fetchedAt = fetchedAt;
    this.lists = lists;
    const made = [...lists.values()].filter((list) => !(list instanceof Failed)).map((list) => list.validFrom);
    this.newest = Math.max(newest, ...made);
  }

  /** Verify the lists (documents by address) that came with a registry. */
  static async of(registry, documents, held) {
    const verified = Object.entries(documents).map(async ([url, document]) => [url, await outcome(url, document, registry)]);
    return new Trust(registry, new Map(await Promise.all(verified)), held);
  }

  /** Read a bundle.json as text, signed by one of these root keys. Throws TrustError. */
  static async fromBundle(text, rootKeys, held) {
    const { registry, statusLists } = JSON.parse(text);
    return Trust.of(await believe(JSON.stringify(registry), rootKeys), statusLists, held);
  }

  /**
   * Return the later of a clock and the newest signed time that we hold: a clock that is behind, or was put back,
   * cannot make an old list fresh.
   */
  now(clock) {
    return Math.max(clock, this.newest);
  }

  /** Return whether keys may have been registered since: it has expired, or no list is fresh. The last is never old. */
  isOld(clock, maxAge) {
    const { expires } = this.registry;
    const now = this.now(clock);
    return expires !== null && (now >= expires || now - this.newest > maxAge);
  }

  /** Return a status list that a status key of this issuer signed. Throws Failed (V8). */
  statusList(url, issuer) {
    const list = this.lists.get(url);
    if (list === undefined) {
      throw new Failed("V8", "there is no status list to look into");
    }
    if (list instanceof Failed) {
      throw list;
    }
    if (list.issuer !== issuer) {
      throw new Failed("V8", "the status list is another issuer's");
    }
    return list;
  }
}

async function outcome(url, document, registry) {
  try {
    return await failing("V8", () => verified(url, document, registry));
  } catch (error) {
    return error instanceof Failed ? error : new Failed("V8", String(error));
  }
}

async function verified(url, document, registry) {
  const list = statuslist.read(document);
  if (list.url !== url) {
    throw new Malformed("the status list is another one");
  }
  const key = registry.keys.find(
    (one) => one.role === "status" && one.issuer === list.issuer && list.method === `${list.issuer}#status-${one.kid}`,
  );
  if (!key || !VOUCHING.includes(key.state)) {
    throw new Malformed("the status list is not signed with a status key of the issuer");
  }
  if (!(await statuslist.holds(list, key.publicKey))) {
    throw new Malformed("the signature of the status list does not hold");
  }
  return { ...list, bits: await statuslist.bits(list) };
}
