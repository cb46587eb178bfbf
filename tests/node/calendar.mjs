// Read a calendar with ical.js, as Thunderbird and Nextcloud do, and say when each of its events is.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(process.argv[2], "utf8")));
const events = calendar.getAllSubcomponents("vevent").map((one) => {
  const event = new ICAL.Event(one);
  const names = one.getAllProperties().map((property) => property.name);
  return {
    uid: event.uid,
    summary: event.summary,
    starts: event.startDate.isDate ? event.startDate.toString() : event.startDate.toJSDate().toISOString(),
    ends: event.startDate.isDate ? "" : event.endDate.toJSDate().toISOString(),
    names: names.sort(),
  };
});
process.stdout.write(JSON.stringify(events));
