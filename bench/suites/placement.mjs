import { createCluster } from "../../dist/cluster/cluster.js";
import { createRandomStreams } from "../../dist/engine/streams.js";
import { createPlannedGang } from "../../dist/policy/gang/planned-gang.js";
import { createContiguousPlanner } from "../../dist/policy/gang/planners/contiguous-planner.js";
import { createTopologyPlanner } from "../../dist/policy/gang/planners/topology-planner.js";

const NODE_GPUS = 8;
const RACK_NODES = 4;
const BLOCK_NODES = 32;
const GANGS = 400;
/** Share of the GPUs that are taken before anything is measured. */
const LOAD = 0.7;

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

/** A cluster at 70 % load; every decision releases an old gang at random and asks for a new one. */
function prepareWith(plannerOf) {
  return ({ n }) => {
    const cluster = clusterOf(n);
    const demands = demandsOf();
    const state = createCluster(cluster);
    const gang = createPlannedGang(state, SHAPES, demands, plannerOf(cluster, demands));
    const stream = createRandomStreams(1).stream("bench/placement");
    const live = [];
    const target = LOAD * n * 1000;
    for (let tries = 0; state.gpuMilliUsed < target && tries < 100_000; tries += 1) {
      const handle = gang.tryPlace(stream.integerBelow(demands.count));
      if (handle >= 0) live.push(handle);
    }
    const work = { gang, demands, live, stream, state, target };
    decide(work);
    return work;
  };
}

/** Milliseconds of the median decision that placed a gang; refusals are cheaper and not counted. */
function decide({ gang, demands, live, stream, state, target }) {
  const times = [];
  for (let tries = 0; times.length < GANGS && tries < 20 * GANGS; tries += 1) {
    while (state.gpuMilliUsed > target) {
      const index = stream.integerBelow(live.length);
      gang.release(live[index]);
      live[index] = live[live.length - 1];
      live.pop();
    }
    const demand = stream.integerBelow(demands.count);
    const start = process.hrtime.bigint();
    const handle = gang.tryPlace(demand);
    const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
    if (handle < 0) continue;
    times.push(milliseconds);
    live.push(handle);
  }
  times.sort((left, right) => left - right);
  return times[times.length >> 1];
}

const SIZES = [{ n: 1_000 }, { n: 10_000 }, { n: 100_000 }];

/** One gang of 1 to 512 GPUs on a cluster of n GPUs, racks required, preferred and unconstrained in turn. */
export const placementTopology = {
  id: "placement/topology",
  parameters: SIZES,
  unit: "ms per gang (median)",
  samples: 5,
  prepare: prepareWith((cluster, demands) => createTopologyPlanner(cluster, { demands }, "mixed")),
  run: decide,
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
  run: decide,
};
