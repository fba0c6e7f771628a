import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Command } from "commander";

import type { BenchmarkResult } from "../../benchmark/result-document.js";
import { InputError } from "../../diagnostics/problem.js";
import { fileProblem, readBytes } from "../../io/read-file.js";
import { writeTextFile } from "../../io/write-text-file.js";
import { changeText } from "../../report/gate/gate-words.js";
import { trendChart } from "../../report/gate/trend-chart.js";
import { compareBenchmarks, type NamedResult } from "../../studies/gate/compare-benchmarks.js";
import type { GateOutcome } from "../../studies/gate/gate-outcome.js";
import { changePoints, historyEntry, readHistory } from "../../studies/gate/history.js";
import { parsePlanted } from "../benchmark-options.js";
import { GATE_EXIT_HELP, targetsOf, writeGate } from "../gate-output.js";
import { readResultFile } from "../read-result-file.js";
import { addJudgeOptions, compareOptionsOf, type JudgeOptions } from "./bench-compare.js";

interface GateOptions extends JudgeOptions {
  readonly baseline: string;
  readonly suite?: string;
  readonly plantSlowdown?: ReadonlyMap<string, number>;
  readonly update?: true;
  readonly history?: string;
  readonly trend?: string;
}

/** Measures a suite now, on the devices of another result, and gives its result; handed in by whoever owns the harness. */
export type MeasureSuite = (
  suite: string,
  like: BenchmarkResult,
  planted?: ReadonlyMap<string, number>,
) => Promise<NamedResult>;

/** `headroom bench gate`: fails a build when kernels got slower than a committed baseline. */
export function registerBenchGate(bench: Command, measure: MeasureSuite): void {
  const command = bench
    .command("gate")
    .summary("fail a build when kernels got slower")
    .description(
      "Compares a result, or a suite measured now, with a baseline, as `bench compare` does, and fails the build\n" +
        "for a regression. What cannot be told does not pass.",
    )
    .argument("[new]", "result to judge; or measure one with --suite")
    .requiredOption("--baseline <file>", "result to compare with")
    .option("--suite <name>", "measure this suite now, in place of naming a result")
    .option(
      "--plant-slowdown <id=factor>",
      "do so much more work in a case of --suite than it counts, to see the gate fail",
      parsePlanted,
    )
    .option("--update", "make the new result the baseline when the gate passes")
    .option(
      "--history <file>",
      "add one line to this JSON Lines file, and warn of slow creep in it",
    )
    .option("--trend <file.svg>", "draw the history; needs --history");
  addJudgeOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  headroom bench gate new.json --baseline bench/baseline.json --format text,github,junit=bench.xml
  headroom bench gate --suite smoke --baseline bench/baseline.json --history bench/history.jsonl --trend trend.svg

${GATE_EXIT_HELP}`,
    )
    .action((after: string | undefined, options: GateOptions) => run(after, options, measure));
}

async function run(
  after: string | undefined,
  options: GateOptions,
  measure: MeasureSuite,
): Promise<void> {
  checkUsage(after, options);
  const base = await readResultFile(options.baseline);
  const earlier = options.history === undefined ? [] : await historyIn(options.history);
  const measured =
    after === undefined
      ? await measure(options.suite!, base.result, options.plantSlowdown)
      : await readResultFile(after);
  const judged = compareBenchmarks(base, measured, compareOptionsOf(options));
  const entry = historyEntry(measured.result, judged);
  const history = [...earlier, entry];
  const creep = options.history === undefined ? [] : changePoints(history);
  const outcome: GateOutcome = {
    ...judged,
    warnings: [
      ...judged.warnings,
      ...creep.map(
        ({ caseId, at, ratio }) =>
          `${caseId} moved by ${changeText(ratio)} at run ${at + 1} of the history and stayed there.`,
      ),
    ],
  };
  if (options.history !== undefined) appendLine(options.history, JSON.stringify(entry));
  if (options.trend !== undefined) await writeTextFile(options.trend, [await trendChart(history)]);
  if (options.update && outcome.status === "pass") {
    await writeTextFile(options.baseline, [`${JSON.stringify(measured.result, null, 2)}\n`]);
  }
  await writeGate(outcome, targetsOf(options));
}

function checkUsage(after: string | undefined, options: GateOptions): void {
  const problem = (message: string, help: string): InputError =>
    new InputError([{ file: "bench gate", rule: "usage", message, help }]);
  if (after === undefined && options.suite === undefined)
    throw problem("nothing to judge was named", "name a result, or a suite with --suite");
  if (after !== undefined && options.suite !== undefined)
    throw problem(`both a result (${after}) and --suite were given`, "leave one of them out");
  if (options.suite === undefined && options.plantSlowdown !== undefined)
    throw problem("--plant-slowdown needs --suite", "work is planted while a suite is measured");
  if (options.trend !== undefined && options.history === undefined)
    throw problem("--trend needs --history", "name the history file with --history");
}

async function historyIn(path: string): Promise<ReturnType<typeof readHistory>> {
  if (!existsSync(path)) return [];
  const { bytes } = await readBytes(path);
  return readHistory(path, new TextDecoder().decode(bytes));
}

/** One write of one line: two gates that end at once do not mix theirs. */
function appendLine(path: string, line: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, `${line}\n`);
  } catch (error) {
    throw fileProblem(
      path,
      `may not be written: ${(error as Error).message}`,
      "choose another --history",
    );
  }
}
