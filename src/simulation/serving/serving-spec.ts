import type { StepTimeModel } from "../../performance/llm/step-time.js";
import type { RouterName, RouterSpec } from "../../policy/routing/create-router.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import type { AdapterSpec, PipelineSpec, TransferSpec } from "./engine/feature-specs.js";
import type { ServiceCounters } from "./service-counters.js";

/**
 * How prompts are computed: `chunked`, in pieces beside the decoding requests (vLLM v1); `whole`, beside them and
 * in one piece (v1 with chunked prefill off); `first`, in steps of their own before all decoding (vLLM v0 without
 * chunked prefill).
 */
export const PREFILL_MODES = ["chunked", "whole", "first"] as const;
/** How prompts are computed. */
export type PrefillMode = (typeof PREFILL_MODES)[number];

/** One replica: an engine (vLLM) on its GPUs, or several. */
export interface ReplicaSpec {
  readonly stepTime: StepTimeModel;
  /** Blocks of 16 tokens, of one engine. */
  readonly cacheBlocks: number;
  /** `max_num_batched_tokens`. */
  readonly batchTokensMax: number;
  /** `max_num_seqs`, of one engine. */
  readonly requestsMax: number;
  /** `chunked` by default. */
  readonly prefill?: PrefillMode;
  /** `--scheduling-policy`: by arrival, the default, or by priority of the class and then by arrival. */
  readonly order?: "fcfs" | "priority";
  /** `enable_prefix_caching`; false by default, since without shared prompts it changes nothing. */
  readonly hasPrefixCache?: boolean;
  /** LoRA adapters; without it any request with one runs as if it had none. */
  readonly adapters?: AdapterSpec;
  readonly pipeline?: PipelineSpec;
  readonly dataParallel?: DataParallelSpec;
  /** Computes prompts only, or decodes only; everything by default. */
  readonly role?: "prefill" | "decode";
  /** How a decoding replica gets the cache of a prompt. */
  readonly transfer?: TransferSpec;
}

/** Engines of one replica behind one address. */
export interface DataParallelSpec {
  readonly engines: number;
  /** True where engines share experts and so take every step together; false where each steps for itself. */
  readonly isLockstep: boolean;
}

/** Requests of one kind, and what they are promised. */
export interface RequestClass {
  readonly name: string;
  /** The higher goes first where engines order by priority; below 0 a request is turned away when the pool is full. */
  readonly priority?: number;
  /** Largest time to first token, mean time per output token after it, and end-to-end time that meets the promise; any when absent. Seconds. */
  readonly ttftS?: number;
  readonly tpotS?: number;
  readonly e2eS?: number;
}

/** Who is turned away, and who leaves. Everything is off by default. */
export interface AdmissionSpec {
  /**
   * A request is refused with HTTP 429 when more than so many wait at the replica chosen for it; `requests-max`
   * means its `max_num_seqs`, as KAITO's `rate_limit.py` has it.
   */
  readonly waitingMax?: number | "requests-max";
  /**
   * A request of a class with a priority below 0 is refused while the pool is saturated: the mean over replicas of
   * max(waiting / `waiting`, cache in use / `cacheShare`) is 1 or more; 5 and 0.8 in the endpoint picker.
   */
  readonly saturation?: { readonly waiting: number; readonly cacheShare: number };
  /** A request that was not taken into a batch so long after it came leaves. Seconds. */
  readonly waitMaxS?: number;
  /** A refused request comes again after these times, one after the other, and is refused for good after the last. Seconds. */
  readonly retryAfterS?: readonly number[];
}

/** What is the same for a service whatever replicas it has. */
export interface ServiceSpec {
  readonly router: RouterName | RouterSpec;
  /** For routers that draw; 1 by default. */
  readonly seed?: number;
  /** By index; one class without promises by default. */
  readonly classes?: readonly RequestClass[];
  readonly admission?: AdmissionSpec;
  /** How many requests will come, where that is known: saves copying. */
  readonly requestsExpected?: number;
}

/** One simulation of a service of equal replicas. */
export interface ServingSpec extends ServiceSpec {
  readonly requests: RequestTable;
  readonly replica: ReplicaSpec;
  readonly replicas: number;
  /** Replicas that only decode what the others, which only compute prompts, hand over; none by default. */
  readonly decoding?: { readonly replica: ReplicaSpec; readonly replicas: number };
}

/** Times between one token of a request and the next. Seconds; null where there is none. */
export interface TokenGapSummary {
  readonly count: number;
  readonly mean: number | null;
  /** Percentiles within 0.2 %. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** What became of the requests. NaN for those that were not answered. */
export interface ServingRun {
  /** Seconds until the first token, overheads outside the GPU included. */
  readonly ttftS: Float64Array;
  /** Seconds per token after the first; NaN for answers of one token. */
  readonly tpotS: Float64Array;
  readonly e2eS: Float64Array;
  /** Index into `REQUEST_OUTCOMES`. */
  readonly outcome: Uint8Array;
  readonly replicaOf: Int32Array;
  /** Times a request lost its cache to an earlier one and began again. */
  readonly preemptions: Int32Array;
  /** Requests whose prompt and answer are larger than a replica's cache. */
  readonly rejected: number;
  /** Turned away with HTTP 429, after all attempts. */
  readonly refused: number;
  /** Left because nothing was computed for them in time. */
  readonly gaveUp: number;
  /** Between tokens, over all requests, and by class where there are several. */
  readonly itlS: TokenGapSummary;
  readonly itlOfClassS: readonly TokenGapSummary[];
  readonly counters: ServiceCounters;
  readonly steps: number;
  /** Decisions the simulation made; a stretch of equal decode steps is one. */
  readonly decisions: number;
  readonly endS: number;
}

export type { RouterName, RouterSpec };
