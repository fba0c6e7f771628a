import type { RunOutcome } from "../../engine/types.js";
import { withInstanceShares } from "../../policy/mig/instance-shares.js";
import { planLayouts } from "../../policy/mig/plan-layouts.js";
import { withProfilesByShare } from "../../policy/mig/profiles-by-share.js";
import { assertGpuPartsSupported } from "./assert-gpu-parts.js";
import { OUTCOME, type BatchElastic, type BatchRun, type BatchSpec } from "./batch-spec.js";
import { BatchSimulation } from "./batch-simulation.js";
import { elasticFault } from "./elastic-terms.js";
import { createRoomHolders } from "./room-holders.js";

const GPU_MILLI = 1000;
const NO_REASON = -1;

/**
 * Runs the jobs of a table on a cluster under a queue policy and a placement.
 *
 * At one instant jobs end first, then jobs arrive, then one decision is made, then the state is sampled.
 * All workers of a job start and end together. A job that not even the empty cluster could hold is
 * reported as never placeable when it arrives, and the run goes on.
 *
 * @throws RangeError when the queue policy, the placement or a limit is not valid
 */
export function simulateBatch(asked: BatchSpec): BatchRun {
  const jobsAsked = withProfilesByShare(asked.jobs, asked.migProfilesByShare);
  const mapped = withInstanceShares(jobsAsked, asked.cluster);
  const spec = { ...asked, jobs: mapped, cluster: planLayouts(asked.cluster, mapped) };
  assertGpuPartsSupported(spec);
  const simulation = new BatchSimulation(spec);
  const outcome = simulation.run();
  const { jobs, columns, lanes, placements, sampler, work } = simulation;
  const { classes } = lanes;
  const managedFrom = spec.managedFrom ?? jobs.count;
  const perJob = (value: (job: number) => number): Float64Array =>
    Float64Array.from({ length: jobs.count }, (_, job) => (job < managedFrom ? value(job) : 0));
  const stops = Int32Array.from(perJob((job) => work.stops(job)));
  const warnings = warningsOf(simulation, outcome);
  return {
    jobs,
    ...leaveOutManaged(simulation, managedFrom),
    startS: columns.startS,
    endS: columns.endS,
    outcome: columns.outcome,
    waitReason: columns.waitReason,
    reasons: simulation.reasons.texts,
    ...(stops.some((count) => count > 0)
      ? {
          preemption: {
            stops,
            occupiedS: perJob((job) => simulation.launcher.occupiedS(job)),
            lostS: perJob((job) => work.lostS(job)),
          },
        }
      : {}),
    ...(simulation.elastic === undefined ? {} : { elastic: elasticOf(simulation) }),
    ...migOf(simulation),
    holdersFor: createRoomHolders(jobs, classes, columns),
    placementOf(job) {
      const lane = lanes.lanes[classes.lane[classes.classOf[job]!]!];
      return lane === undefined ? [] : placements.placementOf(job, lane.nodeMap);
    },
    records: simulation.records.finish(),
    series: sampler.series(),
    utilization: sampler.totals(),
    idleClassNames: sampler.idleClassNames,
    gpuMilliTotal: lanes.lanes.reduce((sum, lane) => sum + lane.gang.gpuMilliTotal, 0),
    warnings,
    startOfTraceS: startOfTrace(simulation, managedFrom),
    endOfRunS: outcome.endS,
    stopReason: outcome.reason,
    eventsHandled: outcome.eventsHandled,
  };
}

/** Managed rows are no jobs of the trace: no figure about jobs counts them. */
function leaveOutManaged(
  { columns, jobs }: BatchSimulation,
  from: number,
): Pick<BatchRun, "managed"> {
  if (from === jobs.count) return {};
  const waitReason = columns.waitReason.slice(from);
  columns.startS.fill(Number.NaN, from);
  columns.endS.fill(Number.NaN, from);
  columns.outcome.fill(OUTCOME.notSubmitted, from);
  columns.waitReason.fill(NO_REASON, from);
  return { managed: { from, waitReason } };
}

/** Processes that submit jobs begin at second 0. */
function startOfTrace({ jobs, arrivals }: BatchSimulation, managedFrom: number): number {
  const first = arrivals.length === 0 ? 0 : jobs.submitS[arrivals[0]!]!;
  return managedFrom === jobs.count ? first : Math.min(0, first);
}

function elasticOf({ elastic, lanes, jobs, launcher }: BatchSimulation): BatchElastic {
  const { classOf, gpuMilli, sizesOf } = lanes.classes;
  const { gpuMilliS, resizes } = elastic!;
  return {
    resizes,
    gpuSeconds: Float64Array.from({ length: jobs.count }, (_, job) =>
      sizesOf.has(classOf[job]!)
        ? gpuMilliS[job]! / GPU_MILLI
        : (launcher.occupiedS(job) * gpuMilli[classOf[job]!]!) / GPU_MILLI,
    ),
    isElastic: (job) => sizesOf.has(classOf[job]!),
  };
}

function migOf({ sampler, migChanges, lanes }: BatchSimulation): Pick<BatchRun, "mig"> {
  const totals = sampler.mig();
  if (totals === undefined) return {};
  const { repartitions, gpuHoursRepartitioning } = migChanges;
  const startsByProfile = new Map<string, number>();
  for (const { gang } of lanes.lanes) {
    for (const [profile, starts] of gang.startsByProfile ?? [])
      startsByProfile.set(profile, (startsByProfile.get(profile) ?? 0) + starts);
  }
  return { mig: { ...totals, repartitions, gpuHoursRepartitioning, startsByProfile } };
}

function warningsOf(simulation: BatchSimulation, outcome: RunOutcome): string[] {
  const warnings: string[] = [];
  const { jobs, lanes, spec, columns } = simulation;
  const managed = simulation.managed.jobs;
  const ignored = lanes.lanes[0]?.gang.ignoredDemands ?? [];
  if (ignored.length > 0) {
    warnings.push(
      `The placement ${lanes.lanes[0]!.gang.name} does not look at ${ignored.join(", ")}, which the jobs ask for.`,
    );
  }
  if ((jobs.workersMin ?? jobs.workersMax) !== undefined && simulation.elastic === undefined) {
    warnings.push(
      (spec.elastic === undefined ? undefined : elasticFault(spec)) ??
        "Elastic ranges of workers are not used: every job runs with the workers it asks for.",
    );
  }
  const never = columns.outcome.reduce(
    (sum, code) => sum + (code === OUTCOME.neverPlaceable ? 1 : 0),
    0,
  );
  if (never > 0)
    warnings.push(
      `${never} of ${spec.managedFrom ?? jobs.count} jobs can never be placed on this cluster.`,
    );
  if (outcome.reason !== "drained") {
    warnings.push(
      `The run stopped at its ${outcome.reason} with ${simulation.launcher.running - managed.running} jobs running and ${simulation.queued - managed.waiting - managed.leaving} waiting; ` +
        "in means and percentiles they count with their time so far, where that makes the figure larger.",
    );
  }
  return warnings;
}
