// Makes passport/static/vendor from the packages in package-lock.json: `npm ci && npm run build` in this folder.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";
import { checker } from "./checker.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const vendor = join(here, "..", "..", "passport", "static", "vendor");
const modules = join(here, "node_modules");
const fonts = join(modules, "@fontsource", "atkinson-hyperlegible-next");
const kit = join(modules, "govuk-frontend");

function version(name) {
  return JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).version;
}

function take(from, to) {
  copyFileSync(from, join(vendor, to));
  return to;
}

function row(path, source, licence) {
  const sum = createHash("sha256").update(readFileSync(join(vendor, path))).digest("hex");
  return `| \`${path}\` | ${source} | \`${sum}\` | ${licence} |`;
}

mkdirSync(join(vendor, "fonts"), { recursive: true });
for (const sheet of ["page-kit", "page-kit-forms"]) {
  const css = sass.compile(join(here, `${sheet}.scss`), { loadPaths: [modules], style: "compressed", quietDeps: true });
  writeFileSync(join(vendor, `${sheet}.css`), css.css + "\n");
}
const script = readFileSync(join(kit, "dist/govuk/govuk-frontend.min.js"), "utf8");
writeFileSync(join(vendor, "govuk-frontend.min.js"), script.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));

const kitSource = `govuk-frontend ${version("govuk-frontend")}`;
const fontSource = `@fontsource/atkinson-hyperlegible-next ${version("@fontsource/atkinson-hyperlegible-next")}`;
const rows = [
  row("page-kit.css", `${kitSource}, compiled by sass ${version("sass")} from docs/page-kit/page-kit.scss`, "MIT"),
  row("page-kit-forms.css", `${kitSource}, compiled by sass ${version("sass")} from docs/page-kit/page-kit-forms.scss`, "MIT"),
  row("govuk-frontend.min.js", kitSource, "MIT"),
];
for (const set of ["latin-400", "latin-700", "latin-ext-400", "latin-ext-700"]) {
  const name = `atkinson-hyperlegible-next-${set}-normal.woff2`;
  rows.push(row(take(join(fonts, "files", name), `fonts/${name}`), fontSource, "OFL-1.1"));
}
take(join(fonts, "LICENSE"), "fonts/LICENSE");
rows.push(...(await checker({ modules, vendor, version })).map((parts) => row(...parts)));

writeFileSync(join(vendor, "VENDOR.md"), `# What we did not write

Made by \`npm ci && npm run build\` in \`docs/page-kit\`; nothing here is edited by hand. The licences stand in
\`LICENSE-govuk-frontend\` (MIT), \`fonts/LICENSE\` (SIL Open Font License 1.1) and \`checker/LICENSE-…\`. We use
neither the GDS Transport font nor the crown, the crest and the icons of GOV.UK.

| file | from | sha256 | licence |
|---|---|---|---|
${rows.join("\n")}
`);
