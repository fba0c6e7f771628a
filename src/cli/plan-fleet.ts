import { checkOutputFolder } from "../io/output-folder.js";
import { VERSION } from "../io/version.js";
import { parseSetArgument } from "../scenario/apply-overlays.js";
import { fleetPlanFiles } from "../report/fleet/fleet-plan-report.js";
import { refuseFiguresAsNames } from "../report/redact/fleet-redactor.js";
import type { FleetPlanDocument } from "../studies/fleet/plan/fleet-plan-document.js";
import { planWords } from "../studies/fleet/plan/plan-words.js";
import { runFleetPlan } from "../studies/fleet/plan/run-fleet-plan.js";
import { loadUnitFleet } from "../studies/pool/fleet-unit.js";
import { createScenarioPool } from "../studies/pool/scenario-pool.js";
import { formatQuantity } from "../studies/run/format-quantity.js";
import { EXIT_CODES } from "./exit-codes.js";
import { writeReportFiles, type PageCommandOptions } from "./page-options.js";
import { printStudy } from "./print-study.js";
import { shownDocument } from "./redacted-document.js";
import { defaultReportFolder } from "./report-folder.js";
import { NOTHING_KEPT, stoppable } from "./stoppable.js";
import { createProgressLine } from "./terminal.js";
import { alignColumns, shellQuoted, wrapText } from "./text-layout.js";

/** Options of `headroom plan`, as far as fleets have them. */
export interface PlanFleetOptions extends PageCommandOptions {
  readonly seed?: number;
  readonly threads?: number;
  readonly out?: string;
  readonly set: readonly string[];
  readonly allowPath: readonly string[];
  readonly json?: true;
  readonly quiet?: true;
}

const REPORT_FILES = ["plan.json", "plans.csv", "report.md", "report.html"];

/** Plans that the terminal shows; the report has all. */
const PLANS_SHOWN = 12;

/** `headroom plan` of a fleet: every combination is simulated. */
export async function planFleet(path: string, options: PlanFleetOptions): Promise<void> {
  const progress = createProgressLine(options.quiet ? { quiet: true } : {});
  try {
    if (options.out !== undefined) checkOutputFolder(options.out, REPORT_FILES);
    progress.show(`reading ${path}`);
    if (options.redact === true) await refuseBefore(path, options);
    const document = await stoppable(NOTHING_KEPT, progress, (signal) =>
      simulate(path, options, {
        signal,
        onProgress: (text) => {
          if (!signal.aborted) progress.show(text);
        },
      }),
    );
    if (document === undefined) return;
    const out =
      options.out ?? (options.json ? undefined : defaultReportFolder(`plan-${document.fleet}`));
    let written;
    if (out !== undefined) {
      checkOutputFolder(out, REPORT_FILES);
      progress.show(`writing ${out}`);
      const report = await fleetPlanFiles(document, reproduceLines(path, options, document), {
        interactive: options.interactive,
      });
      written = await writeReportFiles(out, report, options, () => ({
        files: [path, ...options.allowPath],
      }));
    }
    const shown = await shownDocument(document, options, [path, ...options.allowPath]);
    progress.clear();
    if (options.json) {
      process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
      for (const warning of written?.warnings ?? []) process.stderr.write(`warning: ${warning}\n`);
    } else if (!options.quiet)
      printStudy({
        question: shown.question,
        lines: [wrapText(shown.answer), "", ...planRows(shown), ""],
        warnings: shown.warnings,
        written,
        data: REPORT_FILES.slice(0, 3),
      });
    if (document.best === null) process.exitCode = EXIT_CODES.failed;
  } finally {
    progress.clear();
  }
}

/** What cannot be redacted is said before an hour is spent on it. */
async function refuseBefore(path: string, { set, allowPath }: PlanFleetOptions): Promise<void> {
  const overlays = set.map(parseSetArgument);
  const { fleet } = await loadUnitFleet({ path, overlays, allowedFolders: allowPath });
  refuseFiguresAsNames(fleet.names, path);
}

async function simulate(
  path: string,
  { seed, threads, set, allowPath }: PlanFleetOptions,
  {
    signal,
    onProgress,
  }: { readonly signal: AbortSignal; readonly onProgress: (text: string) => void },
): Promise<FleetPlanDocument> {
  const pool = createScenarioPool({ ...(threads === undefined ? {} : { threads }), signal });
  try {
    const request = { path, sets: set, allowedFolders: allowPath };
    return await runFleetPlan(
      { ...request, ...(seed === undefined ? {} : { seed }) },
      pool,
      onProgress,
    );
  } finally {
    await pool.close();
  }
}

function planRows({ plans, decisions, minimise, best }: FleetPlanDocument): readonly string[] {
  const rows = plans
    .slice(0, PLANS_SHOWN)
    .map((plan, place) => [
      planWords(plan, decisions),
      plan.objective === null ? "no value" : formatQuantity(plan.objective, minimise.unit),
      plan.verdict === "meets" ? "✓ meets" : plan.verdict === "misses" ? "✗ misses" : "? open",
      place === best ? "← best" : "",
    ]);
  const more = plans.length - rows.length;
  return [...alignColumns(rows), ...(more > 0 ? [`  and ${more} more in plans.csv`] : [])];
}

/** The command and the hashes that make the same bytes again. */
function reproduceLines(
  path: string,
  options: PlanFleetOptions,
  document: FleetPlanDocument,
): readonly string[] {
  const repeated = (name: string, values: readonly string[]): readonly string[] =>
    values.map((value) => `--${name} ${shellQuoted(value)}`);
  const words = [
    `headroom plan ${shellQuoted(path)}`,
    ...repeated("set", options.set),
    ...repeated("allow-path", options.allowPath),
    `--seed ${document.seed}`,
  ];
  return [
    words.join(" "),
    `Headroom ${VERSION}`,
    ...document.inputs.map((input) => `${input.path} sha256 ${input.sha256}`),
  ];
}
