import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { findGpu, GPU_CATALOGUE, gpuNames } from "../../hardware/find-gpu.js";
import { findNodeSku, NODE_SKUS } from "../../hardware/find-node-sku.js";
import { foldName } from "../../hardware/fold-name.js";
import { findLink, LINKS } from "../../hardware/links.js";
import type { CheckContext } from "../check-context.js";
import type { CatalogueSpec } from "./catalogue-schema.js";

type GpuInput = NonNullable<CatalogueSpec["gpus"]>[number];
type NodeInput = NonNullable<CatalogueSpec["nodes"]>[number];
type TopologyInput = NonNullable<NodeInput["topology"]>;
type Path = readonly (string | number)[];

/** What entries of a catalogue file must be together, beyond what each must be alone. */
export function checkCatalogue(context: CheckContext, spec: CatalogueSpec): void {
  const { gpus = [], nodes = [], prices = [] } = spec;
  checkNames(context, "gpus", gpus);
  checkNames(context, "nodes", nodes);
  gpus.forEach((gpu, index) => checkMig(context, gpu, ["gpus", index]));
  nodes.forEach((node, index) => checkNode(context, node, ["nodes", index], gpus));
  prices.forEach(({ node }, index) => {
    const own = nodes.some((each) => foldName(each.name) === foldName(node));
    if (own || findNodeSku(node) !== undefined) return;
    const names = [...nodes, ...NODE_SKUS].map(({ name }) => name);
    const suggestion = didYouMean(node, names);
    context.report({
      path: ["prices", index, "node"],
      rule: "unknown-sku",
      message: `prices[${index}].node: there is no machine "${node}" in this file or the catalogue`,
      ...(suggestion === undefined ? {} : { suggestion }),
      help: "headroom catalog node lists the catalogue's",
    });
  });
}

function checkNames(
  context: CheckContext,
  list: "gpus" | "nodes",
  entries: readonly { readonly name: string }[],
): void {
  const seen = new Map<string, number>();
  entries.forEach(({ name }, index) => {
    const first = seen.get(foldName(name));
    if (first === undefined) seen.set(foldName(name), index);
    else {
      context.report({
        path: [list, index, "name"],
        rule: "duplicate-name",
        message: `${list}[${index}].name: "${name}" is the name of ${list}[${first}] already`,
      });
    }
  });
}

function checkMig(context: CheckContext, { mig }: GpuInput, path: Path): void {
  mig?.profiles.forEach((profile, index) => {
    const where: Path = [...path, "mig", "profiles", index];
    const beyond = profile.starts.find((start) => start + profile.slots > mig.slots);
    if (beyond !== undefined) {
      context.report({
        path: [...where, "starts"],
        rule: "out-of-range",
        message: `${profile.name} at slot ${beyond} takes ${profile.slots} slots and ends beyond the ${mig.slots} of the GPU`,
      });
    }
    if (profile.slices > mig.slices) {
      context.report({
        path: [...where, "slices"],
        rule: "out-of-range",
        message: `${profile.name} takes ${profile.slices} compute slices, and the GPU has ${mig.slices}`,
      });
    }
    const same = mig.profiles.findIndex(({ name }) => name === profile.name);
    if (same !== index) {
      context.report({
        path: [...where, "name"],
        rule: "duplicate-name",
        message: `the profile ${profile.name} is listed twice`,
      });
    }
  });
}

function checkNode(
  context: CheckContext,
  node: NodeInput,
  path: Path,
  gpus: readonly GpuInput[],
): void {
  checkNodeGpu(context, node, path, gpus);
  const { topology, topologyLike } = node;
  if (topology !== undefined && topologyLike !== undefined) {
    context.report({
      path: [...path, "topologyLike"],
      part: "key",
      rule: "conflicting-fields",
      message: `${node.name} has both topology and topologyLike`,
      help: "leave one of them out",
    });
  }
  if (topologyLike !== undefined) checkLike(context, node, topologyLike, path);
  if (topology !== undefined) checkTopology(context, node, topology, [...path, "topology"]);
}

function checkNodeGpu(
  context: CheckContext,
  { name, gpu, gpus: count }: NodeInput,
  path: Path,
  own: readonly GpuInput[],
): void {
  if (gpu === undefined) {
    if (count === 0) return;
    context.report({
      path: [...path, "gpus"],
      part: "key",
      rule: "incomplete-fields",
      message: `${name} has ${count} GPUs and no GPU model`,
      help: "add the model, for example: gpu: H100-80GB",
    });
    return;
  }
  if (own.some((each) => foldName(each.name) === foldName(gpu))) return;
  const found = findGpu(gpu);
  if (found.kind === "found") return;
  const names = [...own, ...GPU_CATALOGUE].map((each) => each.name);
  const suggestion =
    found.kind === "unknown" ? didYouMean(gpu, [...names, ...gpuNames()]) : undefined;
  context.report({
    path: [...path, "gpu"],
    rule: found.kind === "ambiguous" ? "ambiguous-gpu" : "unknown-gpu",
    message:
      found.kind === "ambiguous"
        ? `"${gpu}" fits several GPU models that differ`
        : `there is no GPU model "${gpu}" in this file or the catalogue`,
    allowed: found.kind === "ambiguous" ? found.names : names,
    ...(suggestion === undefined ? {} : { suggestion }),
    help:
      found.kind === "ambiguous"
        ? "name one of them"
        : "add it to gpus, with its memory and source",
  });
}

function checkLike(context: CheckContext, node: NodeInput, like: string, path: Path): void {
  const sku = findNodeSku(like);
  if (sku?.gpuCount === node.gpus) return;
  context.report({
    path: [...path, "topologyLike"],
    rule: sku === undefined ? "unknown-sku" : "conflicting-fields",
    message:
      sku === undefined
        ? `there is no machine "${like}" in the catalogue`
        : `${node.name} has ${node.gpus} GPUs, and ${sku.name} has ${sku.gpuCount}`,
    similarTo: sku === undefined ? NODE_SKUS.map(({ name }) => name) : [],
    help: "headroom catalog node lists machines",
  });
}

function checkTopology(
  context: CheckContext,
  node: NodeInput,
  topology: TopologyInput,
  path: Path,
): void {
  const nicCount = topology.nics?.length ?? 0;
  const homes = new Map<number, number>();
  for (const list of ["numa", "switches"] as const) {
    topology[list]?.forEach((part, index) => {
      const where = [...path, list, index] as const;
      checkNumbers(context, [...where, "gpus"], part.gpus, node.gpus, "GPU");
      checkNumbers(context, [...where, "nics"], part.nics ?? [], nicCount, "network adapter");
      if (list !== "numa") return;
      for (const gpu of part.gpus) {
        if (homes.has(gpu)) {
          context.report({
            path: [...where, "gpus"],
            rule: "duplicate-name",
            message: `GPU ${gpu} is in numa[${homes.get(gpu)!}] already`,
          });
        }
        homes.set(gpu, index);
      }
    });
  }
  if (topology.numa !== undefined && homes.size < node.gpus) {
    const lost = Array.from({ length: node.gpus }, (_, gpu) => gpu).filter(
      (gpu) => !homes.has(gpu),
    );
    context.report({
      path: [...path, "numa"],
      part: "key",
      rule: "incomplete-fields",
      message: `GPU ${lost.join(", ")} of ${node.name} is in no NUMA node`,
    });
  }
  topology.nvlinks?.forEach(({ between }, index) => {
    checkNumbers(context, [...path, "nvlinks", index, "between"], between, node.gpus, "GPU");
  });
  topology.nics?.forEach(({ link }, index) => {
    if (findLink(link) !== undefined) return;
    context.report({
      path: [...path, "nics", index, "link"],
      rule: "unknown-name",
      message: `there is no link "${link}" in the catalogue`,
      allowed: LINKS.map(({ name }) => name),
      help: "headroom catalog link lists them",
    });
  });
}

function checkNumbers(
  context: CheckContext,
  path: Path,
  numbers: readonly number[],
  count: number,
  what: string,
): void {
  const beyond = numbers.find((number) => number >= count);
  if (beyond === undefined) return;
  context.report({
    path,
    rule: "out-of-range",
    message: `there is no ${what} ${beyond}: the node has ${count}, numbered from 0`,
  });
}
