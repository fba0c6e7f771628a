import { migGeometryOf } from "../../hardware/mig.js";
import { parseQuantity } from "../../workload/formats/kubernetes-quantity.js";
import {
  createJsonDocument,
  isObject,
  objectsOf,
  scalarText,
} from "../../workload/reading/json-element.js";
import type { JsonElement, JsonObject } from "../../workload/reading/json-element.js";
import { createReadingLog } from "../../workload/reading/reading-log.js";
import type { FoundNode, GpuMapping } from "./group-nodes.js";
import { createGpuTypes, groupNodes } from "./group-nodes.js";
import type { Imported, ImportLog, ImportSource } from "./imported.js";
import { createImportLog, finishImport } from "./imported.js";
import { layoutNames, migPartitioningOf, partitioningText } from "./mig-nodes.js";
import { layoutsOfConfig, readMigParted, type MigPartedConfigs } from "./mig-parted.js";

const NODES_MAX = 200_000;
const GIBIBYTE = 1_073_741_824;
const GPU_RESOURCES = ["nvidia.com/gpu", "amd.com/gpu", "gpu.intel.com/i915", "gpu.intel.com/xe"];

/**
 * Reads `kubectl get nodes -o json` into node groups.
 *
 * Sizes are the allocatable ones, memory rounded down to whole GiB so that like nodes stay together. Nodes
 * that take no pods now are left out and listed. Source of the GPU labels: NVIDIA/k8s-device-plugin
 * docs/gpu-feature-discovery.
 *
 * @throws InputError with every problem of the file
 */
export function importKubectlNodes(
  { file, text }: ImportSource,
  mapping: GpuMapping = new Map(),
  migParted: readonly ImportSource[] = [],
): Imported {
  const log = createImportLog();
  const migConfigs = new Map(migParted.flatMap((source) => [...readMigParted(source)]));
  const reading = createReadingLog();
  const nodes: FoundNode[] = [];
  const document = createJsonDocument({
    file,
    log: reading,
    lists: ["items"],
    rowsMax: NODES_MAX,
    onElement: (element) => {
      const node = readNode(log, file, element, { mapping, migConfigs });
      if (node !== undefined) nodes.push(node);
    },
  });
  document.push(text);
  document.end();
  reading.throwIfRefused();
  const cluster = groupNodes(nodes, createGpuTypes(mapping, log));
  if (cluster === undefined) {
    const message = "the file has no node that takes pods";
    log.problems.push({ file, line: 1, col: 1, rule: "no-nodes", message });
    return finishImport({}, log);
  }
  log.notes.push(
    `read ${nodes.length} nodes in ${cluster.nodes.length} groups; sizes are allocatable, memory rounded down to whole GiB`,
    "pods that are no jobs (DaemonSets, system pods) also take CPU, memory and a place of their node: write smaller figures to keep it back",
  );
  return finishImport({ cluster }, log);
}

function readNode(
  log: ImportLog,
  file: string,
  element: JsonElement,
  known: Pick<GpuReading, "mapping" | "migConfigs">,
): FoundNode | undefined {
  const { value, line } = element;
  const metadata = objectIn(value, "metadata");
  const name = scalarText(metadata.name);
  const ignore = (path: string, why: string): undefined => {
    log.ignored.push({ file, line, path: `Node ${name}${path}`, why });
    return undefined;
  };
  if (value.kind !== undefined && value.kind !== "Node") {
    element.reject(
      "kind",
      "wrong-kind",
      `must be a list of Nodes, got a ${scalarText(value.kind)}`,
    );
    return undefined;
  }
  const spec = objectIn(value, "spec");
  const status = objectIn(value, "status");
  if (spec.unschedulable === true)
    return ignore("", "is cordoned (spec.unschedulable): it takes no pods");
  const ready = objectsOf(status.conditions).find(({ type }) => type === "Ready");
  if (ready !== undefined && ready.status !== "True")
    return ignore("", "is not ready: it takes no pods");
  const taints = objectsOf(spec.taints).map(
    ({ key, effect }) => `${scalarText(key)}:${scalarText(effect)}`,
  );
  if (taints.length > 0) {
    ignore(
      `: taints ${taints.join(", ")}`,
      "placement does not look at taints: the node is open to every job",
    );
  }
  const allocatable = objectIn(status, "allocatable");
  const amount = (resource: string): number => quantityOf(element, allocatable, resource);
  const cpuMilli = Math.floor(amount("cpu") * 1000);
  const memoryBytes = Math.floor(amount("memory") / GIBIBYTE) * GIBIBYTE;
  const pods = amount("pods");
  for (const field of ["cpu", "memory"]) {
    if (allocatable[field] !== undefined) continue;
    element.reject("status", "missing-field", `node ${name} lacks status.allocatable.${field}`);
  }
  const gpus = gpusOf(element, metadata, { amount, ignore, log, ...known });
  if (element.isBroken() || gpus === undefined) return undefined;
  return { name, cpuMilli, memoryBytes, ...gpus, ...(pods > 0 ? { podsMax: pods } : {}) };
}

interface GpuReading {
  amount(resource: string): number;
  ignore(path: string, why: string): undefined;
  readonly mapping: GpuMapping;
  /** Configurations of mig-parted, which nodes name in a label. */
  readonly migConfigs: MigPartedConfigs;
  readonly log: ImportLog;
}

/** GPUs of a node, whole or in MIG instances; undefined for a node that is left out. */
function gpusOf(
  element: JsonElement,
  metadata: JsonObject,
  reading: GpuReading,
): Pick<FoundNode, "gpuCount" | "gpuType" | "partitioning"> | undefined {
  const { amount, ignore } = reading;
  const labels = objectIn(metadata, "labels");
  const label = (name: string): string => scalarText(labels[`nvidia.com/${name}`]);
  const product = label("gpu.product") || scalarText(labels["amd.com/gpu.product-name"]);
  const offered = GPU_RESOURCES.reduce((sum, resource) => sum + amount(resource), 0);
  const configured = configuredNode(reading, {
    product: product.replace(/-MIG-.*$/, ""),
    config: label("mig.config"),
    gpuCount: Number(label("gpu.count")),
    offered: amount("nvidia.com/gpu"),
  });
  if (configured !== undefined) return configured;
  const single = /^(.*)-MIG-(.+?)(-SHARED)?$/.exec(product);
  if (label("mig.strategy") === "single" && single !== null) {
    return migNode(reading, { product: single[1]!, instances: { [single[2]!]: offered } });
  }
  const allocatable = objectIn(objectIn(element.value, "status"), "allocatable");
  const slices = Object.keys(allocatable).filter(
    (name) => name.startsWith("nvidia.com/mig-") && amount(name) > 0,
  );
  if (slices.length > 0 && offered === 0) {
    const instances = Object.fromEntries(slices.map((name) => [name, amount(name)]));
    const gpuCount = Number(label("gpu.count"));
    return migNode(reading, {
      product,
      instances,
      ...(Number.isInteger(gpuCount) && gpuCount > 0 ? { gpuCount } : {}),
    });
  }
  if (slices.length > 0) {
    ignore(
      `: ${slices.join(", ")}`,
      "has GPUs with and without MIG, and a node group is cut in one way; only the GPUs without MIG are counted",
    );
  }
  const replicas = Math.max(1, Number(label("gpu.replicas")) || 1);
  const gpuCount = offered / replicas;
  if (!Number.isInteger(gpuCount)) {
    element.reject(
      "labels",
      "not-whole",
      `${offered} GPUs offered ${replicas} times each are no whole number of GPUs`,
    );
  }
  if (replicas > 1 && offered > 0) {
    ignore(
      `: gpu.replicas ${replicas}`,
      "time slicing has no counterpart; each GPU counts once, and jobs may ask for shares of it",
    );
  }
  return { gpuCount, gpuType: gpuCount === 0 ? "" : product.replace(/-SHARED$/, "") };
}

/** The layouts that a node's configuration of mig-parted gives it; undefined where it names none that was read. */
function configuredNode(
  { ignore, mapping, migConfigs, log }: GpuReading,
  node: {
    readonly product: string;
    readonly config: string;
    readonly gpuCount: number;
    readonly offered: number;
  },
): Pick<FoundNode, "gpuCount" | "gpuType" | "partitioning"> | undefined {
  const rules = migConfigs.get(node.config);
  const geometry = migGeometryOf(mapping.get(node.product) ?? node.product);
  if (rules === undefined || geometry === undefined) return undefined;
  const isSingle = node.gpuCount === node.offered && rules.length === 1;
  const perGpu = Object.values(rules[0]?.instances ?? {}).reduce((sum, each) => sum + each, 0);
  // Under the strategy `single` the label counts MIG devices, not GPUs.
  const gpuCount = isSingle && perGpu > 0 ? node.gpuCount / perGpu : node.gpuCount;
  if (!Number.isInteger(gpuCount) || gpuCount < 1) return undefined;
  const names = geometry.profiles.map(({ name }) => name);
  const layouts = layoutsOfConfig(rules, { geometry, gpuCount, log }).map((mix) =>
    layoutNames(mix, names),
  );
  if (layouts.every(({ length }) => length === 0)) return undefined;
  const cut = layouts.filter(({ length }) => length > 0);
  if (cut.length < layouts.length) {
    ignore(
      `: ${layouts.length - cut.length} GPUs without MIG`,
      "a node group is cut in one way; only the GPUs with MIG are counted",
    );
  }
  return { gpuCount: cut.length, gpuType: node.product, partitioning: partitioningText(cut) };
}

/** A node all of whose GPUs are cut; left out and listed when its instances do not fit its GPUs. */
function migNode(
  { ignore, mapping }: GpuReading,
  node: Omit<Parameters<typeof migPartitioningOf>[0], "mapping">,
): Pick<FoundNode, "gpuCount" | "gpuType" | "partitioning"> | undefined {
  const found = migPartitioningOf({ ...node, mapping });
  if (!found.ok) return ignore("", `${found.why}: the node is left out`);
  ignore(
    ": layout of each GPU",
    "labels say how many MIG instances a node has, not which GPU holds them: they are packed into the fewest GPUs",
  );
  return { gpuCount: found.gpuCount, gpuType: node.product, partitioning: found.partitioning };
}

function quantityOf(element: JsonElement, amounts: JsonObject, resource: string): number {
  const text = scalarText(amounts[resource]);
  if (text === "") return 0;
  const value = parseQuantity(text);
  if (value !== undefined) return value;
  element.reject(
    resource,
    "not-a-quantity",
    `${resource} must be a Kubernetes quantity such as 64Gi, got "${text}"`,
  );
  return 0;
}

function objectIn(value: JsonObject, field: string): JsonObject {
  const found = value[field];
  return isObject(found) ? found : {};
}
