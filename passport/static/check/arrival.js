// On the page of a code, for an entry's printed code: does the paper say what the service says?
//
// The service was asked for the code alone. The paper's contents are checked here, and stay here. Until that is
// done the service's answer is hidden: it is about the code, and a forged paper may carry a genuine one.
import { follow, remember } from "./moves.js";

const WAIT_FOR_LISTS = 8000;

const place = document.getElementById("arrival");
const { title } = document;
let readings = 0;
let reader = null;

follow({ scanned: compare, returned: recall, restored: () => window.location.reload() });

/** Load the reader with the first printed code: most people typed a code, and their page stays light. */
function load() {
  reader ??= Promise.all([import("./checking.js"), import("./holdings.js"), import("./times.js")]).then(
    async ([{ answerTo }, { Holdings }, { within }]) => {
      const holdings = new Holdings(place.dataset.roots.split(" ").filter(Boolean));
      await holdings.open();
      return { answerTo, holdings, within };
    },
  );
  return reader;
}

/** Compare one printed code; the result is dropped if another code came meanwhile. */
async function compare(text) {
  readings += 1;
  const own = readings;
  const isNewest = () => own === readings;
  say("reading");
  try {
    const { holdings, within } = await load();
    if (holdings.isStale) {
      await within(WAIT_FOR_LISTS, holdings.refresh());
    }
    await tell(text, isNewest);
    if (holdings.isStale && isNewest() && (await holdings.refresh())) {
      await tell(text, isNewest);
    }
  } catch (error) {
    reader = null; // the reader could not be loaded: the next code tries again
    console.error(error);
    if (isNewest()) {
      say("unread");
    }
  }
}

async function tell(text, isNewest) {
  const { answerTo, holdings } = await load();
  const hours = Number(place.dataset.hours);
  const found = holdings.isEmpty ? "unread" : judge(await answerTo(text, holdings, hours), holdings);
  if (isNewest()) {
    remember({ paper: found });
    say(found);
  }
}

/**
 * Show what the history knows of a paper whose digits are gone: that it was altered, or that it has to be scanned
 * again. A paper that matched is not confirmed again.
 */
function recall(state) {
  readings += 1;
  const paper = state?.paper;
  say(paper && paper !== "altered" ? "unread" : (paper ?? "none"));
}

/** Clear the result for an earlier paper and show this one: "reading", "altered", "same", "unread" or "none". */
function say(found) {
  document.documentElement.dataset.paper = found;
  const template = document.querySelector(`template[data-arrival="${found}"]`);
  place.replaceChildren(...(template ? [template.content.cloneNode(true)] : []));
  const heading = place.querySelector("strong");
  document.title = heading ? title.replace(/^[^–]*/u, `${heading.textContent} `) : title;
}

/** "altered", "same", "unread" if the lists may be too old to know, or "none" if there is no entry to compare. */
function judge({ kind, result }, holdings) {
  if (kind === "share" || kind === "page") {
    return "none"; // what other software adds to an address after the #
  }
  const outcome = (name) => result.checks.find((check) => check.name === name).outcome;
  if (!result || outcome("signature") === "failed") {
    return "altered";
  }
  if (outcome("shape") === "failed") {
    return "unread"; // damaged on its way: it is to be scanned again
  }
  if (result.verdict === "V6" && outcome("signature") !== "passed") {
    return holdings.isStale ? "unread" : "altered"; // another key under a code of ours
  }
  if (outcome("signature") !== "passed") {
    return "unread";
  }
  const { contents } = result;
  if (!contents || !document.querySelector(".sp-holder__name")) {
    return "none";
  }
  const shown = place.closest("main").textContent;
  return [contents.holderName, contents.school, contents.skill].every((part) => shown.includes(part)) ? "same" : "altered";
}
