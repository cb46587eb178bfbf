// Warns before a sign-in expires, and lets the user stay without leaving the page. Without scripts, pages rendered
// in the last minutes warn, the button opens a tab of its own, and what is sent too late is kept.
const WARNED = 15 * 60 * 1000;
const place = document.querySelector("[data-ends]");
const near = place.querySelector("[data-ends-words=near]");
const over = place.querySelector("[data-ends-words=over]");
const stays = document.querySelector("[data-ends-stays]");
const form = place.querySelector("form");
const tabs = new BroadcastChannel("sign-in");
let ends = Date.now() + 1000 * place.dataset.ends;

function look() {
  const left = ends - Date.now();
  near.hidden = left <= 0;
  over.hidden = left > 0;
  if (form) form.hidden = left <= 0;
  place.hidden = left > WARNED;
}

function goesOn({ seconds, until }) {
  ends = Date.now() + 1000 * seconds;
  place.querySelector("[data-ends-until]").textContent = until;
  look();
}

async function stay(event) {
  event.preventDefault();
  try {
    const request = { method: "POST", headers: { Accept: "application/json" }, body: new FormData(form), redirect: "manual" };
    const answer = await fetch(form.action, request);
    if (!answer.ok) {
      ends = Date.now();
      look();
      return;
    }
    const told = await answer.json();
    goesOn(told);
    stays.textContent = stays.dataset.endsStays.replace("{until}", told.until);
    tabs.postMessage(told);
  } catch {
    // without a network the warning stays, and so does the button
  }
}

tabs.onmessage = (message) => goesOn(message.data);
if (form) {
  form.addEventListener("submit", stay);
  form.querySelector("[data-ends-tab]").remove();
}
document.addEventListener("visibilitychange", look);
setInterval(look, 10000);
look();
