// A list that is being checked: shows how far it is, and opens the results when they are ready. The page also
// works without this: it has a link, and without scripts it reloads itself.
const place = document.querySelector("[data-desk]");
const words = place.querySelector("[data-desk-words]");
const bar = place.querySelector("progress");

async function look() {
  try {
    const answer = await fetch(place.dataset.desk, { cache: "no-store" });
    if (answer.status === 404 || answer.status === 410) {
      window.location.reload();
      return;
    }
    const told = await answer.json();
    if (told.finished) {
      window.location.reload();
      return;
    }
    const now = words.dataset.deskWords.replace("{done}", told.done).replace("{total}", told.total);
    if (words.textContent !== now) words.textContent = now;
    bar.value = told.done;
  } catch {
    // no network for a while: the next poll may succeed
  }
  setTimeout(look, 2000);
}
setTimeout(look, 1000);
