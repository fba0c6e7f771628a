import { createHash } from "node:crypto";
import { join } from "node:path";

import { Option, type Command } from "commander";

import type { BenchmarkResult } from "../../benchmark/result-document.js";
import {
  measureSuite,
  type MeasureOutcome,
  type MeasurePlan,
  type WantedDevice,
} from "../../benchmark/run/measure-suite.js";
import { TOO_LARGE } from "../../benchmark/run/plan-cases.js";
import { TENANTS_AS, type TenantsAs } from "../../benchmark/suite/suite.js";
import type { SessionProgress } from "../../benchmark/run/run-session.js";
import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError } from "../../diagnostics/problem.js";
import { VERSION } from "../../io/version.js";
import { writeTextFile } from "../../io/write-text-file.js";
import type { NamedResult } from "../../studies/gate/compare-benchmarks.js";
import { otherBuild } from "../benchmark-build.js";
import { printReferences, readReference } from "../benchmark-reference.js";
import {
  durationOption,
  parseDevices,
  parsePlanted,
  parseTenants,
  shareOption,
  wholeNumber,
} from "../benchmark-options.js";
import { readSuite, suiteNames } from "../benchmark-suites.js";
import { EXIT_CODES } from "../exit-codes.js";
import { parseSeed } from "../parse-seed.js";
import { printBenchmarkRun } from "../print-benchmark-run.js";
import { createProgressLine } from "../terminal.js";

interface RunOptions {
  readonly suite: string;
  readonly backend?: readonly WantedDevice[];
  /** Set by a gate: leave out what its baseline left out. */
  readonly skipLarge?: boolean;
  readonly tenants?: readonly number[];
  readonly tenantsAs?: TenantsAs;
  readonly filter?: string;
  readonly processes?: number;
  readonly samples?: number;
  readonly precision?: number;
  readonly budget?: number;
  readonly seed?: number;
  readonly against?: string;
  readonly plantSlowdown?: ReadonlyMap<string, number>;
  readonly reference?: string;
  readonly out?: string;
  readonly json?: true;
}

/** `headroom bench run`: measures a suite and keeps every sample. */
export function registerBenchRun(bench: Command): void {
  bench
    .command("run")
    .summary("measure a suite of kernels and keep every sample")
    .description(
      "Runs the kernels of a suite process by process until their times are known well enough, or the time is up.\n" +
        "Every result is checked against a float64 reference on fresh random data before it is timed.",
    )
    .requiredOption("--suite <name>", `a suite (${suiteNames().join(", ")}), or a YAML file`)
    .option(
      "--backend <name>",
      "backends, with :1 for their second device; all when absent",
      parseDevices,
    )
    .option(
      "--tenants <counts>",
      "run so many at once on one device: 4, 1,2,4 or 1..4",
      parseTenants,
    )
    .addOption(
      new Option(
        "--tenants-as <kind>",
        "what several tenants are; as the suite says when absent",
      ).choices(TENANTS_AS),
    )
    .option("--filter <text>", "only cases whose id contains the text")
    .option("--processes <count>", "fewest processes per case", wholeNumber(1, 200))
    .option("--samples <count>", "samples per process", wholeNumber(5, 10_000))
    .option(
      "--precision <share>",
      "stop when intervals are as narrow as this, such as 2%",
      shareOption,
    )
    .option(
      "--budget <duration>",
      "start no round of processes after this time, such as 5m",
      durationOption,
    )
    .option(
      "--seed <number>",
      "seed of the input data; another one every time when absent",
      parseSeed,
    )
    .option("--against <path>", "another build to measure in turns with this one (ABBA)")
    .option(
      "--plant-slowdown <id=factor>",
      "do so much more work in a case than it counts, to see a gate fail",
      parsePlanted,
    )
    .option(
      "--reference <file>",
      "times of the same cases by another tool, to print beside (bench/gpu/torch_reference.py)",
    )
    .option("-o, --out <file>", "where the result goes; reports/bench/SUITE.json when absent")
    .option("--json", "print the result on stdout instead")
    .addHelpText("after", HELP)
    .action(run);
}

const HELP = `
--against takes a folder with a built Headroom, or a YAML file (schema: headroom/benchmark-build/v1) that names a
folder, another node, or environment variables. Its result goes beside the other, as FILE.base.json.

Ctrl-C keeps what was measured by then. Exit codes: 0 measured · 1 a result was wrong or a case failed · 2 bad input ·
3 nothing could be measured · 130 interrupted.

Examples:
  headroom bench run --suite smoke
  headroom bench run --suite llm-layers --backend cuda -o h100.json
  headroom bench run --suite tenants --backend cuda --tenants 1..8 --tenants-as processes
  headroom bench run --suite smoke --against ../headroom-main -o new.json`;

async function run(options: RunOptions): Promise<void> {
  const reference =
    options.reference === undefined ? undefined : await readReference(options.reference);
  const outcome = await measure(options, options.json === true);
  if (outcome.kind === "nothing") {
    const reasons = outcome.absent.map((reason) => `  ${reason}\n`).join("");
    process.stderr.write(`Nothing could be measured.\n${reasons}`);
    process.exitCode = EXIT_CODES.cannotMeasure;
    return;
  }
  const { base } = outcome;
  const result =
    reference === undefined ? outcome.result : { ...outcome.result, references: [reference] };
  for (const reason of outcome.absent) process.stderr.write(`not measured: ${reason}\n`);
  if (options.json === true && options.out === undefined) {
    process.stdout.write(jsonText(base === undefined ? result : { base, new: result }));
  } else {
    const path = options.out ?? join("reports", "bench", `${result.suite.name}.json`);
    await writeTextFile(path, [jsonText(result)]);
    const basePath = `${path.replace(/\.json$/, "")}.base.json`;
    if (base !== undefined) await writeTextFile(basePath, [jsonText(base)]);
    if (options.json !== true)
      process.stdout.write(`${printBenchmarkRun(result)}${printReferences(result)}\n`);
    process.stderr.write(
      `Written: ${path}${base === undefined ? "" : ` and ${basePath}; compare them with: headroom bench compare ${basePath} ${path}`}\n`,
    );
  }
  process.exitCode = exitCode(result, outcome.absent, options);
}

function exitCode(result: BenchmarkResult, absent: readonly string[], options: RunOptions): number {
  if (result.interrupted) return EXIT_CODES.interrupted;
  if (result.cases.some((entry) => entry.status === "failed")) return EXIT_CODES.failed;
  // A backend that was asked for by name and is not there was not measured.
  const isShort = options.backend !== undefined && absent.length > 0;
  const hasFigures = result.cases.some((entry) => entry.runs.length > 0);
  return isShort || !hasFigures ? EXIT_CODES.cannotMeasure : EXIT_CODES.done;
}

/** Measures a suite with its own settings, for a gate. @throws InputError when nothing could be measured */
export async function measureForGate(
  suite: string,
  like: BenchmarkResult,
  plantSlowdown?: ReadonlyMap<string, number>,
): Promise<NamedResult> {
  const options = {
    suite,
    // Other devices would make another fingerprint, and have nothing to be compared with.
    backend: devicesOf(like),
    skipLarge: like.cases.some(({ reason }) => reason?.startsWith(TOO_LARGE)),
    ...(plantSlowdown === undefined ? {} : { plantSlowdown }),
  };
  const outcome = await measure(options, false);
  if (outcome.kind === "measured" && !outcome.result.interrupted) {
    const text = jsonText(outcome.result);
    const sha256 = createHash("sha256").update(text).digest("hex");
    return { file: suite, sha256, result: outcome.result };
  }
  const reason =
    outcome.kind === "nothing" ? `no device: ${outcome.absent.join("; ")}` : "interrupted";
  throw new InputError([
    {
      file: suite,
      rule: "cannot-measure",
      message: `nothing could be measured, ${reason}`,
      help: "headroom bench devices tells what there is",
    },
  ]);
}

function devicesOf({ cases }: BenchmarkResult): readonly WantedDevice[] {
  const devices = new Map(
    cases.map(({ backend, deviceIndex }) => [
      `${backend}:${deviceIndex}`,
      { backend, deviceIndex },
    ]),
  );
  return [...devices.values()];
}

async function measure(options: RunOptions, quiet: boolean): Promise<MeasureOutcome> {
  const { file, text } = await readSuite(options.suite);
  const against = options.against === undefined ? undefined : await otherBuild(options.against);
  const progress = createProgressLine({ quiet });
  const stopping = new AbortController();
  const stop = (): void => {
    progress.show("stopping; what is measured is kept");
    stopping.abort();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    return await measureSuite({
      version: VERSION,
      file,
      text,
      seed: options.seed ?? freshSeed(),
      signal: stopping.signal,
      sampling: samplingOf(options),
      onPlan: (plan) => checkPlan(plan, options),
      onProgress: (state) => progress.show(progressText(state)),
      ...(options.backend === undefined ? {} : { devices: options.backend }),
      ...(options.skipLarge === undefined ? {} : { skipLarge: options.skipLarge }),
      ...(options.filter === undefined ? {} : { filter: options.filter }),
      ...(options.tenants === undefined ? {} : { tenants: options.tenants }),
      ...(options.tenantsAs === undefined ? {} : { tenantsAs: options.tenantsAs }),
      ...(options.plantSlowdown === undefined ? {} : { planted: options.plantSlowdown }),
      ...(against === undefined ? {} : { against }),
    });
  } finally {
    for (const signal of signals) process.removeListener(signal, stop);
    progress.clear();
  }
}

function samplingOf(options: RunOptions) {
  const { processes, samples, precision, budget } = options;
  return {
    ...(processes === undefined ? {} : { processes }),
    ...(samples === undefined ? {} : { samples }),
    ...(precision === undefined ? {} : { precision }),
    ...(budget === undefined ? {} : { budgetS: budget }),
  };
}

/** Names on the command line that fit nothing are mistakes, not empty answers. */
function checkPlan(plan: MeasurePlan, { filter, plantSlowdown }: RunOptions): void {
  if (plan.ids.length === 0) return;
  if (filter !== undefined && plan.cases.length === 0) {
    throw unknownCase("--filter", `no case contains "${filter}"`, filter, plan.ids);
  }
  for (const id of plantSlowdown?.keys() ?? []) {
    if (plan.cases.some((planned) => planned.id === id)) continue;
    throw unknownCase("--plant-slowdown", `no case is called "${id}"`, id, plan.ids);
  }
}

function unknownCase(
  option: string,
  message: string,
  given: string,
  ids: readonly string[],
): InputError {
  const suggestion = didYouMean(given, ids);
  return new InputError([
    {
      file: option,
      rule: "unknown-name",
      message,
      allowed: ids,
      ...(suggestion === undefined ? {} : { suggestion }),
      help: "the ids of a suite are in the first column of its table",
    },
  ]);
}

const BAR_COLUMNS = 20;

function progressText(state: SessionProgress): string {
  const { pair, processesMin, elapsedS, budgetS, casesInRound, roundSize, current } = state;
  const rounds = Math.max(processesMin, pair + 1);
  const byRounds = (pair + casesInRound / Math.max(1, roundSize)) / rounds;
  const done = Math.min(1, Math.max(byRounds, elapsedS / budgetS));
  const filled = Math.round(BAR_COLUMNS * done);
  const bar = "█".repeat(filled) + "░".repeat(BAR_COLUMNS - filled);
  return `${bar} round ${pair + 1} of ${rounds}, ${Math.round(elapsedS)} s, ${state.casesOpen} of ${state.cases} cases open: ${current}`;
}

/** Fresh data every time: a kernel that is right for one seed only would pass for ever. */
function freshSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}
