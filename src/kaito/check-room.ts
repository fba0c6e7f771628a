import { childOf } from "../diagnostics/located-node.js";
import type { Report } from "./check-content.js";
import {
  type GpuConfig,
  gpuConfigOfMig,
  gpuConfigOfNodes,
  KaitoRefusal,
  MIG_PROFILES,
  type NodeLabels,
} from "./gpu-config.js";
import { findGpuSku } from "./gpu-skus.js";
import type { KaitoManifest } from "./manifest/manifest.js";
import type { ModelSpec } from "./model-spec.js";
import { selectedNodes } from "./node-selector.js";

/** Annotation with which KAITO passes over a lack of memory. */
const BYPASS = "kaito.sh/bypass-resource-checks";

/** What of the setting these checks look at. */
export interface RoomSetting {
  readonly provisionsNodes: boolean;
  /** Labels of all nodes one brings; absent where they are not known. */
  readonly nodes?: readonly NodeLabels[];
}

/**
 * KAITO's refusals for want of memory at admission, which count weights only: on one MIG instance, on nodes one
 * brings, and with the Transformers runtime. vLLM on provisioned nodes is left to the estimator.
 *
 * Source: kaito-project/kaito api/v1beta1/workspace_validation.go, validateCreateWithInference and validateMIGModelFit.
 */
export function checkRoom(
  manifest: KaitoManifest,
  model: ModelSpec,
  setting: RoomSetting,
  report: Report,
): void {
  if (manifest.kind !== "Workspace" || manifest.isTuning) return;
  const { partition, places, presetName = "" } = manifest;
  const at = places["resource"];
  const weights = `${model.weightsGi.toFixed(2)}Gi`;
  const isBypassed = hasAnnotation(manifest, BYPASS);
  if (!setting.provisionsNodes && partition !== undefined) {
    const { mode, profile = "" } = partition;
    if (mode !== "mig" || !MIG_PROFILES.includes(profile) || isBypassed) return;
    const { memoryGi } = gpuConfigOfMig(profile);
    if (memoryGi < model.weightsGi)
      report(
        at,
        "resource.partition",
        `Model ${presetName} requires at least ${weights} for weights, which exceeds the ${profile} MIG slice capacity of ${memoryGi}Gi`,
      );
    return;
  }
  const machines = setting.provisionsNodes
    ? provisioned(manifest)
    : brought(manifest, setting, report);
  if (machines === undefined) return;
  const { gpu, count, instanceType } = machines;
  const total = gpu.memoryGi * count;
  if (total < model.weightsGi && !isBypassed)
    report(
      at,
      "resource.instanceType",
      `Insufficient total GPU memory: Instance type ${instanceType} has a total of ${total}Gi, but preset ${presetName} requires at least ${weights}`,
      { help: `the annotation ${BYPASS} passes over this` },
    );
  if (
    model.weightsGi > gpu.memoryGi &&
    manifest.runtime === "transformers" &&
    model.isDistributable !== false
  )
    report(
      at,
      "resource.count",
      "Multi-node distributed inference is not supported with Huggingface Transformers runtime",
    );
}

interface CountedMachines {
  readonly gpu: GpuConfig;
  readonly count: number;
  readonly instanceType: string;
}

/** Provisioned machines are asked only for the Transformers runtime: for vLLM the estimator decides. */
function provisioned({
  runtime,
  instanceType = "",
  count,
}: KaitoManifest): CountedMachines | undefined {
  const gpu = findGpuSku(instanceType);
  return runtime === "vllm" || gpu === undefined
    ? undefined
    : { gpu, count: count ?? 1, instanceType };
}

/** The nodes the selector finds; what KAITO says of them where they are of no use. */
function brought(
  manifest: KaitoManifest,
  { nodes }: RoomSetting,
  report: Report,
): CountedMachines | undefined {
  if (nodes === undefined) return undefined;
  const selected = selectedNodes(manifest, nodes);
  const at = manifest.places["resource"];
  if (selected.length === 0) {
    report(at, "resource.labelSelector", "No nodes found matching the specified label selector");
    return undefined;
  }
  for (const node of selected) {
    try {
      gpuConfigOfNodes([node]);
    } catch (error) {
      if (!(error instanceof KaitoRefusal)) throw error;
      const name = node["kubernetes.io/hostname"] ?? "without a name";
      report(
        at,
        "resource.labelSelector",
        `Failed to get GPU config from nvidia labels on node ${name}: ${error.message}`,
      );
      return undefined;
    }
  }
  try {
    return { gpu: gpuConfigOfNodes(selected), count: selected.length, instanceType: "" };
  } catch (error) {
    if (!(error instanceof KaitoRefusal)) throw error;
    report(at, "resource.labelSelector", error.message);
    return undefined;
  }
}

function hasAnnotation({ root }: KaitoManifest, name: string): boolean {
  const metadata = childOf(root, "metadata");
  const annotations = metadata === undefined ? undefined : childOf(metadata, "annotations");
  return annotations !== undefined && childOf(annotations, name) !== undefined;
}
