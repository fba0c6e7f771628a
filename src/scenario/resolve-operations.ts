import { formatDuration } from "../base/units.js";
import { findFailurePreset } from "../performance/reliability/failure-presets.js";
import type { FaultsSpec } from "../simulation/faults/fault-spec.js";
import type { CheckpointSetting } from "./resolved-operations.js";
import type { ResolvedCluster } from "./resolve-cluster.js";
import { resolveCost } from "./resolve-cost.js";
import { describeRepair, presetPerThousandNodeDays, resolveFaults } from "./resolve-faults.js";
import { resolvePower } from "./resolve-power.js";
import type { Assumption, ResolvedConfiguration } from "./resolved.js";
import { RESTART_DEFAULT_S } from "./schema/faults-schema.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";

/** What operating the machines means in one configuration: what fails, what it uses, what it costs. */
export type ResolvedOperations = Pick<
  ResolvedConfiguration,
  "faults" | "checkpoint" | "power" | "cost"
>;

/** Resolves `faults`, `workload.checkpoint`, `power` and `cost`, which have passed their checks. */
export function resolveOperations(
  spec: ScenarioSpec,
  machines: ResolvedCluster,
  assume: (assumption: Assumption) => void,
): ResolvedOperations {
  const faults = spec.faults === undefined ? undefined : resolveFaults(spec.faults, machines);
  if (faults !== undefined) faultAssumptions(spec, faults, machines).forEach(assume);
  const checkpoint = checkpointOf(spec, assume);
  const power = spec.power === undefined ? undefined : resolvePower(spec.power, machines);
  power?.assumptions.forEach(assume);
  const cost = spec.cost === undefined ? undefined : resolveCost(spec.cost, machines.nodeGroups);
  cost?.assumptions.forEach(assume);
  return {
    ...(faults === undefined ? {} : { faults }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(power === undefined ? {} : { power: power.power }),
    ...(cost === undefined ? {} : { cost: cost.cost }),
  };
}

function checkpointOf(
  { workload }: ScenarioSpec,
  assume: (assumption: Assumption) => void,
): CheckpointSetting | undefined {
  const { checkpoint } = workload;
  if (checkpoint === undefined) return undefined;
  const { interval, cost: costS = 0 } = checkpoint;
  const intervalS = interval as number | "optimal";
  assume({
    id: "checkpoint",
    what: "Checkpoints of jobs that have none of their own",
    value:
      intervalS === "optimal"
        ? `optimal for the job's size, each taking ${formatDuration(costS)}`
        : `every ${formatDuration(intervalS)} of work, each taking ${formatDuration(costS)}`,
    provenance: "given",
    source:
      intervalS === "optimal"
        ? "workload.checkpoint; Daly's interval (2006) for the mean time to interruption of the job's nodes"
        : "workload.checkpoint",
  });
  return { intervalS, costS };
}

function faultAssumptions(
  { faults }: ScenarioSpec,
  resolved: FaultsSpec,
  { cluster }: ResolvedCluster,
): readonly Assumption[] {
  const rows: Assumption[] = [];
  const { preset: presetName, rateFactor = 1, repair, restart } = faults!;
  const preset = findFailurePreset(presetName ?? "");
  const gpusPerNode = cluster.nodes.find((node) => node.gpuCount > 0)?.gpuCount ?? 0;
  if (preset !== undefined) {
    const rate = presetPerThousandNodeDays(preset, gpusPerNode) * rateFactor;
    rows.push({
      id: "faults:preset",
      what: `Failures of a node with ${gpusPerNode} GPUs`,
      value: `${Number(rate.toPrecision(3))} in 1 000 days (${preset.name}${rateFactor === 1 ? "" : ` × ${rateFactor}`})`,
      provenance: rateFactor === 1 ? "published" : "assumed",
      source: `${preset.what}. ${preset.source}. ${preset.validity}`,
    });
  }
  for (const { name, mtbf, perThousandNodeDays } of faults!.components ?? []) {
    rows.push({
      id: `faults:${name}`,
      what: `Failures of ${name}`,
      value:
        mtbf === undefined
          ? `${perThousandNodeDays} of a node in 1 000 days`
          : `one in ${formatDuration(mtbf)} per instance`,
      provenance: "given",
      source: "faults.components",
    });
  }
  if (repair !== undefined) {
    rows.push({
      id: "faults:repair",
      what: "Time a repair takes",
      value: describeRepair(repair),
      provenance: "given",
      source: "faults.repair; nobody published it with the rates",
    });
  }
  rows.push({
    id: "faults:restart",
    what: "Time a stopped job needs from its next start until it works again",
    value: formatDuration(restart ?? RESTART_DEFAULT_S),
    provenance: restart === undefined ? "assumed" : "given",
    source:
      restart === undefined
        ? "nothing given; the 5 minutes that the example of arXiv 2410.21680 takes"
        : "faults.restart",
  });
  if (resolved.components.length > 0) {
    rows.push({
      id: "faults:independent",
      what: "What failures depend on",
      value: "on time only: not on load, heat, age of the machines or other failures",
      provenance: "assumed",
      source:
        "renewal processes; a shared cause is a component of scope nodes, age a Weibull shape",
    });
  }
  return rows;
}
