/** Distribution of one quantity over jobs; null where no job gave a value. */
export interface Distribution {
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** A file the run read, by the path written in the scenario or on the command line. */
export interface InputFile {
  readonly path: string;
  readonly sha256: string;
}

/** One goal with what was computed for it. `interval` is null for a single run. */
export interface GoalResult {
  readonly id: string;
  /** Dotted path of the metric in this document, such as `jobs.waitS.p95`. */
  readonly metric: string;
  readonly comparison: "atMost" | "atLeast";
  readonly target: number;
  readonly actual: number | null;
  readonly unit: string;
  readonly interval: readonly [number, number] | null;
  readonly met: boolean;
}

/** Counts and distributions over the jobs of one run. All times in simulated seconds. */
export interface JobsResult {
  readonly count: number;
  readonly completed: number;
  readonly running: number;
  readonly waiting: number;
  readonly neverPlaceable: number;
  readonly jctS: Distribution;
  readonly waitS: Distribution;
  /** (wait + run) / run over completed jobs that ran for a time. */
  readonly slowdown: Distribution;
  /** max(1, (wait + run) / max(run, 10 s)) over completed jobs. */
  readonly boundedSlowdown: Distribution;
  readonly makespanS: number;
  /** GPU-hours asked for by jobs that completed. */
  readonly gpuHours: number;
  readonly queueLengthMax: number;
  readonly queueLengthMean: number;
  /** Jain's index of GPU-hours over tenants, 1/n..1; null with fewer than two tenants or no GPU-hour. */
  readonly tenantFairness: number | null;
}

/** GPU occupancy averaged over time from the first submit to the end of the run. */
export interface GpuResult {
  readonly count: number;
  /** Time-averaged share of GPU capacity given to jobs, 0..1. */
  readonly allocatedShare: number;
  /** Highest share of GPU capacity given at any instant, 0..1. */
  readonly allocatedShareMax: number;
  /**
   * Time-averaged share of all GPU capacity that was idle, by class (placement.md 3.1 vocabulary):
   * q1_lack_both, q2_lack_gpu, q3_satisfied, q4_lack_cpu, xl_satisfied, xr_lack_cpu, no_access.
   * The shares and `allocatedShare` sum to 1.
   */
  readonly idleByClass: Readonly<Record<string, number>>;
}

/** Jobs that waited, grouped by the reason recorded at their last refusal. */
export interface WaitReasonResult {
  readonly reason: string;
  readonly jobs: number;
  readonly waitHours: number;
}

/** Per-tenant (and per-partition) outcome. */
export interface GroupResult {
  readonly name: string;
  readonly jobs: number;
  readonly gpuHours: number;
  readonly waitS: Distribution;
}

/** A number the run used that nobody measured: what it was, where it came from. */
export interface Assumption {
  readonly id: string;
  readonly what: string;
  readonly value: string;
  readonly provenance: "measured" | "published" | "assumed" | "given";
  readonly source: string;
}

/** What one simulated configuration gave; the base and every variant have one. */
export interface RunResult {
  readonly goals: readonly GoalResult[];
  readonly jobs: JobsResult;
  readonly gpu: GpuResult;
  readonly waitReasons: readonly WaitReasonResult[];
  readonly tenants: readonly GroupResult[];
  readonly partitions: readonly GroupResult[];
  readonly warnings: readonly string[];
  readonly stopReason: "drained" | "time-limit" | "event-limit";
  readonly endS: number;
  readonly eventsHandled: number;
}

/** A variant of the scenario, run with the same seed and streams as the base. */
export interface VariantResult extends RunResult {
  readonly name: string;
  readonly set: Readonly<Record<string, unknown>>;
}

/** The document `result.json` holds and `--json` prints. Breaking changes change `schema`. */
export interface ResultDocument extends RunResult {
  readonly schema: "headroom/result/v1";
  readonly version: string;
  readonly scenario: string;
  readonly question: string | null;
  /** The answer in one plain sentence, computed from the goals. */
  readonly decision: string;
  readonly seed: number;
  readonly inputs: readonly InputFile[];
  readonly assumptions: readonly Assumption[];
  readonly variants: readonly VariantResult[];
}

/** Columns over time of one run, for charts and `utilization.csv`. Step functions: row i holds until i+1. */
export interface UtilizationSeries {
  readonly timeS: Float64Array;
  /** GPU capacity given to jobs, in thousandths of a GPU. */
  readonly gpuMilliAllocated: Float64Array;
  readonly jobsQueued: Int32Array;
  readonly jobsRunning: Int32Array;
  /** Thousandths of a GPU idle in each class, same length as timeS, keyed by class name. */
  readonly idleMilliByClass: Readonly<Record<string, Float64Array>>;
}
