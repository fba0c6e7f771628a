import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { childOf, type LocatedNode, placeOf } from "../../diagnostics/located-node.js";
import { InputError, type Problem } from "../../diagnostics/problem.js";
import { parseYaml } from "../../diagnostics/yaml-source.js";
import type { HardwareCatalogue } from "../../hardware/catalogue.js";
import { hostOfGpus } from "../../performance/llm/replica-host.js";
import { machinesOfSku, type Machines } from "./machines.js";

/**
 * Machines somebody has: a scenario (or the part of one that `headroom import` writes) with `cluster.nodes`, the same list
 * at the top level as `nodes`, or the output of `kubectl get nodes -o json`.
 *
 * @throws InputError naming what is wrong in which line
 */
export function parseInventory(
  file: string,
  text: string,
  catalogue: HardwareCatalogue,
): readonly Machines[] {
  const root = parseYaml(file, text);
  const items = childOf(root, "items");
  if (items?.kind === "list") return ofKubernetes(file, items.items, catalogue);
  const cluster = childOf(root, "cluster");
  const nodes = childOf(cluster ?? root, "nodes");
  if (nodes?.kind !== "list" || nodes.items.length === 0) {
    const message =
      "an inventory is a scenario with cluster.nodes, a list nodes of {sku or gpu and gpus, count}, or kubectl get nodes -o json";
    throw new InputError([{ file, line: 1, col: 1, rule: "no-nodes", message }]);
  }
  const problems: Problem[] = [];
  const groups = nodes.items.flatMap((node) => {
    const group = groupOf(node, catalogue, problems);
    return group === undefined ? [] : [group];
  });
  if (problems.length > 0) throw new InputError(problems);
  if (groups.length === 0) throw withoutGpus(file);
  return groups;
}

function withoutGpus(file: string): InputError {
  return new InputError([
    { file, rule: "no-gpu", message: "no machine of the inventory has a GPU" },
  ]);
}

function groupOf(
  node: LocatedNode,
  catalogue: HardwareCatalogue,
  problems: Problem[],
): Machines | undefined {
  const report = (at: LocatedNode, rule: string, message: string, more: object = {}): undefined => {
    problems.push({ ...placeOf(at.keyOrigin ?? at.origin), rule, message, ...more });
    return undefined;
  };
  const count = numberOf(node, "count") ?? 1;
  if (!Number.isInteger(count) || count < 1)
    return report(childOf(node, "count")!, "wrong-type", "count must be a whole number above 0");
  const skuNode = childOf(node, "sku");
  const skuName = textOf(node, "sku");
  if (skuNode !== undefined && skuName !== undefined) {
    const sku = catalogue.node(skuName);
    if (sku === undefined) {
      const names = catalogue.nodes.flatMap((each) => [each.name, ...each.aliases]);
      const suggestion = didYouMean(skuName, names);
      return report(skuNode, "unknown-sku", `the catalogue has no machine "${skuName}"`, {
        ...(suggestion === undefined ? {} : { suggestion }),
      });
    }
    const machines = machinesOfSku(catalogue, sku);
    return machines === undefined ? undefined : { ...machines, count };
  }
  const gpuNode = childOf(node, "gpu");
  const gpuName = textOf(node, "gpu");
  if (gpuNode === undefined || gpuName === undefined) return undefined;
  const gpus = numberOf(node, "gpus") ?? 1;
  if (!Number.isInteger(gpus) || gpus < 0 || gpus > 1024)
    return report(
      childOf(node, "gpus")!,
      "wrong-type",
      "gpus must be a whole number from 0 to 1024",
    );
  if (gpus === 0) return undefined;
  const found = catalogue.gpu(gpuName);
  if (found.kind === "ambiguous")
    return report(gpuNode, "ambiguous-gpu", `"${gpuName}" fits several GPUs that differ`, {
      allowed: found.names,
    });
  if (found.kind === "unknown") {
    const suggestion = didYouMean(
      gpuName,
      catalogue.gpus.flatMap((gpu) => [gpu.name, ...gpu.aliases]),
    );
    return report(gpuNode, "unknown-gpu", `the catalogue has no GPU "${gpuName}"`, {
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }
  const name = textOf(node, "name");
  const host = hostOfGpus(found.gpu, gpus);
  return { name: name === undefined ? host.name : `${name} (${host.name})`, host, count };
}

/** Nodes of Kubernetes by the labels of GPU feature discovery, equal ones together. */
function ofKubernetes(
  file: string,
  items: readonly LocatedNode[],
  catalogue: HardwareCatalogue,
): readonly Machines[] {
  const groups = new Map<string, { machines: Machines; count: number }>();
  const problems: Problem[] = [];
  for (const item of items) {
    const metadata = childOf(item, "metadata");
    const labels = metadata === undefined ? undefined : childOf(metadata, "labels");
    const product = labels === undefined ? undefined : textOf(labels, "nvidia.com/gpu.product");
    if (labels === undefined || product === undefined) continue;
    const gpus = Number(textOf(labels, "nvidia.com/gpu.count") ?? "1");
    const type = textOf(labels, "node.kubernetes.io/instance-type");
    const key = `${product}/${gpus}/${type ?? ""}`;
    const known = groups.get(key);
    if (known !== undefined) {
      known.count++;
      continue;
    }
    const sku = type === undefined ? undefined : catalogue.node(type);
    const bySku = sku === undefined ? undefined : machinesOfSku(catalogue, sku);
    const found = catalogue.gpu(product.replace(/-SHARED$/, ""));
    if (bySku !== undefined) groups.set(key, { machines: bySku, count: 1 });
    else if (found.kind === "found" && Number.isInteger(gpus) && gpus > 0) {
      const host = hostOfGpus(found.gpu, gpus);
      groups.set(key, { machines: { name: host.name, host }, count: 1 });
    } else
      problems.push({
        ...placeOf(item.origin),
        rule: "unknown-gpu",
        message: `the label nvidia.com/gpu.product is "${product}", which the catalogue has no GPU for`,
      });
  }
  if (problems.length > 0) throw new InputError(problems);
  if (groups.size === 0) throw withoutGpus(file);
  return [...groups.values()].map(({ machines, count }) => ({ ...machines, count }));
}

function textOf(node: LocatedNode, name: string): string | undefined {
  const child = childOf(node, name);
  return child?.kind === "scalar" && typeof child.value === "string" ? child.value : undefined;
}

function numberOf(node: LocatedNode, name: string): number | undefined {
  const child = childOf(node, name);
  if (child === undefined) return undefined;
  return child.kind === "scalar" && typeof child.value === "number" ? child.value : Number.NaN;
}
