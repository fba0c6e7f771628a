import type { LoadedConfiguration } from "../../io/load-scenario.js";
import type { LoadedTrace } from "../../io/scenario-traces.js";
import type { ScenarioOverlay } from "../../scenario/apply-overlays.js";
import type { NodeSpec } from "../../cluster/spec.js";
import type { PlanChoice, PlanDecision, PlanSpec } from "../../scenario/plan-spec.js";
import { loadUnitScenario } from "../pool/run-unit.js";
import type { UnitScenario } from "../pool/unit.js";

/** What one node of a group is and costs, and how many of it there are. */
export interface GroupFacts {
  readonly name: string;
  /** For sentences: the machine of the catalogue, else the GPU model. */
  readonly label: string;
  readonly hosting: "bare-metal" | "vm" | undefined;
  /** The node as the simulation sees it; undefined for a group that no plan has nodes of. */
  readonly node: NodeSpec | undefined;
  /** Position among the count decisions; undefined where the family fixes the count. */
  readonly dimension: number | undefined;
  /** Nodes where `dimension` is undefined. */
  readonly fixedCount: number;
  /** In the currency; 0 without prices. */
  readonly perNodeHour: number;
  /** Part of `perNodeHour` that stands for buying; nodes that stand there already do not pay it. */
  readonly purchasePerHour: number;
  /** In the currency; undefined for rent. */
  readonly purchase: number | undefined;
  readonly paysElectricity: boolean;
  /** W of one node at the meter with every GPU busy, and with every GPU idle; 0 without `power`. */
  readonly powerMaxW: number;
  readonly powerIdleW: number;
  /** Nodes that are paid whether or not jobs need them; undefined: all of them. */
  readonly elasticMin: number | undefined;
}

/** All decisions but the counts of nodes taken one way: its plans differ in their counts only. */
export interface PlanFamily {
  readonly index: number;
  /** Choice of every decision that is no count, in the order of the decisions. */
  readonly choices: readonly PlanChoice[];
  readonly overlays: readonly ScenarioOverlay[];
  readonly groups: readonly GroupFacts[];
  /** Loaded with the largest counts. */
  readonly loaded: LoadedConfiguration;
}

/** Everything a plan search starts from. */
export interface PlanSpace {
  readonly spec: PlanSpec;
  readonly base: UnitScenario;
  readonly seed: number;
  /** Decisions about the count of a node group. */
  readonly countDecisions: readonly PlanDecision[];
  readonly otherDecisions: readonly PlanDecision[];
  readonly families: readonly PlanFamily[];
}

/** Every way to take one choice of each decision, the last decision varying fastest. */
export function combinations<Item>(
  lists: readonly (readonly Item[])[],
): readonly (readonly Item[])[] {
  return lists.reduce<readonly (readonly Item[])[]>(
    (rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])),
    [[]],
  );
}

/** What choices lay over the scenario. */
export function overlaysOf(
  decisions: readonly PlanDecision[],
  choices: readonly PlanChoice[],
): readonly ScenarioOverlay[] {
  return choices.flatMap(({ label, settings }, index) =>
    settings.map(({ path, value }) => ({
      path,
      value,
      source: `plan: ${decisions[index]!.name} = ${label}`,
    })),
  );
}

/** Costs of runs are for the horizon of the plan. */
export function horizonOverlays(spec: PlanSpec, hasCost: boolean): readonly ScenarioOverlay[] {
  return hasCost
    ? [{ path: "cost.horizon", value: `"${spec.horizonS}s"`, source: "plan.horizon" }]
    : [];
}

/**
 * Reads every family once, with the largest counts, and takes the figures of its nodes.
 *
 * @throws InputError with the problems of the first family that is not in order
 */
export async function loadFamilies(
  options: Omit<PlanSpace, "families">,
  traces: Map<string, LoadedTrace>,
  onStart: (index: number, count: number) => void,
): Promise<readonly PlanFamily[]> {
  const { base, countDecisions, otherDecisions } = options;
  const largest = countDecisions.map(({ choices }) => choices.at(-1)!);
  const rows = combinations(otherDecisions.map(({ choices }) => choices));
  const families: PlanFamily[] = [];
  for (const [index, choices] of rows.entries()) {
    onStart(index, rows.length);
    const overlays = [...base.overlays, ...overlaysOf(otherDecisions, choices)];
    const scenario = {
      ...base,
      overlays: [...overlays, ...overlaysOf(countDecisions, largest)],
    };
    const { base: loaded } = await loadUnitScenario(scenario, traces);
    families.push({
      index,
      choices,
      overlays,
      groups: groupFacts(loaded, countDecisions),
      loaded,
    });
  }
  return families;
}

function groupFacts(
  { resolved }: LoadedConfiguration,
  countDecisions: readonly PlanDecision[],
): readonly GroupFacts[] {
  const { nodeGroups, cluster, cost, power, hosting } = resolved;
  return nodeGroups.map((group, index): GroupFacts => {
    const node = group.count > 0 ? cluster.nodes[group.firstNode] : undefined;
    const dimension = countDecisions.findIndex(
      (decision) => decision.group === group.name || decision.group === String(index),
    );
    const price = cost?.groups[index];
    const kind = power?.kinds[index];
    const pue = power?.pue ?? 1;
    const elastic = hosting?.groups[index]?.elastic;
    const gpuModel = node?.gpuModel ?? "";
    return {
      name: group.name,
      label:
        group.sku ?? (gpuModel === "" ? group.name : `node with ${node!.gpuCount} ${gpuModel}`),
      hosting: group.hosting,
      node,
      dimension: dimension === -1 ? undefined : dimension,
      fixedCount: dimension === -1 ? group.count : 0,
      perNodeHour: price?.perNodeHour ?? 0,
      purchasePerHour: price?.purchasePerHour ?? 0,
      purchase: price?.purchase,
      paysElectricity: price?.paysElectricity ?? false,
      powerMaxW: kind === undefined ? 0 : (kind.overheadW + kind.gpusPerNode * kind.gpuBusyW) * pue,
      powerIdleW:
        kind === undefined ? 0 : (kind.overheadW + kind.gpusPerNode * kind.gpuIdleW) * pue,
      elasticMin: elastic?.nodesMin,
    };
  });
}
