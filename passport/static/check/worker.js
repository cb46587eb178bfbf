// The service worker of the check page. The service puts the list of files before it, under a hash of them all:
// another file is another worker, and what it keeps is replaced as a whole.
//
// It answers for /check and /c/… and for the page's own files. Lists and registry it leaves to the page.

const { version, page, files } = self.SHELL;
const NAME = `passport-check-${version}`;
const PREFIX = "passport-check-";
const CODES = "/c/";
const PATIENCE = 8000;

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) {
    return;
  }
  if (request.mode === "navigate") {
    if (pathname === page && !search) {
      event.respondWith(kept(page));
    } else if (pathname === page || pathname.startsWith(CODES)) {
      event.respondWith(fromServer(request));
    }
  } else if (files.includes(pathname)) {
    event.respondWith(kept(pathname));
  }
});

async function install() {
  const cache = await caches.open(NAME);
  // as a stranger, and past the browser's own cache: everybody keeps the same page
  const wanted = [page, ...files].map((address) => new Request(address, { cache: "reload", credentials: "omit" }));
  await cache.addAll(wanted);
  await self.skipWaiting();
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function kept(address) {
  const cache = await caches.open(NAME);
  return (await cache.match(address)) ?? fetch(address);
}

/** A code's page comes from the service; where that cannot be reached, the check page stands in for it. */
async function fromServer(request) {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    return response.status < 500 ? response : await kept(page);
  } catch {
    return kept(page);
  }
}
