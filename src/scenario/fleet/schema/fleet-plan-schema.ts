import { z } from "zod";

import { field, lineOfText, oneOf, wholeNumber } from "../../schema/field.js";
import { FLEET_METRICS } from "../fleet-metrics.js";

/** Limits of a plan of a fleet: every candidate is simulated. */
export const FLEET_PLAN_LIMITS = { decisionsMax: 10, choicesMax: 100, candidatesMax: 500 } as const;

/** What holds where a plan of a fleet says nothing. */
export const FLEET_PLAN_DEFAULTS = { replications: 20 } as const;

function decisionSchema() {
  const range = z.strictObject({
    from: field(z.number(), { description: "First value.", example: 0 }),
    to: field(z.number(), { description: "Last value; it is reached when `step` hits it.", example: 4 }),
    step: field(z.number().positive("must be above 0"), {
      description: "Distance of one value to the next.",
      default: 1,
      example: 1,
    }).optional(),
  });
  return z.strictObject({
    name: field(lineOfText(100), {
      description: "Name of the decision in reports. Left out, its path.",
      example: "spares",
    }).optional(),
    path: field(lineOfText(1_000), {
      description: "Field of the fleet that is decided, as `--set` writes it.",
      example: "fleet.pools[h100].spares",
    }),
    range: field(range, {
      description: "Numbers the field may have: give this or `values`.",
      example: { from: 0, to: 4 },
    }).optional(),
    values: field(
      z
        .array(field(z.unknown(), { description: "One value, as the field takes it.", example: 1, type: "value" }))
        .min(1)
        .max(FLEET_PLAN_LIMITS.choicesMax),
      { description: "Values the field may have: give this or `range`.", example: [0, 1, 2] },
    ).optional(),
  });
}

/** What may be decided, and what the best of it has least of: `plan`. */
export function fleetPlanSchema() {
  const plan = z.strictObject({
    decide: field(z.array(decisionSchema()).min(1).max(FLEET_PLAN_LIMITS.decisionsMax), {
      description: "What is decided. Every combination of the values is one plan, and every plan is simulated.",
      example: [{ path: "fleet.pools[h100].spares", range: { from: 0, to: 4 } }],
    }),
    minimise: field(oneOf(FLEET_METRICS.map(({ path }) => path)), {
      description: "Figure of which the best plan has least, among those that meet every goal.",
      example: "upgrades.spareNodes",
      valueTexts: FLEET_METRICS.map(({ description }) => description),
    }),
    replications: field(wholeNumber(2, 1_000), {
      description: "Runs of each plan, where anything in the fleet is drawn.",
      default: FLEET_PLAN_DEFAULTS.replications,
      example: 40,
    }).optional(),
  });
  return field(plan, {
    description:
      "What may be changed, for `headroom plan`: decisions, and what the best plan has least of while it meets every goal. `headroom run` ignores it.",
    example: {
      decide: [{ path: "fleet.pools[h100].spares", range: { from: 0, to: 4 } }],
      minimise: "upgrades.spareNodes",
    },
  });
}

/** A plan as written, checked. */
export type FleetPlanInput = z.output<ReturnType<typeof fleetPlanSchema>>;
