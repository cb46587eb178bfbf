// First of all: what follows the # in a code's address is the entry itself. It leaves the address bar, and so the
// history, before anything else runs. A plain script, so that it runs while the page is still being read.
{
  const { hash, origin, pathname, search } = window.location;
  if (/^#[0-9]/.test(hash)) {
    window.passportScanned = origin + pathname + hash;
    window.history.replaceState(null, "", pathname + search);
  }
}
