import type { PlacementScorer } from "./policy.js";
import { leastAllocated } from "./scorers/least-allocated.js";
import { mostAllocated } from "./scorers/most-allocated.js";
import type { AllocationOptions } from "./scorers/node-resources.js";
import {
  requestedToCapacityRatio,
  type RequestedToCapacityRatioOptions,
} from "./scorers/requested-to-capacity-ratio.js";
import { GPU_THRICE } from "./policies.js";

/** Options of the scorers that take some. */
export type ScorerOptions = AllocationOptions & Pick<RequestedToCapacityRatioOptions, "curve">;

/** Scorers with options, and which they take. */
export const SCORERS_WITH_OPTIONS: Readonly<Record<string, readonly (keyof ScorerOptions)[]>> = {
  "least-allocated": ["resources", "skipUnrequestedGpu"],
  "most-allocated": ["resources", "skipUnrequestedGpu"],
  "requested-to-capacity-ratio": ["resources", "skipUnrequestedGpu", "curve"],
};

/**
 * A kube scorer with options of its own; undefined for scorers that take none.
 *
 * @throws RangeError when an option is out of range
 */
export function scorerWithOptions(
  name: string,
  options: ScorerOptions,
): PlacementScorer | undefined {
  switch (name) {
    case "least-allocated":
      return leastAllocated(options);
    case "most-allocated":
      return mostAllocated(options);
    case "requested-to-capacity-ratio":
      return requestedToCapacityRatio({ resources: GPU_THRICE, ...options });
    default:
      return undefined;
  }
}
