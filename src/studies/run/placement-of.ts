import { DEFAULT_FILTERS } from "../../policy/placement/filters/default-filters.js";
import { tightestGpuSelector } from "../../policy/placement/devices/tightest-gpu.js";
import type { PlacementPolicy } from "../../policy/placement/policy.js";
import { findPlacementPolicy } from "../../policy/placement/policies.js";
import type { PlacementChoice } from "../../scenario/resolved.js";
import type { PlacementSpec } from "../../simulation/batch/batch-spec.js";

/** The placement a scenario chose, as the simulation takes it. */
export function placementOf(choice: PlacementChoice): PlacementSpec {
  if (choice.kind === "scorers") return { kind: "nodes", policy: ownPolicy(choice.scorers) };
  if (choice.name === "pool" || choice.name === "consolidate") return { kind: choice.name };
  return { kind: "nodes", policy: choice.name };
}

/** A policy of weighted scorers; parts of a GPU go to the GPU with the least free, as in the presets. */
function ownPolicy(
  weighted: readonly { readonly name: string; readonly weight: number }[],
): PlacementPolicy {
  return {
    name: weighted.map(({ name, weight }) => `${weight} × ${name}`).join(" + "),
    description: "The weighted sum of scorers that the scenario names.",
    filters: DEFAULT_FILTERS,
    scorers: weighted.map(({ name, weight }) => {
      // A policy of one scorer lends the scorer its name.
      const scorer = findPlacementPolicy(name)?.scorers[0]?.scorer;
      if (scorer === undefined)
        throw new Error(`placement: unknown scorer "${name}" passed the checks`);
      return { weight, scorer };
    }),
    deviceSelector: tightestGpuSelector,
  };
}
