import { findNodeSku } from "../../../hardware/find-node-sku.js";
import {
  busBandwidthFactor,
  collectiveTimeS,
  hierarchicalAllReduceBounds,
  nodeOfSku,
  pairedNode,
  placeAcrossNodes,
  RDMA_LINE_SHARE,
  switchedNode,
  TCP_LINE_SHARE,
  type CollectiveNode,
} from "../../../performance/collectives.js";
import { boundedCheck, type Check } from "../check.js";

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;
const GIBIBYTE = 1024 * MEBIBYTE;

const STAS = "stas00/ml-engineering@744d01e network/README.md";
const AZURE = "Azure/azurehpc-health-checks@0e0a1ac conf/*.conf (acceptance limit)";
const VIDUR = "microsoft/vidur@7d47513 data/profiling/network (MIT)";

/** An all-reduce somebody ran and published. */
interface PublishedRun {
  readonly id: string;
  readonly what: string;
  readonly source: string;
  readonly nodes: readonly CollectiveNode[];
  readonly bytes: number;
  /** Bus bandwidth, GB/s. */
  readonly measured: number;
  /** Percent; absent where the comparison is only shown. */
  readonly bar?: number;
}

/** Some GPUs of a machine of the catalogue, as anyone would ask. */
function machine(name: string, gpus?: readonly number[]): CollectiveNode {
  const found = nodeOfSku(findNodeSku(name)!, gpus);
  if (found.kind === "refused") throw new Error(`validate hardware: ${found.reason}`);
  return found.node;
}

/** A node whose GPUs are bridged in pairs. */
function pairs(gpuModel: string, gpus: readonly number[], links?: number): CollectiveNode {
  return pairedNode(gpuModel, gpus, {
    ofGpus: 4,
    ...(links === undefined ? {} : { linksPerBridge: links }),
    host: { cpuVendor: "amd" },
  });
}

const EFA_NODE = switchedNode("B200", 8, { nics: 8, nicBytesPerS: 50e9 });
const EFA_NODES = [EFA_NODE, EFA_NODE, EFA_NODE, EFA_NODE];
const P5EN_NODE = machine("p5en.48xlarge");

const BRIDGED_RUNS: readonly PublishedRun[] = [
  {
    id: "nc96-a100/pair",
    what: "two bridged A100 of NC96ads A100 v4, 16 GiB",
    source: AZURE,
    nodes: [machine("Standard_NC96ads_A100_v4", [0, 1])],
    bytes: 16 * GIBIBYTE,
    measured: 193,
    bar: 10,
  },
  {
    id: "nc96-a100/four",
    what: "all four A100 of NC96ads A100 v4, two pairs over PCIe, 16 GiB",
    source: AZURE,
    nodes: [machine("Standard_NC96ads_A100_v4")],
    bytes: 16 * GIBIBYTE,
    measured: 25,
    bar: 10,
  },
  {
    id: "vidur/a100-pair",
    what: "two bridged A100, 512 MiB",
    source: VIDUR,
    nodes: [pairs("A100 PCIe-80GB", [0, 1], 12)],
    bytes: 512 * MEBIBYTE,
    measured: 195.3,
  },
  {
    id: "vidur/a100-two-pairs",
    what: "four A100 in two bridged pairs, 512 MiB",
    source: VIDUR,
    nodes: [pairs("A100 PCIe-80GB", [0, 1, 2, 3], 12)],
    bytes: 512 * MEBIBYTE,
    measured: 23.7,
  },
  {
    id: "vidur/h100-pair",
    what: "two bridged H100, 64 MiB, 12 links assumed",
    source: VIDUR,
    nodes: [pairs("H100 NVL-94GB", [0, 1])],
    bytes: 64 * MEBIBYTE,
    measured: 190.7,
  },
  {
    id: "vidur/h100-two-pairs",
    what: "four H100 in two bridged pairs, 64 MiB",
    source: VIDUR,
    nodes: [pairs("H100 NVL-94GB", [0, 1, 2, 3])],
    bytes: 64 * MEBIBYTE,
    measured: 48.8,
  },
  {
    id: "nc80-h100/pair",
    what: "two bridged H100 NVL of NC80adis H100 v5, 16 GiB, 12 links assumed",
    source: AZURE,
    nodes: [machine("Standard_NC80adis_H100_v5")],
    bytes: 16 * GIBIBYTE,
    measured: 208,
  },
  {
    id: "nd40rs-v100/eight",
    what: "eight V100 of ND40rs v2 in their mesh, 16 GiB",
    source: AZURE,
    nodes: [machine("Standard_ND40rs_v2")],
    bytes: 16 * GIBIBYTE,
    measured: 110,
  },
  {
    id: "mi300x/eight",
    what: "eight MI300X of ND MI300X v5, 4 GiB",
    source: STAS,
    nodes: [machine("Standard_ND96isr_MI300X_v5")],
    bytes: 4 * GIBIBYTE,
    measured: 312.912,
  },
];

/** Sizes measured on one node of eight and, for B200, on four. */
const ONE_NODE_RUNS: readonly PublishedRun[] = [
  ...switchedRuns("H200 SXM-141GB", [
    [5, 8 * GIBIBYTE, 414.2],
    [6, 8 * GIBIBYTE, 435.6],
    [7, 8 * GIBIBYTE, 460],
    [8, 8 * GIBIBYTE, 473.1],
    [8, 16 * GIBIBYTE, 482.26],
    [8, 16 * MEBIBYTE, 219.89],
    [8, MEBIBYTE, 39.93],
  ]),
  ...switchedRuns("B200", [
    [5, 8 * GIBIBYTE, 677.8],
    [6, 8 * GIBIBYTE, 778.2],
    [7, 8 * GIBIBYTE, 811.2],
    [8, 8 * GIBIBYTE, 838],
    [8, 16 * MEBIBYTE, 254.96],
    [8, MEBIBYTE, 36.06],
  ]),
  ...switchedRuns("A100 SXM4-80GB", [[8, 16 * GIBIBYTE, 234.89]]),
  ...[2, 4, 8].map((gpus, at) => vidurRun("A100 SXM4-80GB", gpus, [156.1, 166.9, 174][at]!)),
  ...[2, 4, 8].map((gpus, at) => vidurRun("H100 SXM5-80GB", gpus, [273.9, 316.6, 364.7][at]!)),
];

const EFA_SIZES: readonly (readonly [bytes: number, measured: number])[] = [
  [32 * KIBIBYTE, 0.01],
  [256 * KIBIBYTE, 1.33],
  [MEBIBYTE, 5.37],
  [4 * MEBIBYTE, 18.9],
  [16 * MEBIBYTE, 64.43],
  [64 * MEBIBYTE, 156.74],
  [256 * MEBIBYTE, 229.09],
  [GIBIBYTE, 361.99],
  [4 * GIBIBYTE, 377.34],
  [16 * GIBIBYTE, 381.8],
];

const MULTI_NODE_RUNS: readonly PublishedRun[] = [
  ...EFA_SIZES.map(([bytes, measured]): PublishedRun => ({
    id: `efa-b200/${sizeText(bytes)}`,
    what: `4 nodes of 8 B200 over EFA, ${sizeText(bytes)}`,
    source: STAS,
    nodes: EFA_NODES,
    bytes,
    measured,
    ...(bytes === 16 * GIBIBYTE ? { bar: 15 } : {}),
  })),
  {
    id: "efa-h200/4GiB",
    what: "4 nodes of 8 H200 over EFA (p5en), 4 GiB",
    source: STAS,
    nodes: [P5EN_NODE, P5EN_NODE, P5EN_NODE, P5EN_NODE],
    bytes: 4 * GIBIBYTE,
    measured: 364.65,
  },
];

function switchedRuns(
  gpuModel: string,
  runs: readonly (readonly [gpus: number, bytes: number, measured: number])[],
): readonly PublishedRun[] {
  return runs.map(([gpus, bytes, measured]) => ({
    id: `${gpuModel}/${gpus}/${sizeText(bytes)}`,
    what: `${gpus} of 8 ${gpuModel}, ${sizeText(bytes)}`,
    source: STAS,
    nodes: [switchedNode(gpuModel, gpus, { ofGpus: 8 })],
    bytes,
    measured,
  }));
}

function vidurRun(gpuModel: string, gpus: number, measured: number): PublishedRun {
  return {
    id: `vidur/${gpuModel}/${gpus}`,
    what: `${gpus} of 8 ${gpuModel}, 64 MiB, another laboratory`,
    source: VIDUR,
    nodes: [switchedNode(gpuModel, gpus, { ofGpus: 8 })],
    bytes: 64 * MEBIBYTE,
    measured,
  };
}

function sizeText(bytes: number): string {
  if (bytes >= GIBIBYTE) return `${bytes / GIBIBYTE}GiB`;
  return bytes >= MEBIBYTE ? `${bytes / MEBIBYTE}MiB` : `${bytes / KIBIBYTE}KiB`;
}

/** All-reduces that others ran and published, none of which a constant was fitted to. */
export function collectiveRunChecks(): readonly Check[] {
  return [
    ...[...BRIDGED_RUNS, ...ONE_NODE_RUNS, ...MULTI_NODE_RUNS].map(runCheck),
    ...boundChecks(),
    ...transportChecks(),
  ];
}

function runCheck({ id, what, source, nodes, bytes, measured, bar }: PublishedRun): Check {
  const gpuCount = nodes.reduce((sum, { gpus }) => sum + gpus.length, 0);
  const answer = collectiveTimeS({ op: "all-reduce", bytes, nodes });
  const actual = (busBandwidthFactor("all-reduce", gpuCount) * bytes) / answer.seconds / 1e9;
  const how = answer.algorithm === undefined ? "tables" : answer.algorithm;
  const check = {
    id: `hardware/collectives/runs/${id}`,
    topic: "hardware",
    group: "all-reduces others ran, bus bandwidth",
    what: `${what} (${how})`,
    source,
    expected: measured,
    actual,
    error: 100 * Math.abs(actual / measured - 1),
    unit: "GB/s, error %",
  };
  return bar === undefined ? { ...check, bar: null, pass: null } : boundedCheck({ ...check, bar });
}

/** Where the measured run over four nodes lies between the hierarchical bounds. */
function boundChecks(): readonly Check[] {
  const bytes = 16 * GIBIBYTE;
  const bounds = hierarchicalAllReduceBounds(
    bytes,
    placeAcrossNodes({ op: "all-reduce", bytes, nodes: EFA_NODES }),
  );
  const rows = [
    { id: "sequential", seconds: bounds.sequentialS },
    { id: "overlapped", seconds: bounds.overlappedS },
  ];
  return rows.map(({ id, seconds }) => {
    const actual = (busBandwidthFactor("all-reduce", 32) * bytes) / seconds / 1e9;
    return {
      id: `hardware/collectives/bounds/efa-b200/${id}`,
      topic: "hardware",
      group: "all-reduces others ran, bus bandwidth",
      what: `4 nodes of 8 B200 over EFA, 16GiB, hierarchical bound, levels ${id}`,
      source: STAS,
      expected: 381.8,
      actual,
      error: 100 * Math.abs(actual / 381.8 - 1),
      unit: "GB/s, error %",
      bar: null,
      pass: null,
    };
  });
}

function transportChecks(): readonly Check[] {
  const rows = [
    {
      id: "rdma",
      what: "share of the line rate with RDMA (published 0.90 to 0.969)",
      source: `${STAS}; ${AZURE}`,
      expected: 0.969,
      actual: RDMA_LINE_SHARE,
    },
    {
      id: "tcp",
      what: "share of the line rate over TCP (published: at most)",
      source: "github.com/NVIDIA/nccl/issues/209 (2019)",
      expected: 0.6,
      actual: TCP_LINE_SHARE,
    },
  ];
  return rows.map((row) => ({
    ...row,
    id: `hardware/collectives/transport/${row.id}`,
    topic: "hardware",
    group: "network",
    error: Math.abs(row.actual - row.expected),
    unit: "share",
    bar: null,
    pass: null,
  }));
}
