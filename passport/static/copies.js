// A draft typed on a phone that its owner said is their own is also stored on it until the service has it. It is
// deleted when they withdraw that, sign out, or another account signs in here, and after a week.
const OWN = "sp-own-phone";
const COPY = "sp-copy:";
const WEEK = 7 * 24 * 60 * 60 * 1000;

// if the browser is set to store nothing, opening its store fails
function store() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function names() {
  return Object.keys(store() ?? {}).filter((name) => name.startsWith(COPY));
}

export function isChosen(person) {
  return store()?.getItem(OWN) === person;
}

export function choose(person) {
  store()?.setItem(OWN, person);
}

export function forgetAll() {
  for (const name of [OWN, ...names()]) store()?.removeItem(name);
}

export function keep(page, copy) {
  try {
    store()?.setItem(COPY + page, JSON.stringify({ ...copy, at: Date.now() }));
  } catch {
    // a phone without room stores none: the page still has it, and says that it is not sent
  }
}

export function find(page) {
  try {
    return JSON.parse(store()?.getItem(COPY + page) ?? "null");
  } catch {
    return null;
  }
}

export function forget(page) {
  store()?.removeItem(COPY + page);
}

// `person` is the account signed in on this page; a page without a sign-in deletes no account's copies
export function tidy(person) {
  if (person && !isChosen(person)) forgetAll();
  for (const name of names()) {
    const at = find(name.slice(COPY.length))?.at;
    if (!(at > Date.now() - WEEK)) store()?.removeItem(name);
  }
}
