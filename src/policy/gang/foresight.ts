import type { PodRequest } from "../../workload/job-table.js";

/** Room on the nodes at a moment that need not be now. */
export interface NodeRooms {
  /** Pods of the shape that the node would take at once. */
  podsOn(node: number, request: PodRequest): number;
}

/** A part of a gang that is planned and not placed: equal pods on one node. */
export interface PlannedPart {
  readonly node: number;
  readonly request: PodRequest;
  /** At least 1. */
  readonly pods: number;
}

/** What queues that reserve ask of a placement with nodes. */
export interface GangForesight {
  /**
   * True when workers go one by one, wherever there is room for one: then a gang fits when enough workers
   * do. False when the gang is looked at as a whole.
   */
  readonly placesOneByOne: boolean;
  /**
   * Where the gang would go if the nodes had these rooms; undefined when nowhere.
   *
   * More room never turns a plan into none: a gang that holds a reservation can always be placed on it.
   */
  planIn(demand: number, rooms: NodeRooms): readonly PlannedPart[] | undefined;
  /** What a part of a placed gang with this number of GPUs holds on its node. */
  partRequest(demand: number, gpuCount: number): PodRequest;
}

/** The first nodes in order that have room, as many pods on each as it takes. */
export function planInOrder(options: {
  readonly nodeCount: number;
  readonly request: PodRequest;
  readonly workers: number;
  readonly rooms: NodeRooms;
}): readonly PlannedPart[] | undefined {
  const { nodeCount, request, workers, rooms } = options;
  const parts: PlannedPart[] = [];
  let left = workers;
  for (let node = 0; node < nodeCount && left > 0; node += 1) {
    const pods = Math.min(left, rooms.podsOn(node, request));
    if (pods > 0) parts.push({ node, request, pods });
    left -= pods;
  }
  return left > 0 ? undefined : parts;
}
