// Finds QR codes in pictures. The library's wasm is loaded from here, never from its default address.
import { prepareZXingModule, readBarcodes } from "../vendor/checker/zxing.js";

const WASM = new URL("../vendor/checker/zxing_reader.wasm", import.meta.url).href;
const OPTIONS = { formats: ["QRCode"], textMode: "Plain", tryHarder: true, tryRotate: true, tryInvert: false };
const SIDES = [1600, 3200, 800];
const MIDDLE = 0.6; // as large as the frame that is drawn over the video

/** Load the library; throws if this browser cannot run it. */
export function prepare() {
  return prepareZXingModule({ overrides: { locateFile: () => WASM }, equalityFn: () => true, fireImmediately: true });
}

/** Return the text of the QR code in a video frame, or null. */
export async function textIn(frame) {
  const [code] = await readBarcodes(frame, { ...OPTIONS, maxNumberOfSymbols: 1 });
  return code?.text || null;
}

/**
 * Return the texts of the QR codes in a photo, each once. Throws a DOMException for a file that is no picture.
 * A large photo is scanned in several sizes: what is too sharp in one is just right in another.
 */
export async function textsIn(file) {
  await prepare();
  const picture = await createImageBitmap(file);
  try {
    for (const side of SIDES) {
      const codes = await readBarcodes(pixels(picture, side), { ...OPTIONS, tryInvert: true, maxNumberOfSymbols: 8 });
      const texts = new Set(codes.map((code) => code.text).filter(Boolean));
      if (texts.size) {
        return [...texts];
      }
    }
    return [];
  } finally {
    picture.close();
  }
}

/** Return the pixels of the middle of a frame, enlarged to `side`, so that small and dirty codes are found. */
export function middle(film, side, canvas) {
  const edge = Math.min(film.videoWidth, film.videoHeight) * MIDDLE;
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(film, (film.videoWidth - edge) / 2, (film.videoHeight - edge) / 2, edge, edge, 0, 0, side, side);
  return context.getImageData(0, 0, side, side);
}

/**
 * Return the pixels of a picture or of a video frame on white, no side longer than `side`. A canvas is transparent
 * black at first: a black code on a transparent ground would be black on black.
 */
export function pixels(source, side, canvas = document.createElement("canvas")) {
  const width = source.videoWidth || source.width;
  const height = source.videoHeight || source.height;
  const scale = Math.min(1, side / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
