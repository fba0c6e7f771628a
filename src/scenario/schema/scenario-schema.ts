import { z } from "zod";

import { DEFAULTS, LIMITS } from "../defaults.js";
import type { JsonSchema } from "../field-tree.js";
import type { ScenarioRegistries } from "../registries.js";
import { clusterSchema } from "./cluster-schema.js";
import { field, lineOfText, oneOf, wholeNumber } from "./field.js";
import { goalsSchema } from "./goals-schema.js";
import { operationsFields } from "./operations-fields.js";
import { policySchema } from "./policy-schema.js";
import { runSchema } from "./run-schema.js";
import { workloadSchema } from "./workload-schema.js";

/** The version of the format this program reads. */
export const SCENARIO_SCHEMA = "headroom/scenario/v1";

function trustSchema() {
  const trust = z.strictObject({
    backtest: field(lineOfText(4_096), {
      description:
        "A `backtest.json` of this cluster and policy, written by `headroom backtest`, relative to the folder of the file this is written in. A file about another cluster or policy is named in a warning and not used.",
      example: "../reports/backtest-history/backtest.json",
    }).optional(),
  });
  return field(trust, {
    description: "Why the simulation is to be believed: carried into the report of the scenario.",
  });
}

function variantSchema() {
  return z.strictObject({
    name: field(lineOfText(100), {
      description: "Name of the variant in results, used once.",
      example: "twice the nodes",
    }),
    set: field(z.record(z.string(), z.unknown()), {
      description:
        "What the variant changes: paths of fields below cluster, workload, policy, faults, power, cost, goals or run, with their new values. Items of lists are named by position or by name, as in `cluster.nodes[h100].count`. A value takes the place of all that stands at its path; an empty value (null) takes the field away.",
      example: { "cluster.nodes[h100].count": 32 },
    }),
  });
}

/** The whole format, for the names this program knows. */
export function createScenarioSchema(registries: ScenarioRegistries) {
  return z
    .strictObject({
      schema: field(z.literal(SCENARIO_SCHEMA), {
        description: "Version of the format the file is written in.",
        example: SCENARIO_SCHEMA,
      }),
      extends: field(lineOfText(4_096), {
        description:
          "Another scenario that this one changes, relative to the folder of this file. Maps are joined field by field, lists are replaced, an empty value (null) takes a field away.",
        example: "base.yaml",
      }).optional(),
      name: field(lineOfText(100), { description: "Name of the scenario in reports.", example: "buy-h100" }),
      question: field(lineOfText(500), {
        description: "What is asked, printed above the answer: yes or no where that answers it, else the finding.",
        example: "Are 16 nodes enough for next year's training jobs?",
      }).optional(),
      description: field(
        z
          .string()
          .max(10_000, "must have at most 10000 characters")
          // eslint-disable-next-line no-control-regex -- control characters are what is refused
          .regex(/^[^\u0000-\u0008\u000B-\u001F\u007F-\u009F]*$/, "must not contain control characters"),
        {
          description: "Why the scenario exists, for people who read the file. It may have several lines.",
          example: "Next year's plan: twice the training jobs.",
        },
      ).optional(),
      labels: field(
        z.array(
          field(oneOf(["short", "integration", "capacity", "performance"]), {
            description: "One label.",
            example: "short",
            valueTexts: [
              "Runs in seconds.",
              "Checks that parts work together.",
              "Answers a question of capacity.",
              "Measures how fast Headroom is.",
            ],
          }),
        ).max(10),
        { description: "Labels by which scenarios are picked.", example: ["short", "capacity"] },
      ).optional(),
      seed: field(wholeNumber(0, Number.MAX_SAFE_INTEGER), {
        description:
          "Root of all random streams. The same scenario with the same seed gives the same result; variants share it.",
        default: DEFAULTS.seed,
        example: 7,
      }).optional(),
      cluster: field(clusterSchema(), { description: "The machines." }),
      workload: field(workloadSchema(registries), { description: "The jobs." }),
      policy: field(policySchema(registries), {
        description: "The rules: which job goes next, and where it goes.",
      }),
      ...operationsFields(),
      goals: goalsSchema().optional(),
      variants: field(z.array(variantSchema()).max(LIMITS.variantsMax), {
        description:
          "Changed versions of the scenario that are run beside it, with the same seed, and compared with it.",
        example: [{ name: "twice", set: { "cluster.nodes[h100].count": 32 } }],
      }).optional(),
      run: field(runSchema(), {
        description: "When the run stops, and how often it is repeated.",
      }).optional(),
      trust: trustSchema().optional(),
    })
    .meta({
      title: "Headroom scenario",
      description: "A question about a GPU cluster: machines, jobs, rules, goals and variants.",
    });
}

/** The schema of the whole format. */
export type ScenarioSchema = ReturnType<typeof createScenarioSchema>;

/** What a checked scenario holds: quantities in base units (seconds, bytes, thousandths of a core). */
export type ScenarioSpec = z.output<ScenarioSchema>;

/** The format as JSON Schema draft-07, which is what editors of today understand. */
export function createScenarioJsonSchema(schema: ScenarioSchema): JsonSchema {
  return withStandardNames(z.toJSONSchema(schema, { target: "draft-7", io: "input" })) as JsonSchema;
}

/** Gives examples and defaults the names JSON Schema has for them. */
export function withStandardNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withStandardNames);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === "x-example") return ["examples", [inner]];
      if (key === "x-default") return ["default", inner];
      return [key, withStandardNames(inner)];
    }),
  );
}
