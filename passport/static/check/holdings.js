// What this page checks with, and how it is updated. It fetches whole lists only, the same for every visitor:
// no request says what is being checked.
import { Failed, TrustError } from "./errors.js";
import { acceptNext, believe, claimedVersion } from "./registry.js";
import * as store from "./store.js";
import { FRESH } from "./times.js";
import { Trust } from "./trust.js";

const BUNDLE = "/bundle.json";
const LARGEST = 16 * 1024 * 1024;
const MOST_VERSIONS = 100;
const PATIENCE = 20_000;
const PLAIN = { cache: "no-cache", credentials: "omit", referrerPolicy: "no-referrer", redirect: "error" };

/** Registry and lists of one service: what was stored, and what is fetched. `clock` returns milliseconds. */
export class Holdings {
  /** `rootKeys` are those that the page was delivered with, as Multikey values. */
  constructor(rootKeys, clock = Date.now) {
    this.rootKeys = rootKeys;
    this.clock = clock;
    this.trust = null;
    this.signed = null;
    this.running = null;
    this.isKept = false; // on this device, for the next visit
  }

  /** Load what this device stored, and verify all of it again. What another service stored is deleted. */
  async open() {
    const record = await store.load();
    if (record) {
      try {
        const registry = await believe(record.registry, this.rootKeys);
        this.trust = await Trust.of(registry, record.lists, record);
        this.signed = record.registry;
        this.isKept = true;
      } catch {
        await store.forget();
      }
    }
    return this;
  }

  /** Return whether there is anything to check with. */
  get isEmpty() {
    return this.trust === null;
  }

  /** Return when the oldest believable list was made, by its own statement; null if there is none. */
  get madeAt() {
    const good = this.trust ? [...this.trust.lists.values()].filter((list) => !(list instanceof Failed)) : [];
    return good.length ? Math.min(...good.map((list) => list.validFrom)) : null;
  }

  /** Return whether newer lists may exist by now. */
  get isStale() {
    return this.isEmpty || this.trust.fetchedAt === null || Math.abs(this.clock() - this.trust.fetchedAt) > FRESH;
  }

  /** Fetch what is newer and store it; true on success. Concurrent calls share one fetch. */
  refresh() {
    this.running ??= this.#refresh()
      .then(() => true, () => false)
      .finally(() => (this.running = null));
    return this.running;
  }

  async #refresh() {
    const bundle = JSON.parse(await fetched(BUNDLE));
    const offered = JSON.stringify(bundle.registry);
    const { registry, signed } = await this.#follow(offered);
    const came = await Trust.of(registry, bundle.statusLists);
    const kept = this.trust ? await Trust.of(registry, documentsOf(this.trust)) : came;
    const lists = newer(kept.lists, came.lists);
    const newest = Math.max(this.trust?.newest ?? 0, came.newest);
    this.trust = new Trust(registry, lists, { newest, fetchedAt: this.clock() });
    this.signed = signed;
    const { fetchedAt } = this.trust;
    const documents = documentsOf(this.trust);
    this.isKept = await store.save({ version: registry.version, registry: signed, lists: documents, newest, fetchedAt });
    if (signed !== offered) {
      throw new TrustError("the registry that was offered does not follow ours");
    }
  }

  /**
   * Go from the registry that we hold to the one that is offered, through every version between. One that does not
   * follow is refused, and ours stays: it expires by itself.
   */
  async #follow(offered) {
    if (this.isEmpty) {
      return { registry: await believe(offered, this.rootKeys), signed: offered };
    }
    let { registry } = this.trust;
    let { signed } = this;
    try {
      const last = await claimedVersion(offered);
      for (let version = registry.version + 1; version < Math.min(last, registry.version + MOST_VERSIONS); version += 1) {
        const between = await fetched(`/registry/${version}.json`);
        [registry, signed] = [await acceptNext(registry, between), between];
      }
      return { registry: await acceptNext(registry, offered), signed: offered };
    } catch {
      return { registry, signed };
    }
  }
}

async function fetched(address) {
  const response = await fetch(address, { ...PLAIN, signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok) {
    throw new TrustError(`${address} cannot be had: ${response.status}`);
  }
  const text = await response.text();
  if (text.length > LARGEST) {
    throw new TrustError(`${address} is too large`);
  }
  return text;
}

function documentsOf(trust) {
  const good = [...trust.lists].filter(([, list]) => !(list instanceof Failed));
  return Object.fromEntries(good.map(([url, list]) => [url, list.document]));
}

/** Of two lists of one address take the newer one that can be believed: an older one is no update. */
function newer(kept, came) {
  const lists = new Map(kept);
  for (const [url, list] of came) {
    const held = lists.get(url);
    const isBetter = !held || held instanceof Failed || (!(list instanceof Failed) && list.validFrom >= held.validFrom);
    if (isBetter) {
      lists.set(url, list);
    }
  }
  return lists;
}
