import type { PlanLimits, PlanSpec, PlanSupply } from "../../scenario/plan-spec.js";
import type { GroupFacts, PlanFamily } from "./family.js";

const SECONDS_PER_HOUR = 3600;

/** One combination of choices. */
export interface PlanCandidate {
  readonly family: PlanFamily;
  /** One per count decision. */
  readonly counts: readonly number[];
}

/** What is known of a candidate before anything is simulated. */
export interface PlanFigures {
  /** Cost over the horizon, or a bound below it where the cost rests on what a run uses. */
  readonly costLow: number;
  /** True when `costLow` is the cost. */
  readonly isCostExact: boolean;
  /** Price of the nodes that have to be bought. */
  readonly purchase: number;
  /** W at the meter with every GPU busy. */
  readonly powerW: number;
  readonly rackUnits: number;
  readonly nodes: number;
  readonly gpus: number;
  /** Seconds from today until the last node is there. */
  readonly deliveryS: number;
}

/** A supply of nodes that are there at once. */
const AT_ONCE = { leadTimeS: 0, batch: Infinity, everyS: 0, have: 0 } as const;

/** Nodes of a group in a candidate. */
export function countOfGroup(group: GroupFacts, counts: readonly number[]): number {
  return group.dimension === undefined ? group.fixedCount : counts[group.dimension]!;
}

/** What is known of getting nodes of a group. */
export function supplyOf(spec: PlanSpec, name: string): PlanSupply {
  return spec.supplies.find(({ group }) => group === name) ?? { group: name, ...AT_ONCE };
}

/** Seconds from today until `count` nodes of a group are there. */
export function deliveryOf({ leadTimeS, batch, everyS, have }: PlanSupply, count: number): number {
  const missing = count - have;
  if (missing <= 0) return 0;
  const arrivals = Number.isFinite(batch) ? Math.ceil(missing / batch) : 1;
  return leadTimeS + (arrivals - 1) * everyS;
}

/**
 * Adds up what is known of a candidate without simulating it.
 *
 * The cost is that of a run with the horizon of the plan, less the purchase of nodes that stand there already.
 * Where electricity is metered it is bounded from below by idle machines, and by nothing where machines may be
 * down; elastic groups by the nodes they never give back.
 */
export function figuresOf({ family, counts }: PlanCandidate, spec: PlanSpec): PlanFigures {
  const { resolved } = family.loaded;
  const hours = spec.horizonS / SECONDS_PER_HOUR;
  const perKwh = resolved.cost?.electricityPerKwh;
  const isAlwaysUp = resolved.faults === undefined;
  let costLow = 0;
  let isCostExact = true;
  let purchase = 0;
  let powerW = 0;
  let rackUnits = 0;
  let nodes = 0;
  let gpus = 0;
  let deliveryS = 0;
  for (const group of family.groups) {
    const count = countOfGroup(group, counts);
    const supply = supplyOf(spec, group.name);
    const { elasticMin } = group;
    const paid = elasticMin === undefined ? count : Math.min(count, elasticMin);
    if (paid < count) isCostExact = false;
    costLow += paid * group.perNodeHour * hours - sunkOf(group, supply, paid) * hours;
    if (perKwh !== undefined && group.paysElectricity && count > 0) {
      isCostExact = false;
      if (isAlwaysUp) costLow += ((paid * group.powerIdleW) / 1000) * hours * perKwh;
    }
    purchase += Math.max(0, count - supply.have) * (group.purchase ?? 0);
    powerW += count * group.powerMaxW;
    rackUnits += count * (supply.rackUnits ?? 0);
    nodes += count;
    gpus += count * (group.node?.gpuCount ?? 0);
    deliveryS = Math.max(deliveryS, deliveryOf(supply, count));
  }
  return { costLow, isCostExact, purchase, powerW, rackUnits, nodes, gpus, deliveryS };
}

/** What the nodes that stand there already would cost to buy, over the horizon. */
export function sunkCost({ family, counts }: PlanCandidate, spec: PlanSpec): number {
  return family.groups.reduce(
    (sum, group) =>
      sum +
      sunkOf(group, supplyOf(spec, group.name), countOfGroup(group, counts)) *
        (spec.horizonS / SECONDS_PER_HOUR),
    0,
  );
}

function sunkOf(group: GroupFacts, { have }: PlanSupply, count: number): number {
  return Math.min(have, count) * group.purchasePerHour;
}

/** A limit of the plan: how it is named, counted and compared. */
export interface LimitKind {
  readonly id: keyof PlanLimits;
  readonly label: string;
  /** As units of goals; `currency` stands for that of the scenario. */
  readonly unit: string;
  /** False for the budget: what it limits may only be known after a run. */
  valueOf(figures: PlanFigures): number;
}

/** Every limit a plan can have. */
export const LIMIT_KINDS: readonly LimitKind[] = [
  { id: "budget", label: "Cost over the horizon", unit: "currency", valueOf: (f) => f.costLow },
  {
    id: "purchase",
    label: "Price of what is bought",
    unit: "currency",
    valueOf: (f) => f.purchase,
  },
  { id: "power", label: "Power with every GPU busy", unit: "W", valueOf: (f) => f.powerW },
  { id: "rackUnits", label: "Rack units", unit: "rack units", valueOf: (f) => f.rackUnits },
  { id: "nodes", label: "Nodes", unit: "nodes", valueOf: (f) => f.nodes },
  { id: "delivery", label: "Everything delivered", unit: "s", valueOf: (f) => f.deliveryS },
];

/** What a plan has least of, known before a run: exact for power, a bound below it for some costs. */
export function objectiveLow(figures: PlanFigures, spec: PlanSpec): number {
  return spec.minimise === "power" ? figures.powerW : figures.costLow;
}
