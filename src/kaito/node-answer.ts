import { configOf, type KaitoSetting } from "./check-manifest.js";
import { type NodeEstimator } from "./estimators.js";
import { findModel, nearestModel } from "./find-model.js";
import {
  type GpuConfig,
  gpuConfigOfAccelerators,
  gpuConfigOfMig,
  gpuConfigOfNodes,
  KaitoRefusal,
  type NodeLabels,
} from "./gpu-config.js";
import { findGpuSku } from "./gpu-skus.js";
import type { KaitoManifest } from "./manifest/manifest.js";
import type { ModelSpec } from "./model-spec.js";
import { selectedNodes } from "./node-selector.js";
import { type Parallelism, parallelismOf, vllmArguments } from "./parallelism.js";

/** What KAITO would do with one manifest. */
export interface NodeAnswer {
  readonly kind: string;
  readonly name: string;
  readonly file: string;
  /** Nodes of all replicas together. */
  readonly nodes: number;
  readonly nodesPerReplica: number;
  readonly replicas: number;
  readonly estimator: string;
  /** Null where there is no preset, so that the count is taken as it is. */
  readonly model: {
    readonly requested: string;
    readonly used: string;
    readonly substituted: boolean;
  } | null;
  readonly gpu: GpuConfig | null;
  readonly parallelism: Parallelism | null;
  readonly vllm: Readonly<Record<string, string>> | null;
}

const DEFAULT_INSTANCE_TYPE = "Standard_NC24ads_A100_v4";

/**
 * Nodes and parallelism of a manifest that passed the checks.
 *
 * @param readyNodes labels of the nodes one brings; only looked at where KAITO provisions none
 * @throws KaitoRefusal where KAITO's estimator refuses
 */
export function answerNodes(
  manifest: KaitoManifest,
  setting: KaitoSetting,
  estimator: NodeEstimator,
  readyNodes: readonly NodeLabels[],
): NodeAnswer {
  const { kind, name, file, presetName, replicas, count, runtime, isTuning } = manifest;
  const model =
    presetName === undefined || presetName === "" ? undefined : usedModel(presetName, setting);
  // Only vLLM asks the estimator; everything else gets the nodes the manifest counts.
  const estimated = model !== undefined && runtime === "vllm" && !isTuning;
  const gpu = estimated ? gpuOf(manifest, setting, readyNodes) : undefined;
  const given = configOf(manifest, setting)?.vllm ?? {};
  const context = Number(given["max-model-len"]);
  const nodesPerReplica = estimated
    ? estimator.estimate({
        model,
        gpu,
        countRequested: count,
        contextTokens: Number.isFinite(context) ? context : undefined,
      }).nodes
    : count !== undefined && count > 0
      ? count
      : 1;
  const parallelism = estimated ? parallelismOf(model, gpu!, nodesPerReplica) : null;
  return {
    kind,
    name,
    file,
    nodes: nodesPerReplica * replicas,
    nodesPerReplica,
    replicas,
    estimator: estimator.id,
    model:
      model === undefined
        ? null
        : { requested: presetName!, used: model.name, substituted: isSubstituted(presetName!) },
    gpu: gpu ?? null,
    parallelism,
    vllm: estimated ? vllmArguments(model, parallelism!, given) : null,
  };
}

function usedModel(presetName: string, setting: KaitoSetting): ModelSpec {
  const found = findModel(presetName);
  if (found.kind === "found") return found.model;
  const given = setting.models.find(({ name }) => name === presetName);
  const model = given ?? nearestModel(presetName);
  if (model === undefined)
    throw new KaitoRefusal(`Unsupported inference preset name ${presetName}`);
  return model;
}

/** True for a name that only means something because the nearest one was taken. */
function isSubstituted(presetName: string): boolean {
  return findModel(presetName).kind === "unknown";
}

function gpuOf(
  manifest: KaitoManifest,
  setting: KaitoSetting,
  readyNodes: readonly NodeLabels[],
): GpuConfig {
  const { partition, instanceType } = manifest;
  if (setting.provisionsNodes) {
    const type =
      instanceType === undefined || instanceType === "" ? DEFAULT_INSTANCE_TYPE : instanceType;
    const sku = findGpuSku(type);
    if (sku === undefined)
      throw new KaitoRefusal(`failed to get GPU config for instance type ${type}`);
    return sku;
  }
  if (partition?.mode === "mig") return gpuConfigOfMig(partition.profile ?? "");
  const node = gpuConfigOfNodes(selectedNodes(manifest, readyNodes));
  return partition?.mode === "accelerator"
    ? gpuConfigOfAccelerators(node, partition.count ?? 1)
    : node;
}
