import type { Command } from "commander";

import { visibleText } from "../../diagnostics/visible-text.js";
import { isFleetFile } from "../../io/load-fleet.js";
import { loadScenario, type LoadedScenario } from "../../io/load-scenario.js";
import { checkOutputFolder } from "../../io/output-folder.js";
import { VERSION } from "../../io/version.js";
import { scenarioRunFiles } from "../../report/scenario-run-files.js";
import { createWhatIfPart } from "../../report/what-if/what-if-part.js";
import type { ResultDocument } from "../../studies/run/result-document.js";
import { resultText } from "../../studies/run/result-text.js";
import { runScenario, type ScenarioRun } from "../../studies/run/run-scenario.js";
import { oneMoreFile } from "../catalogue-file.js";
import { EXIT_CODES } from "../exit-codes.js";
import { parseSeed } from "../parse-seed.js";
import {
  refuseRedactedWhatIf,
  withPageOptions,
  writeReportFiles,
  type PageCommandOptions,
} from "../page-options.js";
import { printDecision } from "../print-decision.js";
import type { WrittenReport } from "../print-study.js";
import { namesInJobs, namesInScenarios } from "../private-names.js";
import { defaultReportFolder } from "../report-folder.js";
import { runFleetFile } from "../run-fleet.js";
import { colours, createProgressLine, type ProgressLine } from "../terminal.js";
import { shellQuoted, wrapText } from "../text-layout.js";

/** Calibrations of the command line are a field of the scenario, named from where the command was started. */
function withCalibrations(options: RunOptions): RunOptions {
  const { calibration = [], set } = options;
  if (calibration.length === 0) return options;
  return { ...options, set: [...set, `cluster.calibrations=${JSON.stringify(calibration)}`] };
}

interface RunOptions extends PageCommandOptions {
  readonly seed?: number;
  readonly out?: string;
  readonly set: readonly string[];
  readonly calibration?: readonly string[];
  readonly allowPath: readonly string[];
  readonly whatIf?: true;
  readonly trace?: true;
  readonly json?: true;
  readonly quiet?: true;
}

/** Files every run writes; those of charts and variants stand in folders of their own. */
const REPORT_FILES = ["result.json", "jobs.csv", "utilization.csv", "report.md", "report.html"];

/** `headroom run`: one scenario with its variants, from YAML to a finished report. */
export function registerRun(program: Command): void {
  const command = program
    .command("run")
    .summary("simulate a scenario and write its report")
    .description(
      "Simulates a scenario and its variants with the same random streams, and writes report.html, report.md, " +
        "result.json, jobs.csv and utilization.csv. Ends with the decision in plain words.",
    )
    .argument("<scenario>", "scenario or fleet file (YAML)")
    .option(
      "--seed <n>",
      "root seed of every random stream; takes the place of the scenario's",
      parseSeed,
    )
    .option(
      "--out <folder>",
      "where to write; without it reports/<name of the scenario>, and nothing under --json",
    )
    .option(
      "--set <path=value>",
      "change one field before anything is checked; may be repeated",
      (value: string, all: readonly string[]) => [...all, value],
      [] as readonly string[],
    )
    .option(
      "--calibration <file>",
      "rates measured on a GPU, in place of the calibrations that the scenario names (may be repeated)",
      oneMoreFile,
    )
    .option(
      "--allow-path <folder>",
      "let the scenario read files from this folder too; may be repeated",
      (value: string, all: readonly string[]) => [...all, value],
      [] as readonly string[],
    )
    .option(
      "--trace",
      "write the schedule as schedule.trace.json, which ui.perfetto.dev and chrome://tracing open",
    )
    .option(
      "--what-if",
      "put the simulator into report.html: change nodes, load, hosting or the queue in the page, offline",
    );
  withPageOptions(command)
    .option("--json", "print result.json to stdout, and nothing else there")
    .option("--quiet", "print nothing but problems")
    .addHelpText(
      "after",
      `
Examples:
  headroom run scenarios/quickstart.yaml
  headroom run scenarios/quickstart.yaml --set "cluster.nodes[0].count=10" --out reports/ten-nodes
  headroom run scenarios/quickstart.yaml --json | jq .jobs.waitS.p95

Exit code 1 when a goal of the base scenario is missed, or not shown to be met where figures have intervals;
goals of variants do not change it.`,
    )
    .action(run);
}

async function run(path: string, given: RunOptions): Promise<void> {
  const options = withCalibrations(given);
  if (await isFleetFile(path, options.allowPath)) return runFleetFile(path, options);
  if (options.redact === true && options.whatIf === true) refuseRedactedWhatIf("run");
  const progress = createProgressLine(options.quiet ? { quiet: true } : {});
  try {
    progress.show(`reading ${path}`);
    // Before the simulation: a folder that cannot be used must not cost an hour.
    if (options.out !== undefined) checkOutputFolder(options.out, REPORT_FILES);
    const scenario = await loadScenario({
      path,
      sets: options.set,
      allowedFolders: options.allowPath,
      ...(options.seed === undefined ? {} : { seed: options.seed }),
    });
    const out = outputFolder(options, scenario.scenario.name);
    if (out !== undefined) checkOutputFolder(out, REPORT_FILES);
    const warned = warnBefore(scenario, options, progress);
    const study = runScenario(scenario, (name, index, count) => {
      progress.show(`simulating ${name} (${index + 1} of ${count})`);
    });
    const written =
      out === undefined
        ? undefined
        : await writeReport(out, study, { path, options, progress, scenario });
    progress.clear();
    if (options.json) {
      process.stdout.write(resultText(study.document));
      for (const warning of written?.warnings ?? []) process.stderr.write(`warning: ${warning}\n`);
    } else if (!options.quiet)
      printDecision(study.document, written, [...warned, ...saidBefore(scenario, study.document)]);

    if (study.document.goals.some((goal) => !goal.met)) process.exitCode = EXIT_CODES.failed;
  } finally {
    progress.clear();
  }
}

/**
 * Prints what is known about the jobs before they are run: nobody should have to wait for that.
 *
 * @returns the sentences printed, which the end of the run need not repeat
 */
function warnBefore(
  { base, variants }: LoadedScenario,
  options: RunOptions,
  progress: ProgressLine,
): readonly string[] {
  if (options.quiet) return [];
  const ofBase = base.workloadWarnings.map(({ sentence }) => sentence);
  const ofVariants = variants.flatMap(({ resolved, workloadWarnings }) =>
    workloadWarnings
      .filter(({ sentence }) => !ofBase.includes(sentence))
      .map(({ sentence }) => `with “${resolved.name!}”: ${sentence}`),
  );
  const sentences = [...ofBase, ...ofVariants];
  if (sentences.length === 0) return [];
  progress.clear();
  const yellow = colours(process.stderr).yellow;
  for (const sentence of sentences)
    process.stderr.write(`${yellow("!")} ${wrapText(visibleText(sentence), 2)}\n`);
  return sentences;
}

/** What the run found out and the warnings before it have said already, in other figures. */
function saidBefore({ base }: LoadedScenario, { warnings }: ResultDocument): readonly string[] {
  return base.workloadWarnings.some(({ rule }) => rule === "demand-exceeds-capacity")
    ? warnings.filter((warning) => warning.startsWith("Overloaded: "))
    : [];
}

/** Where the report goes: what `--out` names, else a folder of the scenario's name, and nowhere under --json. */
function outputFolder(options: RunOptions, scenarioName: string): string | undefined {
  if (options.out !== undefined) return options.out;
  return options.json ? undefined : defaultReportFolder(scenarioName);
}

async function writeReport(
  folder: string,
  study: ScenarioRun,
  command: {
    readonly path: string;
    readonly options: RunOptions;
    readonly progress: ProgressLine;
    readonly scenario: LoadedScenario;
  },
): Promise<WrittenReport> {
  const { path, options, progress, scenario } = command;
  progress.show("drawing the report");
  const whatIf = options.whatIf
    ? await createWhatIfPart({
        path,
        sets: options.set,
        ...(options.seed === undefined ? {} : { seed: options.seed }),
        inputs: scenario.inputs,
        configuration: scenario.base.resolved,
        result: study.document,
      })
    : undefined;
  const report = await scenarioRunFiles(study, {
    reproduce: reproduceLines(path, options, study.document),
    whatIf,
    interactive: options.interactive,
    trace: options.trace === true,
  });
  progress.show(`writing ${folder}`);
  return writeReportFiles(folder, report, options, () => ({
    ...namesInScenarios([scenario], options.allowPath),
    // Replicas of services are jobs of the run, and of no trace.
    ...namesInJobs([study.base, ...study.variants].map(({ run }) => run.jobs)),
  }));
}

/** The command and the hashes that make the same bytes again. */
function reproduceLines(path: string, options: RunOptions, document: ResultDocument): string[] {
  const sets = options.set.map((set) => ` --set ${shellQuoted(set)}`).join("");
  const allowed = options.allowPath
    .map((folder) => ` --allow-path ${shellQuoted(folder)}`)
    .join("");
  return [
    `headroom run ${shellQuoted(path)}${sets}${allowed} --seed ${document.seed}`,
    `Headroom ${VERSION}`,
    ...document.inputs.map(({ path: file, sha256 }) => `${file} sha256 ${sha256}`),
  ];
}
