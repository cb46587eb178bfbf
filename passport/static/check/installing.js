// Keeps the page on this device: registers the service worker, offers to install, and takes over new versions.

const WORKER = "/sw.js";
const SCOPE = "/c"; // /check and /c/…

/** Register; `isIdle` says whether the page may be loaded again without anybody losing anything. */
export async function start({ button, isIdle }) {
  offer(button);
  if (!navigator.serviceWorker) {
    return;
  }
  let { controller } = navigator.serviceWorker;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (controller && isIdle()) {
      window.location.reload(); // the first one changes nothing, a later one is a new version
    }
    ({ controller } = navigator.serviceWorker);
  });
  try {
    await navigator.serviceWorker.register(WORKER, { scope: SCOPE, updateViaCache: "none" });
    await navigator.storage?.persist?.();
  } catch {
    // without a connection, or where nothing may be kept: the page checks all the same while it is open
  }
}

/** Where the browser can keep the page as an app, a button asks it to. */
function offer(button) {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    button.hidden = false;
    button.addEventListener("click", () => event.prompt(), { once: true });
  });
  window.addEventListener("appinstalled", () => (button.hidden = true));
}
