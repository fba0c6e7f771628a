import type { FleetMetric } from "./fleet-metric.js";

const OF_UPGRADES = ["upgrade"] as const;

type Row = readonly [
  path: string,
  unit: string,
  better: FleetMetric["better"],
  description: string,
];

const ROWS: readonly Row[] = [
  ["doneShare", "share", "higher", "Share of the nodes that have the new version in the end."],
  [
    "durationS",
    "s",
    "lower",
    "From its beginning until its last node; without a value where it did not end.",
  ],
  [
    "stoppedPools",
    "pools",
    "lower",
    "Pools whose upgrade stopped, was refused or was not over in time.",
  ],
  [
    "serviceMissS",
    "s",
    "lower",
    "Time services had fewer replicas than they need, all services one after the other.",
  ],
  ["serviceMisses", "misses", "lower", "Times a service fell below its need."],
  ["jobStops", "stops", "lower", "Times a job was stopped."],
  ["lostGpuHours", "GPU hours", "lower", "Work of jobs that has to be done again."],
  [
    "restartGpuHours",
    "GPU hours",
    "lower",
    "GPUs held by stopped jobs that write a checkpoint or start again.",
  ],
  [
    "waitingGpuHours",
    "GPU hours",
    "lower",
    "GPUs that evicted pods asked for and did not get at once.",
  ],
  [
    "capacityLostGpuHours",
    "GPU hours",
    "lower",
    "GPUs of nodes that took no pods, as far as surge nodes did not stand in for them.",
  ],
  ["openShareMin", "share", "higher", "Smallest share of a pool's GPUs on nodes that take pods."],
  ["surgeNodes", "nodes", "neither", "Nodes that were added for it, over all pools."],
  ["spareNodes", "nodes", "lower", "Spare nodes that its pools have."],
  [
    "spareCostPerDay",
    "money",
    "lower",
    "What those cost in a day; without a value where a pool has no price.",
  ],
  [
    "painlessSpareNodes",
    "nodes",
    "lower",
    "Spare nodes with which nothing waits, no service falls below its need and every node is done; without a value where no number that was tried is enough.",
  ],
];

/** Metrics of upgrades of node pools. */
export const UPGRADE_METRICS: readonly FleetMetric[] = ROWS.map(
  ([name, unit, better, description]) => ({
    path: `upgrades.${name}`,
    unit,
    better,
    description,
    of: OF_UPGRADES,
  }),
);
