import type { NodeSchedule } from "./series/node-schedule.js";
import type { ServiceOverTime } from "./series/serving-series.js";
import type { LaneSeries } from "../studies/run/lane-usage.js";
import type {
  ResultDocument,
  RunResult,
  UtilizationSeries,
} from "../studies/run/result-document.js";

/** Columns of one simulated configuration that the result document does not hold. */
export interface RunColumns {
  /** "base", or the variant's name as in `result.variants`. */
  readonly name: string;
  readonly series: UtilizationSeries;
  /** Seconds between submit and start, one entry per job that started, in any fixed order. */
  readonly waitS: Float64Array;
  /** Submit time in simulated seconds of the same jobs, same order. */
  readonly submitS: Float64Array;
  /** GPUs of the same jobs, same order; a fraction for a share of one GPU, 0 for CPU-only jobs. */
  readonly gpus: Float64Array;
  /** Partitions with nodes of their own, over time; absent or empty when the cluster has none. */
  readonly lanes?: readonly LaneSeries[];
  /** Services over time; absent or empty without any. */
  readonly services?: readonly ServiceOverTime[];
  /** Jobs on the nodes; of the base only. */
  readonly schedule?: NodeSchedule;
  /** Figures of the run these columns are of, where those of the configuration are means over several. */
  readonly ownResult?: RunResult;
}

/** The cluster of the base configuration as people would name it. */
export interface ClusterSummary {
  readonly nodes: number;
  readonly gpus: number;
  /** One line per kind of node, such as "12 × HGX H100 (8 GPUs, 224 cores)". */
  readonly description: readonly string[];
}

/** One row of "who waited longest" in the base run. */
export interface LongestWait {
  readonly id: string;
  readonly tenant: string;
  readonly gpus: number;
  readonly submitS: number;
  /** Seconds until it started, or until the end of the run where it never did. */
  readonly waitS: number;
  readonly reason: string;
  /** False for a job that still waited when the run ended; absent means it started. */
  readonly started?: boolean;
}

/** Everything a run report is made of. */
export interface RunReportInput {
  readonly result: ResultDocument;
  /** The base first, then the variants in the order of `result.variants`. */
  readonly runs: readonly RunColumns[];
  readonly cluster: ClusterSummary;
  /** The command that makes the same report again, then its version and hashes, one per line. */
  readonly reproduce: readonly string[];
  /** Longest first. */
  readonly longestWaits: readonly LongestWait[];
}

/** One configuration with its result and its columns. */
export interface Configuration {
  readonly name: string;
  readonly result: RunResult;
  readonly columns: RunColumns;
  /** Figures that belong to the columns: those of the run that is drawn. */
  readonly drawn: RunResult;
}

/**
 * Pairs every result with its columns, base first.
 *
 * @throws Error when a configuration has no columns or columns of different lengths: a bug of the caller
 */
export function configurations(input: RunReportInput): readonly Configuration[] {
  const results: readonly (readonly [string, RunResult])[] = [
    ["base", input.result],
    ...input.result.variants.map((variant) => [variant.name, variant] as const),
  ];
  if (input.runs.length !== results.length) {
    throw new Error(
      `run report: ${results.length} configurations need as many column sets, got ${input.runs.length}`,
    );
  }
  const taken = new Set<string>();
  return results.map(([name, result], index) => {
    const columns = input.runs[index]!;
    if (columns.name !== name) {
      throw new Error(
        `run report: columns ${index} must belong to "${name}", got "${columns.name}"`,
      );
    }
    checkLengths(columns);
    return { name: unusedName(name, taken), result, columns, drawn: columns.ownResult ?? result };
  });
}

/** A person may well call a variant "base": two lines of a chart must still be two lines. */
function unusedName(name: string, taken: Set<string>): string {
  let unused = name;
  for (let copy = 2; taken.has(unused); copy++) unused = `${name} (${copy})`;
  taken.add(unused);
  return unused;
}

function checkLengths({ name, series, waitS, submitS, gpus }: RunColumns): void {
  if (submitS.length !== waitS.length || gpus.length !== waitS.length) {
    throw new Error(
      `run report: job columns of "${name}" must have one length, got ${waitS.length} waits, ` +
        `${submitS.length} submits, ${gpus.length} GPU counts`,
    );
  }
  const rows = series.timeS.length;
  const others = [
    series.gpuMilliAllocated.length,
    series.jobsQueued.length,
    series.jobsRunning.length,
    ...Object.values(series.idleMilliByClass).map((column) => column.length),
  ];
  if (others.some((length) => length !== rows)) {
    throw new Error(`run report: series of "${name}" must have ${rows} rows in every column`);
  }
}
