import type { PathPart } from "../../diagnostics/field-path.js";
import { formatPath } from "../../diagnostics/field-path.js";
import { findNodeSku, NODE_SKUS, refusedNodeSku } from "../../hardware/find-node-sku.js";
import { findGpu } from "../../hardware/find-gpu.js";
import type { GpuName, GpuNames } from "../../hardware/gpu-names.js";
import { createGpuNames } from "../../hardware/gpu-names.js";
import type { NodeSku } from "../../hardware/node-sku.js";
import type { CheckContext } from "../check-context.js";
import { LIMITS } from "../defaults.js";
import { checkNodeNames } from "./check-node-names.js";
import { checkDuplicates, fieldOf, listAt, textOf } from "./duplicates.js";

const NODES = ["cluster", "nodes"] as const;
const GPU_MODELS = ["cluster", "gpuModels"] as const;

/** What fields of the cluster must be together, beyond what each must be alone. */
export function checkCluster(context: CheckContext): void {
  checkDuplicates(context, NODES, { key: "name", what: "group name" });
  checkDuplicates(context, GPU_MODELS, { key: "name", what: "GPU model" });
  checkDeclaredGpus(context);
  const gpuNames = gpuNamesOf(context);
  const groups = listAt(context, NODES);
  groups.forEach((group, index) => checkGroup(context, group, [...NODES, index], gpuNames));
  checkNodeCount(context, groups);
  checkNodeNames(context);
}

/** GPU names as this scenario understands them. */
export function gpuNamesOf(context: CheckContext): GpuNames {
  const declared = listAt(context, GPU_MODELS).map((model) => textOf(model, "name"));
  return createGpuNames(declared.filter((name) => name !== undefined));
}

/** Reports a GPU name that means nothing, or too much. */
export function checkGpuName(
  context: CheckContext,
  path: readonly PathPart[],
  gpuNames: GpuNames,
): void {
  const name = context.valueAt(path);
  if (typeof name !== "string" || name === "") return;
  const found = gpuNames.resolve(name);
  if (found.kind === "ambiguous") {
    context.report({
      path,
      rule: "ambiguous-gpu",
      message: `${formatPath(path)}: "${name}" fits several GPU models that differ`,
      allowed: found.names,
      help: "name one of them",
    });
  } else if (found.kind === "unknown") reportUnknownGpu(context, path, name, found);
}

/** Reports a GPU name in a job that means nothing; one that fits several models accepts them all. */
export function checkAcceptedGpu(
  context: CheckContext,
  path: readonly PathPart[],
  gpuNames: GpuNames,
): void {
  const name = context.valueAt(path);
  if (typeof name !== "string" || name === "" || gpuNames.accepted(name).length > 0) return;
  const found = gpuNames.resolve(name);
  if (found.kind === "unknown") reportUnknownGpu(context, path, name, found);
}

function reportUnknownGpu(
  context: CheckContext,
  path: readonly PathPart[],
  name: string,
  found: GpuName & { readonly kind: "unknown" },
): void {
  context.report({
    path,
    rule: "unknown-gpu",
    message: `${formatPath(path)}: unknown GPU model "${name}"`,
    allowed: found.allowed,
    ...(found.suggestion === undefined ? { similarTo: [] } : { suggestion: found.suggestion }),
    help: "declare a model that is not in the catalogue: cluster.gpuModels: [{ name: … }]",
  });
}

function checkDeclaredGpus(context: CheckContext): void {
  listAt(context, GPU_MODELS).forEach((model, index) => {
    const name = textOf(model, "name");
    const found = name === undefined ? undefined : findGpu(name);
    if (found?.kind !== "found") return;
    context.warn({
      path: [...GPU_MODELS, index, "name"],
      rule: "gpu-name-shadowed",
      message: `the declared GPU model "${name}" takes the place of ${found.gpu.name} in the catalogue`,
    });
  });
}

function checkGroup(
  context: CheckContext,
  group: unknown,
  path: readonly PathPart[],
  gpuNames: GpuNames,
): void {
  if (typeof group !== "object" || group === null || Array.isArray(group)) return;
  const skuName = textOf(group, "sku");
  const sku = skuName === undefined ? undefined : findNodeSku(skuName);
  if (skuName !== undefined && skuName !== "" && sku === undefined)
    reportUnknownSku(context, skuName, path);
  checkGpuName(context, [...path, "gpu"], gpuNames);
  if (sku === undefined) {
    // An unknown sku hides what it would give: asking for it as well would only confuse.
    if (skuName !== undefined) return;
    checkGpusTogether(context, group, path);
    for (const key of ["cpu", "memory"] as const) {
      if (fieldOf(group, key) === undefined) reportMissingFigure(context, path, key, undefined);
    }
    return;
  }
  checkAgainstSku(context, group, path, sku);
}

function checkGpusTogether(context: CheckContext, group: object, path: readonly PathPart[]): void {
  const gpus = fieldOf(group, "gpus");
  const gpu = fieldOf(group, "gpu");
  if (gpus !== undefined && gpus !== 0 && gpu === undefined) {
    context.report({
      path: [...path, "gpus"],
      part: "key",
      rule: "incomplete-fields",
      message: `${formatPath(path)} has gpus and no GPU model`,
      help: "add the model, for example: gpu: H100-80GB",
    });
  }
  if (gpu !== undefined && gpus === undefined) {
    context.report({
      path: [...path, "gpu"],
      part: "key",
      rule: "incomplete-fields",
      message: `${formatPath(path)} has a GPU model and no number of gpus`,
      help: "add the GPUs of one node, for example: gpus: 8",
    });
  }
}

/** GPUs come from the machine; CPU and memory may be given beside it, and must be where the catalogue has none. */
function checkAgainstSku(
  context: CheckContext,
  group: object,
  path: readonly PathPart[],
  sku: NodeSku,
): void {
  if (fieldOf(group, "gpus") !== undefined) {
    context.report({
      path: [...path, "gpus"],
      part: "key",
      rule: "conflicting-fields",
      message: `${formatPath(path)} has both sku and gpus; ${sku.name} has ${sku.gpuCount} GPUs`,
      help: "leave gpus out, or describe the node without sku",
    });
  }
  if (fieldOf(group, "gpu") !== undefined && sku.gpuModel !== undefined) {
    context.report({
      path: [...path, "gpu"],
      part: "key",
      rule: "conflicting-fields",
      message: `${formatPath(path)} has both sku and gpu; ${sku.name} has ${sku.gpuModel}`,
      help: "leave gpu out, or describe the node without sku",
    });
  }
  const missing = [
    ...(sku.gpuModel === undefined ? (["gpu"] as const) : []),
    ...(sku.cpuMilli === undefined ? (["cpu"] as const) : []),
    ...(sku.memoryBytes === undefined ? (["memory"] as const) : []),
  ];
  for (const key of missing) {
    if (fieldOf(group, key) === undefined) reportMissingFigure(context, path, key, sku);
  }
}

const FIGURES = {
  gpu: { words: "a GPU model", example: "gpu: A100-80GB" },
  cpu: { words: "cpu", example: "cpu: 96" },
  memory: { words: "memory", example: "memory: 900GiB" },
} as const;

function reportMissingFigure(
  context: CheckContext,
  path: readonly PathPart[],
  key: keyof typeof FIGURES,
  sku: NodeSku | undefined,
): void {
  const { words, example } = FIGURES[key];
  const where = formatPath(path);
  context.report({
    path: sku === undefined ? path : [...path, "sku"],
    rule: sku === undefined ? "missing-field" : "missing-figure",
    message:
      sku === undefined
        ? `${where} lacks ${words}: without a sku it must be given`
        : `${where} lacks ${words}: the catalogue has no published figure for ${sku.name}`,
    help: `add it, for example: ${example}`,
  });
}

function reportUnknownSku(context: CheckContext, name: string, path: readonly PathPart[]): void {
  const refused = refusedNodeSku(name);
  context.report({
    path: [...path, "sku"],
    rule: "unknown-sku",
    message:
      refused === undefined
        ? `${formatPath(path)}: unknown sku "${name}"`
        : `${formatPath(path)}: the sku "${name}" ${refused}`,
    ...(refused === undefined ? { allowed: NODE_SKUS.map((sku) => sku.name) } : {}),
    similarTo: NODE_SKUS.flatMap((sku) => [sku.name, ...sku.aliases]),
    help: "a machine that is not listed is described with gpu, gpus, cpu and memory",
  });
}

function checkNodeCount(context: CheckContext, groups: readonly unknown[]): void {
  const counts = groups.map((group) => fieldOf(group, "count"));
  const isCount = (count: unknown): count is number =>
    typeof count === "number" && Number.isInteger(count) && count >= 0 && count <= LIMITS.nodesMax;
  // A count that is wrong in itself is reported there.
  if (!counts.every(isCount)) return;
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > LIMITS.nodesMax) {
    context.report({
      path: [...NODES],
      part: "key",
      rule: "too-many-nodes",
      message: `the cluster has ${total} nodes, at most ${LIMITS.nodesMax} are simulated`,
    });
  }
  if (total === 0 && groups.length > 0) {
    context.report({
      path: [...NODES],
      part: "key",
      rule: "no-nodes",
      message: "the cluster has no nodes: every group has count 0",
    });
  }
}
