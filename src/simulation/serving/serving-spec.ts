import type { StepTimeModel } from "../../performance/llm/step-time.js";
import type { RequestTable } from "../../workload/requests/request-table.js";

/** One engine (vLLM v1) on the GPUs of one replica. */
export interface ReplicaSpec {
  readonly stepTime: StepTimeModel;
  /** Blocks of 16 tokens. */
  readonly cacheBlocks: number;
  /** `max_num_batched_tokens`. */
  readonly batchTokensMax: number;
  /** `max_num_seqs`. */
  readonly requestsMax: number;
}

/** How requests find their replica. */
export type RouterName = "round-robin" | "least-outstanding";

/** What is the same for a service whatever replicas it has. */
export interface ServiceSpec {
  readonly router: RouterName;
  /** How many requests will come, where that is known: saves copying. */
  readonly requestsExpected?: number;
}

/** One simulation of a service of equal replicas. */
export interface ServingSpec {
  readonly requests: RequestTable;
  readonly replica: ReplicaSpec;
  readonly replicas: number;
  readonly router: RouterName;
}

/** What became of the requests. NaN for those that were rejected. */
export interface ServingRun {
  /** Seconds until the first token, overheads outside the GPU included. */
  readonly ttftS: Float64Array;
  /** Seconds per token after the first; NaN for answers of one token. */
  readonly tpotS: Float64Array;
  readonly e2eS: Float64Array;
  readonly replicaOf: Int32Array;
  /** Times a request lost its cache to an earlier one and began again. */
  readonly preemptions: Int32Array;
  /** Requests whose prompt and answer are larger than a replica's cache. */
  readonly rejected: number;
  readonly steps: number;
  /** Decisions the simulation made; a stretch of equal decode steps is one. */
  readonly decisions: number;
  readonly endS: number;
}
