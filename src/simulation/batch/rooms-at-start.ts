import { SpecificationError } from "../../base/specification-error.js";
import type { GangParts } from "../../policy/gang/types.js";
import type { BatchSpec } from "./batch-spec.js";
import type { Lanes } from "./lanes.js";
import { placeRunning } from "./running-at-start.js";

/** The rooms of jobs that run since before the run began. */
export interface RoomsAtStart {
  /** True when some job does. */
  readonly any: boolean;
  /** True until the job's room is taken. */
  has(job: number): boolean;
  /** Room of the job, in nodes of its lane, once; undefined for others. */
  take(job: number): GangParts | undefined;
}

/**
 * @throws SpecificationError when a recorded node is not there, or holds less than runs on it
 */
export function createRoomsAtStart(
  { jobs, cluster, placement }: BatchSpec,
  lanes: Lanes,
): RoomsAtStart {
  if (jobs.runningOn === undefined) {
    return { any: false, has: () => false, take: () => undefined };
  }
  const running = placeRunning(jobs, cluster, { withHost: placement.kind === "nodes" });
  const [fault] = running.faults;
  if (fault !== undefined) {
    const more = running.faults.length - 1;
    throw new SpecificationError(`${fault.message}${more > 0 ? ` (and ${more} more)` : ""}`);
  }
  const taken = new Set<number>();
  const has = (job: number): boolean => running.has(job) && !taken.has(job);
  const nodeInLane = new Int32Array(cluster.nodes.length);
  for (const { nodeMap } of lanes.lanes)
    nodeMap.forEach((node, index) => (nodeInLane[node] = index));
  return {
    any: true,
    has,
    take(job) {
      if (!has(job)) return undefined;
      taken.add(job);
      return running.partsOf(job, (node) => nodeInLane[node]!);
    },
  };
}
