// Shows the result of a check. Text from a code is inserted as text, never as markup.
import { pretty } from "./address.js";
import { DISCLOSURE } from "./disclosure.js";
import { DAY } from "./times.js";
import { age, day, time, today, word } from "./words.js";

// The worst first; the codes of other sites rank with those that are not genuine.
const SEVERITY = ["V7", "elsewhere", "V2", "V8", "V10", "V9", "V6", "badge", "nothing", "page", "share", "V3", "V4", "V5", "V1"];
const LONGEST_SHOWN = 300;

/**
 * Fill `place` with the answers to several codes, the worst first; returns the heading. An answer is
 * {kind: "result", result}, {kind: "share", code, origin}, {kind: "elsewhere", text, code}, {kind: "badge", text}, {kind: "page"} or {kind:
 * "nothing", text}.
 */
export function show(answers, place) {
  const sorted = [...answers].sort((one, other) => rank(one) - rank(other));
  const hasSeveral = sorted.length > 1;
  const parts = sorted.map((answer) => section(answer, hasSeveral ? "h2" : "h1"));
  const top = hasSeveral ? [clone("view", "several")] : [];
  place.replaceChildren(...top, ...parts, clone("view", "end"));
  const isToLookUp = answers.some((answer) => answer.kind === "share");
  place.querySelector("[data-part=another]").classList.toggle("govuk-button--secondary", isToLookUp);
  return place.querySelector("h1");
}

function rank({ kind, result }) {
  return SEVERITY.indexOf(kind === "result" ? result.verdict : kind);
}

function section(answer, level) {
  const made = document.createElement("section");
  made.className = "sp-answered";
  const views = {
    result: resultView,
    share: shareView,
    elsewhere: elsewhereView,
    badge: ({ text }) => filled(clone("view", "badge"), { text }),
    page: () => clone("view", "page"),
    nothing: ({ text }) => filled(clone("view", "nothing"), { text: shortened(text) }),
  };
  made.append(views[answer.kind](answer));
  const old = made.querySelector("[data-heading]");
  const heading = document.createElement(level);
  heading.className = old.className;
  heading.append(...old.childNodes);
  old.replaceWith(heading);
  return made;
}

function shareView({ code, origin }) {
  const view = clone("view", "share");
  // an address of ours that is served elsewhere is named, not opened
  const address = origin === window.location.origin ? `/c/${encodeURIComponent(code)}` : null;
  return filled(view, { code: pretty(code) }, { share: address });
}

/** The code in the address of another site is named, for the user to type: nothing leads there or looks it up. */
function elsewhereView({ text, code }) {
  return filled(clone("view", "elsewhere"), { text: shortened(text), code: code && pretty(code) });
}

function shortened(text) {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

function resultView({ result }) {
  const view = clone("view", "result");
  const facts = result.contents && DISCLOSURE[result.verdict];
  put(view, "verdict", clone("verdict", result.verdict));
  if (facts) {
    put(view, "facts", filled(clone("facts", facts), said(result), links(result)));
  }
  put(view, "checks", ...result.checks.map(checkRow));
  const at = { day: today(result.checkedAt), time: time(result.checkedAt) };
  return filled(view, {
    why: why(result),
    code: result.shareCode && pretty(result.shareCode),
    checked: word("checked", at),
    age: result.statusFrom && word("age", { age: age(result.checkedAt - result.statusFrom) }),
    issuer: result.verdict === "V6" ? null : result.issuer?.name,
  });
}

function checkRow({ name, outcome, reason }) {
  const row = document.createElement("tr");
  row.className = "govuk-table__row";
  for (const [text, more] of [[word(`check ${name}`), ""], [word(outcome), `sp-outcome sp-outcome--${outcome.replace(" ", "-")}`]]) {
    const cell = document.createElement("td");
    cell.className = `govuk-table__cell ${more}`.trim();
    cell.textContent = text;
    row.append(cell);
  }
  if (outcome !== "passed" && reason) {
    const note = document.createElement("span");
    note.className = "sp-note";
    note.textContent = word(reason);
    row.lastChild.append(document.createElement("br"), note);
  }
  return row;
}

function said({ contents, issuer }) {
  const { confirmed } = contents;
  // a row without a value is not shown
  const either = (school, employer) => (confirmed ? school : employer);
  return {
    holder: contents.holderName,
    school: contents.school,
    skill: contents.skill,
    level: word(`level ${contents.level}`),
    levelPlace: word(`level place ${contents.level}`),
    champion: either(null, contents.championName),
    confirmer: either(contents.championName, null),
    role: contents.championRole,
    employer: either(null, contents.employer),
    place: either(contents.employer, null),
    endorsed: either(null, word("assurance employer")),
    confirmed: either(word("assurance school"), null),
    basis: word(`basis ${contents.basis}`),
    endorsedOn: either(null, day(contents.endorsedOn)),
    confirmedOn: either(day(contents.endorsedOn), null),
    issuedOn: day(contents.issuedOn),
    issuer: issuer.name,
    reviewOn: day(contents.reviewOn),
    lastDay: day(contents.shareEnds - DAY),
  };
}

function links({ contents }) {
  const { framework, frameworkVersion, skillNumber } = contents;
  return { framework: `/frameworks/${framework}/${frameworkVersion}/skills/${skillNumber}` };
}

/** Return the reason why a check could not be finished, or why nothing is shown. */
function why({ verdict, checks, contents }) {
  const failed = checks.find((check) => check.outcome === "failed");
  if (verdict === "V6" && !contents) {
    return word("why stranger");
  }
  if (verdict !== "V8") {
    return null;
  }
  if (!failed) {
    return word(checks.some((check) => check.reason) ? "why old" : "why nothing");
  }
  if (failed.name === "shape") {
    return word("why damaged");
  }
  const isAboutLists = ["registry", "status list"].includes(failed.name);
  if (!isAboutLists) {
    return null;
  }
  const { reason } = failed;
  return word(reason.includes("clock") ? "why clock" : reason.includes("just came") ? "why late" : "why old");
}

function clone(kind, name) {
  return document.querySelector(`template[data-${kind}="${name}"]`).content.cloneNode(true);
}

function put(view, place, ...parts) {
  view.querySelector(`[data-place="${place}"]`).append(...parts);
}

/** Put texts and addresses into their places; a row without a text is removed. */
function filled(view, texts, addresses = {}) {
  for (const element of view.querySelectorAll("[data-fill]")) {
    const text = texts[element.dataset.fill];
    if (text) {
      element.textContent = text;
      element.removeAttribute("data-fill"); // filled: left as it is from now on
    } else {
      (element.closest("[data-row]") ?? element).remove();
    }
  }
  for (const element of view.querySelectorAll("[data-link]")) {
    const address = addresses[element.dataset.link];
    if (address) {
      element.href = address;
      element.removeAttribute("data-link");
    } else {
      (element.closest("[data-row]") ?? element).remove();
    }
  }
  return view;
}
