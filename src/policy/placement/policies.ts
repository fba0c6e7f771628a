import { emptiestGpuSelector } from "./devices/emptiest-gpu.js";
import { fgdGpuSelector } from "./devices/fgd-gpu.js";
import { firstGpuSelector } from "./devices/first-gpu.js";
import { randomGpuSelector } from "./devices/random-gpu.js";
import { tightestGpuSelector } from "./devices/tightest-gpu.js";
import { DEFAULT_FILTERS } from "./filters/default-filters.js";
import type { DeviceSelector, PlacementPolicy, PlacementScorer, WeightedScorer } from "./policy.js";
import { balancedAllocation } from "./scorers/balanced-allocation.js";
import { bestFit } from "./scorers/best-fit.js";
import { dotProduct } from "./scorers/dot-product.js";
import { fgd } from "./scorers/fgd.js";
import { gpuClustering } from "./scorers/gpu-clustering.js";
import { gpuPacking } from "./scorers/gpu-packing.js";
import { leastAllocated } from "./scorers/least-allocated.js";
import { mostAllocated } from "./scorers/most-allocated.js";
import type { ResourceWeight } from "./scorers/node-resources.js";
import { randomNode } from "./scorers/random-node.js";
import { requestedToCapacityRatio } from "./scorers/requested-to-capacity-ratio.js";

/** GPUs decide, CPU and memory break near-ties: for `pack` and `spread`. */
const GPU_FIRST: readonly ResourceWeight[] = [
  { resource: "gpu", weight: 8 },
  { resource: "cpu", weight: 1 },
  { resource: "memory", weight: 1 },
];
/** As in the bin-packing example of kube's documentation, with GPUs as the extended resource. */
export const GPU_THRICE: readonly ResourceWeight[] = [
  { resource: "gpu", weight: 3 },
  { resource: "cpu", weight: 1 },
  { resource: "memory", weight: 1 },
];
const GPU_FIRST_OPTIONS = { resources: GPU_FIRST, skipUnrequestedGpu: true };

/** The placement policies that scenarios and `headroom replay` can name. */
export const PLACEMENT_POLICIES: readonly PlacementPolicy[] = [
  preset(
    "first-fit",
    "The first node in order that fits, and its first GPU that fits.",
    [],
    firstGpuSelector,
  ),
  preset(
    "pack",
    "The fullest node that fits, by GPU first (weight 8) and CPU and memory (1 each); parts of a GPU go to the GPU with the least free.",
    alone(mostAllocated(GPU_FIRST_OPTIONS)),
    tightestGpuSelector,
  ),
  preset(
    "spread",
    "The emptiest node that fits, by GPU first (weight 8) and CPU and memory (1 each); parts of a GPU go to the GPU with the most free.",
    alone(leastAllocated(GPU_FIRST_OPTIONS)),
    emptiestGpuSelector,
  ),
  preset(
    "kube-default",
    "Kube's default resource scorers, least-allocated and balanced-allocation with equal weight: they look at CPU and memory, never at GPUs.",
    [
      { weight: 1, scorer: leastAllocated() },
      { weight: 1, scorer: balancedAllocation() },
    ],
    tightestGpuSelector,
  ),
  preset(
    "least-allocated",
    "Kube's LeastAllocated: the node with the most free CPU and memory; GPUs are not looked at.",
    alone(leastAllocated()),
    tightestGpuSelector,
  ),
  preset(
    "most-allocated",
    "Kube's MostAllocated: the node with the least free CPU and memory; GPUs are not looked at.",
    alone(mostAllocated()),
    tightestGpuSelector,
  ),
  preset(
    "balanced-allocation",
    "Kube's BalancedAllocation (1.20 form): the node whose CPU and memory would be used in most nearly equal proportion.",
    alone(balancedAllocation()),
    tightestGpuSelector,
  ),
  preset(
    "requested-to-capacity-ratio",
    "Kube's RequestedToCapacityRatio set for bin packing: fullest node by GPU (weight 3), CPU and memory (1 each).",
    alone(requestedToCapacityRatio({ resources: GPU_THRICE })),
    tightestGpuSelector,
  ),
  preset(
    "random",
    "Any node that fits, each equally likely, and any of its GPUs that fits. The baseline of the FGD study.",
    alone(randomNode),
    randomGpuSelector,
  ),
  preset(
    "dot-prod",
    "The node whose free CPU and GPU point least along the request, after Tetris. A rival in the FGD study.",
    alone(dotProduct),
    tightestGpuSelector,
  ),
  preset(
    "gpu-clustering",
    "Keeps pods that ask for the same kind of GPU share together on nodes. A rival in the FGD study.",
    alone(gpuClustering),
    tightestGpuSelector,
  ),
  preset(
    "gpu-packing",
    "Fills GPUs already shared, then free GPUs of used nodes, then free nodes. A rival in the FGD study.",
    alone(gpuPacking),
    tightestGpuSelector,
  ),
  preset(
    "best-fit",
    "The node that would have the least CPU and GPU left. A rival in the FGD study.",
    alone(bestFit),
    tightestGpuSelector,
  ),
  preset(
    "fgd",
    "Fragmentation gradient descent: the node, and the GPU in it, whose unusable remainder for the typical pods of the workload grows least.",
    alone(fgd),
    fgdGpuSelector,
  ),
];

/** The policy with this name; other spellings (`BestFit`, `DOT_PROD`) count as the same name. */
export function findPlacementPolicy(name: string): PlacementPolicy | undefined {
  const wanted = plain(name);
  return PLACEMENT_POLICIES.find((policy) => plain(policy.name) === wanted);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

function alone(scorer: PlacementScorer): readonly WeightedScorer[] {
  return [{ weight: 1, scorer }];
}

function preset(
  name: string,
  description: string,
  scorers: readonly WeightedScorer[],
  selector: DeviceSelector,
): PlacementPolicy {
  return { name, description, filters: DEFAULT_FILTERS, scorers, deviceSelector: selector };
}
