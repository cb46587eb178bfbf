// Follows the tab's address and history. fragment.js listens before this module does and has taken the digits.

let last = window.history.state;

/**
 * Call `scanned(text)` for an address that holds an entry, now or later; `returned(state)` for every other entry of
 * the history, also the one that the page was opened on; `restored()` when the browser shows the page again as it
 * was left. A jump to a place on the page is none of these.
 */
export function follow({ scanned, returned, restored }) {
  const arrived = () => {
    const text = window.passportScanned;
    delete window.passportScanned;
    last = window.history.state;
    if (text === undefined) {
      returned(last);
    } else {
      scanned(text);
    }
  };
  window.addEventListener("popstate", () => {
    const isJump = window.history.state === null && window.location.hash !== "";
    if (isJump) {
      window.history.replaceState(last, ""); // the new entry shows what the one before it shows
    } else {
      arrived();
    }
  });
  window.addEventListener("hashchange", () => window.passportScanned !== undefined && arrived());
  window.addEventListener("pageshow", (event) => event.persisted && restored());
  arrived();
}

/** Store what the current entry of the history shows; a new entry with `isNew`. */
export function remember(state, { isNew = false } = {}) {
  last = state;
  if (isNew) {
    window.history.pushState(state, "");
  } else {
    window.history.replaceState(state, "");
  }
}
