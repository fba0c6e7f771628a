import type { ReplicaAssumption, ReplicaParallel } from "../../performance/llm/replica-plan.js";
import type { LatencyGoal } from "./goals.js";
import type { MachinePrice } from "./machines.js";

/** What `headroom check model --json` prints. Seconds, bytes, tokens and USD; null where something is not known. */
export interface CheckModelDocument {
  /** Name and version of this shape. */
  readonly schema: "headroom/check-model/v1";
  /** The model as it was understood. */
  readonly model: CheckedModel;
  /** Requests, goals and limits. */
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
  /** What the answer rests on, with where it comes from. */
  readonly assumptions: readonly ReplicaAssumption[];
  /** Uses outside of where a model holds, each in a sentence. */
  readonly warnings: readonly string[];
}

/** The model as it was understood. */
export interface CheckedModel {
  /** As typed. */
  readonly requested: string;
  /** Full name. */
  readonly name: string;
  /** All weights as they are loaded. */
  readonly weightBytes: number;
  /** Of all layers and GPUs. */
  readonly cacheBytesPerToken: number;
  /** Longest context of the model. */
  readonly contextTokens: number | null;
  /** Weights a token is multiplied with; null where only the size is known. */
  readonly activeWeights: number | null;
  /** False where only the size of the model is known: memory is answered and speed is not. */
  readonly hasSpeed: boolean;
  /** Why there is no speed; null where there is. */
  readonly noSpeedReason: string | null;
  /** Where its figures come from. */
  readonly source: string;
}

/** What was asked of it. */
export interface CheckedQuestion {
  /** Tokens of a prompt. */
  readonly promptTokens: number;
  /** Tokens of an answer. */
  readonly outputTokens: number;
  /** Latencies that have to hold. */
  readonly goals: readonly LatencyGoal[];
  /** `max_num_batched_tokens`. */
  readonly batchTokensMax: number;
  /** `max_num_seqs`. */
  readonly requestsMax: number;
  /** Machines tried at most for one copy. */
  readonly nodesMax: number;
}

/** What one kind of machines can do. */
export interface MachineAnswer {
  /** Machine, GPU or group as asked. */
  readonly name: string;
  /** GPU of the catalogue. */
  readonly gpu: string;
  /** GPUs, or instances of MIG, of one machine. */
  readonly gpusPerNode: number;
  /** Machines there are, for an inventory; null where any number can be had. */
  readonly available: number | null;
  /** True where a copy has room with one request. */
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
  /** By the hour; null where none is known. */
  readonly price: MachinePrice | null;
  /** What KAITO v0.12.0 would do with the preset there; null where it has no preset or no table for the machine. */
  readonly kaito: KaitoAnswer | null;
}

/** Nodes and parallelism KAITO v0.12.0 would choose, or its refusal. */
export interface KaitoAnswer {
  /** Nodes of one replica. */
  readonly nodes: number | null;
  /** `tensor-parallel-size`. */
  readonly tensorParallel: number | null;
  /** `pipeline-parallel-size`. */
  readonly pipelineParallel: number | null;
  /** `data-parallel-size`. */
  readonly dataParallel: number | null;
  /** In KAITO's words; null where it does not refuse. */
  readonly refusal: string | null;
}

/** The best layout found on the fewest machines that hold one copy. */
export interface LayoutAnswer {
  /** Machines of all copies. */
  readonly nodes: number;
  /** Copies of the model on these nodes. */
  readonly replicas: number;
  /** GPUs of one copy. */
  readonly gpusPerReplica: number;
  /** How one copy is spread. */
  readonly parallel: ReplicaParallel;
  /** Of the fullest GPU, in bytes. */
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
  /** Of all machines. */
  readonly usdPerHour: number | null;
  /** At the load served. */
  readonly usdPerMillionOutputTokens: number | null;
  /** Prompts and answers together. */
  readonly usdPerMillionTokens: number | null;
}

/** Throughput and latencies of all copies of a layout. */
export interface ServedAnswer {
  /** Requests in flight in all engines. */
  readonly concurrency: number;
  /** Of all copies. */
  readonly requestsPerS: number;
  /** Of all copies. */
  readonly outputTokensPerS: number;
  /** Prompts and answers. */
  readonly tokensPerS: number;
  /** Time to first token. */
  readonly ttftMeanS: number;
  /** Time to first token. */
  readonly ttftP95S: number;
  /** Time per further token. */
  readonly tpotMeanS: number;
  /** Time per further token. */
  readonly tpotP95S: number;
  /** `simulation` where a simulation with random arrivals settled the rate, `closed-form` where it is the step-time model alone. */
  readonly by: "simulation" | "closed-form";
}

/** A machine of the catalogue beside the one asked. */
export interface AlternativeMachine {
  /** Machine of the catalogue. */
  readonly name: string;
  /** GPU of the catalogue. */
  readonly gpu: string;
  /** Machines of one copy. */
  readonly nodes: number;
  /** GPUs of these machines. */
  readonly gpus: number;
  /** How one copy is spread. */
  readonly parallel: ReplicaParallel;
  /** Copies on these machines. */
  readonly replicas: number;
  /** Within the goals; null without speed. */
  readonly requestsPerS: number | null;
  /** Within the goals; null without speed. */
  readonly outputTokensPerS: number | null;
  /** Of these machines. */
  readonly usdPerHour: number | null;
  /** Prompts and answers, at that load. */
  readonly usdPerMillionTokens: number | null;
  /** Of one machine; null where none is known. */
  readonly price: MachinePrice | null;
}
