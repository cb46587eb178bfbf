// The compact entry, version 1: what a printed code says, and its limits. No signature is checked here.
import * as cose from "./cose.js";
import { Malformed } from "./errors.js";
import { check as checkText } from "./texts.js";
import { addMonths, DAY } from "./times.js";

const [EXP, IAT, ENTRY] = [4, 6, -65_537];
const KEYS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const MOST = 2 ** 32 - 1;
const POSITIONS = 131_072;
const CONFIRMED = 10; // added to the basis if a school or college confirmed it
const TEXTS = { 1: 64, 2: 64, 4: 96, 6: 48, 7: 48, 8: 64 };
const SECONDS = 1000;

/** Return what a payload says. Throws Malformed for anything that the service would not have written. */
export function read(payload) {
  return contentsOf(cose.decode(payload));
}

function contentsOf(claims) {
  const [shareEnds, shareMade, entry] = values(claims, [EXP, IAT, ENTRY]);
  const [holder, school, place, skill, level, name, role, employer, basis, days, positions] = values(entry, KEYS);
  for (const [key, limit] of Object.entries(TEXTS)) {
    checkText(`text ${key}`, entry.get(Number(key)), limit);
  }
  const [framework, frameworkVersion, skillNumber] = three(place, [1, MOST], [1, MOST], [1, MOST]);
  const [endorsed, untilIssued, reviewMonths] = three(days, [0, 65_535], [0, 65_535], [1, 1200]);
  const [listNumber, index, shareIndex] = three(positions, [1, MOST], [0, POSITIONS - 1], [0, POSITIONS - 1]);
  const confirmed = whole(basis, 1, 2 * CONFIRMED) > CONFIRMED;
  const issuedOn = (endorsed + untilIssued) * DAY;
  return {
    holderName: holder,
    school,
    framework,
    frameworkVersion,
    skillNumber,
    skill,
    level: whole(level, 1, 4),
    championName: name,
    championRole: role,
    employer,
    basis: whole(confirmed ? basis - CONFIRMED : basis, 1, 3),
    confirmed,
    endorsedOn: endorsed * DAY,
    issuedOn,
    reviewMonths,
    reviewOn: addMonths(issuedOn, reviewMonths),
    listNumber,
    index,
    shareIndex,
    shareMade: dayOf(shareMade),
    shareEnds: dayOf(shareEnds),
  };
}

/** Return the values of a map with exactly these keys, in this order. */
function values(map, keys) {
  const found = map instanceof Map ? [...map.keys()] : [];
  if (found.length !== keys.length || !found.every((key, place) => key === keys[place])) {
    throw new Malformed("other keys than ours");
  }
  return [...map.values()];
}

function three(numbers, ...limits) {
  if (!Array.isArray(numbers) || numbers.length !== 3) {
    throw new Malformed("not three numbers");
  }
  return numbers.map((number, place) => whole(number, ...limits[place]));
}

function whole(number, least, most) {
  if (!Number.isInteger(number) || number < least || number > most) {
    throw new Malformed("not a whole number within its limits");
  }
  return number;
}

function dayOf(seconds) {
  if (whole(seconds, 0, MOST) % (DAY / SECONDS)) {
    throw new Malformed("not a whole day");
  }
  return seconds * SECONDS;
}
