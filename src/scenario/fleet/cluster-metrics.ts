import type { FleetMetric, FleetPartKind } from "./fleet-metric.js";

type Row = readonly [
  path: string,
  unit: string,
  better: FleetMetric["better"],
  description: string,
];

function metrics(
  section: string,
  of: readonly FleetPartKind[],
  rows: readonly Row[],
): readonly FleetMetric[] {
  return rows.map(([path, unit, better, description]) => ({
    path: `${section}.${path}`,
    unit,
    better,
    description,
    of,
  }));
}

const OF_JOBS = metrics(
  "jobs",
  ["job"],
  [
    ["count", "jobs", "neither", "Jobs submitted within the run."],
    ["finished", "jobs", "higher", "Jobs that were done at its end."],
    ["unfinished", "jobs", "lower", "Jobs that were not."],
    [
      "waitMeanS",
      "s",
      "lower",
      "From submission to the start of work, mean; not started: up to the end of the run.",
    ],
    ["waitP50S", "s", "lower", "Time from submission to the start of work, median."],
    ["waitP95S", "s", "lower", "Time from submission to the start of work, 95th percentile."],
    [
      "completionMeanS",
      "s",
      "lower",
      "From submission to the end, results included, mean; not done: up to the end of the run.",
    ],
    ["completionP95S", "s", "lower", "Time from submission to the end, 95th percentile."],
    ["deadlineMissShare", "share", "lower", "Share of jobs with a deadline that missed it."],
    [
      "stops",
      "stops",
      "lower",
      "Times jobs were stopped: preempted, drained, or their nodes went.",
    ],
    ["gpuHoursLost", "GPU hours", "lower", "Work that had to be done again."],
    ["cost", "money", "lower", "What the GPUs that jobs held cost, at the price of their nodes."],
  ],
);

const OF_CLUSTERS = metrics(
  "clusters",
  ["cluster"],
  [
    ["gpuHoursHeld", "GPU hours", "neither", "GPU time that jobs, services and Ray nodes held."],
    [
      "gpuUseShare",
      "share",
      "higher",
      "Share of the GPUs that were there which jobs, services and Ray nodes held.",
    ],
    ["nodeHours", "node hours", "lower", "Nodes that were there, over time."],
    ["cost", "money", "lower", "What nodes cost while they were there."],
    ["admitted", "jobs", "neither", "Times a job got its GPUs."],
    ["finished", "jobs", "neither", "Jobs whose work was done here."],
    ["preemptions", "stops", "lower", "Jobs stopped for others."],
    ["wastedPreemptions", "stops", "lower", "Of these, for a job that then ran elsewhere."],
    ["wastedGpuHours", "GPU hours", "lower", "Work that those had to do again."],
    ["lossStops", "stops", "lower", "Jobs stopped because their node went."],
    ["lossGpuHours", "GPU hours", "lower", "Work lost when nodes or clusters went."],
    [
      "duplicateGpuHours",
      "GPU hours",
      "lower",
      "GPU time of copies that were taken back because the job ran elsewhere.",
    ],
    ["nodesLost", "nodes", "lower", "Nodes that failed or were taken back."],
    ["nodesLaunched", "nodes", "neither", "Nodes that pools asked for."],
  ],
);

const OF_DATA = metrics(
  "data",
  ["dataset"],
  [
    ["moves", "moves", "lower", "Times something was moved from one place to another."],
    ["movedGb", "GB", "lower", "Bytes moved, in 10⁹."],
    ["moveCost", "money", "lower", "What moving cost."],
    ["moveHours", "hours", "lower", "Hours from asking to arrival, summed over moves."],
  ],
);

const OF_INFERENCE = metrics(
  "inference",
  ["inference"],
  [
    ["requests", "requests", "neither", "Requests that came."],
    ["unserved", "requests", "lower", "Requests for which no allowed cluster was up."],
    ["unservedShare", "share", "lower", "Share of requests for which no allowed cluster was up."],
    [
      "sloMissShare",
      "share",
      "lower",
      "Share of requests that took longer than their latency goal, or were not served.",
    ],
    [
      "elsewhereShare",
      "share",
      "lower",
      "Share of served requests that the nearest allowed cluster did not serve.",
    ],
    ["rerouted", "requests", "lower", "Requests begun anew because what served them went."],
    ["latencyMeanS", "s", "lower", "Round trip, queue and compute: mean."],
    ["latencyP50S", "s", "lower", "Round trip, queue and compute: median."],
    ["latencyP95S", "s", "lower", "Round trip, queue and compute: 95th percentile."],
    ["latencyP99S", "s", "lower", "Round trip, queue and compute: 99th percentile."],
    ["roundTripMeanS", "s", "lower", "Mean round trip."],
    ["queueMeanS", "s", "lower", "Mean time in queues."],
    ["computeMeanS", "s", "lower", "Mean time in slots."],
  ],
);

const OF_RAY = metrics(
  "ray",
  ["ray"],
  [
    ["work", "pieces", "neither", "Pieces of work that were submitted."],
    ["finished", "pieces", "higher", "Pieces that were done."],
    [
      "completionMeanS",
      "s",
      "lower",
      "From submission to the end, mean; not done: up to the end of the run.",
    ],
    ["completionMaxS", "s", "lower", "Time from submission to the end, the longest."],
    ["admissionWaitMeanS", "s", "lower", "Time a Ray cluster was suspended for quota."],
    ["restarts", "restarts", "lower", "Times work began again, or a part of it."],
    [
      "lostWorkerHours",
      "worker hours",
      "lower",
      "Work done twice, and workers that stood still while a group formed anew.",
    ],
    ["launches", "nodes", "neither", "Ray nodes launched."],
    ["nodeHours", "node hours", "lower", "Ray nodes over time."],
    ["idleNodeHours", "node hours", "lower", "Of these, without work."],
    ["gpuHoursHeld", "GPU hours", "lower", "GPU time that Ray nodes held."],
    ["gpuUseShare", "share", "higher", "Share of it that tasks, groups and workers used."],
  ],
);

/** Metrics of named clusters and of what runs on them. */
export const CLUSTER_METRICS: readonly FleetMetric[] = [
  ...OF_JOBS,
  ...OF_CLUSTERS,
  {
    path: "clusters.totalCost",
    unit: "money",
    better: "lower",
    description: "What nodes and moved data cost together.",
  },
  ...OF_DATA,
  ...OF_INFERENCE,
  ...OF_RAY,
];
