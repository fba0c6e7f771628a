import { existsSync } from "node:fs";
import { InvalidArgumentError, type Command } from "commander";

import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError } from "../../diagnostics/problem.js";
import { loadScenario } from "../../io/load-scenario.js";
import { readBytes } from "../../io/read-file.js";
import { VERSION } from "../../io/version.js";
import { writeTextFile } from "../../io/write-text-file.js";
import { METRICS } from "../../scenario/metrics.js";
import { gateScenarios } from "../../studies/gate/gate-scenarios.js";
import {
  SCENARIO_BASELINE_SCHEMA,
  figuresOf,
  readScenarioBaseline,
  type ScenarioBaseline,
  type ScenarioFigures,
} from "../../studies/gate/scenario-baseline.js";
import { runScenario } from "../../studies/run/run-scenario.js";
import {
  GATE_EXIT_HELP,
  addFormatOptions,
  parseShare,
  targetsOf,
  writeGate,
  type GateTarget,
} from "../gate-output.js";
import { createProgressLine } from "../terminal.js";

/** Relative change of a simulated figure that passes where nothing else is said. */
const TOLERANCE_DEFAULT = 0.01;

interface Tolerance {
  readonly metric?: string;
  readonly share: number;
}

interface GateCommandOptions {
  readonly baseline: string;
  readonly update?: true;
  readonly tolerance: readonly Tolerance[];
  readonly metric: readonly string[];
  readonly set: readonly string[];
  readonly allowPath: readonly string[];
  readonly format?: readonly GateTarget[];
  readonly json?: true;
}

/** `headroom gate`: fails when simulated capacity figures got worse than a committed baseline. */
export function registerGate(program: Command): void {
  const command = program
    .command("gate")
    .summary("fail a build when simulated capacity got worse")
    .description(
      "Runs scenarios and compares every metric a goal may name, and every goal, with a committed baseline.\n" +
        "Simulations repeat exactly, so the tolerance says which differences matter; where a scenario asks for\n" +
        "replications, a change must also leave their intervals.",
    )
    .argument("<scenario...>", "scenario files (YAML)")
    .requiredOption("--baseline <file>", "JSON to compare with; made by --update")
    .option("--update", "write the baseline from this run in place of comparing")
    .option(
      "--tolerance <share>",
      "relative change that passes: 1% for all, or METRIC=5% for one; may be repeated",
      (text: string, all: readonly Tolerance[]) => [...all, parseTolerance(text)],
      [] as readonly Tolerance[],
    )
    .option(
      "--metric <path>",
      "compare only this metric, and goals; may be repeated; all metrics when absent",
      (text: string, all: readonly string[]) => [...all, metricNamed(text)],
      [] as readonly string[],
    )
    .option(
      "--set <path=value>",
      "change one field of every scenario before it is run; may be repeated",
      (value: string, all: readonly string[]) => [...all, value],
      [] as readonly string[],
    )
    .option(
      "--allow-path <folder>",
      "let scenarios read files from this folder too; may be repeated",
      (value: string, all: readonly string[]) => [...all, value],
      [] as readonly string[],
    );
  addFormatOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  headroom gate scenarios/*.yaml --baseline bench/capacity-baseline.json --update
  headroom gate scenarios/*.yaml --baseline bench/capacity-baseline.json --format text,github,junit=capacity.xml
  headroom gate my.yaml --baseline base.json --tolerance jobs.waitS.p95=5%

${GATE_EXIT_HELP}`,
    )
    .action(run);
}

async function run(paths: readonly string[], options: GateCommandOptions): Promise<void> {
  const known = options.update ? undefined : await readBaseline(options.baseline);
  const progress = createProgressLine(options.json ? { quiet: true } : {});
  const runs: ScenarioFigures[] = [];
  try {
    for (const [index, path] of [...new Set(paths)].entries()) {
      progress.show(`simulating ${path} (${index + 1} of ${paths.length})`);
      const loaded = await loadScenario({
        path,
        sets: options.set,
        allowedFolders: options.allowPath,
      });
      runs.push(figuresOf(path, runScenario(loaded).document));
    }
  } finally {
    progress.clear();
  }
  if (known === undefined) {
    await writeBaseline(options.baseline, runs);
    return;
  }
  const general = options.tolerance.filter(({ metric }) => metric === undefined).at(-1);
  const outcome = gateScenarios(known, runs, {
    metrics: options.metric,
    toleranceDefault: general?.share ?? TOLERANCE_DEFAULT,
    tolerances: Object.fromEntries(
      options.tolerance.flatMap(({ metric, share }) =>
        metric === undefined ? [] : [[metric, share]],
      ),
    ),
  });
  await writeGate(outcome, targetsOf(options));
}

async function readBaseline(path: string): Promise<{
  readonly file: string;
  readonly sha256: string;
  readonly document: ScenarioBaseline;
}> {
  if (!existsSync(path)) {
    throw new InputError([
      {
        file: path,
        rule: "no-baseline",
        message: "there is no such file",
        help: "make it with --update, and commit it",
      },
    ]);
  }
  const { bytes, sha256 } = await readBytes(path);
  return {
    file: path,
    sha256,
    document: readScenarioBaseline(path, new TextDecoder().decode(bytes)),
  };
}

/** Scenarios that were not run keep what the baseline says of them. */
async function writeBaseline(path: string, runs: readonly ScenarioFigures[]): Promise<void> {
  const earlier = existsSync(path) ? (await readBaseline(path)).document.scenarios : [];
  const kept = earlier.filter((item) => !runs.some((run) => run.path === item.path));
  const document: ScenarioBaseline = {
    schema: SCENARIO_BASELINE_SCHEMA,
    version: VERSION,
    scenarios: [...kept, ...runs].sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
  await writeTextFile(path, [`${JSON.stringify(document, null, 2)}\n`]);
  const figures = runs.reduce((sum, item) => sum + Object.keys(item.figures).length, 0);
  process.stderr.write(`wrote ${path}: ${figures} figures of ${runs.length} scenarios\n`);
}

/** Reads `1%` or `jobs.waitS.p95=5%`. */
function parseTolerance(text: string): Tolerance {
  const at = text.lastIndexOf("=");
  if (at < 0) return { share: parseShare(text) };
  return { metric: metricNamed(text.slice(0, at)), share: parseShare(text.slice(at + 1)) };
}

function metricNamed(name: string): string {
  const names = METRICS.map(({ path }) => path);
  if (names.includes(name)) return name;
  const near = didYouMean(name, names);
  throw new InvalidArgumentError(
    `there is no metric "${name}".${near === undefined ? "" : ` Did you mean ${near}?`}`,
  );
}
