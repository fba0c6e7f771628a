import type { FleetColumn, FleetTable } from "../fleet-part.js";
import { kindOf } from "./copy.js";
import { startOf } from "./cluster-figures.js";
import type { ClustersRun } from "./clusters-run.js";

type Cell = string | number | null;

const HOUR_S = 3600;
const GB = 1e9;

/** The tables of member clusters, all rows of each: what a page shows in part is in the CSV in full. */
export function clusterTables(run: ClustersRun): readonly FleetTable[] {
  return [
    clustersTable(run),
    jobsTable(run),
    movesTable(run),
    pricesTable(run),
    inferenceTable(run),
    rayTable(run),
  ].filter(({ columns }) => columns[0]!.values.length > 0);
}

function table<Row>(
  name: string,
  caption: string,
  rows: readonly Row[],
  columns: readonly (Omit<FleetColumn, "values"> & { readonly of: (row: Row) => Cell })[],
): FleetTable {
  return {
    name,
    caption,
    columns: columns.map(({ of, ...column }) => ({ ...column, values: rows.map(of) })),
  };
}

function clustersTable({ members, durationS }: ClustersRun): FleetTable {
  const rows = members.map((member) => {
    const totals = member.pools.map((pool) => pool.totals(durationS));
    const sum = (pick: (one: (typeof totals)[number]) => number): number =>
      totals.reduce((total, one) => total + pick(one), 0);
    const gpuHours = member.pools.reduce(
      (total, pool, index) => total + totals[index]!.nodeHours * pool.spec.gpusPerNode,
      0,
    );
    return {
      member,
      gpuHours,
      heldHours: sum(({ gpuSecondsHeld }) => gpuSecondsHeld) / HOUR_S,
      cost: sum(({ cost }) => cost),
    };
  });
  return table("clusters", "What every cluster did", rows, [
    { name: "cluster", header: "Cluster", of: ({ member }) => member.spec.name },
    { name: "region", header: "Region", of: ({ member }) => member.spec.region },
    { name: "jobs_finished", header: "Jobs finished", of: ({ member }) => member.counts.finished },
    { name: "gpu_hours", header: "GPUs there", unit: "GPU h", of: ({ gpuHours }) => gpuHours },
    {
      name: "gpu_hours_held",
      header: "GPUs held",
      unit: "GPU h",
      of: ({ heldHours }) => heldHours,
    },
    { name: "cost", header: "Cost of nodes", of: ({ cost }) => cost },
    {
      name: "nodes_launched",
      header: "Nodes launched",
      of: ({ member }) => member.pools.reduce((sum, { launches }) => sum + launches, 0),
    },
    {
      name: "nodes_lost",
      header: "Nodes lost",
      of: ({ member }) => member.pools.reduce((sum, { losses }) => sum + losses, 0),
    },
    {
      name: "jobs_stopped_by_loss",
      header: "Jobs stopped by that",
      of: ({ member }) => member.counts.lossStops,
    },
    {
      name: "gpu_hours_lost",
      header: "Work lost by that",
      unit: "GPU h",
      of: ({ member }) => member.counts.lossGpuSeconds / HOUR_S,
    },
    { name: "preemptions", header: "Preemptions", of: ({ member }) => member.counts.preemptions },
    {
      name: "wasted_preemptions",
      header: "For nothing",
      of: ({ member }) => member.counts.wastedPreemptions,
    },
    {
      name: "duplicate_gpu_hours",
      header: "Held by copies taken back",
      unit: "GPU h",
      of: ({ member }) => member.counts.duplicateGpuSeconds / HOUR_S,
    },
  ]);
}

function jobsTable({ jobs, members, durationS }: ClustersRun): FleetTable {
  const rows = jobs.filter(({ submitS }) => submitS <= durationS);
  return table("fleet-jobs", "Every job, and where it ran", rows, [
    { name: "job", header: "Job", of: ({ name }) => name },
    { name: "group", header: "Group", of: ({ group }) => kindOf(group) },
    { name: "tenant", header: "Tenant", of: ({ group }) => group.tenant },
    { name: "gpus", header: "GPUs", of: ({ group }) => group.workers * group.gpusPerWorker },
    { name: "submit_s", header: "Submitted", unit: "s", of: ({ submitS }) => submitS },
    { name: "start_s", header: "Began", unit: "s", of: (job) => startOf(job) ?? null },
    { name: "end_s", header: "Done", unit: "s", of: ({ endS }) => endS ?? null },
    {
      name: "clusters",
      header: "Clusters",
      of: ({ entries }) =>
        entries
          .flatMap(({ winner }) =>
            winner === undefined ? [] : [members[winner.member]!.spec.name],
          )
          .join(" "),
    },
    { name: "stops", header: "Stops", of: ({ stops }) => stops },
    {
      name: "gpu_hours_lost",
      header: "Work lost",
      unit: "GPU h",
      of: (job) => job.gpuSecondsLost / HOUR_S,
    },
    { name: "cost", header: "Cost of its GPUs", of: ({ cost }) => cost },
    {
      name: "waits_for",
      header: "Waits for",
      of: ({ reason, endS }) => (endS === undefined ? (reason ?? "") : ""),
    },
  ]);
}

function movesTable({ moves }: ClustersRun): FleetTable {
  return table("moves", "Bytes that went from one place to another", moves, [
    { name: "what", header: "What", of: ({ what }) => what },
    { name: "from", header: "From", of: ({ from }) => from },
    { name: "to", header: "To", of: ({ to }) => to },
    { name: "moves", header: "Moves", of: ({ count }) => count },
    { name: "gb", header: "Amount", unit: "GB", of: ({ bytes }) => bytes / GB },
    { name: "mean_s", header: "Mean time", unit: "s", of: ({ seconds, count }) => seconds / count },
    { name: "cost", header: "Cost", of: ({ cost }) => cost },
  ]);
}

/** What one job of each group would cost on each cluster, with data where it lies from the start. */
function pricesTable({ spec, prices }: ClustersRun): FleetTable {
  return table(
    "prices",
    "What one job costs on each cluster, its data moved there for it alone",
    prices,
    [
      { name: "group", header: "Group", of: ({ group }) => spec.jobs[group]!.name },
      { name: "cluster", header: "Cluster", of: ({ member }) => spec.members[member]!.name },
      { name: "compute_cost", header: "GPUs", of: ({ estimate }) => estimate?.computeCost ?? null },
      { name: "move_cost", header: "Data", of: ({ estimate }) => estimate?.moveCost ?? null },
      {
        name: "move_h",
        header: "Data moves",
        unit: "h",
        of: ({ estimate }) => (estimate === undefined ? null : estimate.moveS / HOUR_S),
      },
      {
        name: "work_h",
        header: "Work",
        unit: "h",
        of: ({ estimate }) => (estimate === undefined ? null : estimate.workS / HOUR_S),
      },
      {
        name: "break_even_gpu_h",
        header: "Pays from",
        unit: "GPU h",
        of: ({ breakEvenGpuHours }) => breakEvenGpuHours ?? null,
      },
      { name: "refused", header: "Cannot, because", of: ({ refusal }) => refusal ?? "" },
    ],
  );
}

function inferenceTable({ services }: ClustersRun): FleetTable {
  const rows = services.flatMap(({ name, users }) => users.map((one) => ({ name, one })));
  const mean = (sum: number, count: number): number | null =>
    count === 0 ? null : (sum / count) * 1000;
  return table("inference", "Requests by where their people are", rows, [
    { name: "service", header: "Service", of: ({ name }) => name },
    { name: "users_region", header: "People in", of: ({ one }) => one.region },
    { name: "requests", header: "Requests", of: ({ one }) => one.requests },
    { name: "unserved", header: "Not served", of: ({ one }) => one.unserved },
    { name: "elsewhere", header: "Not by the nearest", of: ({ one }) => one.elsewhere },
    {
      name: "round_trip_mean_ms",
      header: "Round trip",
      unit: "ms",
      of: ({ one }) => mean(one.wanSumS, one.served),
    },
    {
      name: "queue_mean_ms",
      header: "Queue",
      unit: "ms",
      of: ({ one }) => mean(one.queueSumS, one.served),
    },
    {
      name: "compute_mean_ms",
      header: "Compute",
      unit: "ms",
      of: ({ one }) => mean(one.computeSumS, one.served),
    },
    {
      name: "latency_p95_ms",
      header: "p95",
      unit: "ms",
      of: ({ one }) => mean(one.latency.quantile(0.95) ?? 0, Math.min(1, one.served)),
    },
    {
      name: "served_by",
      header: "Served by",
      of: ({ one }) =>
        [...one.servedBy]
          .sort((left, right) => right[1] - left[1])
          .map(([name, count]) => `${name} ${count}`)
          .join(", "),
    },
  ]);
}

function rayTable({ ray }: ClustersRun): FleetTable {
  const rows = ray.flatMap((cluster) => cluster.work.map((work) => ({ cluster, work })));
  return table("ray", "Work on Ray clusters", rows, [
    { name: "ray_cluster", header: "Ray cluster", of: ({ cluster }) => cluster.name },
    { name: "work", header: "Work", of: ({ work }) => work.name },
    { name: "kind", header: "Kind", of: ({ work }) => work.kind },
    { name: "submit_s", header: "Submitted", unit: "s", of: ({ work }) => work.submitS },
    {
      name: "admitted_s",
      header: "Cluster admitted",
      unit: "s",
      of: ({ cluster }) => cluster.admittedS ?? null,
    },
    { name: "start_s", header: "Began", unit: "s", of: ({ work }) => work.startS ?? null },
    { name: "end_s", header: "Done", unit: "s", of: ({ work }) => work.endS ?? null },
    { name: "restarts", header: "Restarts", of: ({ work }) => work.restarts },
    {
      name: "lost_worker_h",
      header: "Work lost",
      unit: "worker h",
      of: ({ work }) => work.lostWorkerSeconds / HOUR_S,
    },
  ]);
}
