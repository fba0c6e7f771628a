import { InvalidArgumentError, Option, type Command } from "commander";

import { problemsJson } from "../../diagnostics/problem-json.js";
import { createRandomStreams } from "../../engine/streams.js";
import { writeTextFile } from "../../io/write-text-file.js";
import { describeTrace } from "../../workload/describe/describe-trace.js";
import { LOAD_FACTOR_MAX, scaleLoad } from "../../workload/scale-load.js";
import { writeHeadroomCsv } from "../../workload/write-headroom-csv.js";
import { parseSeed } from "../parse-seed.js";
import { printDescription } from "../print-trace-description.js";
import { printedRows } from "../print-trace-rows.js";
import { createProgressLine } from "../terminal.js";
import { addReadingOptions, formatList, parsePositive, readFiles } from "../trace-reading.js";
import type { ReadingOptions } from "../trace-reading.js";
import { registerTraceGenerate } from "./trace-generate.js";
import { countText } from "../text-layout.js";

interface DescribeOptions extends ReadingOptions {
  readonly gpus?: number;
  readonly json?: true;
}

interface ImportOptions extends ReadingOptions {
  readonly out: string;
  readonly clock: "first-submit" | "week";
}

interface ScaleOptions extends ReadingOptions {
  readonly load: number;
  readonly out: string;
  readonly seed: number;
}

const SEED_DEFAULT = 42;
const STRICT =
  "stop at the first broken row; without it broken rows are left out, counted and shown";

/** `headroom trace`: look at, convert, scale and make traces. */
export function registerTrace(program: Command): void {
  const trace = program
    .command("trace")
    .summary("look at, convert, scale and generate traces")
    .description(
      "Looks at traces of jobs, converts them to Headroom CSV, scales their load, and generates new ones.",
    );
  registerDescribe(trace);
  registerImport(trace);
  registerScale(trace);
  registerTraceGenerate(trace);
}

function registerDescribe(trace: Command): void {
  const describe = trace
    .command("describe")
    .summary("what is in a trace, and what to know before running it")
    .description(
      "Prints what is in a trace: jobs, sizes, durations, arrivals, burstiness, demand over time, load; and warns of\n" +
        "what would make a run of it misleading. Broken rows are left out and shown.",
    )
    .argument("<files...>", "one trace, in one or more files (may be gzipped)");
  addReadingOptions(describe)
    .option(
      "--gpus <n>",
      "GPUs of the cluster it is meant for: tells the offered load",
      parsePositive,
    )
    .option("--strict", STRICT)
    .option("--json", "print the description as one object to stdout, and nothing else there")
    .addHelpText("after", describeHelp())
    .action(runDescribe);
}

function describeHelp(): string {
  return `
Formats:
${formatList()}

--json prints, with times in seconds and null where there is nothing to tell:
  schema           headroom/trace-description/v1
  files, format, guess   the files with their SHA-256, the format and why it was recognised
  rows             what did not become jobs: problems (the first 20), problemCount, problemCountByRule,
                   leftOut with reasons, notes on what was assumed
  jobs, jobsWithoutGpu, firstSubmitS, lastSubmitS, spanS, originEpochS, gpuSeconds, clusterGpus
  tenants[], gangSizes[]   jobs and gpuSeconds of each
  durationS, recordedWaitS count, mean, min, p5 to p99, max
  arrivals         jobs per hour by hourOfDay and weekday; dispersionIndex, the burstiness
  load             value: GPU time asked for over GPU time there is between the first and last submission;
                   lasting: false for a burst of work that is no load
  demand           GPUs in use at once if every job started when it is submitted: peak, mean, bins
  largest          the job with most GPUs and the one with most GPU time
  warnings[]       rule, message, help

Examples:
  headroom trace describe traces/team-week.csv --gpus 64
  headroom trace describe jobs.sacct.gz --json | jq .warnings`;
}

async function runDescribe(paths: readonly string[], options: DescribeOptions): Promise<void> {
  const progress = createProgressLine(options.json ? { quiet: true } : {});
  try {
    progress.show(`reading ${paths.join(", ")}`);
    const brokenRows = options.strict ? "refuse-first" : "leave-out";
    const { read, files } = await readFiles(paths, options, { brokenRows });
    const { jobs, format, guess, problems, problemCount, problemCountByRule, leftOut, notes } =
      read;
    const { gpus } = options;
    const description = describeTrace(jobs, { format, ...(gpus === undefined ? {} : { gpus }) });
    progress.clear();
    if (options.json !== true) return printDescription(paths, read, description);
    const document = {
      schema: "headroom/trace-description/v1",
      files,
      format,
      guess: guess ?? null,
      rows: { problems: problemsJson(problems), problemCount, problemCountByRule, leftOut, notes },
      ...description,
    };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } finally {
    progress.clear();
  }
}

function registerImport(trace: Command): void {
  const command = trace
    .command("import")
    .summary("convert a trace to Headroom CSV")
    .description(
      "Converts a trace of any format that can be read to Headroom CSV. What was left out is told on stderr.",
    )
    .argument("<files...>", "one trace, in one or more files (may be gzipped)")
    .requiredOption("--out <file>", "the CSV to write");
  addReadingOptions(command)
    .addOption(
      new Option(
        "--clock <origin>",
        "second 0 of the CSV: the first submission, or the Monday 00:00 UTC before it, which keeps hours of the day",
      )
        .choices(["first-submit", "week"])
        .default("first-submit"),
    )
    .option("--strict", STRICT)
    .addHelpText("after", `\nExample:\n  headroom trace import jobs.sacct.gz --out jobs.csv`)
    .action(runImport);
}

async function runImport(paths: readonly string[], options: ImportOptions): Promise<void> {
  const { read } = await readFiles(paths, options, {
    brokenRows: options.strict ? "refuse-first" : "leave-out",
    clock: options.clock,
  });
  await writeTextFile(options.out, writeHeadroomCsv(read.jobs));
  const said = [
    read.guess ?? `read as ${read.format}`,
    ...printedRows(read).filter((line) => line !== ""),
  ];
  process.stderr.write(`${said.join("\n")}\n`);
  process.stdout.write(`${countText(read.jobs.count)} jobs written to ${options.out}\n`);
}

function registerScale(trace: Command): void {
  const command = trace
    .command("scale")
    .summary("more or less load in the same daily shape")
    .description(
      "Adds copies of jobs, or thins them, until the load is the given multiple. Copies arrive up to 30 minutes before\n" +
        "or after their original. A higher load holds every job of a lower one. Broken rows are refused.",
    )
    .argument("<files...>", "one trace, in one or more files (may be gzipped)")
    .requiredOption(
      "--load <factor>",
      `multiple of the load, above 0, at most ${LOAD_FACTOR_MAX}`,
      parseLoad,
    )
    .requiredOption("--out <file>", "the CSV to write")
    .option("--seed <n>", "root seed: chooses which jobs are copied", parseSeed, SEED_DEFAULT);
  addReadingOptions(command)
    .addHelpText(
      "after",
      `\nA scenario with the same seed and workload.load gets the same jobs.\n\nExample:\n  headroom trace scale traces/team-week.csv --load 1.25 --out busier.csv`,
    )
    .action(runScale);
}

async function runScale(paths: readonly string[], options: ScaleOptions): Promise<void> {
  const { read } = await readFiles(paths, options, { brokenRows: "refuse" });
  const stream = createRandomStreams(options.seed).stream("workload/load");
  const scaled = scaleLoad(read.jobs, options.load, stream);
  await writeTextFile(options.out, writeHeadroomCsv(scaled));
  process.stdout.write(
    `${countText(scaled.count)} jobs (of ${countText(read.jobs.count)}) written to ${options.out}\n`,
  );
}

function parseLoad(text: string): number {
  const load = parsePositive(text);
  if (load > LOAD_FACTOR_MAX)
    throw new InvalidArgumentError(`It must be at most ${LOAD_FACTOR_MAX}.`);
  return load;
}
