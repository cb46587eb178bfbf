// The libraries of the check page, each as one module without a build step of its own behind it.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";

const WASM = "zxing_reader.wasm";
// One size for all browsers: what it may not do without a library, it does not do at all.
const MODULES = {
  "zxing.js": { library: "zxing-wasm", code: `export { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";` },
  "cborg.js": { library: "cborg", code: `export { decode, encode } from "cborg";` },
  "ed25519.js": { library: "@noble/ed25519", code: `export { verifyAsync } from "@noble/ed25519";` },
};
// zxing-wasm fetches its wasm from there unless it is told where it is; we always tell it, so it need not know.
const ELSEWHERE = /https:\/\/fastly\.jsdelivr\.net\/npm\/zxing-wasm@[^`]*?\/dist\//g;
const LICENCES = { "zxing-wasm": "MIT; zxing-cpp inside: Apache-2.0", cborg: "Apache-2.0", "@noble/ed25519": "MIT" };

/** Write the modules to `vendor`/checker; gives their rows: path, source, licence. */
export async function checker({ modules, vendor, version }) {
  const folder = join(vendor, "checker");
  mkdirSync(folder, { recursive: true });
  const rows = [];
  for (const [file, { library, code }] of Object.entries(MODULES)) {
    const bundled = await build({
      stdin: { contents: code, resolveDir: join(modules, "..") },
      ...{ bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8", legalComments: "none" },
      write: false,
    });
    writeFileSync(join(folder, file), bundled.outputFiles[0].text.replace(ELSEWHERE, "/"));
    const tool = `bundled by esbuild ${version("esbuild")}`;
    rows.push([`checker/${file}`, `${library} ${version(library)}, ${tool}`, LICENCES[library]]);
    const licence = join(modules, library, "LICENSE");
    copyFileSync(licence, join(folder, `LICENSE-${library.replace(/.*\//, "")}`));
  }
  return [...rows, ...wasm({ modules, folder, version })];
}

function wasm({ modules, folder, version }) {
  const bytes = readFileSync(join(modules, "zxing-wasm", "dist", "reader", WASM));
  writeFileSync(join(folder, WASM), bytes);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 };
  writeFileSync(join(folder, `${WASM}.br`), brotliCompressSync(bytes, { params }));
  const source = `zxing-wasm ${version("zxing-wasm")}, sha256 of npm's file ${short(bytes)}…`;
  return [
    [`checker/${WASM}`, source, LICENCES["zxing-wasm"]],
    [`checker/${WASM}.br`, "the same, compressed with Brotli", LICENCES["zxing-wasm"]],
  ];
}

function short(bytes) {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 8);
}
