import { z } from "zod";

import { DEFAULTS, LIMITS } from "../../defaults.js";
import { withStandardNames } from "../../schema/scenario-schema.js";
import type { JsonSchema } from "../../field-tree.js";
import { field, lineOfText, oneOf, plainName, wholeNumber } from "../../schema/field.js";
import { duration, proportion, target } from "../../schema/quantities.js";
import { FLEET_DEFAULTS } from "../fleet-limits.js";
import { FLEET_METRICS } from "../fleet-metrics.js";
import { clustersSchema, dispatchSchema } from "./clusters-schema.js";
import { datasetsSchema } from "./fleet-data-schema.js";
import { fleetJobsSchema } from "./fleet-jobs-schema.js";
import { fleetPlanSchema } from "./fleet-plan-schema.js";
import { fleetServicesSchema } from "./fleet-services-schema.js";
import { poolsSchema } from "./pools-schema.js";
import { pricesSchema } from "./prices-schema.js";
import { inferenceSchema } from "./inference-schema.js";
import { raySchema } from "./ray-schema.js";
import { regionsSchema } from "./region-schema.js";
import { rolloutsSchema } from "./rollouts-schema.js";
import { sitesSchema } from "./sites-schema.js";
import { wanSchema } from "./wan-schema.js";
import { upgradesSchema } from "./upgrades-schema.js";

/** The version of the format of fleets that this program reads. */
export const FLEET_SCHEMA = "headroom/fleet/v1";

/** Where things stand: `fleet`. Every kind of member is a section of its own; at least one is needed. */
function membersSchema() {
  return z.strictObject({
    hub: field(
      z.strictObject({
        name: field(plainName(), { description: "Name of the hub.", example: "hub" }),
        region: field(plainName(), { description: "Region it stands in.", example: "north" }).optional(),
      }),
      { description: "The control plane that members are managed from.", example: { name: "hub" } },
    ).optional(),
    regions: regionsSchema().optional(),
    sites: sitesSchema().optional(),
    pools: poolsSchema().optional(),
    clusters: clustersSchema().optional(),
    wan: wanSchema().optional(),
    prices: pricesSchema().optional(),
    dispatch: dispatchSchema().optional(),
  });
}

/** What runs on the fleet: `workload`. */
function fleetWorkloadSchema() {
  return z.strictObject({
    services: fleetServicesSchema().optional(),
    jobs: fleetJobsSchema().optional(),
    datasets: datasetsSchema().optional(),
    inference: inferenceSchema().optional(),
    ray: raySchema().optional(),
  });
}

function fleetGoalsSchema() {
  const goal = z.strictObject({
    id: field(lineOfText(100), {
      description: "Name of the goal in results, used once. Left out, it is made of the metric and the comparison.",
      example: "requests in time",
    }).optional(),
    metric: field(oneOf(FLEET_METRICS.map(({ path }) => path)), {
      description: "Figure of the result that the goal is about.",
      example: "services.sloMissShare",
      valueTexts: FLEET_METRICS.map(({ description }) => description),
    }),
    of: field(lineOfText(100), {
      description: "The template, service, rollout, cluster or upgrade that the metric is about, where the metric is known of each. Left out, all together.",
      example: "store",
    }).optional(),
    atMost: field(target(), {
      description: "The goal is met when the metric is not above this. Give either this or `atLeast`.",
      example: "1%",
    }).optional(),
    atLeast: field(target(), {
      description: "The goal is met when the metric is not below this. Give either this or `atMost`.",
      example: "99.9%",
    }).optional(),
  });
  return field(z.array(goal).max(LIMITS.goalsMax), {
    description: "What the fleet must achieve. A run that misses a goal ends with exit code 1.",
    example: [{ metric: "services.sloMissShare", atMost: "1%" }],
  });
}

function fleetRunSchema() {
  return z.strictObject({
    duration: field(duration("above-zero"), {
      description: "How long the run lasts. A fleet has no natural end.",
      default: FLEET_DEFAULTS.duration,
      example: "7d",
    }).optional(),
    step: field(duration("above-zero"), {
      description: "Distance of the points of charts over time.",
      default: FLEET_DEFAULTS.step,
      example: "1h",
    }).optional(),
    replications: field(wholeNumber(1, LIMITS.replicationsMax), {
      description: "Independent repetitions with random streams of their own; figures are then means over them, with a confidence interval.",
      default: DEFAULTS.replications,
      example: 10,
    }).optional(),
    confidence: field(
      proportion().pipe(z.number().min(0.5, "must be at least 0.5").max(0.9999, "must be at most 0.9999")),
      { description: "Confidence of every interval, two-sided.", default: DEFAULTS.confidence, example: 0.99 },
    ).optional(),
  });
}

function aboutFields() {
  return {
    schema: field(z.literal(FLEET_SCHEMA), {
      description: "Version of the format the file is written in.",
      example: FLEET_SCHEMA,
    }),
    extends: field(lineOfText(4_096), {
      description:
        "Another fleet that this one changes, relative to the folder of this file. Maps are joined field by field, lists are replaced, an empty value (null) takes a field away.",
      example: "base-fleet.yaml",
    }).optional(),
    name: field(lineOfText(100), { description: "Name of the fleet in reports.", example: "stores" }),
    question: field(lineOfText(500), {
      description: "What is asked, printed above the answer: yes or no where that answers it, else the finding.",
      example: "Can 1,000 stores take a new model within a week?",
    }).optional(),
    description: field(z.string().max(10_000, "must have at most 10000 characters"), {
      description: "Why the file exists, for people who read it. It may have several lines.",
      example: "The rollout of spring.",
    }).optional(),
    labels: field(z.array(field(lineOfText(63), { description: "One label.", example: "edge" })).max(10), {
      description: "Labels by which fleets are picked.",
      example: ["edge"],
    }).optional(),
    seed: field(wholeNumber(0, Number.MAX_SAFE_INTEGER), {
      description: "Root of all random streams. The same fleet with the same seed gives the same result.",
      default: DEFAULTS.seed,
      example: 7,
    }).optional(),
  };
}

/** The whole format of fleets. */
export function createFleetSchema() {
  return z
    .strictObject({
      ...aboutFields(),
      run: field(fleetRunSchema(), { description: "How long the run lasts, and how often it is repeated." }).optional(),
      fleet: field(membersSchema(), { description: "The hub, its members, and what is between them." }),
      workload: field(fleetWorkloadSchema(), { description: "What runs on the fleet." }).optional(),
      rollouts: rolloutsSchema().optional(),
      upgrades: upgradesSchema().optional(),
      goals: fleetGoalsSchema().optional(),
      plan: fleetPlanSchema().optional(),
    })
    .meta({
      title: "Headroom fleet",
      description: "A question about many clusters and sites: members, workloads, rollouts and goals.",
    });
}

/** The schema of the whole format. */
export type FleetSchema = ReturnType<typeof createFleetSchema>;

/** What a checked fleet holds: quantities in base units (seconds, bytes, bits per second). */
export type FleetDocument = z.output<FleetSchema>;

/** The format as JSON Schema draft-07. */
export function createFleetJsonSchema(schema: FleetSchema): JsonSchema {
  return withStandardNames(z.toJSONSchema(schema, { target: "draft-7", io: "input" })) as JsonSchema;
}

