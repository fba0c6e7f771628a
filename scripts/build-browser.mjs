// Bundles what runs in the page of a report: the simulator for its worker, which is the code of `headroom run` over
// files that the page carries instead of a disk, and the drawing program of its live charts.
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

/** Parts of Vega that no chart of a report uses: maps, graphs, word clouds, and what needs them. */
const UNUSED =
  /^(vega-(crossfilter|force|geo|hierarchy|label|projection|regression|voronoi|wordcloud)|topojson-client)$/;
const withoutUnused = {
  name: "without-unused",
  setup(building) {
    building.onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: "unused" }));
    building.onLoad({ filter: /.*/, namespace: "unused" }, () => ({
      contents: "module.exports = {};",
      loader: "js",
    }));
  },
};

const minified = {
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  platform: "browser",
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
};
await Promise.all([
  bundle("what-if-worker.js", {
    entryPoints: [join(root, "src", "browser", "worker.ts")],
    banner: {
      js: "/* Headroom, with zod (MIT), yaml (ISC), fastest-levenshtein (MIT) and saxes (ISC) */",
    },
    alias,
    inject: [join(root, "src", "browser", "node", "globals.ts")],
    plugins: [ownVersion],
  }),
  bundle("live-charts.js", {
    entryPoints: [join(root, "src", "browser", "drawing.ts")],
    banner: {
      js: "/* Vega (BSD-3-Clause, University of Washington Interactive Data Lab, github.com/vega/vega) with D3 (ISC, Mike Bostock) */",
    },
    plugins: [withoutUnused],
  }),
]);

async function bundle(name, options) {
  const { outputFiles } = await build({ ...minified, ...options });
  const file = join(root, "dist", "browser", name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, outputFiles[0].contents);
}
