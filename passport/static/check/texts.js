// The one rule for texts that are signed: what a person sees must be what was signed.
import { utf8 } from "./bytes.js";
import { Malformed } from "./errors.js";

// Controls, formats (bidirectional overrides, zero-width ones), surrogates, private use, line separators,
// noncharacters, and letters and marks that are invisible on paper.
const HIDDEN = new RegExp(
  "[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Zl}\\p{Zp}\\p{Noncharacter_Code_Point}" +
    "\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u2800\\u3164\\uFFA0" +
    "\\u180B-\\u180F\\uFE00-\\uFE0F\\u{E0100}-\\u{E01EF}]",
  "u",
);
const JOINERS = "\u200C\u200D";
// Letters and marks of scripts whose words need joiners to be written right: Arabic, Syriac, those of
// India from Devanagari to Malayalam, Sinhala. By their names in Unicode, as in the service's own reader.
const JOINED = new RegExp(
  "[\\u0600-\\u0605\\u0608\\u060C-\\u065F\\u066A-\\u06EF\\u06FA-\\u077F\\u0860-\\u0DF4\\uA8F2-\\uA8FF" +
    "\\uFB50-\\uFD3D\\uFD40-\\uFDFB\\uFDFD-\\uFDFF\\uFE70-\\uFEFC" +
    "\\u{111E1}-\\u{111F4}\\u{11FC0}-\\u{11FFF}\\u{1EE00}-\\u{1EEF1}]",
  "u",
);
const SPACE_AT_AN_END = /^\s|\s$/u;

/** Throw Malformed unless the text is a string of at most so many bytes that can be shown as it is. */
export function check(name, text, limit) {
  if (typeof text !== "string" || utf8(text).length > limit) {
    throw new Malformed(`${name} is no text, or longer than ${limit} bytes`);
  }
  if (!text || SPACE_AT_AN_END.test(text) || text.normalize("NFC") !== text || hasHidden(text)) {
    throw new Malformed(`${name} is not written as a text may be`);
  }
}

function hasHidden(text) {
  const signs = Array.from(text);
  return signs.some((sign, place) =>
    JOINERS.includes(sign) ? !(isJoined(signs[place - 1]) && isJoined(signs[place + 1])) : HIDDEN.test(sign),
  );
}

function isJoined(sign) {
  return sign !== undefined && JOINED.test(sign);
}
