// Takes what follows the # of a code's address, which is the entry itself, out of the address bar and the history
// before anything else runs: when the page is parsed, and whenever the fragment or the history changes. That
// includes digits that cannot be read; only the name of a place on the page, as in a skip link, stays.
// A plain script, so that it runs while the page is still being parsed and listens before every module does.
{
  const PLACE = /^#[A-Za-z][A-Za-z-]*[0-9]{0,3}$/;

  const take = () => {
    const { hash, origin, pathname, search } = window.location;
    if (hash === "" || PLACE.test(hash)) {
      return;
    }
    window.passportScanned = origin + pathname + hash;
    document.documentElement.dataset.paper = "reading"; // styles hide an answer that may not belong to these digits
    window.history.replaceState({ paper: "unread" }, "", pathname + search);
  };

  for (const change of ["popstate", "hashchange", "pageshow"]) {
    window.addEventListener(change, take);
  }
  take();
}
