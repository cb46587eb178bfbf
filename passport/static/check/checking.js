// From the text of a code to an answer, with the registry and lists that this device holds.
import { NoEntryInside, OtherSite } from "./errors.js";
import { meaning } from "./scanned.js";
import { HOUR } from "./times.js";
import { unfinished, verify } from "./verdict.js";

const ENTRY = /\S+\/c\/\S*#[0-9]\S*/g;

/** Return the codes in a text that hold an entry themselves: what follows their # must not leave this device. */
export function entriesIn(text) {
  return [...new Set(text.match(ENTRY) ?? [])];
}

/** Check the text of a code: returns the answer for `answer.show`. */
export async function answerTo(text, holdings, hours) {
  const clock = holdings.clock();
  if (holdings.isEmpty) {
    return { kind: "result", result: unfinished(clock) };
  }
  const meant = meaning(text, holdings.trust.registry.origins, window.location.origin);
  if (meant.kind !== "entry") {
    return meant;
  }
  try {
    const result = await verify(meant.text, holdings.trust, clock, { maxAge: hours * HOUR });
    if (result.unexpected) {
      report(result.unexpected);
    }
    return { kind: "result", result };
  } catch (error) {
    if (error instanceof NoEntryInside) {
      return { kind: "share", code: error.shareCode, origin: error.origin };
    }
    if (error instanceof OtherSite) {
      return { kind: "elsewhere", text, code: null };
    }
    throw error;
  }
}

/** Log an unforeseen error to the console: its kind and where, and nothing of the code. */
function report(error) {
  const frames = String(error?.stack ?? "").split("\n").filter((line) => /\.js:\d+/.test(line));
  console.error("unexpected verdict", error?.name ?? typeof error, frames.join("\n"));
}
