import type { OptionalResults } from "./optional-results.js";

/** Distribution of one quantity over jobs; null where no job gave a value. */
export interface Distribution {
  /** Arithmetic mean. */
  readonly mean: number | null;
  /** Median (rule R-7, linear between neighbours). */
  readonly p50: number | null;
  /** 95th percentile, rule R-7. */
  readonly p95: number | null;
  /** 99th percentile, rule R-7. */
  readonly p99: number | null;
  /** Largest value. */
  readonly max: number | null;
}

/** A file the run read, by the path written in the scenario or on the command line. */
export interface InputFile {
  /** As written in the scenario or on the command line. */
  readonly path: string;
  /** SHA-256 of the stored bytes, in hexadecimal. */
  readonly sha256: string;
}

/** One goal with what was computed for it. `interval` is null for a single run. */
export interface GoalResult {
  /** Name the scenario gave, or metric and comparison. */
  readonly id: string;
  /** Dotted path of the metric in this document, such as `jobs.waitS.p95`. */
  readonly metric: string;
  /** Which side of the target is good; the target itself is good. */
  readonly comparison: "atMost" | "atLeast";
  /** In `unit`. */
  readonly target: number;
  /** In `unit`; null when no job gave a value, which misses the goal. */
  readonly actual: number | null;
  /** `s`, `share` (0..1), `jobs` or `ratio`. */
  readonly unit: string;
  /** Confidence interval of `actual`, over replications or batches; null for a single run. */
  readonly interval: readonly [number, number] | null;
  /** Whether what was computed is on the good side of the target: the whole interval where there is one. */
  readonly met: boolean;
  /** `not shown` when the interval holds values on both sides of the target, or could not be had. */
  readonly verdict?: "met" | "missed" | "not shown";
  /** Replications whose own value is on the good side of the target; absent for a single run. */
  readonly replicationsMet?: number;
}

/** Counts and distributions over the jobs of one run. All times in simulated seconds. */
export interface JobsResult {
  /** Jobs submitted before the end of the run. */
  readonly count: number;
  /** Jobs that ended. */
  readonly completed: number;
  /** Jobs running when the run stopped. */
  readonly running: number;
  /** Jobs waiting when the run stopped. */
  readonly waiting: number;
  /** Jobs that would not fit even into the empty cluster. */
  readonly neverPlaceable: number;
  /**
   * Job completion time: end − submission, over completed jobs. Jobs that had not ended when the run stopped
   * count with their time so far wherever that makes a figure larger; jobs that ran before the trace began do not
   * count. The same holds for waits and slowdowns.
   */
  readonly jctS: Distribution;
  /**
   * Time between submission and end that was not spent running, over jobs that started. Jobs that never started
   * count with their wait so far wherever that makes a figure larger: no goal is met by starving jobs.
   */
  readonly waitS: Distribution;
  /** (wait + run) / run over completed jobs that ran for a time. */
  readonly slowdown: Distribution;
  /** max(1, (wait + run) / max(run, 10 s)) over completed jobs. */
  readonly boundedSlowdown: Distribution;
  /** First submission to last end. */
  readonly makespanS: number;
  /** GPU-hours asked for by jobs that completed. */
  readonly gpuHours: number;
  /** Most jobs waiting at one instant. */
  readonly queueLengthMax: number;
  /** Jobs waiting, averaged over time. */
  readonly queueLengthMean: number;
  /** Submitted jobs that have a deadline. */
  readonly withDeadline?: number;
  /** Of these, the jobs that ended after it, can never be placed, or were not done when it passed. */
  readonly deadlinesMissed?: number;
  /** Times a running job was stopped for another. */
  readonly preemptions?: number;
  /** GPU-hours of work that was done and lost again, and spent on restarts, over all jobs. */
  readonly gpuHoursLost?: number;
  /** Jain's index of GPU-hours over tenants, 1/n..1; null with fewer than two tenants or no GPU-hour. */
  readonly tenantFairness: number | null;
  /**
   * GPU time asked for between the first and the last submission, as a share of what the GPUs have in that
   * time; of the fullest partition where partitions have their own nodes. Null with too few jobs to say.
   */
  readonly offeredLoad?: number | null;
  /** True when waits did not settle within the run: means and percentiles then depend on how long it is. */
  readonly overloaded?: boolean;
}

/** GPU occupancy averaged over time from the first submit to the end of the run. */
export interface GpuResult {
  /** GPUs of the cluster. */
  readonly count: number;
  /** Time-averaged share of GPU capacity given to jobs, 0..1. */
  readonly allocatedShare: number;
  /** Highest share of GPU capacity given at any instant, 0..1. */
  readonly allocatedShareMax: number;
  /**
   * Time-averaged share of all GPU capacity that was idle, by class (vocabulary of the FGD study):
   * q1_lack_both, q2_lack_gpu, q3_satisfied, q4_lack_cpu, xl_satisfied, xr_lack_cpu, no_access.
   * The shares and `allocatedShare` sum to 1.
   */
  readonly idleByClass: Readonly<Record<string, number>>;
}

/** Jobs that waited, grouped by the reason recorded at their last refusal. */
export interface WaitReasonResult {
  /** In words, as the placement or queue gave it. */
  readonly reason: string;
  /** Jobs whose last refusal had this reason. */
  readonly jobs: number;
  /** Hours these jobs waited together. */
  readonly waitHours: number;
}

/** Per-tenant (and per-partition) outcome. */
export interface GroupResult {
  /** Name of the tenant or partition. */
  readonly name: string;
  /** Jobs submitted before the end of the run. */
  readonly jobs: number;
  /** GPU-hours asked for by jobs that completed. */
  readonly gpuHours: number;
  /** As in JobsResult. */
  readonly waitS: Distribution;
  /** What became of its jobs. */
  readonly outcomes?: GroupOutcomes;
  /** Its own nodes and queue; only for a partition that has nodes of its own. */
  readonly lane?: LaneResult;
}

/** What became of the jobs of a tenant or partition by the end of the run. */
export interface GroupOutcomes {
  /** As in JobsResult. */
  readonly completed: number;
  /** As in JobsResult. */
  readonly running: number;
  /** As in JobsResult. */
  readonly waiting: number;
  /** As in JobsResult. */
  readonly neverPlaceable: number;
}

/** Nodes and queue of a partition, averaged over time from the first submit of the run to its end. */
export interface LaneResult {
  /** GPUs of its nodes. */
  readonly gpus: number;
  /** Share of these GPUs given to jobs, 0..1. */
  readonly allocatedShare: number;
  /** Jobs waiting in it, averaged over time. */
  readonly queueLengthMean: number;
  /** Most jobs waiting in it at one instant. */
  readonly queueLengthMax: number;
}

/** A number the run used that nobody measured: what it was, where it came from. */
export interface Assumption {
  /** Stable name. */
  readonly id: string;
  /** What the number is. */
  readonly what: string;
  /** The value with its unit. */
  readonly value: string;
  /** Where it comes from: a measurement, a publication, the scenario, or nobody. */
  readonly provenance: "measured" | "published" | "assumed" | "given";
  /** File, publication or rule. */
  readonly source: string;
}

/** Confidence interval of one metric. */
export interface MetricInterval {
  /** The estimate the interval is around, in the unit of the metric. */
  readonly mean: number;
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
  /** Batches it rests on; absent over replications. */
  readonly batches?: number;
  /** Correlation of neighbouring batches; absent over replications. */
  readonly lag1Correlation?: number;
}

/** Variant minus base, replication by replication on the same random numbers. */
export interface PairedDifference {
  /** Mean of the differences. */
  readonly mean: number;
  /** Lower end of its confidence interval. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
  /** Correlation of base and variant over replications; null when one of them is constant. */
  readonly correlation: number | null;
}

/** The part at the front of every run that no figure counts. */
export interface WarmUpResult {
  /** What the scenario asked for: a rule, or seconds. */
  readonly asked: "auto" | number;
  /** False when the rule found no end of the warm-up: the run is too short, and nothing was left out by it. */
  readonly detected: boolean;
  /** Jobs that arrive before this second are in no figure. */
  readonly endS: number;
}

/** How stopping by precision went. */
export interface PrecisionResult {
  /** Largest half-width asked for, as a share of the mean. */
  readonly asked: number;
  /** False when the most replications were run and some interval was still wider. */
  readonly reached: boolean;
  /** The metric that decided. */
  readonly metric: string;
  /** Its half-width as a share of its mean; null when the mean is nearly 0 or there is no value. */
  readonly halfWidthShare: number | null;
}

/** What figures that are no single run rest on. */
export interface ReplicationsResult {
  /** `replications`: figures are means over runs. `batch-means`: one long run, its intervals from batches. */
  readonly method: "replications" | "batch-means";
  /** Runs. */
  readonly count: number;
  /** Confidence of every interval, two-sided. */
  readonly confidence: number;
  /** Null when everything counts. */
  readonly warmUp: WarmUpResult | null;
  /** Null when no precision was asked for. */
  readonly precision: PrecisionResult | null;
  /** By path of the metric; metrics without an interval are left out. */
  readonly intervals: Readonly<Record<string, MetricInterval>>;
  /** Runs in which waits did not settle. */
  readonly overloadedCount: number;
  /** By path of the metric; only for variants. */
  readonly differences?: Readonly<Record<string, PairedDifference>>;
}

/** A backtest the scenario trusts, held against the scenario. */
export interface TrustResult {
  /** As written in the scenario. */
  readonly backtest: string;
  /** False when it is about another cluster or policy, or shows that its cluster file was wrong. */
  readonly applies: boolean;
  /** What it says, or why it does not apply. */
  readonly sentence: string;
}

/** What one simulated configuration gave; the base and every variant have one. */
export interface RunResult extends OptionalResults {
  /** Every goal of the scenario, in its order. */
  readonly goals: readonly GoalResult[];
  /** Counts and distributions over jobs. */
  readonly jobs: JobsResult;
  /** Occupancy of the GPUs. */
  readonly gpu: GpuResult;
  /** What jobs waited for, most hours first. */
  readonly waitReasons: readonly WaitReasonResult[];
  /** Outcome by tenant. */
  readonly tenants: readonly GroupResult[];
  /** Outcome by partition. */
  readonly partitions: readonly GroupResult[];
  /** What a reader must know, in full sentences. */
  readonly warnings: readonly string[];
  /** Why the run ended. */
  readonly stopReason: "drained" | "time-limit" | "event-limit";
  /** Time of the last event, or of the time limit. */
  readonly endS: number;
  /** Events of the simulation. */
  readonly eventsHandled: number;
  /** What means and intervals rest on; absent for a single run in which everything counts. */
  readonly replications?: ReplicationsResult;
}

/** A variant of the scenario, run with the same seed and streams as the base. */
export interface VariantResult extends RunResult {
  /** Name of the variant. */
  readonly name: string;
  /** What it changes, by path. */
  readonly set: Readonly<Record<string, unknown>>;
}

/** The document `result.json` holds and `--json` prints. Breaking changes change `schema`. */
export interface ResultDocument extends RunResult {
  /** Version of this format. */
  readonly schema: "headroom/result/v1";
  /** Version of Headroom. */
  readonly version: string;
  /** Name of the scenario. */
  readonly scenario: string;
  /** The question the scenario asks; null without one. */
  readonly question: string | null;
  /** The answer in one plain sentence, computed from the goals. */
  readonly decision: string;
  /** Root of every random stream. */
  readonly seed: number;
  /** Every file the run read. */
  readonly inputs: readonly InputFile[];
  /** Numbers that nobody measured. */
  readonly assumptions: readonly Assumption[];
  /** Absent when the scenario names no backtest. */
  readonly trust?: TrustResult;
  /** Outcome of every variant, in the order of the scenario. */
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
