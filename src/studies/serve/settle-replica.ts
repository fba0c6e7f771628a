import { InputError } from "../../diagnostics/problem.js";
import type { PriceEntry } from "../../hardware/prices.js";
import type { CacheRule } from "../../performance/llm/cache-blocks.js";
import type { DecoderModel } from "../../performance/llm/decoder-model.js";
import type { LayerTables } from "../../performance/llm/layer-tables.js";
import { planReplica } from "../../performance/llm/plan-replica.js";
import type { ReplicaHost } from "../../performance/llm/replica-host.js";
import type { TensorParallelLink } from "../../performance/llm/replica-links.js";
import type {
  PlannedReplica,
  RefusedReplica,
  ReplicaQuestion,
  StepModelName,
} from "../../performance/llm/replica-plan.js";
import type { ReplicaSpec } from "../../simulation/serving/serving-spec.js";

/** One configuration of a replica, checked: names are found, numbers are numbers. */
export interface ReplicaSetting {
  readonly model: DecoderModel;
  readonly host: ReplicaHost;
  /** Of one machine of the host; absent where nobody published one. */
  readonly price?: HourlyPrice;
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  readonly expertRanks: number;
  readonly stepModel: StepModelName;
  readonly layerTables?: LayerTables;
  readonly cacheRule: CacheRule;
  readonly cacheBlocks?: number;
  readonly cacheFormat: "bf16" | "fp8";
  readonly memoryUtilization?: number;
  readonly link?: TensorParallelLink;
  /** LoRA adapters kept on the GPUs, with their rank. */
  readonly adapters?: { readonly count: number; readonly rank: number };
  /** `max_num_batched_tokens` and `max_num_seqs` of vLLM. */
  readonly batchTokensMax: number;
  readonly requestsMax: number;
}

/** What an hour of a machine costs. */
export interface HourlyPrice {
  readonly usdPerHour: number;
  /** What the price is for: one GPU, or a machine of the host. */
  readonly of: "gpu" | "machine";
  readonly source: string;
  readonly provenance: "published" | "given";
}

/** A configuration that can run, ready to be simulated. */
export interface SettledReplica {
  readonly setting: ReplicaSetting;
  readonly plan: PlannedReplica;
  readonly spec: ReplicaSpec;
}

/** A configuration as a replica, or why it cannot be one. */
export function settleReplica(setting: ReplicaSetting): SettledReplica | RefusedReplica {
  const plan = planReplica(questionOf(setting));
  if (plan.kind === "refused") return plan;
  const { batchTokensMax, requestsMax } = setting;
  const { stepTime, cacheBlocks } = plan;
  return { setting, plan, spec: { stepTime, cacheBlocks, batchTokensMax, requestsMax } };
}

/** @throws InputError with the reason and the next step, when the replica cannot be */
export function requireReplica(setting: ReplicaSetting): SettledReplica {
  const settled = settleReplica(setting);
  if (!("kind" in settled)) return settled;
  const { rule, message, help } = settled;
  const option =
    rule === "bad-parallel" ? "--tensor-parallel" : rule === "no-tables" ? "--step-model" : "--gpu";
  throw new InputError([{ file: option, rule, message, help }]);
}

function questionOf(setting: ReplicaSetting): ReplicaQuestion {
  const { tensorParallel, pipelineParallel, expertRanks } = setting;
  return {
    model: setting.model,
    host: setting.host,
    parallel: { tensor: tensorParallel, pipeline: pipelineParallel, expertRanks },
    stepModel: setting.stepModel,
    cacheRule: setting.cacheRule,
    cacheFormat: setting.cacheFormat,
    ...(setting.layerTables === undefined ? {} : { layerTables: setting.layerTables }),
    ...(setting.cacheBlocks === undefined ? {} : { cacheBlocks: setting.cacheBlocks }),
    ...(setting.memoryUtilization === undefined
      ? {}
      : { memoryUtilization: setting.memoryUtilization }),
    ...(setting.link === undefined ? {} : { link: setting.link }),
    ...(setting.adapters === undefined ? {} : { adapters: setting.adapters }),
  };
}

/** Machines that so many replicas of a kind fill; replicas share a machine where they fit, and none is cut. */
export function machinesFor(replicas: number, { plan, setting }: SettledReplica): number {
  const perMachine = Math.floor(setting.host.gpusPerNode / plan.gpus);
  return perMachine >= 1 ? Math.ceil(replicas / perMachine) : replicas * plan.nodes;
}

/** US dollars per hour of so many replicas: whole machines where the price is of machines; null without a price. */
export function hourlyCost(replicas: number, settled: SettledReplica): number | null {
  const { price } = settled.setting;
  if (price === undefined) return null;
  if (price.of === "gpu") return replicas * settled.plan.gpus * price.usdPerHour;
  return machinesFor(replicas, settled) * price.usdPerHour;
}

/** The lowest pay-as-you-go price the catalogue has of a machine, in whatever region; undefined when it has none. */
export function cataloguePrice(prices: readonly PriceEntry[]): HourlyPrice | undefined {
  const onDemand = prices.filter(({ kind }) => kind === "on-demand");
  const known = onDemand.length > 0 ? onDemand : prices;
  const [first, ...others] = known;
  if (first === undefined) return undefined;
  const lowest = others.reduce(
    (best, each) => (each.usdPerHour < best.usdPerHour ? each : best),
    first,
  );
  const day = lowest.asOf === undefined ? "" : `, ${lowest.asOf}`;
  return {
    usdPerHour: lowest.usdPerHour,
    of: "machine",
    source: `${lowest.kind} in ${lowest.region}${day}, the lowest of the catalogue`,
    provenance: lowest.given === undefined ? "published" : "given",
  };
}
