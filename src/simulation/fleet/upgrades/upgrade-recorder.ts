import type { JobsRun } from "./job-run.js";
import type { CourseNode } from "./course-world.js";
import type { NodeState } from "./pool-nodes.js";
import type { ServiceRun } from "./service-run.js";
import { freeGpus } from "./pool-nodes.js";
import { gpusOf } from "./slots.js";
import type {
  CapacityStep,
  ClosedWindow,
  ServiceUpgradeResult,
  UpgradeEvent,
} from "./upgrade-result.js";
import type { UpgradeWorld } from "./upgrade-world.js";

/** Events that a result lists. */
const EVENTS_MAX = 500;

/** What is kept of an upgrade while it runs. */
export interface UpgradeRecorder {
  readonly capacity: readonly CapacityStep[];
  readonly events: readonly UpgradeEvent[];
  readonly eventsLeftOut: number;
  /** Notes how things stand now. */
  look(world: UpgradeWorld, services: readonly ServiceRun[]): void;
  stateSet(node: CourseNode, before: NodeState, nowS: number): void;
  log(what: string, nowS: number): void;
  closedUntil(): readonly ClosedWindow[];
  serviceResult(run: ServiceRun, horizonS: number): ServiceUpgradeResult;
}

/** Creates a recorder with nothing in it. */
export function createRecorder(): UpgradeRecorder {
  const capacity: CapacityStep[] = [];
  const ready = new Map<ServiceRun, { readonly atS: number; readonly replicas: number }[]>();
  const events: UpgradeEvent[] = [];
  let eventsLeftOut = 0;
  const closedSince = new Map<CourseNode, { readonly fromS: number; isBlocked: boolean }>();
  const closed: ClosedWindow[] = [];

  return {
    capacity,
    events,
    get eventsLeftOut() {
      return eventsLeftOut;
    },
    look(world, services) {
      const { nowS } = world.agenda;
      putStep(capacity, stepOf(world), sameCapacity);
      for (const run of services) {
        const series = ready.get(run) ?? [];
        ready.set(run, series);
        putStep(
          series,
          { atS: nowS, replicas: run.ready },
          (left, right) => left.replicas === right.replicas,
        );
      }
    },
    stateSet(node, before, nowS) {
      const isOpen = node.state === "open";
      if (before === "starting") return;
      // A buffer that is taken away again is no node of the pool that closes.
      if (node.state === "gone" && node.isNew) {
        closedSince.delete(node);
        return;
      }
      const since = closedSince.get(node);
      if (!isOpen && since === undefined)
        closedSince.set(node, { fromS: nowS, isBlocked: node.state === "blocked" });
      else if (!isOpen && since !== undefined && node.state === "blocked") since.isBlocked = true;
      else if (isOpen && since !== undefined) {
        closedSince.delete(node);
        closed.push({ node: node.name, fromS: since.fromS, toS: nowS, reason: "upgrade" });
      }
    },
    log(what, nowS) {
      if (events.length < EVENTS_MAX) events.push({ atS: nowS, what });
      else eventsLeftOut += 1;
    },
    closedUntil() {
      const open = [...closedSince].map(([node, { fromS, isBlocked }]): ClosedWindow => ({
        node: node.name,
        fromS,
        toS: Infinity,
        reason: isBlocked ? "blocked" : "upgrade",
      }));
      return [...closed, ...open];
    },
    serviceResult(run, horizonS) {
      return serviceResultOf(run, ready.get(run) ?? [], horizonS);
    },
  };
}

/** Adds a step, in place of one of the same instant, unless nothing changed. */
function putStep<Step extends { readonly atS: number }>(
  steps: Step[],
  step: Step,
  isSame: (left: Step, right: Step) => boolean,
): void {
  if (steps.at(-1)?.atS === step.atS) steps.pop();
  const last = steps.at(-1);
  if (last === undefined || !isSame(last, step)) steps.push(step);
}

function sameCapacity(left: CapacityStep, right: CapacityStep): boolean {
  return (
    left.openNodes === right.openNodes &&
    left.openGpus === right.openGpus &&
    left.heldGpus === right.heldGpus &&
    left.waitingGpus === right.waitingGpus
  );
}

function stepOf({ agenda, nodes, waiting }: UpgradeWorld): CapacityStep {
  let [openNodes, openGpus, heldGpus, waitingGpus] = [0, 0, 0, 0];
  for (const node of nodes) {
    let held = 0;
    for (const pod of node.pods) held += gpusOf(pod.slots);
    heldGpus += held;
    if (node.state !== "open") continue;
    openNodes += 1;
    openGpus += freeGpus(node) + held;
  }
  for (const { pods } of waiting) for (const pod of pods) waitingGpus += gpusOf(pod.slots);
  const round = (gpus: number): number => Math.round(gpus * 1e6) / 1e6;
  return {
    atS: agenda.nowS,
    openNodes,
    openGpus: round(openGpus),
    heldGpus: round(heldGpus),
    waitingGpus: round(waitingGpus),
  };
}

function serviceResultOf(
  run: ServiceRun,
  ready: readonly { readonly atS: number; readonly replicas: number }[],
  horizonS: number,
): ServiceUpgradeResult {
  const { name, need } = run.spec;
  let missS = 0;
  let misses = 0;
  let readyMin = Infinity;
  let wasBelow = false;
  ready.forEach(({ atS, replicas }, index) => {
    readyMin = Math.min(readyMin, replicas);
    const isBelow = replicas < need;
    if (isBelow) missS += (ready[index + 1]?.atS ?? horizonS) - atS;
    if (isBelow && !wasBelow) misses += 1;
    wasBelow = isBelow;
  });
  return { name, need, readyMin, missS, misses, evictions: run.evictions, ready };
}

/** GPUs of jobs over time, all kinds together. */
export function sumJobs(
  runs: readonly JobsRun[],
): Record<"stops" | "lostGpuHours" | "restartGpuHours", number> {
  const sum = { stops: 0, lostGpuHours: 0, restartGpuHours: 0 };
  for (const run of runs) {
    sum.stops += run.stops;
    sum.lostGpuHours += run.lostGpuHours;
    sum.restartGpuHours += run.restartGpuHours;
  }
  return sum;
}
