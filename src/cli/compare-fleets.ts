import { InputError } from "../diagnostics/problem.js";
import { checkOutputFolder } from "../io/output-folder.js";
import { VERSION } from "../io/version.js";
import { compareFiles } from "../report/compare-report.js";
import { refuseFiguresAsNames } from "../report/redact/fleet-redactor.js";
import type { FleetCompareDocument } from "../studies/compare/compare-document.js";
import { loadFleetCompare } from "../studies/fleet/compare/load-fleet-compare.js";
import {
  runFleetCompare,
  type FleetCompareRequest,
} from "../studies/fleet/compare/run-fleet-compare.js";
import { createScenarioPool } from "../studies/pool/scenario-pool.js";
import { isWorse } from "./compare-gate.js";
import { EXIT_CODES } from "./exit-codes.js";
import { writeReportFiles, type PageCommandOptions } from "./page-options.js";
import { printCompare } from "./print-compare.js";
import { shownDocument } from "./redacted-document.js";
import { defaultReportFolder } from "./report-folder.js";
import { NOTHING_KEPT, stoppable } from "./stoppable.js";
import { threadsOf } from "./study-options.js";
import { createProgressLine } from "./terminal.js";
import { shellQuoted } from "./text-layout.js";

/** Options of `headroom compare` that fleets have too. */
export interface CompareFleetsOptions extends PageCommandOptions {
  readonly set: readonly string[];
  readonly setAll: readonly string[];
  readonly variant: readonly string[];
  readonly pairs: "base" | "all";
  readonly replications?: number;
  readonly fixed?: true;
  readonly timeLimit?: number;
  readonly confidence?: number;
  readonly indifference: number;
  readonly independent?: true;
  readonly gate?: true;
  readonly seed?: number;
  readonly threads?: number;
  readonly out?: string;
  readonly allowPath: readonly string[];
  readonly json?: true;
  readonly quiet?: true;
}

/** Files every comparison writes; those of charts stand in a folder of their own. */
export const COMPARE_FILES = ["compare.json", "report.md", "report.html"];

/** Most replications when neither the command line nor the fleet says so. */
const REPLICATIONS_MAX = 40;

/** `headroom compare` of fleets: the same study, on figures by name. */
export async function compareFleets(
  paths: readonly string[],
  options: CompareFleetsOptions,
): Promise<void> {
  if (options.independent === true) {
    throw new InputError([
      {
        file: "--independent",
        rule: "conflicting-fields",
        message: "fleets are compared on the same random numbers only",
        help: "leave --independent out",
      },
    ]);
  }
  const progress = createProgressLine(options.quiet ? { quiet: true } : {});
  try {
    if (options.out !== undefined) checkOutputFolder(options.out, COMPARE_FILES);
    progress.show(`reading ${paths.join(", ")}`);
    const configurations = await loadFleetCompare({
      paths,
      sets: options.set,
      variants: options.variant,
      setAll: options.setAll,
      allowedFolders: options.allowPath,
    });
    const { fleet } = configurations[0]!.loaded;
    if (options.redact === true)
      for (const { loaded } of configurations)
        refuseFiguresAsNames(loaded.fleet.names, loaded.fleet.file);
    const out =
      options.out ?? (options.json ? undefined : defaultReportFolder(`compare-${fleet.name}`));
    if (out !== undefined) checkOutputFolder(out, COMPARE_FILES);
    const request = requestOf(configurations, options);
    const document = await stoppable(NOTHING_KEPT, progress, (signal) =>
      simulate(request, options, {
        signal,
        onProgress: (done) => {
          if (!signal.aborted) progress.show(`simulating: ${done} runs done`);
        },
      }),
    );
    if (document === undefined) return;
    let written;
    if (out !== undefined) {
      progress.show(`writing ${out}`);
      const report = await compareFiles(document, reproduceLines(paths, options, document), {
        interactive: options.interactive,
      });
      written = await writeReportFiles(out, report, options, () => ({
        files: [...paths, ...options.allowPath],
      }));
    }
    const shown = await shownDocument(document, options, [...paths, ...options.allowPath]);
    progress.clear();
    if (options.json) {
      process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
      for (const warning of written?.warnings ?? []) process.stderr.write(`warning: ${warning}\n`);
    } else if (!options.quiet) printCompare(shown, written);
    if (options.gate === true && isWorse(document)) process.exitCode = EXIT_CODES.failed;
  } finally {
    progress.clear();
  }
}

function requestOf(
  configurations: FleetCompareRequest["configurations"],
  options: CompareFleetsOptions,
): FleetCompareRequest {
  const { seed, statistics } = configurations[0]!.loaded.fleet;
  const { replications, confidence } = statistics;
  return {
    configurations,
    seed: options.seed ?? seed,
    confidence: options.confidence ?? confidence,
    replicationsMax: options.replications ?? (replications > 1 ? replications : REPLICATIONS_MAX),
    isFixed: options.fixed === true,
    indifferenceShare: options.indifference,
    pairs: options.pairs,
    ...(options.timeLimit === undefined ? {} : { timeLimitS: options.timeLimit }),
  };
}

async function simulate(
  request: FleetCompareRequest,
  options: CompareFleetsOptions,
  {
    signal,
    onProgress,
  }: { readonly signal: AbortSignal; readonly onProgress: (done: number) => void },
): Promise<FleetCompareDocument> {
  const pool = createScenarioPool({ threads: threadsOf(options), signal });
  try {
    return await runFleetCompare(request, pool, {
      clock: () => performance.now(),
      onProgress,
    });
  } finally {
    await pool.close();
  }
}

/** The command and the hashes that make the same bytes again. */
function reproduceLines(
  paths: readonly string[],
  options: CompareFleetsOptions,
  document: FleetCompareDocument,
): readonly string[] {
  const repeated = (name: string, values: readonly string[]): readonly string[] =>
    values.map((value) => `--${name} ${shellQuoted(value)}`);
  const { design } = document;
  const words = [
    "headroom compare",
    ...paths.map(shellQuoted),
    ...repeated("set", options.set),
    ...repeated("variant", options.variant),
    ...repeated("set-all", options.setAll),
    ...repeated("allow-path", options.allowPath),
    ...(options.pairs === "all" ? ["--pairs all"] : []),
    ...(design.streams === "none"
      ? []
      : [
          `--replications ${design.replicationsMax}`,
          ...(options.timeLimit === undefined ? [] : [`--time-limit ${options.timeLimit}s`]),
          ...(options.fixed === true ? ["--fixed"] : []),
          `--confidence ${design.confidence}`,
        ]),
    `--indifference ${design.indifferenceShare}`,
    `--seed ${document.seed}`,
  ];
  return [
    words.join(" "),
    `Headroom ${VERSION}`,
    ...document.inputs.map(({ path, sha256 }) => `${path} sha256 ${sha256}`),
  ];
}
