import type { Assumption, InputFile } from "../run/result-document.js";

/** Waits of one set of jobs in seconds, first start minus submission; null where there is no job. */
export interface WaitSummary {
  /** Arithmetic mean. */
  readonly mean: number | null;
  /** Median (rule R-7, linear between neighbours), as are all percentiles. */
  readonly p50: number | null;
  /** 90th percentile. */
  readonly p90: number | null;
  /** 95th percentile. */
  readonly p95: number | null;
  /** 99th percentile. */
  readonly p99: number | null;
  /** Longest wait. */
  readonly max: number | null;
}

/** Recorded waits of a set of jobs beside the simulated ones of the same jobs. */
export interface WaitComparison {
  /** As the original system recorded them. */
  readonly recordedS: WaitSummary;
  /** As the simulation gives them. */
  readonly simulatedS: WaitSummary;
  /** Simulated minus recorded, figure by figure: positive means that the simulation waits longer. Seconds. */
  readonly errorS: WaitSummary;
  /** `errorS` over `recordedS`: 0.05 is 5 % too long; null where the recorded figure is 0. */
  readonly errorRelative: WaitSummary;
}

/** The comparison of one partition or tenant. */
export interface GroupComparison extends WaitComparison {
  /** Name in the trace; empty where it has none. */
  readonly name: string;
  /** Jobs compared. */
  readonly jobs: number;
}

/** The comparison of the jobs submitted in one hour of the day. */
export interface HourComparison extends WaitComparison {
  /** 0 to 23, on the clock that `trace.clock` names. */
  readonly hour: number;
  /** Jobs compared. */
  readonly jobs: number;
}

/** Jobs that are in no comparison, by reason. */
export interface LeftOutJobs {
  /** In words. */
  readonly reason: string;
  /** Jobs, or rows of the file. */
  readonly jobs: number;
}

/** Share of jobs whose simulated wait is near the recorded one. */
export interface WithinShare {
  /** Largest difference either way, in seconds; 0 means equal to the last digit. */
  readonly withinS: number;
  /** 0..1 of the jobs compared. */
  readonly share: number;
}

/** The trace, as it was read. */
export interface BacktestTrace {
  /** As written on the command line. */
  readonly path: string;
  /** SHA-256 of the stored bytes, in hexadecimal. */
  readonly sha256: string;
  /** Name of the format it was read as. */
  readonly format: string;
  /** Day of the first submission, such as `2017-10-03` (UTC); null without calendar times. */
  readonly firstDay: string | null;
  /** Day of the last submission. */
  readonly lastDay: string | null;
  /** `utc` where the trace has calendar times, else `trace`: hours are counted from its second 0. */
  readonly clock: "utc" | "trace";
  /** Rows of the file that the reader did not take for jobs. */
  readonly rowsLeftOut: readonly LeftOutJobs[];
}

/** The cluster the jobs were replayed on. */
export interface BacktestCluster {
  /** As written on the command line. */
  readonly file: string;
  /** As a person would name it. */
  readonly sentence: string;
  /** One line per kind of node. */
  readonly kinds: readonly string[];
  /** Number of nodes. */
  readonly nodes: number;
  /** Number of GPUs. */
  readonly gpus: number;
  /** SHA-256 of what each node has, in their order, names left out: equal clusters have equal ones. */
  readonly fingerprint: string;
}

/** The rules the jobs were replayed under. */
export interface BacktestPolicy {
  /** Queue policy with every option, defaults filled in. */
  readonly queue: { readonly name: string; readonly options: Readonly<Record<string, unknown>> };
  /** Name of the placement, or weighted scorers. */
  readonly placement: string | readonly { readonly name: string; readonly weight: number }[];
  /** SHA-256 of the quotas that the queue policy admits by; absent without quotas of its own. */
  readonly quotas?: string;
  /** Which of the two nobody named: the result then judges a guess. */
  readonly assumed: readonly ("queue" | "placement")[];
}

/** An instant from which the record has more GPUs in use than the cluster file has. */
export interface OverCapacity {
  /** Partition whose nodes are meant; empty for the whole cluster. */
  readonly partition: string;
  /** GPUs the cluster file has there. */
  readonly capacityGpus: number;
  /** Most GPUs the record has in use at one instant. */
  readonly peakGpus: number;
  /** Second of the trace at which that is first so. */
  readonly peakAtS: number;
  /** The same as calendar time (UTC); null without calendar times. */
  readonly peakAt: string | null;
  /** Seconds during which the record is above the capacity, all together. */
  readonly aboveS: number;
}

/** What the trace says about the use of GPUs. */
export interface RecordedUse {
  /** Most GPUs in use at one instant, over the whole trace. */
  readonly peakGpus: number;
  /** Second of the trace at which that is first so. */
  readonly peakAtS: number;
  /** Empty when the record fits into the cluster file at every instant. */
  readonly overCapacity: readonly OverCapacity[];
}

/** How many jobs the comparison rests on. */
export interface BacktestJobs {
  /** Jobs of the trace. */
  readonly count: number;
  /** Jobs that were simulated: those that ran, as far as the trace tells. */
  readonly simulated: number;
  /** Jobs with a recorded and a simulated start. */
  readonly compared: number;
  /** The others; `compared` and these sum to `count`. */
  readonly leftOut: readonly LeftOutJobs[];
}

/** Differences job by job: averages of waits may agree while no job does. Seconds, without sign. */
export interface JobErrors {
  /** Mean of |simulated − recorded|. */
  readonly mean: number | null;
  /** Median of it. */
  readonly p50: number | null;
  /** 95th percentile of it. */
  readonly p95: number | null;
}

/** What `headroom backtest --json` prints and `backtest.json` holds: a history replayed, and how wrong that was. */
export interface BacktestDocument {
  /** Version of this format. */
  readonly schema: "headroom/backtest/v1";
  /** Version of Headroom. */
  readonly version: string;
  /** The history. */
  readonly trace: BacktestTrace;
  /** The machines. */
  readonly cluster: BacktestCluster;
  /** The rules. */
  readonly policy: BacktestPolicy;
  /** Root of every random stream; only placements that draw depend on it. */
  readonly seed: number;
  /** What was compared and what was not. */
  readonly jobs: BacktestJobs;
  /** Waits of all compared jobs. */
  readonly wait: WaitComparison;
  /** Differences job by job. */
  readonly jobErrorS: JobErrors;
  /** Share of jobs within 0 s, 1, 5, 15 and 60 minutes of their recorded wait. */
  readonly withinShare: readonly WithinShare[];
  /** Spearman's rank correlation of recorded and simulated waits, −1..1; null when one of them is constant. */
  readonly rankCorrelation: number | null;
  /** By partition of the trace, most jobs first. */
  readonly byPartition: readonly GroupComparison[];
  /** By tenant, most jobs first. */
  readonly byTenant: readonly GroupComparison[];
  /** By hour of the day of the submission; hours without jobs are left out. */
  readonly byHour: readonly HourComparison[];
  /** GPUs in use by the record, held against the cluster file. */
  readonly recordedUse: RecordedUse;
  /** The result in one plain sentence or two. */
  readonly verdict: string;
  /** What a reader must know, in full sentences. */
  readonly warnings: readonly string[];
  /** Numbers that nobody measured. */
  readonly assumptions: readonly Assumption[];
  /** Every file that was read. */
  readonly inputs: readonly InputFile[];
  /** Events of the simulation. */
  readonly eventsHandled: number;
}
