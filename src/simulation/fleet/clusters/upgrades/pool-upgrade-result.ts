import { gpusPerNode } from "../../upgrades/slots.js";
import type { StartedCourse } from "../../upgrades/start-course.js";
import type { UpgradeRecorder } from "../../upgrades/upgrade-recorder.js";
import type {
  CapacityStep,
  JobsUpgradeResult,
  ServiceUpgradeResult,
  UpgradeEnd,
  UpgradeResult,
} from "../../upgrades/upgrade-result.js";
import type { UpgradePool } from "../../upgrades/upgrade-spec.js";

const HOUR_S = 3_600;

/** What is known of the upgrade of a pool of a member. Times of the run. */
export interface PoolUpgradeFacts {
  readonly pool: UpgradePool;
  readonly startS: number;
  readonly horizonS: number;
  readonly course: StartedCourse;
  readonly over: { readonly end: UpgradeEnd; readonly why: string; readonly atS: number };
  readonly capacity: readonly CapacityStep[];
  readonly recorder: UpgradeRecorder;
  readonly jobs: readonly JobsUpgradeResult[];
  readonly services: readonly ServiceUpgradeResult[];
  readonly isNeedKnown: boolean;
  readonly replicasWaitingGpuHours: number;
}

/** The same result as that of a pool by itself; times in it count from its start. */
export function resultOf(facts: PoolUpgradeFacts): UpgradeResult {
  const { pool, startS, horizonS, course, over, capacity, recorder, jobs, services } = facts;
  const sum = (value: (one: JobsUpgradeResult) => number): number =>
    jobs.reduce((total, one) => total + value(one), 0);
  const missS = services.reduce((total, one) => total + one.missS, 0);
  const waitingGpuHours = facts.replicasWaitingGpuHours + sum((one) => one.waitingGpuHours);
  return {
    pool: pool.name,
    end: over.end,
    why: over.why,
    durationS: over.atS - startS,
    nodesChanged: course.state.changed,
    nodes: pool.nodes,
    blockedNodes: course.state.blocked,
    surgeNodes: course.state.added,
    course: course.course,
    ...lostCapacity(pool, capacity, horizonS - startS),
    stops: sum((one) => one.stops),
    lostGpuHours: sum((one) => one.lostGpuHours),
    restartGpuHours: sum((one) => one.restartGpuHours),
    waitingGpuHours,
    missS,
    isPainless: over.end === "done" && missS === 0 && facts.isNeedKnown && waitingGpuHours === 0,
    ...(facts.isNeedKnown ? {} : { isNeedKnown: false }),
    capacity,
    closed: recorder.closedUntil(),
    services,
    jobs,
    events: recorder.events,
    eventsLeftOut: recorder.eventsLeftOut,
    waitingBefore: [],
  };
}

/** Nodes that the upgrade kept closed, as far as surge nodes did not stand in for them. */
function lostCapacity(
  pool: UpgradePool,
  capacity: readonly CapacityStep[],
  horizonS: number,
): Pick<UpgradeResult, "openGpusBefore" | "openGpusMin" | "capacityLostGpuHours"> {
  const gpus = gpusPerNode(pool);
  let openNodesMin = pool.nodes;
  let missingNodeS = 0;
  capacity.forEach(({ atS, openNodes }, index) => {
    openNodesMin = Math.min(openNodesMin, openNodes);
    const toS = capacity[index + 1]?.atS ?? horizonS;
    missingNodeS += Math.max(0, pool.nodes - openNodes) * (toS - atS);
  });
  return {
    openGpusBefore: pool.nodes * gpus,
    openGpusMin: openNodesMin * gpus,
    capacityLostGpuHours: (missingNodeS * gpus) / HOUR_S,
  };
}
