// The service worker of the check page. The service prepends the list of files, under a hash of them all: another
// file makes another worker, and what it stores is replaced as a whole.
//
// It answers for /check and /c/… and for the page's own files; if the front page cannot be fetched it leads to
// /check. Everything else, and every page of an account, bypasses it. It stores the check page and static files
// alone, and fetches them without cookies; lists and registry it leaves to the page.

const { version, page, files } = self.SHELL;
const NAME = `passport-check-${version}`;
const PREFIX = "passport-check-";
const CODES = "/c/";
const FRONT = "/";
const PATIENCE = 8000;

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

self.addEventListener("message", (event) => {
  event.waitUntil(complete());
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
      event.respondWith(fromServer(request, () => kept(page)));
    } else if (pathname === FRONT) {
      event.respondWith(fromServer(request, () => Response.redirect(page)));
    }
  } else if (files.includes(pathname)) {
    event.respondWith(fileFor(event, pathname));
  }
});

async function install() {
  await complete();
  await self.skipWaiting();
}

/** Fetch what is not stored yet, and report progress to every page. Throws if a file cannot be fetched. */
async function complete() {
  const cache = await caches.open(NAME);
  const wanted = [page, ...files];
  const held = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  const missing = wanted.filter((address) => !held.has(address));
  let count = wanted.length - missing.length;
  await tell(count, wanted.length);
  const get = async (address) => {
    // without cookies, and past the browser's own cache: every visitor stores the same page
    await cache.add(new Request(address, { cache: "reload", credentials: "omit" }));
    count += 1;
    await tell(count, wanted.length);
  };
  await Promise.all(missing.map(get));
}

async function tell(count, of) {
  const pages = await self.clients.matchAll({ includeUncontrolled: true, type: "window" });
  for (const client of pages) {
    client.postMessage({ kept: count, of });
  }
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

/** Pages served by this worker get their files from it too; others from the service, so that the two match. */
async function fileFor(event, address) {
  const client = await self.clients.get(event.clientId);
  const { pathname } = new URL(client?.url ?? self.location.origin);
  if (pathname === page || pathname.startsWith(CODES)) {
    return kept(address);
  }
  return fetch(event.request).catch(() => kept(address)); // a browser may not know yet whose file it is
}

/** Fetch the page from the service; if that cannot be reached, return the stand-in. */
async function fromServer(request, standIn) {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    return response.status < 500 ? response : await standIn();
  } catch {
    return standIn();
  }
}
