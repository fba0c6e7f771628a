import type { ReplicaAssumption, ReplicaParallel } from "../../performance/llm/replica-plan.js";
import type { LatencyGoal } from "./goals.js";
import type { MachinePrice } from "./machines.js";

/** What `headroom check model --json` prints. Seconds, bytes, tokens and USD; null where something is not known. */
export interface CheckModelDocument {
  readonly schema: "headroom/check-model/v1";
  readonly model: CheckedModel;
  readonly asked: CheckedQuestion;
  /** True when some machines named hold the model with room for one request. */
  readonly fits: boolean;
  /** True when they keep every goal as well; null where no speed is known or no goal was given. */
  readonly meetsGoals: boolean | null;
  /** In one sentence: the answer, or why not. */
  readonly reason: string;
  /** One for a machine, one per group of an inventory; in the order asked. */
  readonly machines: readonly MachineAnswer[];
  /** What would make it fit or keep the goals, most promising first; empty when it does. */
  readonly remedies: readonly string[];
  /** Machines of the catalogue that hold the model (and keep the goals), cheapest per million tokens first, then those without a price. */
  readonly alternatives: readonly AlternativeMachine[];
  readonly assumptions: readonly ReplicaAssumption[];
  /** Uses outside of where a model holds, each in a sentence. */
  readonly warnings: readonly string[];
}

/** The model as it was understood. */
export interface CheckedModel {
  readonly requested: string;
  readonly name: string;
  readonly weightBytes: number;
  readonly cacheBytesPerToken: number;
  readonly contextTokens: number | null;
  /** Weights a token is multiplied with; null where only the size is known. */
  readonly activeWeights: number | null;
  /** False where only the size of the model is known: memory is answered and speed is not. */
  readonly hasSpeed: boolean;
  /** Why there is no speed; null where there is. */
  readonly noSpeedReason: string | null;
  readonly source: string;
}

/** What was asked of it. */
export interface CheckedQuestion {
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly goals: readonly LatencyGoal[];
  /** `max_num_batched_tokens`. */
  readonly batchTokensMax: number;
  /** `max_num_seqs`. */
  readonly requestsMax: number;
  readonly nodesMax: number;
}

/** What one kind of machines can do. */
export interface MachineAnswer {
  readonly name: string;
  readonly gpu: string;
  readonly gpusPerNode: number;
  /** Machines there are, for an inventory; null where any number can be had. */
  readonly available: number | null;
  readonly fits: boolean;
  /** Why it does not fit; null where it does. */
  readonly reason: string | null;
  /** The rest is null or empty where it does not fit. */
  readonly layout: LayoutAnswer | null;
  /** Other ways on as many machines, by requests per second within the goals. */
  readonly otherLayouts: readonly {
    readonly parallel: ReplicaParallel;
    readonly replicas: number;
    readonly concurrencyMax: number;
    readonly requestsPerS: number | null;
  }[];
  readonly price: MachinePrice | null;
  /** What KAITO v0.12.0 would do with the preset there; null where it has no preset or no table for the machine. */
  readonly kaito: KaitoAnswer | null;
}

/** Nodes and parallelism KAITO v0.12.0 would choose, or its refusal. */
export interface KaitoAnswer {
  readonly nodes: number | null;
  readonly tensorParallel: number | null;
  readonly pipelineParallel: number | null;
  readonly dataParallel: number | null;
  readonly refusal: string | null;
}

/** The best layout found on the fewest machines that hold one copy. */
export interface LayoutAnswer {
  readonly nodes: number;
  /** Copies of the model on these nodes. */
  readonly replicas: number;
  /** GPUs of one copy. */
  readonly gpusPerReplica: number;
  readonly parallel: ReplicaParallel;
  readonly memory: {
    readonly weightBytesPerGpu: number;
    readonly cacheBytesPerTokenPerGpu: number;
    /** Bytes of one GPU left for the cache; null where blocks were given. */
    readonly cacheRoomBytesPerGpu: number | null;
    readonly gpuBytes: number;
  };
  /** Tokens in the caches of all copies together. */
  readonly cacheTokens: number;
  /** Tokens in one engine's cache: the longest request it could ever hold, up to the model's own limit. */
  readonly longestRequestTokens: number;
  /** Requests of the asked size at once. */
  readonly concurrencyMax: number;
  /** At the concurrency that the goals permit, by the step-time model; null without speed or where goals never hold. */
  readonly served: ServedAnswer | null;
  /** Why there is no speed on this machine; null where there is, or where the model has none anywhere. */
  readonly noSpeedReason: string | null;
  /** Latencies of one request alone, the least there can be; null without speed. */
  readonly alone: { readonly ttftS: number; readonly tpotS: number } | null;
  /** `status.performance` of KAITO: prompt and generated tokens per minute of its benchmark, over all copies; null without speed. */
  readonly peakTokensPerMinute: number | null;
  readonly usdPerHour: number | null;
  readonly usdPerMillionOutputTokens: number | null;
  /** Prompts and answers together. */
  readonly usdPerMillionTokens: number | null;
}

/** Throughput and latencies of all copies of a layout. */
export interface ServedAnswer {
  /** Requests in flight in all engines. */
  readonly concurrency: number;
  readonly requestsPerS: number;
  readonly outputTokensPerS: number;
  /** Prompts and answers. */
  readonly tokensPerS: number;
  readonly ttftMeanS: number;
  readonly ttftP95S: number;
  readonly tpotMeanS: number;
  readonly tpotP95S: number;
  /** `simulation` where a simulation with random arrivals settled the rate, `closed-form` where it is the step-time model alone. */
  readonly by: "simulation" | "closed-form";
}

/** A machine of the catalogue beside the one asked. */
export interface AlternativeMachine {
  readonly name: string;
  readonly gpu: string;
  readonly nodes: number;
  readonly gpus: number;
  readonly parallel: ReplicaParallel;
  readonly replicas: number;
  readonly requestsPerS: number | null;
  readonly outputTokensPerS: number | null;
  readonly usdPerHour: number | null;
  readonly usdPerMillionTokens: number | null;
  readonly price: MachinePrice | null;
}
