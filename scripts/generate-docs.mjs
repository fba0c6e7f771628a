// Writes the files that are generated from the program, or with --check says which of them are out of date.
// Run through `npm run docs:generate` and `npm run docs:check`, which build dist/ first.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

import { cliReference } from "./cli-reference.mjs";
import {
  backtestReference,
  checkReference,
  fleetResultsReference,
  planReference,
  resultsReference,
} from "./results-reference.mjs";
import { fleetFormat } from "../dist/scenario/fleet/fleet-format.js";
import { fleetReference, fleetSchemaText } from "../dist/scenario/fleet/fleet-reference.js";
import { scenarioFormat } from "../dist/scenario/format.js";
import { scenarioReference, scenarioSchemaText } from "../dist/scenario/reference-document.js";

/** Every generated file: where it stands, and the function that makes its text. One line per file. */
const generatedFiles = [
  { path: "schema/scenario.schema.json", makeText: () => scenarioSchemaText(scenarioFormat()) },
  { path: "docs/reference/scenario.md", makeText: () => scenarioReference(scenarioFormat()) },
  { path: "schema/fleet.schema.json", makeText: () => fleetSchemaText(fleetFormat()) },
  { path: "docs/reference/fleet.md", makeText: () => fleetReference(fleetFormat()) },
  { path: "docs/reference/fleet-results.md", makeText: fleetResultsReference },
  { path: "docs/reference/results.md", makeText: resultsReference },
  { path: "docs/reference/backtest.md", makeText: backtestReference },
  { path: "docs/reference/plan.md", makeText: planReference },
  { path: "docs/reference/check-model.md", makeText: checkReference },
  { path: "docs/reference/cli.md", makeText: cliReference },
];

const isCheck = process.argv.includes("--check");
let outOfDate = 0;
for (const { path, makeText } of generatedFiles) {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const text = await makeText();
  if (readText(file) === text) continue;
  if (isCheck) {
    console.error(`${path} is out of date: run npm run docs:generate`);
    outOfDate += 1;
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(`wrote ${path}`);
  }
}
if (outOfDate > 0) process.exitCode = 1;

function readText(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
