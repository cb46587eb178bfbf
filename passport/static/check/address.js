// The address in a printed code, `https://HOST/c/SHARECODE#1DIGITS`: what follows the `#` is the entry itself.
import { Malformed, OtherSite } from "./errors.js";

const VERSION = "1";
const MAX_BYTES = 560;
const PATH = "/c/";
const ORIGIN = /^https?:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?/;
export const ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ";
const CODE = new RegExp(`^SP[${ALPHABET}]{12}$`);

// Seven bytes take 17 digits; a shorter last group takes digits by its length (as in CTAP 2.2, hybrid codes).
const GROUP = 7;
const GROUP_DIGITS = 17;
const REST_DIGITS = [0, 3, 5, 8, 10, 13, 15];
const MAX_DIGITS = Math.floor(MAX_BYTES / GROUP) * GROUP_DIGITS + REST_DIGITS[MAX_BYTES % GROUP];

/**
 * Parse an address: {origin, path, fragment}, the fragment being null when there is none.
 * Throws OtherSite unless it has a plain host in lower case: all our codes begin like this.
 */
export function parse(text) {
  const mark = text.indexOf("#");
  const whole = mark < 0 ? text : text.slice(0, mark);
  const origin = ORIGIN.exec(whole)?.[0];
  if (origin === undefined || !whole.startsWith("/", origin.length)) {
    throw new OtherSite("this is not a web address of the kind that we print");
  }
  return { origin, path: whole.slice(origin.length), fragment: mark < 0 ? null : text.slice(mark + 1) };
}

/** Return the code in the path, by its shape alone. Throws Malformed for another path. */
export function shareCode(address) {
  const code = address.path.slice(PATH.length);
  if (!address.path.startsWith(PATH) || !CODE.test(code)) {
    throw new Malformed("the address holds no share code");
  }
  return code;
}

/** Return the bytes after the `#`. Throws Malformed unless they are version 1, in digits. */
export function data(address) {
  if (address.fragment === null || !address.fragment.startsWith(VERSION)) {
    throw new Malformed("the address holds no entry of version 1");
  }
  return fromDigits(address.fragment.slice(VERSION.length));
}

/** Return whether a text is a code as it is kept, with the right check character (see openbadges/share_code.py). */
export function isCode(text) {
  const sum = [...text.slice(2)].reduce((total, sign, place) => total + ALPHABET.indexOf(sign) * (1 + (place % 2)), 0);
  return CODE.test(text) && sum % ALPHABET.length === 0;
}

/** Format a code for people: `SP-4F7K-9QXM-2TW9`. */
export function pretty(code) {
  return code.replace(/^SP(.{4})(.{4})(.{4})$/, "SP-$1-$2-$3");
}

function fromDigits(digits) {
  if (digits.length > MAX_DIGITS) {
    throw new Malformed("too many digits");
  }
  if (!/^[0-9]*$/.test(digits)) {
    throw new Malformed("not digits alone");
  }
  const bytes = [];
  for (let place = 0; place < digits.length; place += GROUP_DIGITS) {
    bytes.push(...group(digits.slice(place, place + GROUP_DIGITS)));
  }
  return Uint8Array.from(bytes);
}

/** Read one group: a little-endian number with leading zeros. */
function group(digits) {
  const length = digits.length === GROUP_DIGITS ? GROUP : REST_DIGITS.indexOf(digits.length);
  if (length < 1) {
    throw new Malformed("digits are missing, or there are too many");
  }
  let number = BigInt(digits);
  const bytes = [];
  for (let place = 0; place < length; place += 1, number >>= 8n) {
    bytes.push(Number(number & 0xffn));
  }
  if (number) {
    throw new Malformed("a group of digits is too great");
  }
  return bytes;
}
