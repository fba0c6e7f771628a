import { formatBytes } from "../../base/units.js";
import type {
  LocatedList,
  LocatedMap,
  LocatedNode,
  Origin,
} from "../../diagnostics/located-node.js";
import { nodeAt } from "../../diagnostics/located-node.js";
import {
  createCatalogue,
  type GivenEntries,
  type HardwareCatalogue,
} from "../../hardware/catalogue.js";
import { GIBIBYTE } from "../../hardware/byte-units.js";
import { foldName } from "../../hardware/fold-name.js";
import type { NodeSku } from "../../hardware/node-sku.js";
import { coresText, sizeText } from "../import/imported.js";
import type { Assumption } from "../resolved.js";

/** A configuration in which the machines of a user's catalogue are spelled out, and what was taken from it. */
export interface WithCatalogue {
  readonly root: LocatedMap;
  readonly assumptions: readonly Assumption[];
  /** Names of the machines of the file; absent when it could not be read. */
  readonly machines?: readonly string[];
}

/**
 * Writes the figures of a user's own machines into the node groups that name them as `sku`, their GPUs into
 * `cluster.gpuModels`, and their prices into `cost.nodes`: everything after this reads one scenario without a
 * second catalogue. What a node group gives itself stays. A value is placed where the `sku` stands, so a
 * problem with it points there.
 */
export function useCatalogue(root: LocatedMap, entries: GivenEntries): WithCatalogue {
  const machines = entries.nodes.map(({ name }) => name);
  const cluster = root.entries.get("cluster");
  const groups = cluster?.kind === "map" ? cluster.entries.get("nodes") : undefined;
  if (cluster?.kind !== "map" || groups?.kind !== "list")
    return { root, assumptions: [], machines };
  const catalogue = createCatalogue(entries);
  const assumptions = new Map<string, Assumption>();
  const used: { readonly group: LocatedMap; readonly sku: NodeSku; readonly origin: Origin }[] = [];
  const items = groups.items.map((group): LocatedNode => {
    const named = group.kind === "map" ? group.entries.get("sku") : undefined;
    if (group.kind !== "map" || named?.kind !== "scalar") return group;
    const sku = ownMachine(entries, named.value);
    if (sku === undefined) return group;
    assumptions.set(sku.name, assumptionOf(sku));
    used.push({ group, sku, origin: named.origin });
    return spelledOut(group, sku, named.origin);
  });
  const clusterEntries = new Map(cluster.entries).set("nodes", { ...groups, items });
  const models = gpuModels(cluster, entries);
  if (models !== undefined) clusterEntries.set("gpuModels", models);
  const rootEntries = new Map(root.entries).set("cluster", { ...cluster, entries: clusterEntries });
  const cost = withPrices(root, used, catalogue, assumptions);
  if (cost !== undefined) rootEntries.set("cost", cost);
  return {
    root: { ...root, entries: rootEntries },
    assumptions: [...assumptions.values()],
    machines,
  };
}

function ownMachine(
  entries: GivenEntries,
  name: unknown,
): GivenEntries["nodes"][number] | undefined {
  if (typeof name !== "string") return undefined;
  return entries.nodes.find((node) => foldName(node.name) === foldName(name));
}

function assumptionOf(sku: GivenEntries["nodes"][number]): Assumption {
  return {
    id: `sku:${sku.name}`,
    what: `Figures of ${sku.name}`,
    value: [
      sku.gpuCount === 0 ? "no GPUs" : `${sku.gpuCount} × ${sku.gpuModel!}`,
      `${sku.cpuMilli! / 1000} vCPU or cores`,
      `${memoryText(sku.memoryBytes!)} of memory`,
    ].join(", "),
    provenance: "given",
    source: `${sku.given.file}: ${sku.given.text}`,
  };
}

/** Whole gibibytes as such, other amounts in decimal units, as data sheets write them. */
function memoryText(bytes: number): string {
  const gibibytes = bytes / GIBIBYTE;
  return Number.isInteger(gibibytes)
    ? `${gibibytes} GiB`
    : formatBytes(bytes, { units: "decimal" });
}

function scalar(value: string | number, origin: Origin): LocatedNode {
  return { kind: "scalar", value, origin, keyOrigin: origin };
}

/** A node group with what the machine gives, in place of `sku`; fields of its own come first. */
function spelledOut(group: LocatedMap, sku: NodeSku, origin: Origin): LocatedMap {
  const fields: Readonly<Record<string, string | number | undefined>> = {
    gpu: sku.gpuCount === 0 ? undefined : sku.gpuModel,
    gpus: sku.gpuCount === 0 ? undefined : sku.gpuCount,
    cpu: coresText(sku.cpuMilli!),
    memory: sizeText(sku.memoryBytes!),
    hosting: sku.hosting,
    linksLike: sku.topologyLike,
  };
  const entries = new Map(group.entries);
  entries.delete("sku");
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && !entries.has(name)) entries.set(name, scalar(value, origin));
  }
  return { ...group, entries };
}

/** The declared GPU models with those of the file that nobody declared; undefined when there are none to add. */
function gpuModels(cluster: LocatedMap, { gpus }: GivenEntries): LocatedList | undefined {
  const before = cluster.entries.get("gpuModels");
  const items = before?.kind === "list" ? before.items : [];
  const declared = new Set(items.map((item) => nameIn(item)));
  const { origin } = cluster;
  const added = gpus
    .filter(({ name }) => !declared.has(name))
    .map(({ name, memoryBytes }): LocatedNode => ({
      kind: "map",
      origin,
      entries: new Map([
        ["name", scalar(name, origin)],
        ["memory", scalar(sizeText(memoryBytes), origin)],
      ]),
    }));
  if (added.length === 0) return undefined;
  return { kind: "list", origin: before?.origin ?? origin, items: [...items, ...added] };
}

/** `cost` with prices of the file for node groups that give none; undefined when nothing is to add. */
function withPrices(
  root: LocatedMap,
  used: readonly { readonly group: LocatedMap; readonly sku: NodeSku; readonly origin: Origin }[],
  catalogue: HardwareCatalogue,
  assumptions: Map<string, Assumption>,
): LocatedMap | undefined {
  const cost = root.entries.get("cost");
  if (cost?.kind !== "map" || !isInUsd(cost)) return undefined;
  const before = cost.entries.get("nodes");
  const items = before?.kind === "list" ? before.items : [];
  const priced = new Set(items.map((item) => nameIn(item)));
  const region = textAt(cost, "region");
  const added = used.flatMap(({ group, sku, origin }): readonly LocatedNode[] => {
    const name = textAt(group, "name");
    const prices = catalogue
      .prices(sku)
      .filter(
        (price) => price.given !== undefined && (region === undefined || price.region === region),
      );
    const [price] = prices;
    if (name === undefined || priced.has(name) || price === undefined || prices.length > 1)
      return [];
    assumptions.set(`price ${sku.name}`, {
      id: `price:${sku.name}`,
      what: `Price of ${sku.name}`,
      value: `${price.usdPerHour} USD per hour in ${price.region}, as of ${price.asOf ?? "a day not stated"}`,
      provenance: "given",
      source: `${price.given!.file}: ${price.given!.text}`,
    });
    const entries = new Map([
      ["name", scalar(name, origin)],
      ["perHour", scalar(price.usdPerHour, origin)],
    ]);
    return [{ kind: "map", origin, entries }];
  });
  if (added.length === 0) return undefined;
  const nodes: LocatedList = {
    kind: "list",
    origin: before?.origin ?? cost.origin,
    items: [...items, ...added],
  };
  return { ...cost, entries: new Map(cost.entries).set("nodes", nodes) };
}

function isInUsd(cost: LocatedMap): boolean {
  const currency = textAt(cost, "currency");
  return currency === undefined || currency === "USD";
}

function nameIn(node: LocatedNode): string | undefined {
  return textAt(node, "name");
}

function textAt(node: LocatedNode, field: string): string | undefined {
  const found = nodeAt(node, [field]);
  return found?.kind === "scalar" && typeof found.value === "string" ? found.value : undefined;
}
