import { z } from "zod";

import type { QueuePolicyOption } from "../../policy/queue/types.js";
import type { ScenarioRegistries } from "../registries.js";
import { field, oneOf } from "./field.js";
import { limitsSchema } from "./job-terms-schema.js";
import { partitionsSchema, placementSchema } from "./placement-schema.js";
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
    partitions: partitionsSchema().optional(),
    limits: limitsSchema().optional(),
  });
}
