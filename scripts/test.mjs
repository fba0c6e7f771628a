// `npm test`: installs and builds what is missing, then runs every check a release needs.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { prepare, root, step, tool } from "./prepare.mjs";

const startMs = Date.now();
prepare();

const vitestReport = join(root, "node_modules", ".cache", "headroom", "vitest.json");
const dataFolder = process.env.HEADROOM_DATA || join(root, "..", "shared", "data");
const dataRequired = process.env.HEADROOM_REQUIRE_DATA === "1";
const headroom = join(root, "bin", "headroom.mjs");
const node = process.execPath;

step("types (tsc)", tool("tsc"), ["--noEmit", "-p", "tsconfig.json"]);
step("lint (eslint)", tool("eslint"), [
  "--max-warnings=0",
  "--cache",
  "--cache-location",
  "node_modules/.cache/headroom/eslint",
  ".",
]);
step("format (prettier)", tool("prettier"), ["--check", "--log-level=warn", "."]);
step("layers (dependency-cruiser)", tool("depcruise"), ["src", "--output-type", "err"]);
step("generated documents", node, ["scripts/generate-docs.mjs", "--check"]);
step("generated traces", node, ["scripts/generate-traces.mjs", "--check"]);

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

if (dataRequired || existsSync(dataFolder)) {
  // Exit code 3 says that a part of the data is missing, which fails only where it is required.
  const status = step(
    "published results (headroom validate)",
    node,
    [headroom, "validate", "--data", dataFolder],
    { allowedExitCodes: dataRequired ? [0] : [0, 3] },
  );
  if (status === 0) passed += 1;
} else {
  process.stderr.write(
    `! headroom validate skipped: no data at ${dataFolder}; set HEADROOM_DATA to its folder\n`,
  );
}

process.stderr.write(`✓ everything in ${((Date.now() - startMs) / 1000).toFixed(0)} s\n`);
process.stdout.write(`${passed} passed, ${tests.numFailedTests} failed, ${skipped} skipped\n`);
