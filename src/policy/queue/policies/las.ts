import type { QueuePolicyEntry } from "../types.js";
import { restartCostOf, restartOptions } from "./restart-options.js";
import { levelEndsGpuS, levelOptions } from "./service-levels.js";

/** Least attained service, discretised in two dimensions (Tiresias, NSDI 2019). */
export const las: QueuePolicyEntry = {
  name: "las",
  description:
    "Least attained service in levels, preemptive, as in Tiresias (discretised 2D-LAS): service is GPUs times seconds occupied; a job sinks to the next level when its service reaches the level's end, lower levels go first, and within a level jobs go in order of submission, then file order. It needs to know nothing about durations.",
  options: [...levelOptions({ firstGpuS: 3600, growth: 10, levels: 3 }), ...restartOptions],
  create: (options) => ({
    kind: "preemptive-order",
    name: "las",
    order: "service-level",
    serviceLevels() {
      const endsGpuS = levelEndsGpuS(options);
      return {
        endsGpuS,
        keys: Float64Array.from({ length: endsGpuS.length + 1 }, (_, level) => level),
      };
    },
    restart: restartCostOf(options),
  }),
};
