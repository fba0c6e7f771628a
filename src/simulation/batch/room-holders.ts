import type { JobTable } from "../../workload/job-table.js";
import { OUTCOME } from "./batch-spec.js";
import type { DemandClasses } from "./demand-classes.js";
import type { JobColumns } from "./job-columns.js";

const GPU_MILLI = 1000;
/** Holders that are named; the others are summed up. */
const NAMED_MAX = 3;

interface Holding {
  readonly name: string;
  gpuMilli: number;
  jobs: number;
}

/**
 * Who holds the GPUs that waiting jobs wait for when a run stops, in words: "vision 64 GPUs (4 jobs), 3 others
 * 16 GPUs (5 jobs)". Tenants where there are several, else jobs; the largest first, then by name.
 *
 * Computed when first asked: a run that ends with an empty queue pays nothing.
 */
export function createRoomHolders(
  jobs: JobTable,
  classes: DemandClasses,
  columns: JobColumns,
): (job: number) => string | undefined {
  let texts: Map<number, string> | undefined;
  return (job) => {
    if (columns.outcome[job] !== OUTCOME.waiting) return undefined;
    texts ??= textByLane(jobs, classes, columns);
    return texts.get(classes.lane[classes.classOf[job]!]!);
  };
}

function textByLane(
  jobs: JobTable,
  classes: DemandClasses,
  columns: JobColumns,
): Map<number, string> {
  const byTenant = jobs.tenantNames.length > 1;
  const lanes = new Map<number, Map<string, Holding>>();
  for (let job = 0; job < jobs.count; job++) {
    const demand = classes.heldOf[job]!;
    if (columns.outcome[job] !== OUTCOME.running || classes.gpuMilli[demand] === 0) continue;
    const lane = classes.lane[demand]!;
    const holdings = lanes.get(lane) ?? new Map<string, Holding>();
    lanes.set(lane, holdings);
    const name = byTenant ? jobs.tenantNames[jobs.tenant[job]!]! || "no tenant" : jobs.ids[job]!;
    const holding = holdings.get(name) ?? { name, gpuMilli: 0, jobs: 0 };
    holdings.set(name, holding);
    holding.gpuMilli += classes.gpuMilli[demand]!;
    holding.jobs++;
  }
  return new Map(
    [...lanes].map(([lane, holdings]) => [lane, describe([...holdings.values()], byTenant)]),
  );
}

function describe(holdings: readonly Holding[], byTenant: boolean): string {
  const sorted = [...holdings].sort(
    (left, right) =>
      right.gpuMilli - left.gpuMilli ||
      (left.name < right.name ? -1 : Number(left.name > right.name)),
  );
  const others = sorted.slice(NAMED_MAX);
  const rest: Holding = {
    name: `${others.length} ${others.length === 1 ? "other" : "others"}`,
    gpuMilli: others.reduce((sum, { gpuMilli }) => sum + gpuMilli, 0),
    jobs: others.reduce((sum, holding) => sum + holding.jobs, 0),
  };
  return [...sorted.slice(0, NAMED_MAX), ...(others.length === 0 ? [] : [rest])]
    .map(({ name, gpuMilli, jobs }) => {
      const gpus = `${name} ${gpuMilli / GPU_MILLI} ${gpuMilli > GPU_MILLI ? "GPUs" : "GPU"}`;
      return byTenant ? `${gpus} (${jobs} ${jobs === 1 ? "job" : "jobs"})` : gpus;
    })
    .join(", ");
}
