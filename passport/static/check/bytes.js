// Bytes and their written forms: hex, base64url and base58btc, each in its one spelling.
import { Malformed } from "./errors.js";

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const MAX_BASE58 = 128;

export function utf8(text) {
  return new TextEncoder().encode(text);
}

/** Decode UTF-8. Throws Malformed for anything else; a byte order mark at the start is kept, not dropped. */
export function fromUtf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Malformed("not UTF-8");
  }
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function isSame(one, other) {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** Decode base64url without padding (RFC 4648, section 5). Throws Malformed, also for a second spelling. */
export function fromBase64url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    throw new Malformed("not base64url");
  }
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  if (btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "") !== text) {
    throw new Malformed("not base64url in its one spelling");
  }
  return Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
}

/** Decode base58btc with its multibase prefix `z` (Controlled Identifiers 1.0, 2.4). Throws Malformed. */
export function fromBase58Multibase(text) {
  if (!text.startsWith("z") || text.length > MAX_BASE58) {
    throw new Malformed("not a short base58btc multibase value");
  }
  let number = 0n;
  for (const sign of text.slice(1)) {
    const digit = BASE58.indexOf(sign);
    if (digit < 0) {
      throw new Malformed("not a base58btc multibase value");
    }
    number = number * 58n + BigInt(digit);
  }
  const bytes = [];
  for (; number; number >>= 8n) {
    bytes.unshift(Number(number & 0xffn));
  }
  const zeros = /^1*/.exec(text.slice(1))[0].length;
  return Uint8Array.from([...new Array(zeros).fill(0), ...bytes]);
}
