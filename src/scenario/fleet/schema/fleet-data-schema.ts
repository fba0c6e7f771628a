import { z } from "zod";

import { field, lineOfText, plainName } from "../../schema/field.js";
import { size } from "../../schema/quantities.js";

/** Where something may lie: a rule that every copy keeps. */
export function residencySchema() {
  return field(
    z.strictObject({
      regions: field(z.array(plainName()).min(1).max(1_000), {
        description: "Only in these regions.",
        example: ["germany"],
      }).optional(),
      places: field(z.array(plainName()).min(1).max(1_000), {
        description: "Only at these clusters or stores of regions, by name.",
        example: ["hospital"],
      }).optional(),
      labels: field(z.record(plainName(), z.array(lineOfText(63)).min(1).max(100)), {
        description: "Only where a label of the place or its region has one of these values.",
        example: { country: ["de", "at"] },
      }).optional(),
    }),
    {
      description: "Where it may lie: every part of the rule must hold, for each copy, and for checkpoints, results and logs of what reads it.",
      example: { labels: { country: ["de"] } },
    },
  );
}

/** Data that lies somewhere: `workload.datasets`. */
export function datasetsSchema() {
  const dataset = z.strictObject({
    name: field(plainName(), { description: "Name of the dataset, used once.", example: "scans" }),
    size: field(size(), { description: "Bytes of a copy.", example: "4TB" }),
    at: field(z.array(plainName()).min(1).max(1_000), {
      description: "Clusters that have it, or regions whose store has it.",
      example: ["hospital"],
    }),
    copyTo: field(z.array(plainName()).min(1).max(1_000), {
      description: "Clusters or stores that get a copy when the run begins, and keep it. What that costs and takes is counted.",
      example: ["west-europe"],
    }).optional(),
    residency: residencySchema().optional(),
  });
  return field(z.array(dataset).min(1).max(1_000), {
    description: "Training data, models and images: what is needed where work is done, and where it may lie.",
    example: [{ name: "scans", size: "4TB", at: ["hospital"], residency: { regions: ["germany"] } }],
  });
}

/** A dataset as written, checked. */
export type DatasetInput = z.output<ReturnType<typeof datasetsSchema>>[number];

/** A residency rule as written, checked. */
export type ResidencyInput = z.output<ReturnType<typeof residencySchema>>;
