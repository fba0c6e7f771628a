import { findGpu } from "../../hardware/find-gpu.js";
import { findNodeSku } from "../../hardware/find-node-sku.js";
import type { GpuSpec } from "../../hardware/gpu-spec.js";
import { CACHE_RULES } from "../../performance/llm/cache-blocks.js";
import { calibratedGpu } from "../../performance/calibrated/calibrated-gpu.js";
import type { NamedCalibration } from "../../performance/calibrated/calibration-file.js";
import type { DecoderModel } from "../../performance/llm/decoder-model.js";
import { planReplica } from "../../performance/llm/plan-replica.js";
import {
  hostOfGpus,
  hostOfMig,
  hostOfSku,
  type ReplicaHost,
} from "../../performance/llm/replica-host.js";
import type {
  PlannedReplica,
  ReplicaQuestion,
  StepModelName,
} from "../../performance/llm/replica-plan.js";
import type { NodeSpec } from "../../cluster/spec.js";
import type { NodeGroup } from "../resolved.js";
import type { ServiceInput } from "../schema/services-schema.js";

/** How the GPUs of a replica share the model. */
export interface ServiceParallelism {
  readonly tensor: number;
  readonly pipeline: number;
  readonly data: number;
}

/** Machines of a configuration, as services see them. */
export interface ServiceMachines {
  readonly nodes: readonly NodeSpec[];
  readonly nodeGroups: readonly NodeGroup[];
  /** Their rates go before published ones. */
  readonly calibrations?: readonly NamedCalibration[];
}

/** What a replica would be on the nodes of each group, or why not. */
export interface GroupPlans {
  /** By index of the group. */
  readonly planned: ReadonlyMap<number, PlannedReplica>;
  /** One sentence per group that cannot take a replica. */
  readonly refusals: readonly string[];
  /** What would help, where somebody knows. */
  readonly help: string | undefined;
}

/** Engine options, with those a manifest gives for what the scenario does not say. */
export type EngineInput = NonNullable<ServiceInput["engine"]>;

/**
 * Plans a replica on every group of nodes.
 *
 * @param isAllowed groups that may be used at all
 */
export function planOnGroups(
  model: DecoderModel,
  machines: ServiceMachines,
  asked: {
    readonly parallelism: ServiceParallelism;
    readonly engine: EngineInput;
    readonly mig: string | undefined;
  },
  isAllowed: (group: number) => boolean,
): GroupPlans {
  const planned = new Map<number, PlannedReplica>();
  const refusals: string[] = [];
  let help: string | undefined;
  machines.nodeGroups.forEach((group, index) => {
    const node = group.count === 0 ? undefined : machines.nodes[group.firstNode];
    if (node === undefined || node.gpuCount === 0 || !isAllowed(index)) return;
    const host = hostOf(node, group, asked.mig, machines.calibrations ?? []);
    if (typeof host === "string") {
      refusals.push(`${group.name}: ${host}`);
      return;
    }
    const plan = planReplica(questionOf(model, host, asked));
    if (plan.kind === "planned") planned.set(index, plan);
    else {
      refusals.push(`${group.name}: ${plan.message}`);
      help ??= plan.help;
    }
  });
  return { planned, refusals, help };
}

function questionOf(
  model: DecoderModel,
  host: ReplicaHost,
  {
    parallelism,
    engine,
  }: { readonly parallelism: ServiceParallelism; readonly engine: EngineInput },
): ReplicaQuestion {
  const { tensor, pipeline } = parallelism;
  const { stepTime, cacheRule, cacheBlocks, gpuMemoryUtilization, kvCacheDtype } = engine;
  const rule = CACHE_RULES.find(({ name }) => name === cacheRule);
  return {
    model,
    host,
    parallel: { tensor, pipeline },
    ...(stepTime === undefined ? {} : { stepModel: stepTime as StepModelName }),
    ...(rule === undefined ? {} : { cacheRule: rule }),
    ...(cacheBlocks === undefined ? {} : { cacheBlocks }),
    ...(gpuMemoryUtilization === undefined ? {} : { memoryUtilization: gpuMemoryUtilization }),
    ...(kvCacheDtype === undefined ? {} : { cacheFormat: kvCacheDtype as "bf16" | "fp8" }),
  };
}

/** The machine of a group; in words why it is none for a replica. */
function hostOf(
  node: NodeSpec,
  group: NodeGroup,
  mig: string | undefined,
  calibrations: readonly NamedCalibration[],
): ReplicaHost | string {
  const gpuOf = (name: string): GpuSpec | undefined => {
    const known = findGpu(name);
    return known.kind === "found" ? calibratedGpu(known.gpu, calibrations) : undefined;
  };
  const sku = group.sku === undefined ? undefined : findNodeSku(group.sku);
  const gpu = gpuOf(node.gpuModel);
  if (mig !== undefined) {
    if (node.partitioning?.mode !== "mig") return "its GPUs are not divided into MIG instances";
    if (gpu === undefined) return unknownGpu(node);
    return hostOfMig(gpu, mig, node.gpuCount) ?? `${gpu.name} has no MIG profile ${mig}`;
  }
  if (node.partitioning?.mode === "mig") return "its GPUs are divided into MIG instances";
  const looked = sku === undefined ? undefined : hostOfSku(sku, gpuOf);
  if (looked?.kind === "host") return looked.host;
  return gpu === undefined ? unknownGpu(node) : hostOfGpus(gpu, node.gpuCount);
}

function unknownGpu({ gpuModel }: NodeSpec): string {
  return `nobody knows how fast ${gpuModel === "" ? "its GPUs are" : `${gpuModel} is`}`;
}
