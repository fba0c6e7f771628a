import { formatDuration } from "../base/units.js";
import { log } from "../base/elementary.js";
import type { ClusterSpec } from "../cluster/spec.js";
import {
  failuresPerNodeS,
  findFailurePreset,
  meanTimeBetweenFailuresS,
  type FailurePreset,
} from "../performance/reliability/failure-presets.js";
import { weibullScaleS } from "../performance/reliability/weibull-scale.js";
import type {
  FaultComponent,
  FaultInstance,
  FaultsSpec,
  MaintenanceWindow,
  RepairTime,
  TimeToFailure,
} from "../simulation/faults/fault-spec.js";
import type { NodeGroup } from "./resolved.js";
import { RESTART_DEFAULT_S } from "./schema/faults-schema.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";

type FaultsInput = NonNullable<ScenarioSpec["faults"]>;
type ComponentInput = NonNullable<FaultsInput["components"]>[number];
type RepairInput = NonNullable<FaultsInput["repair"]>;

/** Standard normal quantile of 95 %. */
const Z_95 = 1.6448536269514722;
const DAY_S = 86_400;

/** The machines, as far as faults look at them. */
export interface FaultCluster {
  readonly cluster: ClusterSpec;
  readonly nodeGroups: readonly NodeGroup[];
}

/** Builds every instance of everything that fails. The input has passed `checkFaults`. */
export function resolveFaults(faults: FaultsInput, machines: FaultCluster): FaultsSpec {
  const preset = faults.preset === undefined ? undefined : findFailurePreset(faults.preset);
  return {
    components: [
      ...(preset === undefined ? [] : presetComponents(preset, faults, machines)),
      ...(faults.components ?? []).map((one) => ownComponent(one, faults, machines)),
    ].filter((component) => component.instances.length > 0),
    maintenance: (faults.maintenance ?? []).map((window): MaintenanceWindow => {
      const nodes = groupsNamed(window.nodes, machines).flatMap(nodesOf);
      const size = window.nodesAtOnce ?? Math.max(1, nodes.length);
      const batches = Array.from({ length: Math.ceil(nodes.length / size) }, (_, index) =>
        nodes.slice(index * size, (index + 1) * size),
      );
      return {
        name: window.name,
        batches,
        firstS: window.first,
        ...(window.every === undefined ? {} : { everyS: window.every }),
        durationS: window.duration,
        drainS: window.drain ?? 0,
        saves: window.saves === "at-checkpoints" ? "at-checkpoints" : "at-preemption",
      };
    }),
    sparePools: (faults.spares ?? []).flatMap(({ name, count }) =>
      count === 0 ? [] : [{ nodes: groupsNamed([name], machines).flatMap(nodesOf), spares: count }],
    ),
    restartCostS: faults.restart ?? RESTART_DEFAULT_S,
    stream: faults.stream ?? "faults",
  };
}

/** Failures per second that stop a job on one whole node of a group, all components together. */
export function failuresPerNodeOfGroupS(spec: FaultsSpec, group: NodeGroup): number {
  const nodes = new Set(nodesOf(group));
  let perS = 0;
  for (const component of spec.components) {
    const meanS = meanLifeS(component.timeToFailure);
    for (const instance of component.instances) {
      const hits = instance.nodes.filter((node) => nodes.has(node)).length;
      perS += hits / (meanS * (instance.timeFactor ?? 1));
    }
  }
  return group.count === 0 ? 0 : perS / group.count;
}

function meanLifeS(life: TimeToFailure): number {
  // What `weibullScaleS` divided by, the other way round.
  return life.kind === "exponential"
    ? life.meanS
    : life.scaleS / weibullScaleS({ meanS: 1, shape: life.shape });
}

function presetComponents(
  preset: FailurePreset,
  faults: FaultsInput,
  machines: FaultCluster,
): readonly FaultComponent[] {
  const factor = faults.rateFactor ?? 1;
  if (factor === 0) return [];
  return preset.causes.map((cause) => ({
    name: cause.id,
    timeToFailure: {
      kind: "exponential",
      meanS: meanTimeBetweenFailuresS(preset, cause) / factor,
    },
    repair: cause.needsRepair ? repairOf(faults.repair) : NO_REPAIR,
    instances: machines.nodeGroups.flatMap((group) =>
      cause.scope === "gpu" ? gpusOf(group, machines, "node") : wholeNodesOf(group),
    ),
  }));
}

const NO_REPAIR: RepairTime = { kind: "fixed", durationS: 0 };

function ownComponent(
  component: ComponentInput,
  faults: FaultsInput,
  machines: FaultCluster,
): FaultComponent {
  const instances = groupsNamed(component.nodes, machines).flatMap((group) => {
    if (component.scope === "gpu") {
      return gpusOf(group, machines, component.takes === "gpu" ? "gpu" : "node");
    }
    return component.scope === "node" ? wholeNodesOf(group) : sharedOf(component, group, machines);
  });
  const rate = component.perThousandNodeDays;
  const meanS = component.mtbf ?? (1000 * DAY_S) / rate!;
  const shape = component.shape ?? 1;
  return {
    name: component.name,
    timeToFailure:
      shape === 1
        ? { kind: "exponential", meanS }
        : { kind: "weibull", shape, scaleS: weibullScaleS({ meanS, shape }) },
    repair: repairOf(component.repair ?? faults.repair),
    // A rate per node is shared by the instances of a node, and a shared instance has that of all its nodes.
    instances: rate === undefined ? instances : perNode(instances),
  };
}

/** Instances that together fail at the rate of their nodes: a GPU lives longer than its node does, a rack shorter. */
function perNode(instances: readonly FaultInstance[]): readonly FaultInstance[] {
  const onNode = new Map<number, number>();
  for (const { nodes } of instances) {
    for (const node of nodes) onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  return instances.map((instance) => ({
    ...instance,
    timeFactor: 1 / instance.nodes.reduce((sum, node) => sum + 1 / onNode.get(node)!, 0),
  }));
}

function gpusOf(
  group: NodeGroup,
  { cluster }: FaultCluster,
  takes: "gpu" | "node",
): readonly FaultInstance[] {
  return nodesOf(group).flatMap((node, index) =>
    Array.from({ length: cluster.nodes[node]!.gpuCount }, (_, gpu): FaultInstance => {
      const id = `${group.name}/${index}/${gpu}`;
      return takes === "gpu" ? { id, nodes: [node], gpus: [gpu] } : { id, nodes: [node] };
    }),
  );
}

function wholeNodesOf(group: NodeGroup): readonly FaultInstance[] {
  return nodesOf(group).map((node, index) => ({ id: `${group.name}/${index}`, nodes: [node] }));
}

/** Nodes that share an instance: consecutive ones, or those of one domain of the topology. */
function sharedOf(
  { nodesEach, level }: ComponentInput,
  group: NodeGroup,
  { cluster }: FaultCluster,
): readonly FaultInstance[] {
  const depth = cluster.topology?.levels.indexOf(level ?? "") ?? -1;
  const byInstance = new Map<string, number[]>();
  nodesOf(group).forEach((node, index) => {
    const domains = cluster.nodes[node]!.domains?.slice(0, depth + 1) ?? [];
    const id =
      nodesEach === undefined
        ? `${group.name}/${domains.join("/")}`
        : `${group.name}/${Math.floor(index / nodesEach)}`;
    const nodes = byInstance.get(id) ?? [];
    byInstance.set(id, nodes);
    nodes.push(node);
  });
  return [...byInstance].map(([id, nodes]) => ({ id, nodes }));
}

function nodesOf({ firstNode, count }: NodeGroup): readonly number[] {
  return Array.from({ length: count }, (_, index) => firstNode + index);
}

function groupsNamed(
  names: readonly string[] | undefined,
  { nodeGroups }: FaultCluster,
): readonly NodeGroup[] {
  return names === undefined ? nodeGroups : nodeGroups.filter(({ name }) => names.includes(name));
}

function repairOf(repair: RepairInput | undefined): RepairTime {
  if (repair === undefined) throw new Error("scenario: faults passed the checks without a repair");
  const { fixed, mean, median, p95 } = repair;
  if (fixed !== undefined) return { kind: "fixed", durationS: fixed };
  if (mean !== undefined) return { kind: "exponential", meanS: mean };
  return { kind: "log-normal", medianS: median!, sigma: log(p95! / median!) / Z_95 };
}

/** `exponential, mean 12 h`, for lists of assumptions. */
export function describeRepair(repair: RepairInput): string {
  const { fixed, mean, median, p95 } = repair;
  if (fixed !== undefined) return formatDuration(fixed);
  if (mean !== undefined) return `exponential, mean ${formatDuration(mean)}`;
  return `log-normal, median ${formatDuration(median!)}, 95 % within ${formatDuration(p95!)}`;
}

/** Failures of a preset in 1 000 node-days of a node with so many GPUs. */
export function presetPerThousandNodeDays(preset: FailurePreset, gpusPerNode: number): number {
  return failuresPerNodeS(preset, { gpusPerNode }) * DAY_S * 1000;
}
