// What this device stores between two visits: one signed registry, the status lists, and when they came.
// One record, so that it is replaced whole or not at all. Nothing of any code is ever stored.

const DATABASE = "passport-check";
const STORE = "held";
const RECORD = "trust";

/** Return the record, or undefined if there is none, or if this browser stores nothing. */
export async function load() {
  try {
    const database = await open();
    return await done(database.transaction(STORE).objectStore(STORE).get(RECORD));
  } catch {
    return undefined;
  }
}

/** Store a record, unless another tab has stored a later registry. A browser that stores nothing is no error. */
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
