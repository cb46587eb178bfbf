// What this device keeps between two visits: one signed registry, the status lists, and when they came.
// One record, so that it is replaced whole or not at all. Nothing of any code is ever kept.

const DATABASE = "passport-check";
const STORE = "held";
const RECORD = "trust";

/** Give the record, or undefined where there is none, or where this browser keeps nothing. */
export async function load() {
  try {
    const database = await open();
    return await done(database.transaction(STORE).objectStore(STORE).get(RECORD));
  } catch {
    return undefined;
  }
}

/** Keep a record, unless another tab keeps a later registry already. A browser that keeps nothing is no error. */
export async function save(record) {
  try {
    const store = (await open()).transaction(STORE, "readwrite").objectStore(STORE);
    const held = await done(store.get(RECORD));
    if (!held || held.origin !== record.origin || held.version <= record.version) {
      await done(store.put(record, RECORD));
    }
    return true;
  } catch {
    return false;
  }
}

export async function forget() {
  await done((await open()).transaction(STORE, "readwrite").objectStore(STORE).delete(RECORD));
}

let opening;

function open() {
  if (!opening) {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    opening = done(request);
  }
  return opening;
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
