import type { Command } from "commander";

import { InputError } from "../../diagnostics/problem.js";
import { isFleetFile } from "../../io/load-fleet.js";
import { loadScenario } from "../../io/load-scenario.js";
import { checkOutputFolder } from "../../io/output-folder.js";
import { VERSION } from "../../io/version.js";
import { sensitivityFiles } from "../../report/sensitivity-report.js";
import { parseSetArgument } from "../../scenario/apply-overlays.js";
import { findMetric } from "../../scenario/metrics.js";
import { CATALOGUE_CURRENCY } from "../../scenario/resolve-cost.js";
import { createScenarioPool } from "../../studies/pool/scenario-pool.js";
import { ledgerFactors, notVaried } from "../../studies/sensitivity/ledger-factors.js";
import { runSensitivity } from "../../studies/sensitivity/run-sensitivity.js";
import { withWrittenValues } from "../../studies/sensitivity/written-values.js";
import type { SensitivityDocument } from "../../studies/sensitivity/sensitivity-document.js";
import { parseSeed } from "../parse-seed.js";
import { withPageOptions, writeReportFiles } from "../page-options.js";
import { printSensitivity } from "../print-sensitivity.js";
import type { WrittenReport } from "../print-study.js";
import { namesInScenarios } from "../private-names.js";
import { shownDocument } from "../redacted-document.js";
import { defaultReportFolder } from "../report-folder.js";
import { studyFleet, type StudiedSensitivity } from "../sensitivity-fleet.js";
import { factorsOf, REPORT_FILES, type SensitivityOptions } from "../sensitivity-options.js";
import { gathered, parseWhole, threadsOf, withThreads } from "../study-options.js";
import { NOTHING_KEPT, stoppable } from "../stoppable.js";
import { createProgressLine, type ProgressLine } from "../terminal.js";
import { shellQuoted } from "../text-layout.js";

/** Runs of each point of a scenario with random streams that says nothing of replications. */
const REPLICATIONS = 5;
/** Metric without goals and without a word: what people ask for first. */
const METRIC = "jobs.waitS.p95";

/** `headroom sensitivity`: which assumed number moves the decision, and at what value it changes. */
export function registerSensitivity(program: Command): void {
  const command = program
    .command("sensitivity")
    .summary("say which assumed numbers move the decision, and at what value it changes")
    .description(
      "Sets every number of the ledger that nobody measured and a field takes, and those of --vary, to the ends of its\n" +
        "range, on the same random numbers; finds where goals are met or missed instead; draws the tornado chart.",
    )
    .argument("<scenario>", "scenario or fleet file (YAML); variants of a scenario do not count")
    .option(
      "--vary <path=low..high>",
      "vary a field between two values with their unit; whole numbers stay whole (1.0..4.0 does not); may be repeated",
      gathered,
      [],
    )
    .option("--only", "vary nothing but what --vary names")
    .option(
      "--metric <path>",
      `figure to sort by; that of the tightest goal, else ${METRIC}, when absent`,
    )
    .option(
      "--global <walks>",
      "also move all numbers together along so many random walks (Morris); 10 to 20 are usual",
      parseWhole(1),
    )
    .option(
      "--replications <n>",
      "runs of each point; the scenario's, at most, when absent",
      parseWhole(1),
    )
    .option("--set <path=value>", "change one field first; may be repeated", gathered, [])
    .option("--seed <n>", "root seed; takes the place of the scenario's", parseSeed)
    .option(
      "--out <folder>",
      "where to write; without it reports/sensitivity-<name>, and nothing under --json",
    )
    .option(
      "--allow-path <folder>",
      "let the scenario read files from this folder too; may be repeated",
      gathered,
      [],
    );
  withPageOptions(withThreads(command))
    .option("--json", "print sensitivity.json to stdout, and nothing else there")
    .option("--quiet", "print nothing but problems")
    .addHelpText(
      "after",
      `
Examples:
  headroom sensitivity scenarios/quickstart.yaml
  headroom sensitivity scenarios/quickstart.yaml --vary "cluster.nodes[h100].count=6..10" --global 10
  headroom sensitivity scenarios/failures-and-spares.yaml --vary faults.repair=1h..48h`,
    )
    .action(run);
}

async function run(path: string, options: SensitivityOptions): Promise<void> {
  const studyOf = (await isFleetFile(path, options.allowPath)) ? studyFleet : study;
  const progress = createProgressLine(options.quiet ? { quiet: true } : {});
  try {
    const studied = await stoppable(NOTHING_KEPT, progress, (signal) =>
      studyOf(path, options, { progress, signal }),
    );
    if (studied === undefined) return;
    const { document, names, out } = studied;
    const written =
      out === undefined ? undefined : await write(out, document, { path, names, options });
    const shown =
      document.names === undefined
        ? document
        : await shownDocument(document, options, [path, ...options.allowPath]);
    progress.clear();
    if (options.json) process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
    else if (!options.quiet) printSensitivity(shown, written);
  } finally {
    progress.clear();
  }
}

/** Reads, varies and simulates; nothing is written yet. */
async function study(
  path: string,
  options: SensitivityOptions,
  { progress, signal }: { readonly progress: ProgressLine; readonly signal: AbortSignal },
): Promise<StudiedSensitivity> {
  progress.show(`reading ${path}`);
  const loaded = await loadScenario({
    path,
    sets: options.set,
    allowedFolders: options.allowPath,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  });
  const { resolved } = loaded.base;
  const overlays = options.set.map(parseSetArgument);
  const factors = await withWrittenValues(
    factorsOf(options, options.only ? [] : ledgerFactors(resolved)),
    path,
    overlays,
    options.allowPath,
  );
  const metrics = metricsOf(options, resolved.goals);
  const currency = resolved.cost?.currency ?? CATALOGUE_CURRENCY;
  const out =
    options.out ??
    (options.json ? undefined : defaultReportFolder(`sensitivity-${loaded.scenario.name}`));
  if (out !== undefined) checkOutputFolder(out, REPORT_FILES);
  const replications = options.replications ?? replicationsOf(resolved);
  const pool = createScenarioPool({ threads: threadsOf(options), signal });
  try {
    const document = await runSensitivity({
      pool,
      scenario: {
        path,
        overlays: [...overlays, NO_VARIANTS],
        allowedFolders: options.allowPath,
      },
      name: loaded.scenario.name,
      question: loaded.scenario.question ?? null,
      version: VERSION,
      factors,
      notVaried: notVaried(resolved, factors),
      goals: resolved.goals,
      metrics,
      unitOf: (path) => {
        const { unit } = findMetric(path)!;
        return unit === "currency" ? currency : unit;
      },
      seed: loaded.seed,
      replications,
      // Another load is drawn, even where nothing else is: which jobs come twice, or not at all.
      replicationsOf: (overlaid) =>
        overlaid.some(({ path: field }) => field === "workload.load")
          ? (options.replications ?? Math.max(replications, REPLICATIONS))
          : replications,
      confidence: resolved.statistics.confidence,
      trajectories: options.global ?? 0,
      onProgress: (runs) => {
        if (!signal.aborted) progress.show(`${runs} simulations`);
      },
    });
    return { document, names: namesInScenarios([loaded], options.allowPath), out };
  } finally {
    await pool.close();
  }
}

/** Variants would be run with every point, and nobody looks at them. */
const NO_VARIANTS = { path: "variants", value: "null", source: "headroom sensitivity" };

function replicationsOf({
  isRandom,
  statistics,
}: {
  readonly isRandom: boolean;
  readonly statistics: { readonly replications: number };
}): number {
  if (!isRandom) return 1;
  return statistics.replications > 1 ? statistics.replications : REPLICATIONS;
}

/** One metric, or those of the goals, of which the tightest decides. */
function metricsOf(
  { metric }: SensitivityOptions,
  goals: readonly { readonly metric: string }[],
): readonly string[] {
  if (metric === undefined)
    return goals.length === 0 ? [METRIC] : [...new Set(goals.map((goal) => goal.metric))];
  if (findMetric(metric) !== undefined) return [metric];
  throw new InputError([
    {
      file: "--metric",
      rule: "unknown-metric",
      message: `there is no metric "${metric}"`,
      help: "headroom explain goals[].metric lists them",
    },
  ]);
}

/** What was asked, and who is named in what it was asked of. */
interface SensitivityCommand {
  readonly path: string;
  readonly names: StudiedSensitivity["names"];
  readonly options: SensitivityOptions;
}

async function write(
  folder: string,
  document: SensitivityDocument,
  { path, names, options }: SensitivityCommand,
): Promise<WrittenReport> {
  const words = [
    ...options.vary.flatMap((vary) => ["--vary", vary]),
    ...(options.only ? ["--only"] : []),
    ...(options.metric === undefined ? [] : ["--metric", options.metric]),
    ...(options.global === undefined ? [] : ["--global", String(options.global)]),
    ...(options.replications === undefined ? [] : ["--replications", String(options.replications)]),
    ...options.set.flatMap((set) => ["--set", set]),
    ...options.allowPath.flatMap((allowed) => ["--allow-path", allowed]),
    ...["--seed", String(document.seed)],
  ];
  const reproduce = [
    ["headroom sensitivity", ...[path, ...words].map(shellQuoted)].join(" "),
    `Headroom ${VERSION}`,
    ...document.inputs.map(({ path: file, sha256 }) => `${file} sha256 ${sha256}`),
  ];
  const { interactive } = options;
  const report = await sensitivityFiles(document, reproduce, { interactive });
  return writeReportFiles(folder, report, options, () => names);
}
