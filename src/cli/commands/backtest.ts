import { basename } from "node:path";
import { Option, type Command } from "commander";

import { checkOutputFolder } from "../../io/output-folder.js";
import { VERSION } from "../../io/version.js";
import { backtestFiles } from "../../report/backtest-report.js";
import type { BacktestDocument } from "../../studies/backtest/backtest-document.js";
import { runBacktest } from "../../studies/backtest/backtest.js";
import { loadBacktest } from "../../studies/backtest/load-backtest.js";
import { TRACE_FORMATS } from "../../workload/formats/registry.js";
import { parseSeed } from "../parse-seed.js";
import { withPageOptions, writeReportFiles, type PageCommandOptions } from "../page-options.js";
import { printBacktest } from "../print-backtest.js";
import { namesInJobs } from "../private-names.js";
import { defaultReportFolder } from "../report-folder.js";
import { createProgressLine } from "../terminal.js";
import { shellQuoted } from "../text-layout.js";

interface BacktestCommandOptions extends PageCommandOptions {
  readonly cluster: string;
  readonly queue?: string;
  readonly placement?: string;
  readonly format?: string;
  readonly seed?: number;
  readonly out?: string;
  readonly allowPath: readonly string[];
  readonly json?: true;
  readonly quiet?: true;
}

/** Files every backtest writes; those of charts stand in a folder of their own. */
const REPORT_FILES = ["backtest.json", "jobs.csv", "report.md", "report.html"];

/** `headroom backtest`: how well the simulator repeats a history that really happened. */
export function registerBacktest(program: Command): void {
  const command = program
    .command("backtest")
    .summary("replay a recorded history and say how wrong the simulated waits are")
    .description(
      "Replays a trace that says when its jobs really started, under the policy in use, and compares simulated\n" +
        "with recorded waits. Writes report.html, report.md, backtest.json and jobs.csv. A scenario that names\n" +
        "backtest.json under `trust` carries the result into its own report.",
    )
    .argument("<trace>", "history with recorded starts")
    .requiredOption(
      "--cluster <file>",
      "YAML with `cluster:` and maybe `policy:`; a whole scenario will do",
    )
    .option("--queue <name>", "queue policy; takes the place of the file's")
    .option("--placement <name>", "placement policy; takes the place of the file's")
    .addOption(
      new Option("--format <name>", "format of the trace; recognised when left out").choices(
        TRACE_FORMATS.map(({ name }) => name),
      ),
    )
    .option("--seed <n>", "root seed, for placements that draw", parseSeed)
    .option(
      "--out <folder>",
      "where to write; without it reports/backtest-<trace>, and nothing under --json",
    )
    .option(
      "--allow-path <folder>",
      "let the cluster file extend files from this folder too; may be repeated",
      (value: string, all: readonly string[]) => [...all, value],
      [] as readonly string[],
    );
  withPageOptions(command)
    .option("--json", "print backtest.json to stdout, and nothing else there")
    .option("--quiet", "print nothing but problems")
    .addHelpText(
      "after",
      `
Histories with recorded starts: slurm-sacct, philly-json, helios-csv with start_time, openb-pods, and
headroom-csv with a column recorded_start_s.

Examples:
  headroom backtest jobs.sacct --cluster cluster.yaml --queue easy-backfill
  headroom backtest history.csv --cluster scenarios/quickstart.yaml --json | jq .wait.errorRelative.p95
  headroom backtest history.csv --cluster cluster.yaml --queue "{name: easy-backfill, estimate: duration}"`,
    )
    .action(run);
}

async function run(trace: string, options: BacktestCommandOptions): Promise<void> {
  const progress = createProgressLine(options.quiet ? { quiet: true } : {});
  const { cluster, queue, placement, format, seed } = options;
  try {
    const out =
      options.out ?? (options.json ? undefined : defaultReportFolder(`backtest-${nameOf(trace)}`));
    if (out !== undefined) checkOutputFolder(out, REPORT_FILES);
    progress.show(`reading ${trace}`);
    const loaded = await loadBacktest({
      tracePath: trace,
      clusterPath: cluster,
      allowedFolders: options.allowPath,
      ...(queue === undefined ? {} : { queue }),
      ...(placement === undefined ? {} : { placement }),
      ...(format === undefined ? {} : { format }),
      ...(seed === undefined ? {} : { seed }),
    });
    progress.show(`replaying ${loaded.jobs.count} jobs`);
    const backtest = runBacktest(loaded);
    const { document } = backtest;
    progress.show("drawing the report");
    const { interactive } = options;
    const written =
      out === undefined
        ? undefined
        : await writeReportFiles(
            out,
            await backtestFiles(backtest, reproduceLines(trace, options, document), {
              interactive,
            }),
            options,
            () => ({
              ...namesInJobs([loaded.jobs]),
              files: [
                trace,
                cluster,
                ...options.allowPath,
                ...document.inputs.map(({ path }) => path),
              ],
            }),
          );
    progress.clear();
    if (options.json) {
      process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
      for (const warning of written?.warnings ?? []) process.stderr.write(`warning: ${warning}\n`);
    } else if (!options.quiet) printBacktest(document, written);
  } finally {
    progress.clear();
  }
}

/** `jobs` for `data/jobs.csv.gz`. */
function nameOf(trace: string): string {
  return basename(trace).replace(/\.[.\w]*$/, "") || "trace";
}

/** The command and the hashes that make the same bytes again. */
function reproduceLines(
  trace: string,
  options: BacktestCommandOptions,
  document: BacktestDocument,
): string[] {
  const given = (["queue", "placement", "format"] as const).flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [` --${name} ${shellQuoted(value)}`];
  });
  const allowed = options.allowPath.map((folder) => ` --allow-path ${shellQuoted(folder)}`);
  return [
    `headroom backtest ${shellQuoted(trace)} --cluster ${shellQuoted(options.cluster)}${given.join("")}${allowed.join("")} --seed ${document.seed}`,
    `Headroom ${VERSION}`,
    ...document.inputs.map(({ path, sha256 }) => `${path} sha256 ${sha256}`),
  ];
}
