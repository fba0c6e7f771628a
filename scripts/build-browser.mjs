// Bundles the simulator for the worker of a report's page: the code of `headroom run`, over files that the page
// carries instead of a disk.
import { readFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { build } from "esbuild";

import { root } from "./prepare.mjs";

/** Modules of Node, and the file that stands in for each. */
const SHIMS = {
  "node:crypto": "crypto",
  "node:fs": "fs",
  "node:fs/promises": "fs",
  "node:path": "path",
  "node:util": "promisify",
  "node:zlib": "zlib",
};
const alias = Object.fromEntries(
  Object.entries(SHIMS).map(([name, file]) => [
    name,
    join(root, "src", "browser", "node", `${file}.ts`),
  ]),
);

/** Node reads its version from package.json beside the program; a page has no such file. */
const ownVersion = {
  name: "own-version",
  setup(building) {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    building.onLoad({ filter: /src[\\/]io[\\/]version\.ts$/ }, () => ({
      contents: `export const VERSION = ${JSON.stringify(version)};`,
      loader: "ts",
    }));
  },
};

const result = await build({
  entryPoints: [join(root, "src", "browser", "worker.ts")],
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  platform: "browser",
  target: "es2022",
  legalComments: "none",
  banner: {
    js: "/* Headroom, with zod (MIT), yaml (ISC), fastest-levenshtein (MIT) and saxes (ISC) */",
  },
  alias,
  inject: [join(root, "src", "browser", "node", "globals.ts")],
  plugins: [ownVersion],
  logLevel: "warning",
});
const file = join(root, "dist", "browser", "what-if-worker.js");
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, result.outputFiles[0].contents);
