import { decideGangs, loadedCluster } from "../gang-decisions.mjs";
import { createCluster } from "../../dist/cluster/cluster.js";
import { createPlannedGang } from "../../dist/policy/gang/planned-gang.js";
import { createContiguousPlanner } from "../../dist/policy/gang/planners/contiguous-planner.js";
import { createTopologyPlanner } from "../../dist/policy/gang/planners/topology-planner.js";

const NODE_GPUS = 8;
const RACK_NODES = 4;
const BLOCK_NODES = 32;

/** Nodes of 8 GPUs in racks of 4 and blocks of 32 nodes; pairs of GPUs on each PCIe switch. */
function clusterOf(gpus) {
  const gpuDomains = [
    [
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
    ],
    [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ],
  ];
  return {
    topology: { levels: ["block", "rack"] },
    nodes: Array.from({ length: gpus / NODE_GPUS }, (_, index) => ({
      name: `node-${index}`,
      cpuMilli: 128_000,
      memoryBytes: 2_000_000_000_000,
      podsMax: 110,
      gpuCount: NODE_GPUS,
      gpuModel: "H100",
      domains: [
        `block-${Math.floor(index / BLOCK_NODES)}`,
        `rack-${Math.floor(index / RACK_NODES)}`,
      ],
      gpuDomains,
    })),
  };
}

/** Shapes of workers, and gangs of them: one node, one rack, a block, several blocks. */
const SHAPES = [1, 2, 4, 8].map((gpuCount) => ({
  cpuMilli: 12_000 * gpuCount,
  memoryBytes: 200_000_000_000 * gpuCount,
  gpuCount,
  gpuMilli: 1000,
  gpuModels: [],
}));
const WORKERS = [1, 2, 4, 8, 16, 64];
const REQUESTS = [
  { mode: "unconstrained" },
  { mode: "required", level: "rack" },
  { mode: "preferred", level: "rack" },
  { mode: "preferred", level: "host" },
  { mode: "required", level: "block" },
];

function demandsOf() {
  const rows = SHAPES.flatMap((shape, index) =>
    WORKERS.flatMap((workers) =>
      REQUESTS.map((_, request) => ({ shape: index, workers, request, gpus: shape.gpuCount })),
    ),
  );
  return {
    count: rows.length,
    shape: Int32Array.from(rows, ({ shape }) => shape),
    workers: Int32Array.from(rows, ({ workers }) => workers),
    gpuMilli: Float64Array.from(rows, ({ workers, gpus }) => workers * gpus * 1000),
    topology: Int32Array.from(rows, ({ request }) => request),
    topologyRequests: REQUESTS,
  };
}

function prepareWith(plannerOf) {
  return ({ n }) => {
    const cluster = clusterOf(n);
    const demands = demandsOf();
    const state = createCluster(cluster);
    const gang = createPlannedGang(state, SHAPES, demands, plannerOf(cluster, demands));
    return loadedCluster({ gang, demands, state, gpus: n, streamName: "bench/placement" });
  };
}

const SIZES = [{ n: 1_000 }, { n: 10_000 }, { n: 100_000 }];

/** One gang of 1 to 512 GPUs on a cluster of n GPUs, racks required, preferred and unconstrained in turn. */
export const placementTopology = {
  id: "placement/topology",
  parameters: SIZES,
  unit: "ms per gang (median)",
  samples: 5,
  prepare: prepareWith((cluster, demands) => createTopologyPlanner(cluster, { demands }, "mixed")),
  run: decideGangs,
};

/** The same gangs on neighbouring nodes. */
export const placementContiguous = {
  id: "placement/contiguous",
  parameters: SIZES,
  unit: "ms per gang (median)",
  samples: 5,
  prepare: prepareWith((cluster, demands) =>
    createContiguousPlanner(cluster, { demands }, undefined),
  ),
  run: decideGangs,
};
