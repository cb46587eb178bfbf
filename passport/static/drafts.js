// Saves a draft while it is typed: in the service, as its own button would, and on this phone only if its owner
// said so. Without scripts, the button saves it.
import * as copies from "./copies.js";

const PAUSE = 2000;
const RETRY = 10000;
const PATIENCE = 15000;
const place = document.querySelector("[data-keeping]");
const form = place.closest("form");
const own = place.querySelector("input");
const choice = place.querySelector("[data-keeping-choice]");
const { keeping: page, person } = place.dataset;
let kept = typed("defaultValue");
let waits;
let last = Promise.resolve();
let isDone = false;

// hidden fields belong to the page, and hold nothing that the user typed
function typed(as = "value") {
  const fields = [...form.elements].filter(({ name, type }) => name && type !== "hidden" && type !== "submit");
  return JSON.stringify(fields.map((field) => [field.name, field[as]]));
}

function say(what, time) {
  for (const one of place.querySelectorAll("[data-keeping-words]")) one.hidden = one.dataset.keepingWords !== what;
  if (time) place.querySelector("[data-keeping-time]").textContent = time;
}

function send(leaving) {
  const headers = { Accept: "application/json" };
  const signal = leaving ? undefined : AbortSignal.timeout(PATIENCE);
  const request = { method: "POST", headers, body: new FormData(form), keepalive: leaving, redirect: "manual", signal };
  return fetch(location.href, request);
}

// "kept"; "refused" if the service answers otherwise; "lost" without a connection
async function save(leaving = false) {
  clearTimeout(waits);
  const now = typed();
  if (now === kept) return "kept";
  try {
    const answer = await send(leaving);
    if (answer.status === 409) say("overtaken");
    if (!answer.ok) return "refused";
    const told = await answer.json();
    kept = now;
    if (typed() === now) copies.forget(page);
    say("kept", told.kept);
    return "kept";
  } catch (error) {
    if (error.name === "TimeoutError") return "refused";
    waits = setTimeout(saveInTurn, RETRY);
    say(own.checked ? "on this phone" : "no connection");
    return "lost";
  }
}

// one after the other: what was typed first never arrives last
function saveInTurn() {
  last = last.then(() => save());
  return last;
}

function changed() {
  clearTimeout(waits);
  waits = setTimeout(saveInTurn, PAUSE);
  if (own.checked) copies.keep(page, { before: kept, typed: typed() });
}

function choose() {
  if (!own.checked) return copies.forgetAll();
  copies.choose(person);
  if (typed() !== kept) changed();
}

function fill(text) {
  const values = JSON.parse(text);
  for (const field of form.querySelectorAll("textarea, input[name]:not([type=hidden])")) {
    const next = values.findIndex(([name]) => name === field.name);
    if (next >= 0) field.value = values.splice(next, 1)[0][1];
    field.dispatchEvent(new Event("keyup"));
  }
}

function restore(copy) {
  choice.hidden = true;
  fill(copy.typed);
  say("restored");
  changed();
}

// What changed elsewhere, or was typed before this script loaded, is not overwritten: the student chooses.
function giveBack() {
  const copy = copies.find(page);
  if (copy === null || copy.typed === kept) return copies.forget(page);
  if (copy.before === kept && typed() === kept) return restore(copy);
  place.querySelector("[data-keeping-text]").textContent = JSON.parse(copy.typed).find(([name]) => name === "narrative")[1];
  place.querySelector("[data-keeping-use]").addEventListener("click", () => restore(copy));
  choice.hidden = false;
}

// Without a connection the form stays here, instead of being lost on an error page of the browser.
async function sendWhole(event) {
  if (isDone || (typed() === kept && navigator.onLine)) return;
  event.preventDefault();
  clearTimeout(waits);
  if (!navigator.onLine) kept = "";
  if ((await saveInTurn()) === "lost") return;
  isDone = true;
  form.submit();
}

place.hidden = false;
own.checked = copies.isChosen(person);
own.addEventListener("change", choose);
form.addEventListener("input", (event) => event.target !== own && changed());
form.addEventListener("submit", sendWhole);
addEventListener("online", saveInTurn);
document.addEventListener("visibilitychange", () => document.hidden && !isDone && save(true));
addEventListener("pageshow", () => (isDone = false));
if (own.checked) giveBack();
// on a slow connection a user may type before this script has loaded
if (typed() !== kept) changed();
