/**
 * A synthetic workload: kinds of work that arrive by the hour of the week, in bursts.
 *
 * The same document describes the committed sample and what `trace generate --from` fits to a trace.
 */
export interface WorkloadParameters {
  readonly schema: "headroom/workload/v1";
  /** What the workload stands for. */
  readonly description: string;
  /** Root seed when the caller gives none; 0 or a whole number. */
  readonly seed: number;
  /** Length in weeks; the workload begins on Monday at 00:00. */
  readonly weeks: number;
  /** Jobs expected in one week, over all kinds. */
  readonly jobsPerWeek: number;
  /** Relative arrival rate of each hour of the week, 168 values from Monday 00:00. */
  readonly hourOfWeekWeights: readonly number[];
  readonly kinds: readonly WorkloadKind[];
}

/** One kind of work: what its jobs ask for, how long they run, and how they come. */
export interface WorkloadKind {
  readonly name: string;
  /** Relative number of jobs. */
  readonly weight: number;
  readonly workers: number;
  readonly gpusPerWorker: number;
  /** GPUs the trace asked for, where that is not workers × gpusPerWorker × share. */
  readonly gpuMilli?: number;
  /** Choices of host resources per worker. */
  readonly hosts: readonly HostRequest[];
  readonly durationS: DurationModel;
  readonly batch: BatchModel;
  readonly walltime?: WalltimeModel;
  readonly tenants: readonly WeightedName[];
  /** 0 by default. */
  readonly priority?: number;
}

/** CPU and memory of one worker, chosen by weight. */
export interface HostRequest {
  readonly weight: number;
  readonly cpuMilli: number;
  readonly memoryMib: number;
}

/** A name chosen by weight. */
export interface WeightedName {
  readonly name: string;
  readonly weight: number;
}

/** Distribution of durations in seconds. */
export type DurationModel =
  | {
      readonly model: "lognormal-mixture";
      readonly parts: readonly LognormalPart[];
      /** Draws outside are moved to the nearer bound. */
      readonly minS: number;
      readonly maxS: number;
    }
  | {
      /** Equally spaced quantiles from the least to the greatest; between two, the logarithm is linear. */
      readonly model: "quantiles";
      readonly valuesS: readonly number[];
    };

/** One lognormal of a mixture. */
export interface LognormalPart {
  readonly weight: number;
  readonly medianS: number;
  /** Standard deviation of the natural logarithm. */
  readonly sigma: number;
}

/** Jobs come in batches: one person submits several at once, such as a sweep over parameters. */
export interface BatchModel {
  /** Probability that another job follows in the same batch, 0 ≤ p < 1; the mean size is 1 / (1 − p). */
  readonly continueProbability: number;
  /** Mean gap between the jobs of a batch in seconds. */
  readonly gapMeanS: number;
}

/** The user's estimate: the duration times a lognormal factor ≥ 1, rounded up to a usual value. */
export interface WalltimeModel {
  /** Median of the factor's part above 1: the median estimate is (1 + excessMedian) × duration. */
  readonly excessMedian: number;
  readonly sigma: number;
  /** Values people write, in seconds, rising; the estimate is the first that is long enough. */
  readonly roundUpToS: readonly number[];
}
