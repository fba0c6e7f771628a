import type { Command } from "commander";
import { InvalidArgumentError } from "commander";

import { checkOutputFolder } from "../../io/output-folder.js";
import { isFleetFile } from "../../io/load-fleet.js";
import { loadScenario } from "../../io/load-scenario.js";
import { VERSION } from "../../io/version.js";
import { planFiles } from "../../report/plan-report.js";
import { createLivePart } from "../../report/what-if/live-part.js";
import type { WhatIfAnswer } from "../../report/what-if/what-if-part.js";
import type { PlanDocument, PlanOption } from "../../studies/plan/plan-document.js";
import { runPlan } from "../../studies/plan/run-plan.js";
import { EXIT_CODES } from "../exit-codes.js";
import { parseSeed } from "../parse-seed.js";
import { withPageOptions, writeReportFiles, type PageCommandOptions } from "../page-options.js";
import { planFleet } from "../plan-fleet.js";
import { printPlan } from "../print-plan.js";
import type { WrittenReport } from "../print-study.js";
import { namesInScenarios } from "../private-names.js";
import { defaultReportFolder } from "../report-folder.js";
import { NOTHING_KEPT, stoppable } from "../stoppable.js";
import { createProgressLine } from "../terminal.js";
import { shellQuoted } from "../text-layout.js";

interface PlanCommandOptions extends PageCommandOptions {
  readonly seed?: number;
  readonly threads?: number;
  readonly out?: string;
  readonly set: readonly string[];
  readonly allowPath: readonly string[];
  /** False after --no-what-if. */
  readonly whatIf: boolean;
  /** False after --no-sensitivity. */
  readonly sensitivity: boolean;
  readonly json?: true;
  readonly quiet?: true;
}

/** Files every plan writes; those of charts stand in a folder of their own. */
const REPORT_FILES = ["plan.json", "plans.csv", "report.md", "report.html"];

/** `headroom plan`: the cheapest purchase that meets the goals, with the evidence. */
export function registerPlan(program: Command): void {
  const gather = (value: string, all: readonly string[]): readonly string[] => [...all, value];
  const command = program
    .command("plan")
    .summary("find the cheapest purchase that meets the goals")
    .description(
      "Searches what the section plan of a scenario allows to be bought and changed for the cheapest plan that meets\n" +
        "its goals, proves a lower bound on the cost, and says what the next cheaper plan misses, how long the answer\n" +
        "lasts and what to order first. Writes report.html, report.md, plan.json and plans.csv.",
    )
    .argument("<scenario>", "scenario or fleet file (YAML) with a section plan")
    .option("--seed <n>", "root seed; takes the place of the scenario's", parseSeed)
    .option("--threads <n>", "simulations at once; all cores when left out", parseThreads)
    .option(
      "--out <folder>",
      "where to write; without it reports/plan-<name of the scenario>, and nothing under --json",
    )
    .option(
      "--set <path=value>",
      "change one field before anything is checked; may be repeated",
      gather,
      [] as readonly string[],
    )
    .option(
      "--allow-path <folder>",
      "let the scenario read files from this folder too; may be repeated",
      gather,
      [] as readonly string[],
    )
    .option(
      "--no-what-if",
      "leave the simulator out of report.html, which is half a megabyte lighter then; --redact does too",
    )
    .option(
      "--no-sensitivity",
      "do not look for the assumed numbers that would change the answer, which takes a few more runs",
    );
  withPageOptions(command)
    .option("--json", "print plan.json to stdout, and nothing else there")
    .option("--quiet", "print nothing but problems")
    .addHelpText(
      "after",
      `
Examples:
  headroom plan scenarios/plans/training-purchase.yaml
  headroom plan my.yaml --set plan.limits.budget=4000000 --json | jq .answer
  headroom explain plan

Exit code 1 when no plan meets the goals: the report then says which of them exclude each other.`,
    )
    .action(run);
}

function parseThreads(text: string): number {
  const threads = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (threads < 1) throw new InvalidArgumentError("must be a whole number from 1");
  return threads;
}

async function run(path: string, options: PlanCommandOptions): Promise<void> {
  if (await isFleetFile(path, options.allowPath)) return planFleet(path, options);
  const progress = createProgressLine(options.quiet ? { quiet: true } : {});
  const { seed, threads } = options;
  try {
    if (options.out !== undefined) checkOutputFolder(options.out, REPORT_FILES);
    const document = await stoppable(NOTHING_KEPT, progress, (signal) =>
      runPlan({
        path,
        sets: options.set,
        allowedFolders: options.allowPath,
        ...(seed === undefined ? {} : { seed }),
        ...(threads === undefined ? {} : { threads }),
        sensitivity: options.sensitivity,
        signal,
        onProgress: (text) => {
          if (!signal.aborted) progress.show(text);
        },
      }),
    );
    if (document === undefined) return;
    const out =
      options.out ?? (options.json ? undefined : defaultReportFolder(`plan-${document.scenario}`));
    progress.show("drawing the report");
    const written = out === undefined ? undefined : await writeReport(out, document, path, options);
    progress.clear();
    if (options.json) {
      process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
      for (const warning of written?.warnings ?? []) process.stderr.write(`warning: ${warning}\n`);
    } else if (!options.quiet) printPlan(document, written);
    if (document.best === null) process.exitCode = EXIT_CODES.failed;
  } finally {
    progress.clear();
  }
}

async function writeReport(
  out: string,
  document: PlanDocument,
  path: string,
  options: PlanCommandOptions,
): Promise<WrittenReport> {
  // A page that simulates carries the trace itself, and with it the names.
  const isLive = options.whatIf && options.redact !== true;
  const report = await planFiles(document, reproduceLines(path, options, document), {
    whatIf: isLive ? await livePart(document, path, options) : undefined,
    interactive: options.interactive,
  });
  return writeReportFiles(out, report, options, async () => {
    const { set: sets, allowPath: allowedFolders } = options;
    return namesInScenarios([await loadScenario({ path, sets, allowedFolders })], allowedFolders);
  });
}

/** The answer, live in the page; nothing where there is none. */
function livePart(
  { best, cheaper, safer }: PlanDocument,
  path: string,
  { set, seed, allowPath }: PlanCommandOptions,
): Promise<WhatIfAnswer> | undefined {
  if (best === null) return undefined;
  const start = (name: string, option: PlanOption | null) =>
    option === null ? [] : [{ name, sets: option.set }];
  return createLivePart({
    path,
    sets: [...set, ...best.set],
    allowedFolders: allowPath,
    ...(seed === undefined ? {} : { seed }),
    starts: [...start("the cheaper plan that fails", cheaper), ...start("the safer plan", safer)],
  });
}

/** The command and the hashes that make the same bytes again. */
function reproduceLines(
  path: string,
  options: PlanCommandOptions,
  document: PlanDocument,
): readonly string[] {
  const sets = options.set.map((set) => ` --set ${shellQuoted(set)}`).join("");
  const allowed = options.allowPath
    .map((folder) => ` --allow-path ${shellQuoted(folder)}`)
    .join("");
  return [
    `headroom plan ${shellQuoted(path)}${sets}${allowed}${options.sensitivity ? "" : " --no-sensitivity"} --seed ${document.seed}`,
    `Headroom ${VERSION}`,
    ...document.inputs.map(({ path: file, sha256 }) => `${file} sha256 ${sha256}`),
  ];
}
