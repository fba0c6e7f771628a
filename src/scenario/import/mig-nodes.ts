import { findGpu } from "../../hardware/find-gpu.js";
import type { MigMix } from "../../hardware/mig.js";
import { migGeometryOf, migProfileOf, packMig } from "../../hardware/mig.js";
import type { GpuMapping } from "./group-nodes.js";
import type { MigPartitioning } from "./imported.js";

/** What became of the instances a node offers. */
export type FoundMig =
  | { readonly ok: true; readonly gpuCount: number; readonly partitioning: MigPartitioning }
  | { readonly ok: false; readonly why: string };

/**
 * Turns counts of instances into a layout per GPU. Which GPU holds which instances is not in a node's labels: the
 * instances are packed into the GPUs that are there, and GPUs without instances get none.
 *
 * @param options.gpuCount GPUs of the node; the fewest that hold the instances when absent
 */
export function migPartitioningOf(options: {
  readonly product: string;
  readonly instances: Readonly<Record<string, number>>;
  readonly gpuCount?: number;
  readonly mapping: GpuMapping;
}): FoundMig {
  const { product, instances, gpuCount, mapping } = options;
  const written = mapping.get(product) ?? product;
  const geometry = migGeometryOf(written);
  if (geometry === undefined) {
    const { kind } = findGpu(written);
    const why = kind === "found" ? "cannot be cut with MIG" : "is no GPU model of the catalogue";
    return { ok: false, why: `offers MIG slices of ${written}, which ${why}` };
  }
  const mix: Record<string, number> = {};
  for (const [name, count] of Object.entries(instances)) {
    const profile = migProfileOf(geometry, name);
    if (profile === undefined)
      return { ok: false, why: `offers ${name}, which ${written} does not have` };
    mix[profile.name] = (mix[profile.name] ?? 0) + count;
  }
  const packing = packMig(geometry, mix);
  if (packing === undefined || packing.gpus > (gpuCount ?? packing.gpus)) {
    const needed = packing === undefined ? "more" : `at least ${packing.gpus}`;
    return {
      ok: false,
      why: `offers MIG slices that need ${needed} GPUs, and it has ${gpuCount ?? 0}`,
    };
  }
  const layouts = packing.layouts.flatMap(({ gpus, placements }) =>
    Array.from({ length: gpus }, () => placements.map(({ profile }) => profile)),
  );
  return { ok: true, gpuCount: layouts.length, partitioning: partitioningText(layouts) };
}

/** The layouts as a node group writes them: once where all GPUs are alike. */
export function partitioningText(layouts: readonly (readonly string[])[]): MigPartitioning {
  const keys = new Set(layouts.map((layout) => [...layout].sort().join(",")));
  return keys.size === 1 ? { mode: "mig", layout: layouts[0]! } : { mode: "mig", layouts };
}

/** Instances of a layout as a list of names, largest first, as scenarios write them. */
export function layoutNames(mix: MigMix, order: readonly string[]): readonly string[] {
  return order.flatMap((name) => Array.from({ length: mix[name] ?? 0 }, () => name));
}
