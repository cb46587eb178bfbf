// Stores the check page on this device: registers the service worker, reports progress, and applies new versions.

const WORKER = "/sw.js";
const SCOPE = "/"; // the front page leads to the check page if the service cannot be reached
const FORMER_SCOPE = "/c";

/**
 * Register. `isIdle` says whether the page may be reloaded without losing any input. `tell` is called with
 * the share of the page that this device has stored, 0 to 1, as it grows, and with null if it stores nothing.
 */
export async function start({ isIdle, tell }) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) {
    tell(null);
    return;
  }
  let { controller } = serviceWorker;
  serviceWorker.addEventListener("message", ({ data }) => tell(data.kept / data.of));
  serviceWorker.addEventListener("controllerchange", () => {
    if (controller && isIdle()) {
      window.location.reload(); // the first one changes nothing, a later one is a new version
    }
    ({ controller } = serviceWorker);
  });
  try {
    const registration = await serviceWorker.register(WORKER, { scope: SCOPE, updateViaCache: "none" });
    registration.installing?.addEventListener("statechange", ({ target }) => {
      if (target.state === "redundant" && !registration.active) {
        tell(null); // a file could not be fetched
      }
    });
    await leaveFormerScope();
  } catch {
    // without a connection, or if storing is not allowed
    const registration = await serviceWorker.getRegistration(SCOPE).catch(() => undefined);
    if (!registration?.active) {
      tell(null);
      return;
    }
  }
  // a browser may have evicted some of it: the worker checks
  (await serviceWorker.ready).active.postMessage("what is kept");
  await navigator.storage?.persist?.().catch(() => false);
}

/** If the browser can install the page as an app, let a button offer it. */
export function offer(button) {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    button.hidden = false;
    button.addEventListener("click", () => event.prompt(), { once: true });
  });
  window.addEventListener("appinstalled", () => (button.hidden = true));
}

async function leaveFormerScope() {
  const all = await navigator.serviceWorker.getRegistrations();
  const former = all.filter(({ scope }) => new URL(scope).pathname === FORMER_SCOPE);
  await Promise.all(former.map((one) => one.unregister()));
}
