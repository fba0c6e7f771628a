import { findGpu, GPU_CATALOGUE } from "./find-gpu.js";
import { NODE_SKU_GROUPS } from "./find-node-sku.js";
import { foldName } from "./fold-name.js";
import type { GpuSpec } from "./gpu-spec.js";
import { migGeometryOf } from "./mig/find-mig-geometry.js";
import type { MigGeometry } from "./mig/mig-geometry.js";
import type { NodeSku } from "./node-sku.js";
import { pricesOf, type PriceEntry } from "./prices.js";
import { sourceText, type GivenSource, type SourceId } from "./sources.js";

/** Entries of a user's own file. */
export interface GivenEntries {
  readonly gpus: readonly (GpuSpec & { readonly given: GivenSource })[];
  readonly nodes: readonly (NodeSku & { readonly given: GivenSource })[];
  readonly prices: readonly (PriceEntry & { readonly given: GivenSource })[];
  /** Placement tables, by the name of the GPU. */
  readonly mig: ReadonlyMap<string, MigGeometry>;
}

/** The built-in catalogue with a user's entries over it. */
export interface HardwareCatalogue {
  readonly gpus: readonly GpuSpec[];
  /** Machines by who offers them; the user's own first. */
  readonly nodeGroups: Readonly<Record<string, readonly NodeSku[]>>;
  readonly nodes: readonly NodeSku[];
  /** The GPU of that name: the user's own before the catalogue's. */
  gpu(name: string): ReturnType<typeof findGpu>;
  node(name: string): NodeSku | undefined;
  mig(gpuModel: string): MigGeometry | undefined;
  prices(sku: NodeSku): readonly PriceEntry[];
}

const NOTHING_GIVEN: GivenEntries = { gpus: [], nodes: [], prices: [], mig: new Map() };

/** Group that a user's own machines stand in. */
export const GIVEN_GROUP = "Your own";

/** Lays a user's entries over the catalogue: an entry of the same name takes the place of the catalogue's. */
export function createCatalogue(given: GivenEntries = NOTHING_GIVEN): HardwareCatalogue {
  const gpuOf = byName(given.gpus);
  const nodeOf = byName(given.nodes);
  const groups = Object.entries(NODE_SKU_GROUPS).map(
    ([name, skus]) => [name, skus.filter((sku) => !nodeOf.has(foldName(sku.name)))] as const,
  );
  const own = given.nodes.length === 0 ? [] : [[GIVEN_GROUP, given.nodes] as const];
  const nodeGroups = Object.fromEntries<readonly NodeSku[]>([...own, ...groups]);
  const nodes = Object.values(nodeGroups).flat();
  const known = byName(nodes);
  return {
    gpus: [...given.gpus, ...GPU_CATALOGUE.filter(({ name }) => !gpuOf.has(foldName(name)))],
    nodeGroups,
    nodes,
    gpu(name) {
      const gpu = gpuOf.get(foldName(name));
      if (gpu !== undefined) return { kind: "found", gpu, assumed: false };
      const found = findGpu(name);
      const own = found.kind === "found" ? gpuOf.get(foldName(found.gpu.name)) : undefined;
      return own === undefined ? found : { kind: "found", gpu: own, assumed: false };
    },
    node: (name) => known.get(foldName(name)),
    mig(gpuModel) {
      const table = given.mig.get(foldName(gpuModel));
      return table ?? migGeometryOf(gpuModel);
    },
    prices(sku) {
      const own = given.prices.filter((price) => foldName(price.sku) === foldName(sku.name));
      return [...own, ...(nodeOf.has(foldName(sku.name)) ? [] : pricesOf(sku))];
    },
  };
}

function byName<T extends { readonly name: string; readonly aliases: readonly string[] }>(
  entries: readonly T[],
): ReadonlyMap<string, T> {
  return new Map(
    entries.flatMap((entry) =>
      [entry.name, ...entry.aliases].map((name) => [foldName(name), entry] as const),
    ),
  );
}

/** Where the figures of an entry come from, in words. */
export function sourceOfEntry(entry: {
  readonly sources?: readonly SourceId[];
  readonly source?: SourceId;
  readonly given?: GivenSource;
}): string {
  const { given, sources, source } = entry;
  if (given !== undefined) return `given in ${given.file}: ${given.text}`;
  return sourceText(sources ?? (source === undefined ? [] : [source]));
}
