// What the text of a code means: an entry, a code to look up, a page of ours, another site, a badge, or nothing.
//
// Texts are read as kindly as the service reads pasted text: any case, hyphens, a slash or a query at the end, http
// for https, no scheme, words around it. One that a mail gateway has rewritten is another site to a camera.
import { ALPHABET, isCode } from "./address.js";

const ADDRESS = /[a-z][a-z0-9+.-]{0,20}:\/\/[^\s<>"'\u201c\u201d]+/gi;
const WITHOUT_SCHEME = /^[^/<>\s]+\/c\/\S*$|^[\w-]+(\.[\w-]+)*\.[a-z]{2,}\.?(:\d+)?([/?#]\S*)?$/i;
/** Like an address, and of no kind that could be ours. */
const LEADS_AWAY = /^\/\/|^[a-z][a-z0-9+.-]*:\S*\/c\//i;
const AROUND = /^[\s"'`´‘’‚“”„«»‹›<>()[\]{}.,;:!?*]+|[\s"'`´‘’‚“”„«»‹›<>()[\]{}.,;:!?*]+$/g;
const ENDINGS = /[.,;:)\]}*_]+$/;
const BETWEEN = /[\s._/·•\u2010-\u2015\u2212-]+/g;
const LABEL = /^(?:[a-z]+ )*code\s*(?:is\s*)?[:=]?\s+|^code\s*[:=]\s*/i;
const WRITTEN = new RegExp(`(?:^|\\W)(SP(?:[\\W_]{0,3}[${ALPHABET}]{4}){3})(?!\\w)`, "gi");
const BADGE = /^\s*[{[]|"(?:@context|jwt)"\s*:|(?:^|[^\w.-])e[yw][\w-]+\.[\w-]+\.[\w-]*/;
const PATH = "/c/";
/** How an entry begins; the name of a place on the page, and what other software adds, are none. */
const DIGITS = /^[0-9]/;
const MOST_TIMES_ENCODED = 24;

/**
 * Return {kind: "entry", text}, {kind: "share", code, origin}, {kind: "page"}, {kind: "elsewhere", text, code}, {kind:
 * "badge", text} or {kind: "nothing", text}. `origins` are the sites of the registry; `here` is the origin of this page.
 */
export function meaning(text, origins, here) {
  const inside = text.replaceAll(AROUND, "");
  const addresses = addressesIn(inside).map((address) => meaningOf(address, origins));
  const best = ["entry", "share"].flatMap((kind) => addresses.filter((found) => found.kind === kind))[0];
  const code = codeIn(inside.replaceAll(ADDRESS, " "));
  if (best) {
    return best;
  }
  if (BADGE.test(text)) {
    return { kind: "badge", text };
  }
  if (code && !WITHOUT_SCHEME.test(inside)) {
    return LEADS_AWAY.test(inside) ? { kind: "elsewhere", text: inside, code } : { kind: "share", code, origin: here };
  }
  return addresses[0] ?? { kind: "nothing", text };
}

function addressesIn(text) {
  const found = text.match(ADDRESS) ?? [];
  const isAlone = !found.length && WITHOUT_SCHEME.test(text) && !asCode(text);
  return isAlone ? [text] : found.map((address) => address.replace(ENDINGS, ""));
}

function meaningOf(address, origins) {
  const url = urlOf(address);
  const origin = origins.find((one) => isSameSite(url, one));
  if (!origin) {
    return { kind: "elsewhere", text: address, code: codeIn(decoded(address)) };
  }
  const mark = address.indexOf("#");
  const fragment = mark < 0 ? "" : address.slice(mark + 1);
  const isOfACode = url.pathname.toLowerCase().startsWith(PATH);
  const code = isOfACode ? asCode(url.pathname.slice(PATH.length)) : null;
  if (isOfACode && DIGITS.test(fragment)) {
    return { kind: "entry", text: `${origin}${code ? PATH + code : url.pathname}#${fragment}` };
  }
  return code ? { kind: "share", code, origin } : { kind: "page" };
}

function urlOf(address) {
  try {
    return new URL(address.includes("://") ? address : `https://${address}`);
  } catch {
    return null;
  }
}

/** Return whether an address is of this site, also where people write http for https. */
function isSameSite(url, origin) {
  const ours = new URL(origin);
  const isWeb = ["http:", "https:"].includes(url?.protocol);
  return isWeb && !url.username && !url.password && url.hostname === ours.hostname && url.port === ours.port;
}

/** Return the code that a text is, in any notation; null for any other text. */
function asCode(text) {
  const signs = text.replaceAll(AROUND, "").replace(LABEL, "").replaceAll(BETWEEN, "").toUpperCase();
  const code = signs.length === 12 ? `SP${signs}` : signs;
  return isCode(code) ? code : null;
}

/** Return the first code in a text, by itself or amid words; null where there is none. */
function codeIn(text) {
  const written = [...text.matchAll(WRITTEN)].map(([, code]) => asCode(code)).filter(Boolean);
  return asCode(text) ?? written[0] ?? null;
}

/** Undo percent-encoding, once for each gateway that has rewritten an address. */
function decoded(address) {
  let text = address;
  for (let time = 0; time < MOST_TIMES_ENCODED && text.includes("%"); time += 1) {
    text = text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  }
  return text;
}
