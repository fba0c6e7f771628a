import type { PlacementFilter } from "../policy.js";
import { cpuFilter } from "./cpu.js";
import { gpuModelFilter } from "./gpu-model.js";
import { gpuPartFilter } from "./gpu-part.js";
import { gpuShareFilter } from "./gpu-share.js";
import { memoryFilter } from "./memory.js";
import { nodeSelectorFilter } from "./node-selector.js";
import { podsFilter } from "./pods.js";

/**
 * What every preset filters by: kube's resource fit (CPU, memory, pod count) and GPU sharing.
 *
 * GPU first: a refusal is counted for the first filter that says no, and in a GPU cluster the GPU is
 * the reason people look for.
 */
export const DEFAULT_FILTERS: readonly PlacementFilter[] = [
  gpuModelFilter,
  gpuShareFilter,
  gpuPartFilter,
  cpuFilter,
  memoryFilter,
  podsFilter,
  nodeSelectorFilter,
];
