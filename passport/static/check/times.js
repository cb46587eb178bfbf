// Times are milliseconds since 1970 in UTC, as Date has them; days are such times at midnight.
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
