import { z } from "zod";

import { field, lineOfText, plainName } from "../../schema/field.js";
import { FLEET_LIMITS } from "../fleet-limits.js";

/** Labels of a region, a cluster or a site: names and values, as stages and placements choose them. */
export function labelsSchema(description: string) {
  return field(z.record(plainName(), lineOfText(63)), {
    description,
    example: { country: "nl" },
  });
}

/** Regions: `fleet.regions`. Whatever stands somewhere names one of them. */
export function regionsSchema() {
  const region = z.strictObject({
    name: field(plainName(), { description: "Name of the region, used once.", example: "north" }),
    utcOffsetHours: field(
      z.number().min(-12, "must be at least -12").max(14, "must be at most 14"),
      {
        description: "Hours that local time is ahead of the time of the run. Days of demand and maintenance windows follow local time.",
        default: 0,
        example: 1,
      },
    ).optional(),
    labels: labelsSchema("Labels of everything that stands in the region.").optional(),
  });
  return field(z.array(region).min(1).max(FLEET_LIMITS.regionsMax), {
    description: "The regions of the fleet. Sites and clusters name one of them.",
    example: [{ name: "north", utcOffsetHours: 1 }],
  });
}
