import type { CacheRule } from "./cache-blocks.js";
import type { DecoderModel } from "./decoder-model.js";
import type { LayerTables } from "./layer-tables.js";
import type { MemoryShare } from "./memory-share.js";
import type { ReplicaHost } from "./replica-host.js";
import type { TensorParallelLink } from "./replica-links.js";
import type { StepTimeModel } from "./step-time.js";

/** Step-time models by name; `auto` takes the first that was made for the model. */
export const STEP_MODELS = ["auto", "trained-physics", "roofline", "layer-tables"] as const;

/** One of `STEP_MODELS`. */
export type StepModelName = (typeof STEP_MODELS)[number];

/** How the GPUs of a replica share a model. */
export interface ReplicaParallel {
  readonly tensor: number;
  readonly pipeline: number;
  /** Ranks that share the experts and step together; 1 where there are none. */
  readonly expertRanks: number;
}

/** What a replica is to be. */
export interface ReplicaQuestion {
  readonly model: DecoderModel;
  readonly host: ReplicaHost;
  /** All 1 when absent. */
  readonly parallel?: Partial<ReplicaParallel>;
  /** `auto` when absent. */
  readonly stepModel?: StepModelName;
  /** Needed for `layer-tables`. */
  readonly layerTables?: LayerTables;
  /** What is left for the cache; the first of `CACHE_RULES` when absent. */
  readonly cacheRule?: CacheRule;
  /** Measured blocks of one replica, in place of a rule. */
  readonly cacheBlocks?: number;
  /** `--gpu-memory-utilization`, in place of the rule's; in (0, 1]. */
  readonly memoryUtilization?: number;
  /** `--kv-cache-dtype`. */
  readonly cacheFormat?: "bf16" | "fp8";
  /** One rate and latency for all exchange between GPUs, in place of the machine's own links. */
  readonly link?: TensorParallelLink;
  /** False where only memory is asked: step times are then not known (NaN), and no figure is missing for them. */
  readonly needsSpeed?: false;
  /** LoRA adapters kept on the GPUs. */
  readonly adapters?: { readonly count: number; readonly rank: number };
}

/** What an answer rests on; the shape of a scenario's assumptions. */
export interface ReplicaAssumption {
  readonly id: string;
  readonly what: string;
  readonly value: string;
  readonly provenance: "measured" | "published" | "assumed" | "given";
  readonly source: string;
}

/** Stages of a replica for an engine that simulates them one by one. */
export interface PlannedPipeline {
  readonly stages: number;
  /** All layers one after the other on the GPUs of one stage: an equal part of it is a stage's. */
  readonly stepTime: StepTimeModel;
  readonly bytesPerToken: number;
  /** Transfer to the next stage as one rate and one latency, through the times of one token and of 2048. */
  readonly bytesPerS: number;
  readonly latencyS: number;
}

/** A replica that can be simulated: spread this into a `ReplicaSpec`. */
export interface PlannedReplica {
  readonly kind: "planned";
  /** With a pipeline, that of a whole step with the pipe kept full; an engine that fills the pipe itself takes `pipeline`. */
  readonly stepTime: StepTimeModel;
  /** Present with several stages. */
  readonly pipeline?: PlannedPipeline;
  /** Blocks of 16 tokens of one engine; with expert ranks those of one rank. */
  readonly cacheBlocks: number;
  readonly parallel: ReplicaParallel;
  readonly gpus: number;
  readonly nodes: number;
  readonly memory: MemoryShare;
  /** Memory of one GPU as the driver reports it. */
  readonly gpuBytes: number;
  /** Bytes of one GPU left for the cache; absent where blocks were given. */
  readonly cacheRoomBytes?: number;
  readonly assumptions: readonly ReplicaAssumption[];
  /** What lies outside of where the models hold, each in a sentence. */
  readonly warnings: readonly string[];
}

/** Why a replica cannot be. */
export interface RefusedReplica {
  readonly kind: "refused";
  readonly rule: "does-not-fit" | "bad-parallel" | "missing-figure" | "no-tables";
  readonly message: string;
  readonly help: string;
  /** Bytes missing on the fullest GPU, where that is why. */
  readonly missingBytes?: number;
}

/** A replica or why not. */
export type ReplicaPlan = PlannedReplica | RefusedReplica;
