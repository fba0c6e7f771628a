import type { TopologyProfile } from "../policy/gang/planners/topology-planner.js";
import type { ScorerOptions } from "../policy/placement/scorer-options.js";
import type { ScoredResource } from "../policy/placement/scorers/node-resources.js";
import type { PlacementChoice } from "./resolved.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";

type PlacementInput = ScenarioSpec["policy"]["placement"];
type ScorerInput = NonNullable<Exclude<PlacementInput, string>["scorers"]>[number];

/** The placement of a checked scenario, options included. */
export function resolvePlacement(placement: PlacementInput): PlacementChoice {
  if (typeof placement === "string") return { kind: "named", name: placement };
  const { name, scorers, profile, within } = placement;
  if (name !== undefined) {
    return {
      kind: "named",
      name,
      ...(profile === undefined ? {} : { profile: profile as TopologyProfile }),
      ...(within === undefined ? {} : { within }),
    };
  }
  if (scorers === undefined)
    throw new Error("scenario: a placement passed the checks with neither name nor scorers");
  return {
    kind: "scorers",
    scorers: scorers.map((scorer) => {
      const options = scorerOptions(scorer);
      const { name: scorerName, weight } = scorer;
      return { name: scorerName, weight, ...(options === undefined ? {} : { options }) };
    }),
  };
}

/** The options written; undefined when there are none. */
export function scorerOptions(scorer: ScorerInput): ScorerOptions | undefined {
  const { resources, curve, skipUnrequestedGpu } = scorer;
  if (resources === undefined && curve === undefined && skipUnrequestedGpu === undefined)
    return undefined;
  return {
    ...(resources === undefined
      ? {}
      : {
          resources: resources.map(({ resource, weight }) => ({
            resource: resource as ScoredResource,
            weight,
          })),
        }),
    ...(curve === undefined
      ? {}
      : {
          curve: curve.map(({ utilization, score }) => ({ utilizationPct: utilization, score })),
        }),
    ...(skipUnrequestedGpu === undefined ? {} : { skipUnrequestedGpu }),
  };
}
