// Times are milliseconds since 1970 in UTC, as Date has them; days are such times at midnight in UTC.
//
// A day that is written down ends where the programme is, whose time zone stands in the registry. Without that zone, or
// with one that this browser does not know (null), it lasts as long as it is that day anywhere on Earth: nothing ends
// too early. `openbadges/days.py` has the same rule.
import { Malformed } from "./errors.js";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Lists fetched within this time are the newest available. */
export const FRESH = 15 * MINUTE;
/** Two honest clocks may differ by this much. */
export const TOLERANCE = 5 * MINUTE;

/** Parse a time in UTC in whole seconds, `2026-03-14T15:00:00Z`. Throws Malformed for any other spelling. */
export function fromTimestamp(text) {
  const at = typeof text === "string" ? Date.parse(text) : NaN;
  if (Number.isNaN(at) || `${new Date(at).toISOString().slice(0, 19)}Z` !== text) {
    throw new Malformed("not a time in UTC in whole seconds");
  }
  return at;
}

const [FIRST, LAST] = [14 * HOUR, 12 * HOUR]; // where a day begins first, and where it ends last
const clocks = new Map();

/** Return when a day is over in a time zone, or everywhere on Earth. */
export function ends(day, timeZone) {
  return midnight(day + DAY, timeZone) ?? day + DAY + LAST;
}

/** Return the earliest and the latest time that a written day may mean: older codes have the day in UTC. */
export function span(day, timeZone) {
  const begin = midnight(day, timeZone);
  return begin === null ? [day - FIRST, ends(day, null)] : [Math.min(begin, day), Math.max(ends(day, timeZone), day + DAY)];
}

/** Return the first moment of a day in a time zone, or null where the zone is not known. */
function midnight(day, timeZone) {
  const clock = clockOf(timeZone);
  if (clock === null) {
    return null;
  }
  // one of the offsets of the days around it holds at midnight, also where clocks are changed then
  const offsets = [day - DAY, day + DAY].map((at) => clock(at) - at);
  return Math.min(...offsets.map((offset) => day - offset).filter((at) => clock(at) >= day));
}

/** Return a function from a time to what clocks show then, as if it were UTC; null for a zone that is not known. */
function clockOf(timeZone) {
  if (!clocks.has(timeZone)) {
    clocks.set(timeZone, newClock(timeZone));
  }
  return clocks.get(timeZone);
}

function newClock(timeZone) {
  if (timeZone === null) {
    return null;
  }
  const units = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" };
  let format;
  try {
    format = new Intl.DateTimeFormat("en-u-ca-iso8601-nu-latn", { ...units, hourCycle: "h23", timeZone });
  } catch (error) {
    if (error instanceof RangeError) {
      return null;
    }
    throw error;
  }
  return (at) => {
    const shown = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute, shown.second);
  };
}

/** Return the same day so many months later, or that month's last day. */
export function addMonths(day, months) {
  const from = new Date(day);
  const first = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return first.setUTCDate(Math.min(from.getUTCDate(), last));
}

/** Wait for a promise, at most so many milliseconds; returns undefined after that. */
export function within(milliseconds, promise) {
  return Promise.race([promise, new Promise((resolve) => setTimeout(resolve, milliseconds))]);
}
