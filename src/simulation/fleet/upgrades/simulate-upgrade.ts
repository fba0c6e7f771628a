import { createRandomStreams } from "../../../engine/streams.js";
import { createAgenda } from "./agenda.js";
import { createJobsRun, type JobsRun } from "./job-run.js";
import { createServiceRun, type ServiceRun } from "./service-run.js";
import { gpusPerNode } from "./slots.js";
import { startCourse } from "./start-course.js";
import type {
  CapacityStep,
  JobsUpgradeResult,
  UpgradeEnd,
  UpgradeResult,
} from "./upgrade-result.js";
import { createRecorder, sumJobs } from "./upgrade-recorder.js";
import type { UpgradeSpec } from "./upgrade-spec.js";
import { createUpgradeWorld, placeWaiting, waitingNames } from "./upgrade-world.js";
import type { PodGroup } from "./upgrade-world.js";

const HOUR_S = 3_600;

/** How an upgrade went on. */
interface Outcome {
  end: UpgradeEnd;
  why: string;
  durationS: number;
}

/**
 * Takes a node pool through an upgrade, with what runs on it.
 *
 * Pure and deterministic. What is placed before the upgrade serves and works from the first moment; the same seed
 * finds the same jobs at the same point of their work, whatever the strategy.
 *
 * @throws SpecificationError when jobs have neither a duration nor checkpoints
 */
export function simulateUpgrade(spec: UpgradeSpec): UpgradeResult {
  const agenda = createAgenda();
  const recorder = createRecorder();
  const services: ServiceRun[] = [];
  const jobs: JobsRun[] = [];
  const world = createUpgradeWorld(spec, agenda, {
    changed: () => {
      recorder.look(world, services);
    },
    stateSet: (node, before) => {
      recorder.stateSet(node, before, agenda.nowS);
    },
    logged: (what) => {
      recorder.log(what, agenda.nowS);
    },
  });
  const streams = createRandomStreams(spec.seed).stream(`upgrade/${spec.pool.name}`);
  spec.workloads.forEach((workload, rank) => {
    if (workload.kind === "service") services.push(createServiceRun(workload, rank, world));
    else jobs.push(createJobsRun(workload, rank, world, streams.fork(workload.name)));
  });
  for (const run of [...services, ...jobs]) run.begin();
  placeWaiting(world.nodes, world.waiting as Set<PodGroup>, spec.placement);
  const waitingBefore = waitingNames(world);
  for (const run of [...services, ...jobs]) run.settle();
  recorder.look(world, services);

  const outcome: Outcome = {
    end: "unfinished",
    why: "it was still going on when the time looked at was over",
    durationS: spec.horizonS,
  };
  const { course, state } = startCourse(world, (end, why) => {
    outcome.end = end;
    outcome.why = why;
    outcome.durationS = agenda.nowS;
    world.log(why);
  });
  agenda.runUntil(spec.horizonS);
  recorder.look(world, services);

  const { capacity } = recorder;
  const serviceResults = services.map((run) => recorder.serviceResult(run, spec.horizonS));
  const missS = serviceResults.reduce((sum, service) => sum + service.missS, 0);
  const waitingGpuHours = [...services, ...jobs].reduce(
    (sum, run) => sum + run.waits.gpuHours(),
    0,
  );
  const total = sumJobs(jobs);
  return {
    pool: spec.pool.name,
    ...outcome,
    nodesChanged: state.changed,
    nodes: spec.pool.nodes,
    blockedNodes: state.blocked,
    surgeNodes: state.added,
    course,
    ...capacityFigures(spec, capacity),
    ...total,
    waitingGpuHours,
    missS,
    isPainless: outcome.end === "done" && missS === 0 && waitingGpuHours === 0,
    capacity,
    closed: recorder.closedUntil(),
    services: serviceResults,
    jobs: jobs.map(jobsResult),
    events: recorder.events,
    eventsLeftOut: recorder.eventsLeftOut,
    waitingBefore,
  };
}

function capacityFigures(
  { pool, horizonS }: UpgradeSpec,
  capacity: readonly CapacityStep[],
): Pick<UpgradeResult, "openGpusBefore" | "openGpusMin" | "capacityLostGpuHours"> {
  let openGpusMin = Infinity;
  let missingNodeS = 0;
  capacity.forEach(({ atS, openNodes, openGpus }, index) => {
    openGpusMin = Math.min(openGpusMin, openGpus);
    const toS = capacity[index + 1]?.atS ?? horizonS;
    missingNodeS += Math.max(0, pool.nodes - openNodes) * (toS - atS);
  });
  return {
    openGpusBefore: pool.nodes * gpusPerNode(pool),
    openGpusMin,
    capacityLostGpuHours: (missingNodeS * gpusPerNode(pool)) / HOUR_S,
  };
}

function jobsResult(run: JobsRun): JobsUpgradeResult {
  return {
    name: run.spec.name,
    jobs: run.spec.count,
    stops: run.stops,
    savedStops: run.savedStops,
    jobsStopped: run.jobsStopped,
    lostGpuHours: run.lostGpuHours,
    restartGpuHours: run.restartGpuHours,
    waitingGpuHours: run.waits.gpuHours(),
  };
}
