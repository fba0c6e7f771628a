import { placeOf } from "../diagnostics/located-node.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import type { Problem } from "../diagnostics/problem.js";
import { findModel } from "./find-model.js";
import { checkContent, type Report } from "./check-content.js";
import { checkRoom } from "./check-room.js";
import { MIG_PROFILES, type NodeLabels } from "./gpu-config.js";
import { checkSelector } from "./node-selector.js";
import { findGpuSku, GPU_SKUS, nearestGpuSku } from "./gpu-skus.js";
import type { InferenceConfig, KaitoManifest } from "./manifest/manifest.js";
import type { ModelSpec } from "./model-spec.js";

/** What KAITO was installed with, and what a manifest may refer to. */
export interface KaitoSetting {
  /** False for nodes one brings (gate disableNodeAutoProvisioning). */
  readonly provisionsNodes: boolean;
  /** Gates enableMIG and enableAccelerator. */
  readonly hasMig: boolean;
  readonly hasAccelerators: boolean;
  readonly configs: readonly InferenceConfig[];
  /** Models outside the catalogue whose config.json was given, by name. */
  readonly models: readonly ModelSpec[];
  /** True where an unknown preset is replaced by the nearest one. */
  readonly lenient: boolean;
  /** Labels of all nodes one brings, ready or not; absent where they are not known. */
  readonly nodes?: readonly NodeLabels[];
}

const ADAPTERS_MAX = 10;
const RUNTIMES = ["vllm", "transformers"];

/**
 * The refusals of KAITO's admission webhook, in its words where they are known.
 *
 * Source: kaito-project/kaito@056b8280 api/v1beta1/workspace_validation.go, inference_config_validation.go.
 * Not checked: secrets of gated models, images, and what is immutable once created.
 */
export function checkManifest(manifest: KaitoManifest, setting: KaitoSetting): readonly Problem[] {
  const problems: Problem[] = [];
  const report: Report = (node, path, message, more = {}) => {
    const at = node ?? manifest.places["root"]!;
    problems.push({
      ...placeOf(at.keyOrigin ?? at.origin),
      rule: "kaito-refuses",
      path,
      message,
      ...more,
    });
  };
  if (manifest.kind !== "RAGEngine") {
    checkWork(manifest, report);
    checkPreset(manifest, setting, report);
    checkContext(manifest, setting, problems);
  }
  checkContent(manifest, report);
  const selectorHolds = checkSelector(manifest, report);
  checkInstanceType(manifest, setting, report);
  const before = problems.length;
  checkPartition(manifest, setting, report);
  // KAITO asks for room only where selector and partition are in order.
  const model = modelOf(manifest, setting);
  if (selectorHolds && problems.length === before && model !== undefined)
    checkRoom(manifest, model, setting, report);
  return problems;
}

function checkWork(manifest: KaitoManifest, report: Report): void {
  const { kind, isTuning, hasTemplate, presetName, places, runtime, count, adapterCount } =
    manifest;
  const hasInference = places["inference"] !== undefined;
  const path = hasInference ? "inference" : "tuning";
  if (kind === "Workspace" && !hasInference && !isTuning)
    report(undefined, "inference", "Either Inference or Tuning must be specified, not neither");
  if (hasInference && isTuning)
    report(
      places["tuning"],
      "tuning",
      "Either Inference or Tuning must be specified, but not both",
    );
  if (hasInference && presetName === undefined && !hasTemplate)
    report(places["inference"], path, "Preset or Template must be specified");
  if (presetName !== undefined && hasTemplate)
    report(places["inference"], path, "Preset and Template cannot be set at the same time");
  if (adapterCount > ADAPTERS_MAX)
    report(
      places["inference"],
      "inference.adapters",
      `Number of Adapters exceeds the maximum limit, maximum of ${ADAPTERS_MAX} allowed, got ${adapterCount}`,
    );
  if (!RUNTIMES.includes(runtime)) {
    const suggestion = didYouMean(runtime, RUNTIMES);
    report(
      undefined,
      "metadata.annotations",
      `the annotation kaito.sh/runtime must be one of ${RUNTIMES.join(", ")}, got "${runtime}"`,
      {
        allowed: RUNTIMES,
        ...(suggestion === undefined ? {} : { suggestion }),
      },
    );
  }
  if (isTuning && (count ?? 1) > 1)
    report(
      places["resource"],
      "resource.count",
      "Tuning does not currently support multinode configurations; set resource.count to 1",
    );
  if (isTuning && !["lora", "qlora"].includes(manifest.tuningMethod ?? ""))
    report(
      places["tuning"],
      "tuning.method",
      `Method must be one of lora, qlora, got "${manifest.tuningMethod ?? ""}"`,
    );
}

function checkPreset(
  { presetName, places }: KaitoManifest,
  setting: KaitoSetting,
  report: Report,
): void {
  if (presetName === undefined || presetName === "") return;
  const found = findModel(presetName);
  const at = places["preset"];
  if (found.kind === "deprecated") {
    report(
      at,
      "inference.preset.name",
      `Model ${presetName} is deprecated and no longer supported`,
    );
  } else if (found.kind === "unknown" && !(setting.lenient && found.nearest !== undefined)) {
    report(
      at,
      "inference.preset.name",
      `Unsupported inference preset name ${presetName}: it is no name of the catalogue, and no organisation/name of a model hub`,
      {
        ...(found.nearest === undefined ? {} : { suggestion: found.nearest }),
        help: "headroom kaito models lists the catalogue",
      },
    );
  } else if (
    found.kind === "outside-catalogue" &&
    !setting.models.some(({ name }) => name === presetName)
  ) {
    report(
      at,
      "inference.preset.name",
      `${presetName} is not in the catalogue, and without network its figures have to be given`,
      {
        help: `download its config.json and give --model-config ${presetName}=config.json:SIZE, with the size of its weight files such as 15.0GiB`,
      },
    );
  }
}

function checkContext(manifest: KaitoManifest, setting: KaitoSetting, problems: Problem[]): void {
  const { presetName, configName } = manifest;
  if (configName === undefined) return;
  const config = configOf(manifest, setting);
  const length = Number(config?.vllm["max-model-len"]);
  if (config === undefined || presetName === undefined || !Number.isFinite(length)) return;
  const model = modelOf(manifest, setting);
  if (model === undefined || length <= model.tokenLimit) return;
  problems.push({
    file: config.file,
    line: config.lineOf["max-model-len"] ?? 1,
    col: 1,
    rule: "kaito-refuses",
    path: "vllm.max-model-len",
    message: `max-model-len ${length} exceeds model's maximum supported context window ${model.tokenLimit} (ModelTokenLimit) of ${model.name}`,
  });
}

function modelOf({ presetName }: KaitoManifest, setting: KaitoSetting): ModelSpec | undefined {
  if (presetName === undefined || presetName === "") return undefined;
  const found = findModel(presetName);
  return found.kind === "found"
    ? found.model
    : setting.models.find(({ name }) => name === presetName);
}

/** The ConfigMap a manifest names, where it is among the files. */
export function configOf(
  manifest: KaitoManifest,
  setting: KaitoSetting,
): InferenceConfig | undefined {
  return setting.configs.find(
    ({ name, namespace }) => name === manifest.configName && namespace === manifest.namespace,
  );
}

function checkInstanceType(manifest: KaitoManifest, setting: KaitoSetting, report: Report): void {
  const { instanceType, places } = manifest;
  const at = places["resource"] ?? places["owner"];
  if (!setting.provisionsNodes) {
    if (instanceType !== undefined && instanceType !== "")
      report(
        at,
        "resource.instanceType",
        "instanceType must be empty when node auto-provisioning is disabled (BYO scenario)",
      );
    return;
  }
  if (manifest.kind === "RAGEngine" && places["resource"] === undefined) return;
  const hasDefault =
    manifest.apiVersion === "kaito.sh/v1alpha1" && manifest.kind !== "InferenceSet";
  if (instanceType === undefined || instanceType === "") {
    if (!hasDefault)
      report(
        at,
        "resource.instanceType",
        "instanceType is required when node auto-provisioning is enabled",
      );
    return;
  }
  // Azure's families pass KAITO's check whatever they are; whoever asks for their GPUs is told later.
  if (findGpuSku(instanceType) !== undefined || /^standard_[nd]/i.test(instanceType)) return;
  const suggestion = nearestGpuSku(instanceType);
  report(
    at,
    "resource.instanceType",
    `Unsupported instance type ${instanceType}. Supported SKUs: ${SUPPORTED.join(", ")}`,
    {
      ...(suggestion === undefined ? {} : { suggestion }),
      help: "headroom kaito skus lists them with their GPUs",
    },
  );
}

const SUPPORTED = GPU_SKUS.filter(({ pack }) => pack !== "headroom").map(({ name }) => name);

function checkPartition(manifest: KaitoManifest, setting: KaitoSetting, report: Report): void {
  const { partition, places } = manifest;
  if (partition === undefined) return;
  if (manifest.isTuning) {
    report(
      places["resource"],
      "resource.partition",
      "GPU partitioning is not supported for tuning workloads",
    );
    return;
  }
  const at = places["resource"];
  const path = "resource.partition";
  const { mode, profile, count } = partition;
  if (setting.provisionsNodes) {
    report(
      at,
      path,
      "GPU partitioning is only supported with BYO nodes (disableNodeAutoProvisioning=true)",
    );
    return;
  }
  if (mode === "mig") {
    if (!setting.hasMig)
      report(at, path, "MIG support is not enabled, set feature gate enableMIG=true");
    if (count !== undefined)
      report(at, `${path}.count`, "count is only valid for accelerator mode");
    if (profile === undefined || !MIG_PROFILES.includes(profile)) {
      const suggestion = didYouMean(profile ?? "", MIG_PROFILES);
      report(
        at,
        `${path}.profile`,
        `profile must be one of ${MIG_PROFILES.join(", ")}, got "${profile ?? ""}"`,
        {
          allowed: MIG_PROFILES,
          ...(suggestion === undefined ? {} : { suggestion }),
        },
      );
    }
  } else if (mode === "accelerator") {
    if (!setting.hasAccelerators)
      report(
        at,
        path,
        "accelerator partition support is not enabled, set feature gate enableAccelerator=true",
      );
    if (profile !== undefined)
      report(at, `${path}.profile`, "profile is not valid for accelerator mode");
    if (count === undefined || count < 1)
      report(at, `${path}.count`, `count must be at least 1, got ${count ?? "none"}`);
  } else {
    report(
      at,
      `${path}.mode`,
      `unsupported partition mode "${mode}", supported modes are "mig" and "accelerator"`,
    );
  }
}
