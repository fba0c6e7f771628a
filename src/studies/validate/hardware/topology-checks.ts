import type { ClusterSpec } from "../../../cluster/spec.js";
import { createCluster } from "../../../cluster/cluster.js";
import { createPlannedGang } from "../../../policy/gang/planned-gang.js";
import {
  createTopologyPlanner,
  type TopologyProfile,
} from "../../../policy/gang/planners/topology-planner.js";
import type { PodRequest } from "../../../workload/job-table.js";
import type { TopologyRequest } from "../../../workload/topology-request.js";
import { boundedCheck, type Check } from "../check.js";

const SOURCE =
  "Kueue, concepts/topology_aware_scheduling.md and keps/2724-topology-aware-scheduling";

/** One example: nodes by room for workers, a gang, and where its workers go. */
interface Example {
  readonly id: string;
  readonly what: string;
  readonly rooms: readonly number[];
  /** Rack of each node; none for an example without racks. */
  readonly racks?: readonly string[];
  readonly workers: number;
  readonly request: TopologyRequest;
  readonly profile: TopologyProfile;
  /** Workers by node, in the words of `partsText`; "waits" when the gang has to. */
  readonly expected: string;
}

/** Nodes that hold 3, 3, 2 and 1, and a gang of 7. */
const FOUR_NODES = { rooms: [3, 3, 2, 1], workers: 7 };
/** Two racks that hold 4 and 5, and one that holds 6. */
const THREE_RACKS = {
  rooms: [2, 2, 3, 2, 3, 3],
  racks: ["r0", "r0", "r1", "r1", "r2", "r2"],
};

const EXAMPLES: readonly Example[] = [
  {
    id: "best-fit",
    what: "Nodes holding 3, 3, 2, 1, a gang of 7, BestFit: 3, 3 and 1 on the node of size 1",
    ...FOUR_NODES,
    request: { mode: "unconstrained" },
    profile: "best-fit",
    expected: "3 of 3, 3 of 3, 1 of 1",
  },
  {
    id: "least-free-capacity",
    what: "The same with LeastFreeCapacity: 1, 2, 3 and 1 of 3",
    ...FOUR_NODES,
    request: { mode: "unconstrained" },
    profile: "least-free-capacity",
    expected: "1 of 1, 2 of 2, 3 of 3, 1 of 3",
  },
  {
    id: "default-profile",
    what: "The same with the default profile, under which unconstrained is LeastFreeCapacity",
    ...FOUR_NODES,
    request: { mode: "unconstrained" },
    profile: "mixed",
    expected: "1 of 1, 2 of 2, 3 of 3, 1 of 3",
  },
  {
    id: "required-tightest",
    what: "Required in one rack: the tightest rack that holds all",
    ...THREE_RACKS,
    workers: 5,
    request: { mode: "required", level: "rack" },
    profile: "mixed",
    expected: "3 of 3, 2 of 2",
  },
  {
    id: "required-waits",
    what: "Required in one rack, and no rack holds all: the gang waits",
    ...THREE_RACKS,
    workers: 7,
    request: { mode: "required", level: "rack" },
    profile: "mixed",
    expected: "waits",
  },
  {
    id: "preferred-spreads",
    what: "Preferred in one rack, and no rack holds all: several racks, the last one the tightest",
    ...THREE_RACKS,
    workers: 7,
    request: { mode: "preferred", level: "rack" },
    profile: "mixed",
    expected: "3 of 3, 3 of 3, 1 of 2",
  },
];

/** Gangs placed by the simulator's own placement on the examples of Kueue's documentation. */
export function topologyChecks(): readonly Check[] {
  return EXAMPLES.map((example) => {
    const actual = place(example);
    return boundedCheck({
      id: `hardware/topology/${example.id}`,
      topic: "hardware",
      group: "Kueue topology-aware scheduling: nodes chosen for a gang",
      what: example.what,
      source: SOURCE,
      expected: example.expected,
      actual,
      error: actual === example.expected ? 0 : 1,
      unit: "difference",
      bar: 0,
    });
  });
}

/** Where the gang goes, as "3 of 3, 1 of 2": workers and room of each node, in the order they were chosen. */
function place({ rooms, racks, workers, request, profile }: Example): string {
  const shape: PodRequest = {
    cpuMilli: 0,
    memoryBytes: 0,
    gpuCount: 1,
    gpuMilli: 1000,
    gpuModels: [],
  };
  const demands = {
    count: 1,
    shape: Int32Array.of(0),
    workers: Int32Array.of(workers),
    gpuMilli: Float64Array.of(workers * 1000),
    topology: Int32Array.of(0),
    topologyRequests: [request],
  };
  const cluster: ClusterSpec = {
    ...(racks === undefined ? {} : { topology: { levels: ["rack"] } }),
    nodes: rooms.map((room, node) => ({
      name: `node-${node}`,
      cpuMilli: 0,
      memoryBytes: 0,
      podsMax: 110,
      gpuCount: room,
      gpuModel: "GPU",
      ...(racks === undefined ? {} : { domains: [racks[node]!] }),
    })),
  };
  const planner = createTopologyPlanner(cluster, { demands }, profile);
  const gang = createPlannedGang(createCluster(cluster), [shape], demands, planner);
  if (gang.tryPlace(0) < 0) return "waits";
  const { values, length } = gang.lastParts;
  const onNode = new Map<number, number>();
  for (let index = 0; index < length; index += 2 + values[index + 1]!)
    onNode.set(values[index]!, (onNode.get(values[index]!) ?? 0) + 1);
  return Array.from(onNode, ([node, count]) => `${count} of ${rooms[node]!}`).join(", ");
}
