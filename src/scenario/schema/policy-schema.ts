import { z } from "zod";

import type { QueuePolicyOption } from "../../policy/queue/types.js";
import type { ScenarioRegistries } from "../registries.js";
import { field, oneOf } from "./field.js";
import { duration } from "./quantities.js";
import type { QuotaInput } from "./quota-schema.js";
import { quotaSchema } from "./quota-schema.js";

function optionSchema(option: QueuePolicyOption): z.ZodType {
  const text = {
    description: option.description,
    default: option.default,
    example: option.default,
    ...(option.unit === undefined ? {} : { unit: option.unit }),
  };
  switch (option.type) {
    case "choice":
      return field(oneOf(option.allowed ?? []), text).optional();
    case "boolean":
      return field(z.boolean(), text).optional();
    case "number": {
      const [low, high] = option.range ?? [-Number.MAX_VALUE, Number.MAX_VALUE];
      if (option.unit !== "s") return field(z.number().min(low).max(high), text).optional();
      // Seconds are written with their unit, as everywhere in a scenario.
      const seconds = z
        .number()
        .min(low, `must be at least ${low} s`)
        .max(high, `must be at most ${high} s`);
      const inSeconds = `${String(option.default)}s`;
      return field(duration("zero-or-more").pipe(seconds), {
        description: option.description,
        default: inSeconds,
        example: inSeconds,
      }).optional();
    }
  }
}

function queueSchema(registries: ScenarioRegistries) {
  const names = registries.queuePolicies.map((policy) => policy.name);
  const valueTexts = registries.queuePolicies.map((policy) => policy.description);
  const withOptions = registries.queuePolicies.map((policy) => {
    const options = policy.options.map((option) => [option.name, optionSchema(option)]);
    return z.strictObject({
      name: field(z.literal(policy.name), { description: "Name of the queue policy.", example: policy.name }),
      ...(Object.fromEntries(options) as Record<string, z.ZodType>),
      ...(policy.takesQuotas === true ? { quotas: quotaSchema().optional() } : {}),
    });
  });
  const [first, ...others] = withOptions;
  if (first === undefined) throw new Error("scenario: the registry of queue policies is empty");
  return field(
    z.union([
      field(oneOf(names), { description: "Name of the queue policy, with its defaults.", example: names[0], valueTexts }),
      z.discriminatedUnion("name", [first, ...others]),
    ]),
    {
      description:
        "Which waiting job goes next: the name of a policy, or a map with its `name` and options.",
      example: names[0],
      type: "name or map",
    },
  );
}

function placementSchema(registries: ScenarioRegistries) {
  const { placementPolicies: policies, placementScorers: scorers } = registries;
  const names = policies.map((policy) => policy.name);
  const scorerSchema = z.strictObject({
    name: field(oneOf(scorers.map((scorer) => scorer.name)), {
      description: "Name of the scorer.",
      example: scorers[0]?.name,
      valueTexts: scorers.map((scorer) => scorer.description),
    }),
    weight: field(z.number().positive().max(1_000_000), {
      description: "Factor on the score (0 to 100) in the sum.",
      example: 1,
    }),
  });
  return field(
    z.union([
      field(oneOf(names), {
        description: "Name of the placement policy.",
        example: names[0],
        valueTexts: policies.map((policy) => policy.description),
      }),
      z.strictObject({
        scorers: field(z.array(scorerSchema).min(1).max(100), {
          description:
            "Scorers whose weighted sum ranks the nodes that have room; the highest wins, and the earliest node among equals. Parts of a GPU go to the GPU with the least free.",
          example: [{ name: scorers[0]?.name, weight: 1 }],
        }),
      }),
    ]),
    {
      description:
        "Where a job goes: the name of a policy, or a map with weighted `scorers` of one's own.",
      example: names[0],
      type: "name or map",
    },
  );
}

/** The quotas written beside a queue policy that takes them; undefined where there are none. */
export function quotasOf(queue: unknown): QuotaInput | undefined {
  if (typeof queue !== "object" || queue === null) return undefined;
  return (queue as { readonly quotas?: QuotaInput }).quotas;
}

/** The rules: `policy`. */
export function policySchema(registries: ScenarioRegistries) {
  return z.strictObject({
    queue: queueSchema(registries),
    placement: placementSchema(registries),
  });
}
