import { formatBytes } from "../base/units.js";
import type { NodeSpec } from "../cluster/spec.js";
import { GIBIBYTE } from "../hardware/byte-units.js";
import { findNodeSku } from "../hardware/find-node-sku.js";
import type { GpuNames } from "../hardware/gpu-names.js";
import { createGpuNames } from "../hardware/gpu-names.js";
import { sourceText } from "../hardware/sources.js";
import type { NamedCalibration } from "../performance/calibrated/calibration-file.js";
import { DEFAULTS } from "./defaults.js";
import type { Assumption, GpuModelInfo, NodeGroup, ResolvedConfiguration } from "./resolved.js";
import { expandNodeNames } from "./node-names.js";
import { resolvePartitioning } from "./resolve-partitioning.js";
import { keptOfNode } from "./reserved.js";
import { resolveGpuGroups } from "./resolve-gpu-groups.js";
import { resolveTopology } from "./resolve-topology.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";

type ClusterInput = ScenarioSpec["cluster"];
type GroupInput = ClusterInput["nodes"][number];

/** The machines of one configuration, with what was assumed about them. */
export interface ResolvedCluster extends Pick<
  ResolvedConfiguration,
  "cluster" | "nodeGroups" | "gpuModels" | "gpuModelsDeclared"
> {
  readonly gpuNames: GpuNames;
  /** Measured figures of GPUs, for models of speed. */
  readonly calibrations: readonly NamedCalibration[];
  readonly assumptions: readonly Assumption[];
}

/** Builds every node of a checked cluster: `h100-000`, `h100-001` and so on, in the order of the groups. */
export function resolveCluster(
  cluster: ClusterInput,
  calibrations: readonly NamedCalibration[] = [],
): ResolvedCluster {
  const gpuModelsDeclared = (cluster.gpuModels ?? []).map((model) => model.name);
  const gpuNames = createGpuNames(gpuModelsDeclared);
  const nodes: NodeSpec[] = [];
  const nodeGroups: NodeGroup[] = [];
  const assumptions = new Map<string, Assumption>();
  const assume = (assumption: Assumption): void => {
    assumptions.set(assumption.id, assumption);
  };
  for (const group of cluster.nodes) {
    const kind = resolveGroup(group, { gpuNames, calibrations }, assume);
    const sku = group.sku === undefined ? undefined : findNodeSku(group.sku);
    const written = typeof group.hosting === "object" ? group.hosting.profile : group.hosting;
    const hosting = written ?? sku?.hosting;
    nodeGroups.push({
      name: group.name,
      firstNode: nodes.length,
      count: group.count,
      ...(sku === undefined ? {} : { sku: sku.name }),
      ...(hosting === undefined ? {} : { hosting: hosting as "bare-metal" | "vm" }),
    });
    const names = expandNodeNames(group.names ?? []) ?? [];
    const digits = Math.max(3, String(Math.max(0, group.count - 1)).length);
    for (let index = 0; index < group.count; index += 1) {
      const numbered = `${group.name}-${String(index).padStart(digits, "0")}`;
      nodes.push({ name: names[index] ?? numbered, ...kind });
    }
  }
  if (cluster.nodes.some((group) => group.pods === undefined)) assume(PODS_ASSUMPTION);
  if (cluster.nodes.some((group) => group.reserved === undefined)) assume(RESERVATION_ASSUMPTION);
  const gpuModels = gpuModelsOf(cluster, nodes, gpuNames);
  return {
    cluster: resolveTopology(cluster, withGpuMemory(nodes, gpuModels), nodeGroups),
    nodeGroups,
    gpuModels,
    gpuModelsDeclared,
    gpuNames,
    calibrations,
    assumptions: [...assumptions.values()],
  };
}

const PODS_ASSUMPTION: Assumption = {
  id: "pods-per-node",
  what: "Pods a node may run at once, where the scenario does not say",
  value: String(DEFAULTS.podsPerNode),
  provenance: "assumed",
  source: "default of the kubelet's maxPods (Kubernetes)",
};

const RESERVATION_ASSUMPTION: Assumption = {
  id: "no-system-reservation",
  what: "CPU and memory of a node kept back for the operating system and system pods",
  value: "none",
  provenance: "assumed",
  source:
    "cpu and memory of a node group count as what jobs can use; write smaller figures to keep some back",
};

/** What all nodes of a group have in common. */
function resolveGroup(
  group: GroupInput,
  { gpuNames, calibrations }: Pick<ResolvedCluster, "gpuNames" | "calibrations">,
  assume: (assumption: Assumption) => void,
): Omit<NodeSpec, "name"> {
  const sku = group.sku === undefined ? undefined : findNodeSku(group.sku);
  const cpuMilli = group.cpu ?? sku?.cpuMilli;
  const memoryBytes = group.memory ?? sku?.memoryBytes;
  if (cpuMilli === undefined || memoryBytes === undefined) {
    throw new Error(`scenario: group ${group.name} passed the checks without cpu or memory`);
  }
  const gpuCount = sku?.gpuCount ?? group.gpus ?? 0;
  const gpuWritten = group.gpu ?? sku?.gpuModel;
  if (sku !== undefined) {
    assume({
      id: `sku:${sku.name}`,
      what: `Figures of ${sku.name}`,
      value: [
        `${sku.gpuCount} × ${sku.gpuModel ?? "GPU as given"}`,
        sku.cpuMilli === undefined ? "cpu as given" : `${sku.cpuMilli / 1000} vCPU or cores`,
        sku.memoryBytes === undefined
          ? "memory as given"
          : `${memoryText(sku.memoryBytes)} of memory`,
      ].join(", "),
      provenance: "published",
      source: sourceText(sku.sources),
    });
  }
  const gpuModel =
    gpuCount === 0 || gpuWritten === undefined ? "" : resolveGpu(gpuWritten, gpuNames, assume);
  const gpuDomains = resolveGpuGroups(group.linksLike ?? sku?.name, gpuCount, assume);
  const partitioning = resolvePartitioning(
    group.partitioning,
    { gpuModel, gpuCount, calibrations },
    assume,
  );
  const kept = keptOfNode(group, { cpuMilli, memoryBytes });
  kept.assumptions.forEach(assume);
  return {
    cpuMilli: cpuMilli - kept.cpuMilli,
    memoryBytes: memoryBytes - kept.memoryBytes,
    podsMax: (group.pods ?? DEFAULTS.podsPerNode) - kept.pods,
    gpuCount,
    gpuModel,
    ...(gpuDomains === undefined ? {} : { gpuDomains }),
    ...(partitioning === undefined ? {} : { partitioning }),
    ...(group.partition === undefined ? {} : { partition: group.partition }),
    ...(group.labels === undefined ? {} : { labels: group.labels }),
  };
}

/** Whole gibibytes as such, other amounts in decimal units, as data sheets write them. */
function memoryText(bytes: number): string {
  const gibibytes = bytes / GIBIBYTE;
  return Number.isInteger(gibibytes)
    ? `${gibibytes} GiB`
    : formatBytes(bytes, { units: "decimal" });
}

/** The one name of a checked GPU model; notes when a short name was read as the usual form. */
export function resolveGpu(
  written: string,
  gpuNames: GpuNames,
  assume: (assumption: Assumption) => void,
): string {
  const found = gpuNames.resolve(written);
  if (found.kind === "declared") return found.name;
  if (found.kind !== "catalogue") throw new Error(`scenario: GPU ${written} passed the checks`);
  if (found.assumed) {
    assume({
      id: `gpu-name:${written}`,
      what: `GPU model meant by "${written}"`,
      value: found.name,
      provenance: "assumed",
      source: "the name leaves the form open; the usual one is taken",
    });
  }
  return found.name;
}

/** Nodes with the memory of their GPUs, where it is known. */
function withGpuMemory(
  nodes: readonly NodeSpec[],
  models: readonly GpuModelInfo[],
): readonly NodeSpec[] {
  const bytesOf = new Map(models.map(({ name, memoryBytes }) => [name, memoryBytes]));
  return nodes.map((node) => {
    const gpuMemoryBytes = bytesOf.get(node.gpuModel);
    return gpuMemoryBytes === undefined ? node : { ...node, gpuMemoryBytes };
  });
}

/** What is known about the models that the nodes have, in order of the nodes. */
function gpuModelsOf(
  cluster: ClusterInput,
  nodes: readonly NodeSpec[],
  gpuNames: GpuNames,
): readonly GpuModelInfo[] {
  const names = new Set(nodes.map((node) => node.gpuModel).filter((name) => name !== ""));
  return [...names].map((name) => {
    const found = gpuNames.resolve(name);
    if (found.kind === "catalogue") {
      const { memoryBytes, sources } = found.gpu;
      return { name, memoryBytes, source: sourceText(sources) };
    }
    const declared = cluster.gpuModels?.find((model) => model.name === name);
    const source = "given in cluster.gpuModels";
    return declared?.memory === undefined
      ? { name, source }
      : { name, memoryBytes: declared.memory, source };
  });
}
