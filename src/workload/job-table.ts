/**
 * What one worker (pod) of a job asks of one node.
 *
 * openb semantics: `gpuMilli` is the share of each GPU, 1..1000; below 1000 only with `gpuCount` 1.
 */
export interface PodRequest {
  /** Thousandths of a CPU core, ≥ 0. */
  readonly cpuMilli: number;
  /** Bytes of host memory, ≥ 0. */
  readonly memoryBytes: number;
  /** GPUs on one node, 0..; 0 for a CPU-only pod. */
  readonly gpuCount: number;
  /** Thousandths of each GPU, 0 when gpuCount is 0, else 1..1000. */
  readonly gpuMilli: number;
  /** GPU models the pod accepts, in the order written; empty means any. */
  readonly gpuModels: readonly string[];
}

/**
 * Batch jobs as columns, one row per job in file order.
 *
 * Columns instead of objects: a million jobs take tens of bytes each, and hot loops read numbers.
 * A job is a gang of `workers` identical pods of `shapes[shape]`; all start and end together.
 */
export interface JobTable {
  readonly count: number;
  readonly ids: readonly string[];
  /** Seconds from the start of the trace (the first submit is 0 unless the reader says otherwise). */
  readonly submitS: Float64Array;
  /** Seconds of service at the reference placement, ≥ 0. */
  readonly durationS: Float64Array;
  /** The user's own estimate of the duration in seconds; NaN where the trace has none. */
  readonly walltimeS: Float64Array;
  /** Workers of the gang, ≥ 1. */
  readonly workers: Int32Array;
  /** Index into `shapes`. */
  readonly shape: Int32Array;
  /** Index into `tenantNames`. */
  readonly tenant: Int32Array;
  /** Higher runs first where a policy looks at it; 0 by default. */
  readonly priority: Int32Array;
  /** Index into `partitionNames`; 0 is the default partition "". */
  readonly partition: Int32Array;
  readonly shapes: readonly PodRequest[];
  readonly tenantNames: readonly string[];
  readonly partitionNames: readonly string[];
}
