import { InvalidArgumentError, Option, type Command } from "commander";
import { join } from "node:path";

import { checkOutputFolder } from "../../io/output-folder.js";
import { VERSION } from "../../io/version.js";
import { sweepFiles } from "../../report/sweep-report.js";
import { createScenarioPool } from "../../studies/pool/scenario-pool.js";
import { loadSweep, type LoadedSweep } from "../../studies/sweep/load-sweep.js";
import {
  gatherSweep,
  runUnits,
  shardUnits,
  type Shard,
  type SweepResult,
} from "../../studies/sweep/run-sweep.js";
import type { SweepDocument } from "../../studies/sweep/sweep-document.js";
import type { StoredOutcome } from "../../studies/sweep/stored-run.js";
import { sweepUnits, type SweepUnit } from "../../studies/sweep/sweep-units.js";
import { openUnitStore, removeLeftovers } from "../../studies/sweep/unit-store.js";
import { EXIT_CODES } from "../exit-codes.js";
import { withPageOptions, writeReportFiles, type PageCommandOptions } from "../page-options.js";
import { printStudy } from "../print-study.js";
import { namesInScenarios } from "../private-names.js";
import { checkRedactedSweep, shownDocument } from "../redacted-document.js";
import { defaultReportFolder } from "../report-folder.js";
import { gathered, parseWhole, threadsOf, withThreads } from "../study-options.js";
import { startOnSlurm, writeForKubernetes, type EngineOptions } from "../sweep-engines.js";
import { colours, createProgressLine, type ProgressLine } from "../terminal.js";
import { shellQuoted, wrapText } from "../text-layout.js";
import { createTimeLeft, type TimeLeft } from "../time-left.js";

interface MergeOptions extends PageCommandOptions {
  readonly out?: string;
  readonly allowPath: readonly string[];
  readonly from?: readonly string[];
  readonly json?: true;
  readonly quiet?: true;
}

interface SweepOptions extends MergeOptions, EngineOptions {
  readonly threads?: number;
  readonly shard?: Shard;
  readonly engine: "local" | "slurm" | "kubernetes";
}

/** Files of a report that are always there; charts stand in a folder of their own, the table has one of two names. */
const REPORT_FILES = ["sweep.json", "report.md", "report.html"];
/** Half-written files of another process younger than this may be those of a machine that shares the folder. */
const LEFTOVER_AGE_S = 60;

const HELP = `
A sweep that is stopped in any way goes on where it was when it is started again, and gives the same files.
Results of single runs are kept in units/ below the output folder; delete that folder to begin anew.

Examples:
  headroom sweep scenarios/sweeps/load-and-nodes.yaml
  headroom sweep my-sweep.yaml --shard 1/4          one of four machines; then: headroom sweep merge my-sweep.yaml
  headroom sweep my-sweep.yaml --engine slurm --shards 32 --sbatch-option=--partition=cpu
  headroom sweep my-sweep.yaml --engine kubernetes --image registry/headroom:1 --volume-claim studies

Exit code 1 when a point could not be run.`;

/** `headroom sweep`: one scenario or fleet at many points of a space. */
export function registerSweep(program: Command): void {
  const command = program
    .command("sweep")
    .summary("run a scenario or fleet at many points of a space, with resume and shards")
    .description(
      "Runs a scenario or fleet at every point of a grid, a list or a Latin hypercube, and writes one table with a row per\n" +
        "run (CSV or Parquet), sweep.json, and a report with response curves and heat maps.",
    )
    .argument("<sweep>", "sweep file (YAML)");
  withThreads(withOutput(command))
    .addOption(
      new Option("--shard <k/n>", "run part k of n only, and write no report").argParser(
        parseShard,
      ),
    )
    .addOption(
      new Option("--engine <name>", "where runs are done")
        .choices(["local", "slurm", "kubernetes"])
        .default("local"),
    );
  withEngines(command).addHelpText("after", HELP).action(run);
  withOutput(
    command
      .command("merge")
      .summary("put the results of shards together")
      .description(
        "Writes the report of a sweep whose runs are all there; says which are missing otherwise.",
      )
      .argument("<sweep>", "sweep file (YAML)"),
  )
    .option(
      "--from <folder>",
      "output folder of a shard that ran elsewhere; may be repeated",
      gathered,
      [],
    )
    .action((path: string, _own: unknown, own: Command) => merge(path, own.optsWithGlobals()));
}

function withOutput(command: Command): Command {
  return withPageOptions(command)
    .option("--out <folder>", "where to write; without it reports/sweep-<name>")
    .option(
      "--allow-path <folder>",
      "let the scenario read files from this folder too; may be repeated",
      gathered,
      [],
    )
    .option("--json", "print sweep.json to stdout, and nothing else there")
    .option("--quiet", "print nothing but problems");
}

function withEngines(command: Command): Command {
  return command
    .option("--shards <n>", "parts for slurm and kubernetes", parseWhole(1), 16)
    .option("--dry-run", "write the scripts for slurm and do not submit them")
    .option("--sbatch-option <text>", "one more line of #SBATCH; may be repeated", gathered, [])
    .option("--image <name>", "kubernetes: image with headroom on its path")
    .option("--volume-claim <name>", "kubernetes: PersistentVolumeClaim that all pods can mount")
    .option(
      "--mount-path <folder>",
      "kubernetes: where the volume appears; paths begin there",
      "/work",
    )
    .option("--namespace <name>", "kubernetes: namespace of the jobs")
    .option("--parallelism <n>", "kubernetes: pods at once; all shards when absent", parseWhole(1))
    .option("--pod-cpu <amount>", "kubernetes: CPU of a pod", "1")
    .option("--pod-memory <amount>", "kubernetes: memory of a pod", "2Gi");
}

function parseShard(text: string): Shard {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [k, n] = [Number(match?.[1]), Number(match?.[2])];
  if (k >= 1 && k <= n) return { k, n };
  throw new InvalidArgumentError(`must be k/n with k from 1 to n, such as 2/4, got "${text}".`);
}

async function run(path: string, options: SweepOptions): Promise<void> {
  const progress = createProgressLine(options.quiet ? { quiet: true } : {});
  try {
    if (options.out !== undefined) checkOutputFolder(options.out, REPORT_FILES);
    progress.show(`reading ${path}`);
    const sweep = await loadSweep(path, options.allowPath);
    if (options.redact === true) checkRedactedSweep(sweep);
    const out = folderOf(options, sweep);
    checkOutputFolder(out, reportFiles(sweep));
    if (options.engine === "slurm") return await startOnSlurm(sweep, out, options);
    if (options.engine === "kubernetes") return await writeForKubernetes(sweep, out, options);
    const all = await sweepUnits(sweep);
    if (options.shard === undefined) removeLeftovers(out, reportFiles(sweep), 0);
    const units = options.shard === undefined ? all : shardUnits(all, options.shard);
    const passing = await simulate(units, out, { options, progress });
    if (passing === "interrupted") return;
    if (options.shard !== undefined) {
      progress.clear();
      if (!options.quiet) printShard(path, options.shard, units.length, out);
      return;
    }
    await finish(sweep, gatherSweep(sweep, all, openUnitStore(out), passing), {
      path,
      out,
      options,
      progress,
    });
  } finally {
    progress.clear();
  }
}

async function merge(path: string, options: MergeOptions): Promise<void> {
  const progress = createProgressLine(options.quiet ? { quiet: true } : {});
  try {
    progress.show(`reading ${path}`);
    const sweep = await loadSweep(path, options.allowPath);
    if (options.redact === true) checkRedactedSweep(sweep);
    const out = folderOf(options, sweep);
    checkOutputFolder(out, reportFiles(sweep));
    removeLeftovers(out, reportFiles(sweep), LEFTOVER_AGE_S);
    const store = openUnitStore(out, options.from ?? []);
    const result = gatherSweep(sweep, await sweepUnits(sweep), store);
    await finish(sweep, result, { path, out, options, progress });
  } finally {
    progress.clear();
  }
}

/** Runs what is missing; Ctrl-C ends it between two results and says how to go on. */
async function simulate(
  units: readonly SweepUnit[],
  out: string,
  { options, progress }: { readonly options: SweepOptions; readonly progress: ProgressLine },
): Promise<ReadonlyMap<string, StoredOutcome> | "interrupted"> {
  const stop = new AbortController();
  const interrupted = (): void => stop.abort(new Error("interrupted"));
  process.once("SIGINT", interrupted);
  const pool = createScenarioPool({ threads: threadsOf(options), signal: stop.signal });
  const clock = (): number => performance.now();
  let left: TimeLeft = createTimeLeft(clock);
  let [ended, planned] = [0, units.length];
  try {
    return await runUnits(units, openUnitStore(out), pool, {
      onStart(already, total) {
        [ended, planned] = [already, total];
        left = createTimeLeft(clock, already);
      },
      onRun(done, total) {
        ended = done;
        progress.show(left.words(done, total));
      },
    });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    progress.clear();
    process.stderr.write(
      `Stopped: ${ended} of ${planned} runs are kept in ${join(out, "units")}. Start the same command again to go on.\n`,
    );
    process.exitCode = EXIT_CODES.interrupted;
    return "interrupted";
  } finally {
    process.removeListener("SIGINT", interrupted);
    await pool.close();
  }
}

async function finish(
  { spec, seed, base, sweepFile }: LoadedSweep,
  result: SweepResult,
  {
    path,
    out,
    options,
    progress,
  }: {
    readonly path: string;
    readonly out: string;
    readonly options: MergeOptions;
    readonly progress: ProgressLine;
  },
): Promise<void> {
  progress.show("drawing the report");
  const { document } = result;
  const allowed = options.allowPath
    .map((folder) => ` --allow-path ${shellQuoted(folder)}`)
    .join("");
  const reproduce = [
    `headroom sweep ${shellQuoted(path)}${allowed}`,
    `Headroom ${VERSION}, seed ${seed}`,
    ...document.inputs.map(({ path: file, sha256 }) => `${file} sha256 ${sha256}`),
  ];
  const known = [path, ...options.allowPath];
  const shown = base.kind === "fleet" ? await shownDocument(document, options, known) : document;
  const report = await sweepFiles(result, reproduce, { interactive: options.interactive });
  progress.show(`writing ${out}`);
  const { warnings } = await writeReportFiles(out, report, options, () => {
    if (base.scenario === undefined) return { files: known };
    const {
      files = [],
      scenarios = [],
      ...names
    } = namesInScenarios([base.scenario], options.allowPath);
    return {
      ...names,
      files: [...files, sweepFile.path, path],
      scenarios: [...scenarios, spec.name],
    };
  });
  progress.clear();
  if (options.json) {
    process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
    for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
  } else if (!options.quiet) printSweep(shown, out, warnings);
  if (document.failedPoints > 0) process.exitCode = EXIT_CODES.failed;
  if (document.failedPoints === spec.points.length) process.exitCode = EXIT_CODES.badInput;
}

function folderOf({ out }: MergeOptions, { spec }: LoadedSweep): string {
  return out ?? defaultReportFolder(`sweep-${spec.name}`);
}

function reportFiles({ spec }: LoadedSweep): readonly string[] {
  return [...REPORT_FILES, spec.table === "parquet" ? "runs.parquet" : "runs.csv"];
}

function printShard(path: string, { k, n }: Shard, runs: number, out: string): void {
  process.stdout.write(
    `Shard ${k} of ${n} is done: ${runs} runs in ${join(out, "units")}.\n` +
      `When all shards are: headroom sweep merge ${shellQuoted(path)} --out ${shellQuoted(out)}\n`,
  );
}

/** Failed points that the terminal names; the report has all. */
const FAILED_NAMED_MAX = 3;

function printSweep(document: SweepDocument, out: string, warnings: readonly string[]): void {
  const colour = colours(process.stdout);
  const lines: string[] = [colour.bold(wrapText(document.answer)), ""];
  const failed = document.points.filter(({ failure }) => failure !== undefined);
  for (const { point, failure } of failed.slice(0, FAILED_NAMED_MAX)) {
    lines.push(`${colour.red("✗")} ${wrapText(`point ${point}: ${failure!.message}`, 2)}`);
  }
  if (failed.length > FAILED_NAMED_MAX)
    lines.push(`  … and ${failed.length - FAILED_NAMED_MAX} more`);
  if (failed.length > 0) lines.push("");
  printStudy({
    question: document.question,
    lines,
    warnings: document.warnings,
    written: { folder: out, warnings },
    data: [document.table, "sweep.json", "report.md"],
  });
}
