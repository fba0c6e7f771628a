import { DEFAULT_FILTERS } from "../../policy/placement/filters/default-filters.js";
import { tightestGpuSelector } from "../../policy/placement/devices/tightest-gpu.js";
import type { PlacementPolicy } from "../../policy/placement/policy.js";
import { scorerWithOptions } from "../../policy/placement/scorer-options.js";
import { findPlacementPolicy } from "../../policy/placement/policies.js";
import type { PlacementChoice } from "../../scenario/resolved.js";
import type { PlacementSpec } from "../../simulation/batch/placement-spec.js";

/** The placement a scenario chose, as the simulation takes it. */
export function placementOf(choice: PlacementChoice): PlacementSpec {
  if (choice.kind === "scorers") return { kind: "nodes", policy: ownPolicy(choice.scorers) };
  const { name, within, profile } = choice;
  switch (name) {
    case "pool":
    case "consolidate":
    case "consolidate-first":
      return { kind: name };
    case "contiguous":
      return { kind: name, ...(within === undefined ? {} : { within }) };
    case "topology":
      return { kind: name, ...(profile === undefined ? {} : { profile }) };
    default:
      return { kind: "nodes", policy: name };
  }
}

/** A policy of weighted scorers; parts of a GPU go to the GPU with the least free, as in the presets. */
function ownPolicy(
  weighted: Extract<PlacementChoice, { readonly kind: "scorers" }>["scorers"],
): PlacementPolicy {
  return {
    name: weighted.map(({ name, weight }) => `${weight} × ${name}`).join(" + "),
    description: "The weighted sum of scorers that the scenario names.",
    filters: DEFAULT_FILTERS,
    scorers: weighted.map(({ name, weight, options }) => {
      // A policy of one scorer lends the scorer its name.
      const preset = findPlacementPolicy(name)?.scorers[0]?.scorer;
      const scorer = options === undefined ? preset : scorerWithOptions(name, options);
      if (scorer === undefined)
        throw new Error(`placement: unknown scorer "${name}" passed the checks`);
      return { weight, scorer };
    }),
    deviceSelector: tightestGpuSelector,
  };
}
