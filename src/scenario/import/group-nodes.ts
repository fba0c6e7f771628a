import type { GpuNames } from "../../hardware/gpu-names.js";
import { createGpuNames } from "../../hardware/gpu-names.js";
import type { ClusterPart, ImportLog, MigPartitioning, NodeGroupPart } from "./imported.js";
import { coresText, sizeText } from "./imported.js";
import { compressNodeNames } from "../node-names.js";

/** One machine as another system describes it. */
export interface FoundNode {
  readonly name: string;
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly gpuCount: number;
  /** As the other system calls it; "" where it has GPUs of no named type. */
  readonly gpuType: string;
  readonly podsMax?: number;
  readonly partition?: string;
  /** MIG layouts of its GPUs. */
  readonly partitioning?: MigPartitioning;
}

/** GPU models by the name another system uses for them, as the person told. */
export type GpuMapping = ReadonlyMap<string, string>;

/** What nodes with GPUs of no named type are called, in `--gpu` and where nobody says. */
export const UNTYPED_GPU = "gpu";

/** Names of GPU types as a scenario writes them. */
export interface GpuTypes {
  /** The model of a type: what the person said, the catalogue's name, or the type itself, declared. */
  modelOf(type: string): string;
  /** Models that are not in the catalogue. */
  declared(): readonly string[];
}

/** Creates the translation of GPU types; every assumption is noted once. */
export function createGpuTypes(mapping: GpuMapping, log: ImportLog): GpuTypes {
  const names: GpuNames = createGpuNames([]);
  const known = new Map<string, string>();
  const declared = new Set<string>();
  const declare = (model: string): string => {
    declared.add(model);
    return model;
  };
  const translate = (type: string): string => {
    const told = mapping.get(type);
    const written = told ?? type;
    const found = names.resolve(written);
    if (found.kind === "catalogue") {
      if (found.assumed || (told === undefined && found.name !== type)) {
        log.notes.push(
          `GPU type "${type}" is read as ${found.name}${found.assumed ? ", the usual form; say another with --gpu" : ""}`,
        );
      }
      return found.name;
    }
    const why =
      type === UNTYPED_GPU && told === undefined
        ? "the file does not say which GPU model it is"
        : found.kind === "ambiguous"
          ? `"${written}" fits several models (${found.names.join(", ")})`
          : `"${written}" is not in the catalogue`;
    log.notes.push(
      `${why}: it is declared as a model of its own; name a model with --gpu "${type}=${found.kind === "ambiguous" ? found.names[0]! : "H100 SXM5-80GB"}"`,
    );
    return declare(written);
  };
  return {
    modelOf(type) {
      const name = type === "" ? UNTYPED_GPU : type;
      const model = known.get(name) ?? translate(name);
      known.set(name, model);
      return model;
    },
    declared: () => [...declared],
  };
}

/**
 * Groups equal nodes in the order of their first, under the part of the name they share.
 *
 * @returns undefined when there are none
 */
export function groupNodes(nodes: readonly FoundNode[], types: GpuTypes): ClusterPart | undefined {
  if (nodes.length === 0) return undefined;
  const groups = new Map<string, { first: FoundNode; names: string[] }>();
  for (const node of nodes) {
    const model = node.gpuCount === 0 ? "" : types.modelOf(node.gpuType);
    const key = [
      node.cpuMilli,
      node.memoryBytes,
      node.gpuCount,
      model,
      node.podsMax,
      node.partition,
      JSON.stringify(node.partitioning),
    ].join("|");
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { first: node, names: [node.name] });
    else known.names.push(node.name);
  }
  const taken = new Set<string>();
  const parts = [...groups.values()].map(({ first, names }): NodeGroupPart => ({
    name: freeName(groupName(names), taken),
    count: names.length,
    names: compressNodeNames(names),
    ...(first.gpuCount === 0 ? {} : { gpu: types.modelOf(first.gpuType), gpus: first.gpuCount }),
    cpu: coresText(first.cpuMilli),
    memory: sizeText(first.memoryBytes),
    ...(first.podsMax === undefined ? {} : { pods: first.podsMax }),
    ...(first.partition === undefined ? {} : { partition: first.partition }),
    ...(first.partitioning === undefined ? {} : { partitioning: first.partitioning }),
  }));
  const declared = types.declared();
  return {
    nodes: parts,
    ...(declared.length === 0 ? {} : { gpuModels: declared.map((name) => ({ name })) }),
  };
}

/** The beginning that all names share, without the number at its end. */
function groupName(names: readonly string[]): string {
  let prefix = names[0]!;
  for (const name of names) while (!name.startsWith(prefix)) prefix = prefix.slice(0, -1);
  const stem = names.length === 1 ? prefix : prefix.replace(/\d+$/, "");
  const plain = stem.replace(/[^A-Za-z0-9._-]/g, "-").replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
  return plain === "" ? "nodes" : plain.slice(0, 50);
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted}-${number}`;
  taken.add(name);
  return name;
}
