/** Distribution of one latency over requests; null where no request gave a value. Seconds. */
export interface LatencyResult {
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

/** Requests and what became of them: of a service, of a class, or of all services. */
export interface RequestFigures {
  /** Requests that came. */
  readonly requests: number;
  /** Requests that were answered in full. */
  readonly finished: number;
  /** Requests larger than the cache of a replica, or refused because too many waited. */
  readonly rejected: number;
  /** Requests without a full answer when the run ended. */
  readonly open: number;
  /** From arrival to the first token, of answered requests; waiting for a replica to start included. */
  readonly ttftS: LatencyResult;
  /** Mean time per token after the first, of answered requests with more than one. */
  readonly tpotS: LatencyResult;
  /** From arrival to the last token, of answered requests. */
  readonly e2eS: LatencyResult;
  /**
   * Share of requests that met all targets of their class, 0..1; rejected and open ones did not. Null without
   * targets.
   */
  readonly sloAttainment: number | null;
  /** Requests per second that met them, from the first arrival to the last; null without targets. */
  readonly goodputPerS: number | null;
  /** Tokens of prompts of answered requests. */
  readonly promptTokens: number;
  /** Tokens of answers. */
  readonly outputTokens: number;
}

/** Replicas and what they held. */
export interface ReplicaFigures {
  /** Requests that came while no replica was ready. */
  readonly metColdStart: number;
  /** Time to the first token of those among them that were answered. */
  readonly coldStartTtftS: LatencyResult;
  /** Requests that began again because their replica was gone. */
  readonly restarts: number;
  /** Replicas that took requests, averaged over time. */
  readonly replicasMean: number;
  /** Most at one instant. */
  readonly replicasMax: number;
  /** Replicas that went through a cold start and were ready. */
  readonly coldStarts: number;
  /** GPU-hours that replicas held, cold starts included. */
  readonly gpuHours: number;
  /**
   * Part of what the cluster costs over the run, by GPU-hours held over those of all services and jobs: what
   * stands idle is in it. Null without `cost`.
   */
  readonly cost: number | null;
  /** That over millions of tokens of prompts and answers; null without `cost` or tokens. */
  readonly costPerMillionTokens: number | null;
}

/** One class of requests of a service. */
export interface ServiceClassResult extends RequestFigures {
  /** Name of the class; empty where all requests are of one. */
  readonly name: string;
}

/** One phase of the way to a ready replica, averaged over cold starts. */
export interface ColdStartPhaseResult {
  /** Name of the phase; `place on nodes` is waiting in the queue and for nodes to be ready. */
  readonly name: string;
  /** Mean, in seconds. */
  readonly seconds: number;
}

/** A stage that requests go through before generation. */
export interface ServiceStageResult {
  /** Name of the stage: `embedding`, `search`. */
  readonly name: string;
  /** What it is, in words. */
  readonly what: string;
  /** Requests it works on at once. */
  readonly servers: number;
  /** Seconds of one request, without waiting. */
  readonly seconds: number;
  /** Time requests waited before it. */
  readonly waitS: LatencyResult;
  /** Work over servers and the time from its first request to its last end, 0..1. */
  readonly busyShare: number;
  /** CPU cores of all its replicas; 0 where nobody said. Of the cluster only where `pods` is there. */
  readonly cpuCores: number;
  /** GPUs of all its replicas. Of the cluster only where `pods` is there. */
  readonly gpus: number;
  /** Memory of the index, over all replicas; 0 without one. Bytes. */
  readonly memoryBytes: number;
  /** Its replicas as pods on nodes of the cluster; absent where they stand beside it. */
  readonly pods?: StagePodsResult;
}

/** Pods of a stage on the cluster. */
export interface StagePodsResult {
  /** Pods it is to have. */
  readonly wanted: number;
  /** Pods that have a place when the run ends. */
  readonly placed: number;
  /** Seconds without a place, over all pods; requests are answered as if they had one. */
  readonly missingS: number;
}

/** What became of one service. */
export interface ServiceResult extends RequestFigures, ReplicaFigures {
  /** Name of the service. */
  readonly name: string;
  /** Its model. */
  readonly model: string;
  /** GPUs of one replica, in words. */
  readonly hardware: string;
  /** Tokens of cache of one engine. */
  readonly cacheTokens: number;
  /** Times between one token of a request and the next, over all of them. */
  readonly itlS: LatencyResult;
  /**
   * Whether it keeps up: `stable`; `backlogged` where it falls behind for a time; `overloaded` where the queue
   * grows as long as requests come, so that latencies say how long the run is. Null with too few requests.
   */
  readonly verdict: "stable" | "backlogged" | "overloaded" | null;
  /** Largest backlog: seconds a request that came then would have waited. */
  readonly backlogMaxS: number;
  /** Answered tokens per second, from the first arrival to the last answer. */
  readonly outputTokensPerS: number;
  /** From the wish for a replica to its first request, over cold starts. */
  readonly coldStartS: LatencyResult;
  /** What cold starts were made of. */
  readonly coldStartPhases: readonly ColdStartPhaseResult[];
  /** What requests went through before generation, in order; absent where they came right away. */
  readonly stages?: readonly ServiceStageResult[];
  /** Its classes of requests. */
  readonly classes: readonly ServiceClassResult[];
}

/** Services of a run, all together and one by one. */
export interface ServingResult extends RequestFigures, ReplicaFigures {
  /** In the order of the scenario. */
  readonly services: readonly ServiceResult[];
}
