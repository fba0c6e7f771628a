import { Option, type Command } from "commander";

import { checkOutputFolder } from "../../io/output-folder.js";
import { VERSION } from "../../io/version.js";
import { compareFiles } from "../../report/compare-report.js";
import type { CompareDocument } from "../../studies/compare/compare-document.js";
import type {
  CompareRequest,
  RequestedConfiguration,
} from "../../studies/compare/compare-request.js";
import { loadCompare } from "../../studies/compare/load-compare.js";
import { runCompare } from "../../studies/compare/run-compare.js";
import { areFleets } from "../../studies/fleet/compare/load-fleet-compare.js";
import { createScenarioPool } from "../../studies/pool/scenario-pool.js";
import { compareFleets, COMPARE_FILES, type CompareFleetsOptions } from "../compare-fleets.js";
import { EXIT_CODES } from "../exit-codes.js";
import { isWorse } from "../compare-gate.js";
import { addStatistics, REPLICATIONS_MAX } from "../compare-statistics.js";
import { parseSeed } from "../parse-seed.js";
import { liveComparison } from "../live-comparison.js";
import { withPageOptions, writeReportFiles } from "../page-options.js";
import { printCompare } from "../print-compare.js";
import type { WrittenReport } from "../print-study.js";
import { namesInScenarios } from "../private-names.js";
import { defaultReportFolder } from "../report-folder.js";
import { gathered, threadsOf, withThreads } from "../study-options.js";
import { NOTHING_KEPT, stoppable } from "../stoppable.js";
import { createProgressLine, type ProgressLine } from "../terminal.js";
import { shellQuoted } from "../text-layout.js";
import { createTimeLeft } from "../time-left.js";

interface CompareOptions extends CompareFleetsOptions {
  /** False after --no-what-if. */
  readonly whatIf: boolean;
}

const HELP = `
Examples:
  headroom compare scenarios/quickstart.yaml
  headroom compare scenarios/quickstart.yaml --set "policy.queue={name: easy-backfill, estimate: duration}"
  headroom compare base.yaml bigger.yaml --out reports/bigger
  headroom compare scenarios/quickstart.yaml --set-all workload.trace=null \\
    --set-all workload.generate=traces/team-week.yaml \\
    --variant "grown: workload.load=1.25, cluster.nodes[h100].count=10"

How sure: the chance that any direction claimed is wrong is at most 1 - confidence, over all figures, variants and
looks together; docs/compare.md says how.`;

/** `headroom compare`: what changes from one configuration to another, and how sure that is. */
export function registerCompare(program: Command): void {
  const command = program
    .command("compare")
    .summary("say what changes between configurations, how sure that is, and what goes with it")
    .description(
      "Simulates configurations on the same random numbers, adds replications until every difference and goal is\n" +
        "decided, and writes report.html, report.md and compare.json. Name several scenarios, or one with variants:\n" +
        "those of --set and --variant, else its own.",
    )
    .argument(
      "<scenarios...>",
      "scenario or fleet files (YAML); the first is what the others are held against",
    )
    .option(
      "--set <path=value>",
      "change one field of the first scenario; all --set together are one variant",
      gathered,
      [],
    )
    .option(
      "--variant <text>",
      'one more variant: "name: path=value, path=value"; may be repeated',
      gathered,
      [],
    )
    .option(
      "--set-all <path=value>",
      "change one field of every configuration; may be repeated",
      gathered,
      [],
    )
    .addOption(
      new Option(
        "--pairs <which>",
        "hold every configuration against the first, or every two against each other",
      )
        .choices(["base", "all"])
        .default("base"),
    );
  addStatistics(command);
  withPageOptions(withThreads(command))
    .option("--seed <n>", "root seed; takes the place of the first scenario's", parseSeed)
    .option(
      "--out <folder>",
      "where to write; without it reports/compare-<name>, and nothing under --json",
    )
    .option(
      "--allow-path <folder>",
      "let scenarios read files from this folder too; may be repeated",
      gathered,
      [],
    )
    .option(
      "--gate",
      "exit code 1 when a difference is shown to be for the worse, or a goal that the first meets is not met",
    )
    .option(
      "--no-what-if",
      "leave the simulator out of report.html, which is half a megabyte lighter then; --redact does too",
    )
    .option("--json", "print compare.json to stdout, and nothing else there")
    .option("--quiet", "print nothing but problems")
    .addHelpText("after", HELP)
    .action(run);
}

async function run(paths: readonly string[], options: CompareOptions): Promise<void> {
  if (await areFleets(paths, options.allowPath)) return compareFleets(paths, options);
  const progress = createProgressLine(options.quiet ? { quiet: true } : {});
  try {
    if (options.out !== undefined) checkOutputFolder(options.out, COMPARE_FILES);
    progress.show(`reading ${paths.join(", ")}`);
    const configurations = await loadCompare({
      paths,
      sets: options.set,
      variants: options.variant,
      setAll: options.setAll,
      allowedFolders: options.allowPath,
    });
    const out = outputFolder(options, configurations);
    if (out !== undefined) checkOutputFolder(out, COMPARE_FILES);
    const request = requestOf(options, configurations);
    const document = await stoppable(NOTHING_KEPT, progress, (signal) =>
      simulate(request, options, { progress, signal }),
    );
    if (document === undefined) return;
    const written =
      out === undefined
        ? undefined
        : await writeReport(out, document, { paths, options, progress, configurations });
    progress.clear();
    if (options.json) {
      process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
      for (const warning of written?.warnings ?? []) process.stderr.write(`warning: ${warning}\n`);
    } else if (!options.quiet) printCompare(document, written);
    if (options.gate === true && isWorse(document)) process.exitCode = EXIT_CODES.failed;
  } finally {
    progress.clear();
  }
}

function requestOf(
  options: CompareOptions,
  configurations: readonly RequestedConfiguration[],
): CompareRequest {
  const { scenario, base } = configurations[0]!.loaded;
  const { statistics } = base.resolved;
  const ofScenario = statistics.replications > 1 ? statistics.replications : REPLICATIONS_MAX;
  return {
    configurations,
    seed: options.seed ?? scenario.seed,
    confidence: options.confidence ?? statistics.confidence,
    replicationsMax: options.replications ?? ofScenario,
    isFixed: options.fixed === true,
    isIndependent: options.independent === true,
    indifferenceShare: options.indifference,
    pairs: options.pairs,
    ...(options.timeLimit === undefined ? {} : { timeLimitS: options.timeLimit }),
  };
}

async function simulate(
  request: CompareRequest,
  options: CompareOptions,
  { progress, signal }: { readonly progress: ProgressLine; readonly signal: AbortSignal },
): Promise<CompareDocument> {
  const pool = createScenarioPool({ threads: threadsOf(options), signal });
  const clock = (): number => performance.now();
  const left = createTimeLeft(clock);
  try {
    return await runCompare(request, pool, {
      clock,
      onProgress: (done, planned) => {
        if (!signal.aborted)
          progress.show(`simulating: ${left.words(done, planned)} to the next look`);
      },
    });
  } finally {
    await pool.close();
  }
}

/** Where the report goes: what `--out` names, else a folder of the scenario's name, and nowhere under --json. */
function outputFolder(
  options: CompareOptions,
  configurations: readonly RequestedConfiguration[],
): string | undefined {
  const named = (): string =>
    defaultReportFolder(`compare-${configurations[0]!.loaded.scenario.name}`);
  return options.out ?? (options.json ? undefined : named());
}

async function writeReport(
  folder: string,
  document: CompareDocument,
  command: {
    readonly paths: readonly string[];
    readonly options: CompareOptions;
    readonly progress: ProgressLine;
    readonly configurations: readonly RequestedConfiguration[];
  },
): Promise<WrittenReport> {
  const { paths, options, progress, configurations } = command;
  progress.show("drawing the report");
  const reproduce = reproduceLines(paths, options, document);
  // A page that simulates carries the trace itself, and with it the names.
  const isLive = options.whatIf && options.redact !== true;
  const whatIf = isLive ? await liveComparison(document, options) : undefined;
  const report = await compareFiles(document, reproduce, {
    whatIf,
    interactive: options.interactive,
  });
  progress.show(`writing ${folder}`);
  return writeReportFiles(folder, report, options, () =>
    namesInScenarios(
      configurations.map(({ loaded }) => loaded),
      options.allowPath,
    ),
  );
}

/** The command and the hashes that make the same bytes again. */
function reproduceLines(
  paths: readonly string[],
  options: CompareOptions,
  document: CompareDocument,
): readonly string[] {
  const repeated = (name: string, values: readonly string[]): readonly string[] =>
    values.map((value) => `--${name} ${shellQuoted(value)}`);
  const { design } = document;
  const drawn =
    design.streams === "none"
      ? []
      : [
          `--replications ${design.replicationsMax}`,
          ...(options.timeLimit === undefined ? [] : [`--time-limit ${options.timeLimit}s`]),
          ...(options.fixed === true ? ["--fixed"] : []),
          ...(options.independent === true ? ["--independent"] : []),
          `--confidence ${design.confidence}`,
        ];
  const words = [
    "headroom compare",
    ...paths.map(shellQuoted),
    ...repeated("set", options.set),
    ...repeated("variant", options.variant),
    ...repeated("set-all", options.setAll),
    ...repeated("allow-path", options.allowPath),
    ...(options.pairs === "all" ? ["--pairs all"] : []),
    ...drawn,
    `--indifference ${design.indifferenceShare}`,
    `--seed ${document.seed}`,
  ];
  return [
    words.join(" "),
    `Headroom ${VERSION}`,
    ...document.inputs.map(({ path, sha256 }) => `${path} sha256 ${sha256}`),
  ];
}
