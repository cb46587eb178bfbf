// What somebody types on a phone that they said is their own stays on it, too, until the service has it. It goes when
// they take that back, sign out, or somebody else signs in here, and after a week.
const OWN = "sp-own-phone";
const COPY = "sp-copy:";
const WEEK = 7 * 24 * 60 * 60 * 1000;

// where a browser is told to keep nothing, asking for its store fails
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
    // a phone without room keeps none: the page has it still, and says that it is not sent
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

// `person` is whoever is signed in on this page; nobody is told apart from somebody else
export function tidy(person) {
  if (person && !isChosen(person)) forgetAll();
  for (const name of names()) {
    const at = find(name.slice(COPY.length))?.at;
    if (!(at > Date.now() - WEEK)) store()?.removeItem(name);
  }
}
