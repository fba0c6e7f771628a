// The benchmark runner: node bench/run.mjs --help
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine } from "./machine.mjs";
import { compileReference } from "./reference/compile.mjs";
import { suites } from "./suites/index.mjs";

const PROCESSES = 3;
const HELP = `Usage: npm run -s bench -- [options]

  --filter TEXT   only suites whose id contains TEXT
  --quick         one process and fewer, shorter samples: for a look, not for a record
  --reference     also run the C++ reference where a suite has one, and print the ratio
  --json          print one JSON document on stdout instead of the table
  --list          print the ids of all suites
  --help

Exit codes: 0 done, 2 wrong usage, 3 could not measure.
`;

/** @typedef {{ filter?: string, quick: boolean, reference: boolean, json: boolean, list: boolean, help: boolean }} Options */

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        filter: { type: "string" },
        quick: { type: "boolean", default: false },
        reference: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        list: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    process.stderr.write(`bench: ${error.message}\n\n${HELP}`);
    process.exit(2);
  }
}

/** Samples of one case from one process. */
function sampleInProcess(suite, parameters, options) {
  const samples = [];
  const job = {
    id: suite.id,
    parameters,
    samples: options.quick ? Math.min(2, suite.samples) : suite.samples,
    quick: options.quick,
  };
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL("sampling.mjs", import.meta.url)), [
      JSON.stringify(job),
    ]);
    child.on("message", ({ sample }) => samples.push(sample));
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code === 0 && samples.length === job.samples) resolve(samples);
      else reject(new Error(`bench: ${suite.id} n=${parameters.n} ended with code ${code}`));
    });
  });
}

function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Measures one case; ours and the reference take turns, so that both see the same disturbances. */
async function measureCase(suite, parameters, program, options) {
  const samples = [];
  const referenceSamples = [];
  for (let i = 0; i < (options.quick ? 1 : (suite.processes ?? PROCESSES)); i++) {
    const own = await sampleInProcess(suite, parameters, options);
    samples.push(...own);
    if (program !== undefined) {
      const args = suite.reference.arguments(parameters, options);
      referenceSamples.push(...program.run([...args, own.length]));
    }
  }
  const result = {
    id: suite.id,
    n: parameters.n,
    value: median(samples),
    unit: suite.unit,
    samples,
  };
  if (program === undefined) return result;
  const value = median(referenceSamples);
  return {
    ...result,
    reference: {
      what: suite.reference.what,
      compiler: program.compiler,
      value,
      ratio: result.value / value,
      samples: referenceSamples,
    },
  };
}

function threeDigits(value) {
  return Number(value.toPrecision(3)).toLocaleString("en-US", { maximumFractionDigits: 12 });
}

function printTable(results) {
  const rows = [["suite", "n", "median", "lowest", "highest", "unit", "reference", "ratio"]];
  for (const { id, n, value, unit, samples, reference } of results) {
    rows.push([
      id,
      n.toLocaleString("en-US"),
      threeDigits(value),
      threeDigits(Math.min(...samples)),
      threeDigits(Math.max(...samples)),
      unit,
      reference === undefined ? "" : threeDigits(reference.value),
      reference === undefined ? "" : `${reference.ratio.toFixed(2)} × ${reference.what}`,
    ]);
  }
  const kept = rows[0].map((_, column) => rows.slice(1).some((row) => row[column] !== ""));
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const leftAligned = new Set([0, 5, 7]);
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      leftAligned.has(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    );
    process.stdout.write(
      `${cells
        .filter((_, column) => kept[column])
        .join("  ")
        .trimEnd()}\n`,
    );
  }
}

async function main() {
  const options = readOptions();
  if (options.help) return void process.stdout.write(HELP);
  if (options.list) return void process.stdout.write(suites.map(({ id }) => `${id}\n`).join(""));
  const chosen = suites.filter(({ id }) => id.includes(options.filter ?? ""));
  if (chosen.length === 0) {
    process.stderr.write(
      `bench: no suite contains "${options.filter}". Suites: ${suites.map(({ id }) => id).join(", ")}\n`,
    );
    process.exitCode = 2;
    return;
  }
  const results = [];
  for (const suite of chosen) {
    let program;
    if (options.reference && suite.reference !== undefined) {
      const compiled = compileReference(suite.reference.source);
      if (compiled.ok) {
        program = compiled;
      } else {
        process.stderr.write(`bench: ${suite.id} runs without its reference: ${compiled.reason}\n`);
        process.exitCode = 3;
      }
    }
    try {
      for (const parameters of suite.parameters) {
        process.stderr.write(`bench: ${suite.id} n=${parameters.n} …\n`);
        results.push(await measureCase(suite, parameters, program, options));
      }
    } finally {
      program?.remove();
    }
  }
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ machine: describeMachine(), results }, null, 2)}\n`);
  } else {
    printTable(results);
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 3;
}
