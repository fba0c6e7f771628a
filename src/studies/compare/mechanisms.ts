import type { RunResult } from "../run/result-document.js";
import type { UnitSuccess } from "../pool/unit.js";
import type { WaitPart } from "../pool/wait-breakdown.js";
import type { FindingTopic } from "./compare-document.js";

/** One figure of one run that may explain a difference. */
export interface Mechanism {
  readonly id: string;
  readonly topic: FindingTopic;
  readonly name: string;
  readonly unit: string;
  /** Null where there is nothing to compute it from. */
  readonly value: number | null;
}

const SECONDS_PER_HOUR = 3600;

/** Idle classes in words of few syllables; a class not listed keeps its own name. */
const IDLE_CLASSES: Readonly<Record<string, string>> = {
  q1_lack_both: "idle, too few GPUs and CPUs together on a node",
  q2_lack_gpu: "idle, too few GPUs together on a node",
  q3_satisfied: "idle, usable",
  q4_lack_cpu: "idle, CPUs of the node taken",
  xl_satisfied: "idle, usable beside CPU-only jobs",
  xr_lack_cpu: "idle, no CPU left on the node",
  no_access: "idle, of a model that jobs do not accept",
  stranded_compute: "idle, slices no MIG profile can use",
  repartitioning: "changing MIG layout",
  reserved: "kept free, standing by or not started",
  drained: "taken out of service",
  failed: "broken or under repair",
};

/** Every figure of one run that may explain why it differs from another. */
export function mechanismsOf({ result, waits }: UnitSuccess): readonly Mechanism[] {
  const total: Mechanism = {
    id: "waits",
    topic: "waits",
    name: "all jobs",
    unit: "h",
    value: waits.hours,
  };
  return [
    total,
    ...parts("waits by reason", "waits/reason", mergeReasons(waits.byReason)),
    ...parts("waits by job size", "waits/size", waits.bySize),
    ...(waits.byTenant.length > 1 ? parts("waits by tenant", "waits/tenant", waits.byTenant) : []),
    ...idleMechanisms(result),
    ...placementMechanisms(result),
    ...operationMechanisms(result),
    ...moneyMechanisms(result),
  ];
}

function parts(
  topic: FindingTopic,
  prefix: string,
  list: readonly Pick<WaitPart, "name" | "waitHours">[],
): readonly Mechanism[] {
  return list.map(({ name, waitHours }) => ({
    id: `${prefix}/${name}`,
    topic,
    name: name === "" ? "no refusal (repairs, restarts)" : name,
    unit: "h",
    value: waitHours,
  }));
}

/** Reasons that differ in their numbers only are one. */
function mergeReasons(
  reasons: readonly WaitPart[],
): readonly Pick<WaitPart, "name" | "waitHours">[] {
  const hours = new Map<string, number>();
  for (const { name, waitHours } of reasons) {
    const kind = name.replace(/\d[\d.,]*(?: x \d+)*/g, "…");
    hours.set(kind, (hours.get(kind) ?? 0) + waitHours);
  }
  return [...hours].map(([name, waitHours]) => ({ name, waitHours }));
}

function idleMechanisms({ gpu, gangWaits }: RunResult): readonly Mechanism[] {
  const share = (id: string, name: string, value: number): Mechanism => ({
    id: `idle/${id}`,
    topic: "idle GPUs",
    name,
    unit: "share",
    value,
  });
  return [
    share("held", "held by jobs", gpu.allocatedShare),
    ...Object.entries(gpu.idleByClass).map(([name, value]) =>
      share(name, IDLE_CLASSES[name] ?? name, value),
    ),
    ...(gangWaits === undefined
      ? []
      : [share("gangs", "idle while gangs waited for more of them", gangWaits.idleShare)]),
  ];
}

function placementMechanisms({ topology, hosting, mig }: RunResult): readonly Mechanism[] {
  const list: Mechanism[] = [];
  const add = (topic: FindingTopic, name: string, unit: string, value: number | null): void => {
    list.push({ id: `${topic}/${name}`, topic, name, unit, value });
  };
  for (const { name, left } of topology?.levels ?? []) {
    if (left !== undefined)
      add("topology", `gangs spread over several of level “${name}” needlessly`, "jobs", left);
  }
  if (topology?.slowdownMean !== undefined)
    add("topology", "running time over that at the best placement", "ratio", topology.slowdownMean);
  if (hosting !== undefined)
    add(
      "hosting",
      "running time over that on bare metal, best placed",
      "ratio",
      hosting.slowdownMean,
    );
  if (mig !== undefined) {
    add("partitions", "compute slices no profile could reach", "share", mig.strandedComputeShare);
    add("partitions", "GPU memory no profile could reach", "share", mig.strandedMemoryShare);
    add(
      "partitions",
      "GPU-hours spent on changing layouts",
      "GPU-hours",
      mig.gpuHoursRepartitioning ?? 0,
    );
  }
  return list;
}

function operationMechanisms(result: RunResult): readonly Mechanism[] {
  const { nodePools, faults, preemption, elastic } = result;
  const list: Mechanism[] = [];
  const add = (topic: FindingTopic, name: string, unit: string, value: number): void => {
    list.push({ id: `${topic}/${name}`, topic, name, unit, value });
  };
  if (nodePools !== undefined) {
    const { pools } = nodePools;
    const sum = (of: (pool: (typeof pools)[number]) => number): number =>
      pools.reduce((total, pool) => total + of(pool), 0);
    add(
      "cold starts",
      "nodes started",
      "starts",
      sum(({ boots }) => boots),
    );
    add(
      "cold starts",
      "node-hours spent on starting",
      "h",
      sum(({ boots, provisioningMeanS }) => (boots * provisioningMeanS) / SECONDS_PER_HOUR),
    );
    add(
      "cold starts",
      "node-hours up",
      "h",
      sum(({ nodeHoursUp }) => nodeHoursUp),
    );
  }
  if (faults !== undefined) {
    add("failures", "stops by failures", "stops", faults.interruptions ?? faults.jobsInterrupted);
    add("failures", "GPU-hours lost to failures", "GPU-hours", faults.gpuHoursLost);
    add("failures", "GPU-hours out of service", "GPU-hours", faults.gpuHoursDown ?? 0);
  }
  if (preemption !== undefined) {
    add("preemption", "running jobs stopped for others", "stops", preemption.stops);
    add("preemption", "GPU-hours lost to such stops", "GPU-hours", preemption.gpuHoursLost);
  }
  if (elastic !== undefined) {
    add("elastic jobs", "changes of the number of workers", "stops", elastic.rescalings);
    add("elastic jobs", "GPU-hours lost to changing", "GPU-hours", elastic.gpuHoursLost);
  }
  return list;
}

function moneyMechanisms({ cost, energy }: RunResult): readonly Mechanism[] {
  const items = (cost?.items ?? []).map(({ name, amount }): Mechanism => ({
    id: `cost/${name}`,
    topic: "cost",
    name,
    unit: cost!.currency,
    value: amount,
  }));
  const uses = (energy?.uses ?? []).map(({ name, kwh }): Mechanism => ({
    id: `energy/${name}`,
    topic: "energy",
    name,
    unit: "kWh",
    value: kwh,
  }));
  return [...items, ...uses];
}

/** Figures that are no sums: a run without the feature has none, where a sum would be 0. */
export function isRatio(unit: string): boolean {
  return unit === "ratio";
}
