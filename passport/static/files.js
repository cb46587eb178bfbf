// Photos and PDFs that are being scanned: show how far they are without a reload, so that a chosen file stays
// chosen. Without scripts the page reloads itself.
const WAIT = 2000;
// a scan takes seconds; after this many polls the page stays as it is
let looks = 60;

async function look() {
  const shown = document.querySelector("[data-files]");
  try {
    const answer = await fetch(window.location.pathname, { cache: "no-store" });
    if (answer.ok && !answer.redirected) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.querySelector("[data-files]");
      if (now && now.textContent !== shown.textContent) shown.replaceChildren(...now.childNodes);
      if (now && !("pending" in now.dataset)) return;
    }
  } catch {
    // no network for a while: the next poll may succeed
  }
  looks -= 1;
  if (looks > 0) setTimeout(look, WAIT);
}
setTimeout(look, WAIT);
