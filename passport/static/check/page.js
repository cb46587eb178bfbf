// The check page: takes a code in every way that a browser offers, and shows the answer in place.
import { show } from "./answer.js";
import { Camera, NoCamera } from "./camera.js";
import { answerTo, entriesIn } from "./checking.js";
import { Holdings } from "./holdings.js";
import * as installing from "./installing.js";
import { follow, remember } from "./moves.js";
import { textsIn } from "./reader.js";
import { send } from "./service.js";
import { HOUR, MINUTE, within } from "./times.js";
import { age, percent, word } from "./words.js";

const PATIENT = 12_000;
const EVERY = 15 * MINUTE;
const WAIT_FOR_LISTS = 8000;

const scanner = document.getElementById("scanner");
const parts = Object.fromEntries([...scanner.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
const asking = scanner.closest(".sp-column");
const answering = document.createElement("div");
answering.className = "sp-column sp-column--verdict";
answering.hidden = true;
asking.after(answering);

const title = document.title;
const hours = Number(scanner.dataset.hours);
const camera = new Camera(parts.film);
const holdings = new Holdings(scanner.dataset.roots.split(" ").filter(Boolean));
const opened = holdings.open();
let wasFilming = false;
let isWanted = false; // the camera: false once it was stopped, also while it still starts
let questions = 0;
let kept = 0; // the share of this page stored on this device; null if it stores nothing
let isSending = false;
let shown = null; // the answer on the page: its name in the history, and the texts it is about

start();

function start() {
  scanner.hidden = false;
  parts.start.addEventListener("click", film);
  parts.stop.addEventListener("click", () => stopFilming(""));
  parts.photo.addEventListener("click", () => parts.picture.click());
  parts.picture.addEventListener("change", () => readPicture(parts.picture.files[0]));
  document.addEventListener("visibilitychange", whenSeen);
  document.addEventListener("paste", takePasted);
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", takeDropped);
  document.addEventListener("submit", takeForm);
  window.addEventListener("online", renew);
  window.setInterval(renew, EVERY);
  window.setInterval(sayWhatWeKnow, MINUTE);
  installing.offer(parts.install);
  installing.start({
    isIdle: () => answering.hidden && parts.view.hidden && !isTyped(),
    tell: (part) => {
      kept = part;
      sayWhatWeKnow();
    },
  });
  opened.then(renew);
  follow({ scanned: (text) => answer([text]), returned, restored });
}

/** Show what an entry of the history showed: the answer that is still on the page, or the question. */
function returned(state) {
  const isShown = shown !== null && state?.answer === shown.name;
  if (!isShown) {
    ask();
  }
}

/** Check again what was on the page when it was left: the answer may have changed. */
function restored() {
  if (shown) {
    answer(shown.texts);
  } else {
    renew();
  }
}

// ---------------------------------------------------------------------------------------- the answer

/** Begin a question; the returned function says whether no newer question or step back has come since. */
function newQuestion() {
  questions += 1;
  const own = questions;
  return () => own === questions;
}

/**
 * Clear the page, check these texts and show the results; with newer lists they are checked again. Results that
 * come after a newer question are dropped.
 */
async function answer(texts, isNewest = newQuestion()) {
  stopFilming("checking");
  clear();
  await opened;
  if (holdings.isEmpty) {
    await within(WAIT_FOR_LISTS, holdings.refresh());
  }
  const said = await showAnswers(texts, isNewest);
  if (!isNewest()) {
    return;
  }
  const name = `${performance.timeOrigin}-${questions}`;
  shown = { name, texts };
  const { state } = window.history;
  remember({ answer: name }, { isNew: !state?.answer && !state?.asking });
  performance.mark("passport verdict");
  if (holdings.isStale && (await holdings.refresh())) {
    await showAnswers(texts, isNewest, said);
  }
  sayWhatWeKnow();
}

async function showAnswers(texts, isNewest, before) {
  const answers = await Promise.all(texts.map((text) => answerTo(text, holdings, hours)));
  const said = answers.map(({ kind, result }) => result?.verdict ?? kind).join();
  if (said !== before && isNewest()) {
    const heading = show(answers, answering);
    answering.querySelector("[data-part=another]").addEventListener("click", another);
    answering.querySelector("[data-part=print]").addEventListener("click", () => window.print());
    asking.hidden = true;
    answering.hidden = false;
    document.title = title.replace(/^[^–]*/u, `${heading.textContent} `);
    heading.tabIndex = -1;
    heading.focus();
    window.scrollTo(0, 0);
  }
  return said;
}

function clear() {
  shown = null;
  answering.hidden = true;
  answering.replaceChildren();
  asking.hidden = false;
  document.title = title;
}

function another() {
  remember({ asking: true }); // the next answer takes this place in the history
  ask();
}

/** Go back to the question. Scanning resumes if the last code was scanned. */
function ask() {
  if (camera.isOn) {
    return;
  }
  newQuestion();
  const wasAnswered = shown !== null;
  clear();
  // the check page stands in at the address of a code whose own page could not be fetched
  say(window.location.pathname.startsWith("/c/") && !wasAnswered ? "unreachable" : "");
  if (wasAnswered && wasFilming) {
    film();
  } else if (wasAnswered) {
    parts.start.focus();
  }
}

// ---------------------------------------------------------------------------------------- the camera

async function film() {
  newQuestion();
  say("starting");
  isWanted = true;
  setFilming(true);
  try {
    await camera.start();
  } catch (error) {
    setFilming(false);
    say(error instanceof NoCamera ? error.reason : "unable");
    return;
  }
  if (!isWanted) {
    camera.stop();
    return;
  }
  say("on");
  const impatient = setTimeout(() => camera.isOn && say("slow"), PATIENT);
  const text = await camera.read();
  clearTimeout(impatient);
  if (text !== null) {
    performance.mark("passport code");
    wasFilming = true;
    await answer([text]);
  }
}

function stopFilming(status) {
  isWanted = false;
  camera.stop();
  setFilming(false);
  wasFilming = wasFilming && status === "checking";
  say(status);
}

function setFilming(isOn) {
  parts.view.hidden = !isOn;
  parts.stop.hidden = !isOn;
  parts.start.hidden = isOn;
  parts.photo.hidden = isOn;
}

function whenSeen() {
  if (document.hidden && camera.isOn) {
    stopFilming("paused");
  } else if (!document.hidden) {
    renew();
  }
}

// ---------------------------------------------------------------------------------------- photos and text

async function readPicture(file) {
  parts.picture.value = "";
  if (!file) {
    return;
  }
  stopFilming("reading");
  const isNewest = newQuestion();
  const texts = await textsIn(file).catch(() => null);
  if (!isNewest()) {
    return;
  }
  performance.mark("passport code");
  if (texts?.length) {
    await answer(texts, isNewest);
  } else {
    say(texts ? "no code" : "no picture");
  }
}

function takeDropped(event) {
  event.preventDefault(); // or the browser would open what was dropped
  take(event.dataTransfer);
}

function takePasted(event) {
  const isTyping = event.target.closest?.("input, textarea");
  if (!isTyping && take(event.clipboardData)) {
    event.preventDefault();
  }
}

/** Read a picture or a text that was dropped or pasted; true if there was one. */
function take(transfer) {
  const [file] = transfer?.files ?? [];
  const text = transfer?.getData("text/plain").trim();
  if (file) {
    readPicture(file);
  } else if (text) {
    const entries = entriesIn(text);
    answer(entries.length ? entries : [text]);
  }
  return Boolean(file || text);
}

/** Return whether the user has begun to fill in a form of the page. */
function isTyped() {
  return [...asking.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value);
}

/**
 * Handle a form that is about to be sent. An entry in it is checked here and stays here; a picture is
 * scanned here first; the rest goes to the service, if that can be reached.
 */
function takeForm(event) {
  const fields = new FormData(event.target);
  const entries = [...fields.values()].filter((value) => typeof value === "string").flatMap(entriesIn);
  if (entries.length) {
    event.preventDefault();
    answer(entries);
  } else {
    event.preventDefault();
    sendForm(event.target, fields.get("file"));
  }
}

/** Send a form; if the service cannot be reached, the page answers itself and keeps what was typed. */
async function sendForm(form, file) {
  if (isSending) {
    return;
  }
  isSending = true;
  say("checking");
  const isSent = await send(form);
  isSending = false;
  if (isSent) {
    return;
  }
  if (file?.type?.startsWith("image/")) {
    readPicture(file);
  } else {
    say("offline");
    parts.status.scrollIntoView({ block: "center" });
  }
}

// ---------------------------------------------------------------------------------------- what we know

async function renew() {
  await opened;
  sayWhatWeKnow();
  if (holdings.isStale && !document.hidden) {
    await holdings.refresh();
    sayWhatWeKnow();
  }
}

function sayWhatWeKnow() {
  const { madeAt } = holdings;
  const old = Date.now() - (madeAt ?? 0);
  const tooOld = madeAt !== null && old > hours * HOUR;
  const canCheck = madeAt !== null && !tooOld;
  const lacking = madeAt === null ? "knows nothing" : holdings.isStale ? "knows too little" : "why late";
  const lists = holdings.running ? "getting" : lacking;
  parts.known.textContent = word(canCheck ? readiness() : lists, { age: age(old), part: percent(kept ?? 0) });
}

/** Show how ready this device is, once it can check at all: also after the page is closed and offline? */
function readiness() {
  if (kept === 1 && holdings.isKept) {
    return "knows";
  }
  return kept === null || kept === 1 ? "knows here" : "keeping";
}

function say(status) {
  parts.status.textContent = status && word(status);
}
