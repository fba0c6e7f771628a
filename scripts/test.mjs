// `npm test`: installs and builds what is missing, then runs every check a release needs.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { prepare, root, step, tool } from "./prepare.mjs";
import { sideBySide } from "./side-by-side.mjs";

const startMs = Date.now();
prepare();

const vitestReport = join(root, "node_modules", ".cache", "headroom", "vitest.json");
const dataFolder = process.env.HEADROOM_DATA || join(root, "..", "shared", "data");
const dataRequired = process.env.HEADROOM_REQUIRE_DATA === "1";
const headroom = join(root, "bin", "headroom.mjs");
const node = process.execPath;

/**
 * A checker of many files: nearly all of its memory is garbage soon, and collecting it in V8's small first steps takes a
 * quarter of its time.
 */
const checker = (file, ...args) => ({
  command: node,
  args: [
    "--max-semi-space-size=64",
    "--initial-old-space-size=2000",
    join(root, "node_modules", file),
    ...args,
  ],
});

const hasData = dataRequired || existsSync(dataFolder);
const checks = [
  ...(hasData
    ? [
        {
          title: "published results (headroom validate)",
          command: node,
          args: [headroom, "validate", "--data", dataFolder],
          // Exit code 3 says that a part of the data is missing, which fails only where it is required.
          allowedExitCodes: dataRequired ? [0] : [0, 3],
        },
      ]
    : []),
  {
    title: "lint (eslint)",
    ...checker(
      "eslint/bin/eslint.js",
      "--max-warnings=0",
      "--cache",
      "--cache-location",
      "node_modules/.cache/headroom/eslint",
      ".",
    ),
  },
  {
    title: "types (tsc)",
    ...checker("typescript/bin/tsc", "--noEmit", "-p", "tsconfig.json"),
  },
  {
    title: "format (prettier)",
    ...checker("prettier/bin/prettier.cjs", "--check", "--log-level=warn", "."),
  },
  {
    title: "layers (dependency-cruiser)",
    command: tool("depcruise"),
    args: ["src", "--output-type", "err"],
  },
  {
    title: "generated documents",
    command: node,
    args: ["scripts/generate-docs.mjs", "--check"],
  },
  {
    title: "generated traces",
    command: node,
    args: ["scripts/generate-traces.mjs", "--check"],
  },
];
const codes = await sideBySide(checks);

rmSync(vitestReport, { force: true });
step("tests (vitest)", tool("vitest"), [
  "run",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${vitestReport}`,
]);
const tests = JSON.parse(readFileSync(vitestReport, "utf8"));
let passed = tests.numPassedTests;
const skipped = tests.numPendingTests + tests.numTodoTests;

if (!hasData) {
  process.stderr.write(
    `! headroom validate skipped: no data at ${dataFolder}; set HEADROOM_DATA to its folder\n`,
  );
} else if (codes[0] === 0) passed += 1;

process.stderr.write(`✓ everything in ${((Date.now() - startMs) / 1000).toFixed(0)} s\n`);
process.stdout.write(`${passed} passed, ${tests.numFailedTests} failed, ${skipped} skipped\n`);
