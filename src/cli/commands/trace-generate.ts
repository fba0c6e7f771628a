import { basename } from "node:path";
import type { Command } from "commander";

import { InputError } from "../../diagnostics/problem.js";
import { createRandomStreams } from "../../engine/streams.js";
import { readTextFile } from "../../io/read-file.js";
import { writeTextFile } from "../../io/write-text-file.js";
import { fitWorkload } from "../../workload/fit/fit-workload.js";
import { goodnessOfFit } from "../../workload/fit/goodness-of-fit.js";
import { workloadParametersYaml } from "../../workload/fit/parameters-yaml.js";
import { generateWorkload } from "../../workload/synthetic/generate-workload.js";
import type { WorkloadParameters } from "../../workload/synthetic/parameters.js";
import { parseWorkloadParameters } from "../../workload/synthetic/parse-parameters.js";
import { writeHeadroomCsv } from "../../workload/write-headroom-csv.js";
import { parseSeed } from "../parse-seed.js";
import { printGoodnessOfFit } from "../print-trace-fit.js";
import { createProgressLine } from "../terminal.js";
import { addReadingOptions, parsePositive, readFiles } from "../trace-reading.js";
import type { ReadingOptions } from "../trace-reading.js";
import { countText } from "../text-layout.js";

interface GenerateOptions extends ReadingOptions {
  readonly from?: readonly string[];
  readonly params?: string;
  readonly seed?: number;
  readonly weeks?: number;
  readonly jobsPerWeek?: number;
  readonly out: string;
  readonly paramsOut?: string;
}

const SEED_DEFAULT = 42;
/** As many rows as a trace may have. */
const JOBS_MAX = 10_000_000;

/** `headroom trace generate`: jobs from parameters, or from parameters fitted to a trace. */
export function registerTraceGenerate(trace: Command): void {
  const command = trace
    .command("generate")
    .summary("generate jobs from parameters, or like those of a trace")
    .description(
      "Generates jobs from parameters, or from parameters fitted to a trace: arrival rates by hour of the week, batches,\n" +
        "and for each gang size durations, tenants, host resources and estimates. A fit prints how near it comes, and\n" +
        "where it is poor.",
    )
    .option("--from <files...>", "trace to fit parameters to; its broken rows are refused")
    .option("--params <file>", "parameters (YAML) instead, such as traces/team-week.yaml")
    .option("--seed <n>", `root seed; without it that of --params, else ${SEED_DEFAULT}`, parseSeed)
    .option("--weeks <n>", "length; without it that of --params or of the trace", parsePositive)
    .option(
      "--jobs-per-week <n>",
      "expected jobs of one week, in place of the fitted",
      parsePositive,
    )
    .requiredOption("--out <file>", "the CSV to write")
    .option("--params-out <file>", "write the parameters used (YAML)");
  addReadingOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  headroom trace generate --from history.csv --seed 1 --weeks 4 --out synthetic.csv --params-out fitted.yaml
  headroom trace generate --params traces/team-week.yaml --seed 2 --out another-week.csv`,
    )
    .action(run);
}

async function run(options: GenerateOptions): Promise<void> {
  const progress = createProgressLine();
  try {
    const { from, params } = options;
    if ((from === undefined) === (params === undefined)) throw new InputError([oneSource()]);
    const source =
      from === undefined
        ? { parameters: parseWorkloadParameters(params!, await readTextFile(params!)) }
        : await fitTo(from, options, (text) => progress.show(text));
    const parameters = changed(source.parameters, options);
    requireFewEnough(parameters);
    progress.show("generating");
    const jobs = generateWorkload(parameters, createRandomStreams(parameters.seed));
    if (jobs.count === 0) throw new InputError([noJobs(parameters)]);
    await writeTextFile(options.out, writeHeadroomCsv(jobs));
    const written = [`${countText(jobs.count)} jobs written to ${options.out}`];
    if (options.paramsOut !== undefined) {
      await writeTextFile(options.paramsOut, [workloadParametersYaml(parameters)]);
      written.push(`parameters written to ${options.paramsOut}`);
    }
    progress.clear();
    if ("report" in source) source.report();
    process.stdout.write(`${written.join("\n")}\n`);
  } finally {
    progress.clear();
  }
}

async function fitTo(
  paths: readonly string[],
  options: GenerateOptions,
  show: (text: string) => void,
): Promise<{ parameters: WorkloadParameters; report: () => void }> {
  show(`reading ${paths.join(", ")}`);
  const { read } = await readFiles(paths, options, { brokenRows: "refuse" });
  show("fitting");
  const fitted = fitWorkload(read.jobs, {
    description: `Fitted to ${paths.map((path) => basename(path)).join(", ")}`,
    seed: options.seed ?? SEED_DEFAULT,
  });
  const fit = goodnessOfFit(read.jobs, fitted);
  return {
    parameters: fitted.parameters,
    report: () => {
      printGoodnessOfFit(fit, fitted.notes);
      process.stdout.write("\n");
    },
  };
}

function changed(
  parameters: WorkloadParameters,
  { seed, weeks, jobsPerWeek }: GenerateOptions,
): WorkloadParameters {
  return {
    ...parameters,
    ...(seed === undefined ? {} : { seed }),
    ...(weeks === undefined ? {} : { weeks }),
    ...(jobsPerWeek === undefined ? {} : { jobsPerWeek }),
  };
}

function requireFewEnough({ jobsPerWeek, weeks }: WorkloadParameters): void {
  if (jobsPerWeek * weeks <= JOBS_MAX) return;
  throw new InputError([
    {
      file: "trace generate",
      rule: "too-many-jobs",
      message: `${countText(jobsPerWeek)} jobs per week for ${countText(weeks)} weeks are more than ${countText(JOBS_MAX)} jobs`,
      help: "take fewer --weeks or --jobs-per-week",
    },
  ]);
}

function oneSource() {
  return {
    file: "trace generate",
    rule: "one-source",
    message: "name the trace to fit (--from) or the parameters (--params), one of the two",
    help: "headroom trace generate --help",
  };
}

function noJobs({ jobsPerWeek, weeks }: WorkloadParameters) {
  return {
    file: "trace generate",
    rule: "no-jobs",
    message: `no job came in ${countText(weeks)} weeks of ${countText(jobsPerWeek)} expected jobs each`,
    help: "take more --weeks or --jobs-per-week",
  };
}
