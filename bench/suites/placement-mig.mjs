import { decideGangs, loadedCluster } from "../gang-decisions.mjs";
import { createCluster } from "../../dist/cluster/cluster.js";
import { createNodeGang } from "../../dist/policy/gang/node-gang.js";
import { createPlacer } from "../../dist/policy/placement/placer.js";
import { findPlacementPolicy } from "../../dist/policy/placement/policies.js";

const NODE_GPUS = 8;

/** Layouts in turn: what can be asked for differs from GPU to GPU. */
const LAYOUTS = [
  [
    { profile: "3g.40gb", start: 4 },
    { profile: "2g.20gb", start: 0 },
    { profile: "1g.10gb", start: 2 },
    { profile: "1g.10gb", start: 3 },
  ],
  Array.from({ length: 7 }, (_, start) => ({ profile: "1g.10gb", start })),
  [
    { profile: "4g.40gb", start: 0 },
    { profile: "3g.40gb", start: 4 },
  ],
  [{ profile: "7g.80gb", start: 0 }],
];

function clusterOf(gpus) {
  return {
    nodes: Array.from({ length: gpus / NODE_GPUS }, (_, index) => ({
      name: `node-${index}`,
      cpuMilli: 256_000,
      memoryBytes: 2_000_000_000_000,
      podsMax: 110,
      gpuCount: NODE_GPUS,
      gpuModel: "H100 SXM5-80GB",
      gpuMemoryBytes: 80e9,
      partitioning: {
        mode: "mig",
        layouts: Array.from({ length: NODE_GPUS }, (_, gpu) => LAYOUTS[(index + gpu) % 4]),
      },
    })),
  };
}

const part = { migProfiles: [], isMigOnly: false, gpuMemoryBytes: 0, isReplicaEnough: false };
const plain = {
  cpuMilli: 2_000,
  memoryBytes: 8_000_000_000,
  gpuCount: 1,
  gpuMilli: 1000,
  gpuModels: [],
};
/** By profile with fallbacks, by memory, by share, and several instances for one worker. */
const SHAPES = [
  ...[["1g.10gb"], ["1g.10gb", "2g.20gb"], ["3g.40gb", "4g.40gb"], ["7g.80gb"]].map(
    (migProfiles) => ({ ...plain, gpuPart: { ...part, migProfiles, isMigOnly: true } }),
  ),
  {
    ...plain,
    gpuCount: 2,
    gpuPart: { ...part, migProfiles: ["1g.10gb", "2g.20gb"], isMigOnly: true },
  },
  { ...plain, gpuPart: { ...part, gpuMemoryBytes: 9 * 2 ** 30 } },
  { ...plain, gpuMilli: 100 },
  { ...plain, gpuMilli: 400 },
];
const WORKERS = [1, 2, 4, 16];

function demandsOf() {
  const rows = SHAPES.flatMap((_, shape) => WORKERS.map((workers) => ({ shape, workers })));
  return {
    count: rows.length,
    shape: Int32Array.from(rows, ({ shape }) => shape),
    workers: Int32Array.from(rows, ({ workers }) => workers),
    gpuMilli: Float64Array.from(rows, ({ workers }) => workers * 1000),
  };
}

function prepare({ n }) {
  const demands = demandsOf();
  const state = createCluster(clusterOf(n));
  const placer = createPlacer(findPlacementPolicy("pack"), state, SHAPES);
  const gang = createNodeGang(state, SHAPES, demands, placer);
  return loadedCluster({ gang, demands, state, gpus: n, streamName: "bench/placement-mig" });
}

/** One gang of 1 to 16 workers on MIG instances of n GPUs cut in four ways. */
export const placementMig = {
  id: "placement/mig",
  parameters: [{ n: 1_000 }, { n: 10_000 }, { n: 100_000 }],
  unit: "ms per gang (median)",
  samples: 5,
  prepare,
  run: decideGangs,
};
