import { formatDuration } from "../../base/units.js";
import type { DisruptionBudget } from "../../policy/fleet/eviction.js";
import type {
  DrainBehavior,
  UpgradeWorkload,
} from "../../simulation/fleet/upgrades/upgrade-spec.js";
import { amountOf } from "./amount.js";
import { slotsOfPod } from "./pool-slots.js";
import type { Assume } from "./assume.js";
import { POOL_DEFAULTS, type PoolInput } from "./schema/pools-schema.js";

type ServiceInput = NonNullable<PoolInput["services"]>[number];
type JobsInput = NonNullable<PoolInput["jobs"]>[number];

/** What runs on a pool: services first, as they find a place first. */
export function resolvePoolWorkloads(pool: PoolInput, assume: Assume): readonly UpgradeWorkload[] {
  return [
    ...(pool.services ?? []).map((service) => resolveService(service, pool, assume)),
    ...(pool.jobs ?? []).map((jobs) => resolveJobs(jobs, pool, assume)),
  ];
}

function resolveService(service: ServiceInput, pool: PoolInput, assume: Assume): UpgradeWorkload {
  const budget = budgetOf(service);
  noteTime(assume, `fleet.pools[${pool.name}].services[${service.name}].start`, {
    what: `Time from its place until a replica of ${service.name} serves`,
    given: service.start,
    fallback: POOL_DEFAULTS.startS,
  });
  return {
    kind: "service",
    name: service.name,
    replicas: service.replicas,
    slots: slotsOfPod(service, pool.gpu),
    need: service.need,
    ...(budget === undefined ? {} : { budget }),
    startS: service.start ?? POOL_DEFAULTS.startS,
    graceS: service.grace ?? POOL_DEFAULTS.graceS,
  };
}

function budgetOf({ budget }: ServiceInput): DisruptionBudget | undefined {
  if (budget?.maxUnavailable !== undefined)
    return { maxUnavailable: amountOf(budget.maxUnavailable) };
  if (budget?.minAvailable !== undefined) return { minAvailable: amountOf(budget.minAvailable) };
  return undefined;
}

function resolveJobs(jobs: JobsInput, pool: PoolInput, assume: Assume): UpgradeWorkload {
  noteTime(assume, `fleet.pools[${pool.name}].jobs[${jobs.name}].restart`, {
    what: `Time from its places until a stopped job of ${jobs.name} does new work`,
    given: jobs.restart,
    fallback: POOL_DEFAULTS.restartS,
  });
  return {
    kind: "jobs",
    name: jobs.name,
    count: jobs.count,
    workers: jobs.workers ?? 1,
    slots: slotsOfPod(jobs, pool.gpu),
    onDrain: (jobs.onDrain ?? POOL_DEFAULTS.onDrain) as DrainBehavior,
    ...(jobs.checkpoint === undefined ? {} : { checkpointEveryS: jobs.checkpoint }),
    saveS: jobs.save ?? POOL_DEFAULTS.saveS,
    restartS: jobs.restart ?? POOL_DEFAULTS.restartS,
    ...(jobs.duration === undefined ? {} : { durationS: jobs.duration }),
    hasBacklog: jobs.backlog ?? true,
    graceS: jobs.grace ?? POOL_DEFAULTS.graceS,
  };
}

function noteTime(
  assume: Assume,
  id: string,
  { what, given, fallback }: { what: string; given: number | undefined; fallback: number },
): void {
  assume({
    id,
    what,
    value: formatDuration(given ?? fallback),
    provenance: given === undefined ? "assumed" : "given",
    source: given === undefined ? "default" : "the file of the fleet",
  });
}
