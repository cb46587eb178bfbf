// Ed25519 (RFC 8032) by the browser itself, or by a library if the browser does not support it yet.

const keys = new Map();
let isNative;

/** Return whether the signature over these bytes is valid for this raw public key. */
export async function verify(publicKey, signature, bytes) {
  isNative ??= knows(publicKey);
  if (await isNative) {
    return crypto.subtle.verify("Ed25519", await imported(publicKey), signature, bytes);
  }
  const library = await import("../vendor/checker/ed25519.js");
  return library.verifyAsync(signature, bytes, publicKey, { zip215: false });
}

async function knows(publicKey) {
  try {
    await imported(publicKey);
    return true;
  } catch (error) {
    if (error.name === "NotSupportedError") {
      return false;
    }
    throw error;
  }
}

function imported(publicKey) {
  const name = publicKey.join();
  if (!keys.has(name)) {
    keys.set(name, crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]));
  }
  return keys.get(name);
}
