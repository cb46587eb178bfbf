// The page's words come from its templates: they are in the catalogue, like those of every other page.

const words = new Map();
for (const holder of document.querySelectorAll("template[data-words]")) {
  for (const word of holder.content.querySelectorAll("[data-word]")) {
    words.set(word.dataset.word, word.textContent);
  }
}

const MINUTES_AN_HOUR = 60;
const HOURS_A_DAY = 24;
const HOME = "Europe/London";

/** Return a word or a sentence, its placeholders filled; the name itself if the page has none. */
export function word(name, places = {}) {
  return (words.get(name) ?? name).replace(/\{(\w+)\}/g, (place, key) => places[key] ?? place);
}

/** 14 March 2026: a whole day, which is a day in UTC. */
export function day(at, timeZone = "UTC") {
  return new Intl.DateTimeFormat(language(), { day: "numeric", month: "long", year: "numeric", timeZone }).format(at);
}

/** 14 March 2026, where the programme is. */
export function today(at) {
  return day(at, HOME);
}

/** 2:53pm, where the programme is. */
export function time(at) {
  const options = { hour: "numeric", minute: "2-digit", hour12: true, timeZone: HOME };
  return new Intl.DateTimeFormat(language(), options).format(at).replace(/\s/gu, "").toLowerCase();
}

/** How long ago, rounded up so that nothing looks newer than it is. */
export function age(milliseconds) {
  const minutes = Math.max(1, Math.ceil(milliseconds / 60_000));
  if (minutes < MINUTES_AN_HOUR) {
    return units(minutes, "minute");
  }
  const hours = Math.ceil(minutes / MINUTES_AN_HOUR);
  return hours < 2 * HOURS_A_DAY ? units(hours, "hour") : units(Math.ceil(hours / HOURS_A_DAY), "day");
}

/** 35%: a share from 0 to 1, rounded down so that nothing looks finished before it is. */
export function percent(share) {
  return new Intl.NumberFormat(language(), { style: "percent", roundingMode: "floor" }).format(share);
}

function units(number, unit) {
  return new Intl.NumberFormat(language(), { style: "unit", unit, unitDisplay: "long" }).format(number);
}

function language() {
  return document.documentElement.lang || "en-GB";
}
