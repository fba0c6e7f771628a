import { z } from "zod";

import { TOPOLOGY_PROFILES } from "../../policy/gang/planners/topology-planner.js";
import type { ScenarioRegistries } from "../registries.js";
import { field, oneOf, plainName, wholeNumber } from "./field.js";

/** Resources that the kube scorers weigh. */
const RESOURCES = ["gpu", "cpu", "memory"] as const;

function scorerSchema({ placementScorers: scorers }: ScenarioRegistries) {
  const resource = z.strictObject({
    resource: field(oneOf(RESOURCES), { description: "A resource.", example: "gpu" }),
    weight: field(wholeNumber(1, 100), {
      description: "Its weight in the mean of the scorer.",
      example: 3,
    }),
  });
  const corner = z.strictObject({
    utilization: field(wholeNumber(0, 100), {
      description: "Per cent of the resource in use with the pod on the node.",
      unit: "%",
      example: 100,
    }),
    score: field(wholeNumber(0, 10), { description: "Score at that utilisation.", example: 10 }),
  });
  return z.strictObject({
    name: field(oneOf(scorers.map((scorer) => scorer.name)), {
      description: "Name of the scorer.",
      example: scorers[0]?.name,
      valueTexts: scorers.map((scorer) => scorer.description),
    }),
    weight: field(z.number().positive().max(1_000_000), {
      description: "Factor on the score (0 to 100) in the sum.",
      example: 1,
    }),
    resources: field(z.array(resource).min(1).max(RESOURCES.length), {
      description:
        "What `least-allocated`, `most-allocated` and `requested-to-capacity-ratio` look at, as kube's `scoringStrategy.resources`. Left out: CPU and memory alike; for `requested-to-capacity-ratio` GPUs (3), CPU and memory (1 each).",
      example: [
        { resource: "gpu", weight: 5 },
        { resource: "cpu", weight: 1 },
      ],
    }).optional(),
    curve: field(z.array(corner).min(1).max(101), {
      description:
        "Corners of the curve of `requested-to-capacity-ratio` by rising utilization, as kube's `shape`; flat before the first and after the last. Left out: 0 at 0 %, 10 at 100 %, which packs.",
      example: [
        { utilization: 0, score: 0 },
        { utilization: 100, score: 10 },
      ],
    }).optional(),
    skipUnrequestedGpu: field(z.boolean(), {
      description:
        "Leaves GPUs out of the mean for pods that ask for none, as kube does since 1.22, in scorers that take `resources`.",
      default: false,
      example: true,
    }).optional(),
  });
}

/** Where jobs go: `policy.placement`. */
export function placementSchema(registries: ScenarioRegistries) {
  const { placementPolicies: policies, placementScorers: scorers } = registries;
  const names = policies.map((policy) => policy.name);
  const valueTexts = policies.map((policy) => policy.description);
  return field(
    z.union([
      field(oneOf(names), {
        description: "Name of the placement policy.",
        example: names[0],
        valueTexts,
      }),
      z.strictObject({
        name: field(oneOf(names), {
          description: "Name of the placement policy, beside its options. Give one of `name` and `scorers`.",
          example: names[0],
          valueTexts,
        }).optional(),
        profile: field(oneOf(TOPOLOGY_PROFILES), {
          description: "Which algorithm the placement `topology` uses; Kueue's default is `mixed`.",
          default: "mixed",
          example: "best-fit",
          valueTexts: [
            "Best-fit for required and preferred, least-free-capacity for unconstrained.",
            "Best-fit for all: most room first, and the last domain the tightest that takes the rest.",
            "Least-free-capacity for all: least room first.",
          ],
        }).optional(),
        within: field(plainName(), {
          description: "Level of `cluster.topology` whose domains a gang of the placement `contiguous` does not leave.",
          example: "rack",
        }).optional(),
        scorers: field(z.array(scorerSchema(registries)).min(1).max(100), {
          description:
            "Scorers whose weighted sum ranks the nodes that have room; the highest wins, and the earliest node among equals. Parts of a GPU go to the GPU with the least free. Give one of `name` and `scorers`.",
          example: [{ name: scorers[0]?.name, weight: 1 }],
        }).optional(),
      }),
    ]),
    {
      description:
        "Where a job goes: the name of a policy, or a map with a `name` and its options, or with weighted `scorers` of one's own.",
      example: names[0],
      type: "name or map",
    },
  );
}

/** What partitions mean: `policy.partitions`. */
export function partitionsSchema() {
  return field(oneOf(["own", "shared"]), {
    description:
      "What partitions of nodes and jobs mean. Left out: `own` where a node group names a partition, else `shared`.",
    example: "shared",
    valueTexts: [
      "Every partition has its own nodes and its own queue; jobs run only on the nodes of their partition, and a job of a partition without nodes never runs. Order, reservations and backfilling are those of each partition alone.",
      "One queue and all nodes for everybody: partitions are labels, for results and for quotas by partition.",
    ],
  });
}
