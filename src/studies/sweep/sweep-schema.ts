import { z } from "zod";

import { field, lineOfText } from "../../scenario/schema/field.js";

/** Version of the format, which a sweep names. */
export const SWEEP_SCHEMA = "headroom/sweep/v1";

/** How large a sweep may be: what is larger is a mistake in the file more often than not. */
export const SWEEP_LIMITS = {
  axesMax: 12,
  valuesMax: 1_000,
  pointsMax: 100_000,
  runsMax: 1_000_000,
};

/** Ways to choose points. */
export const SWEEP_DESIGNS = ["grid", "latin-hypercube", "list"] as const;

const path = field(z.string().min(1), {
  description: "A field of the scenario, as `--set` names it.",
  example: "cluster.nodes[h100].count",
});

const settings = (description: string): z.ZodRecord<z.ZodString, z.ZodUnknown> =>
  field(z.record(z.string().min(1), z.unknown()), {
    description,
    example: { "workload.load": 1.25 },
  });

function axisSchema() {
  return z.strictObject({
    path,
    name: field(lineOfText(60), {
      description: "What the axis is called in tables and charts; the path when left out.",
      example: "nodes",
    }).optional(),
    values: field(z.array(z.unknown()).max(SWEEP_LIMITS.valuesMax), {
      description: "Values one by one; of any form that the field may have.",
      example: [6, 8, 10],
    }).optional(),
    from: field(z.number(), { description: "Lowest value of a range.", example: 0.5 }).optional(),
    to: field(z.number(), { description: "Highest value of a range.", example: 1.5 }).optional(),
    steps: field(z.int().min(2).max(SWEEP_LIMITS.valuesMax), {
      description: "Values of a range in a grid, both ends included, at equal distances.",
      example: 5,
    }).optional(),
    whole: field(z.boolean(), {
      description: "True rounds values of a range to whole numbers.",
      default: false,
    }).optional(),
    unit: field(lineOfText(10), {
      description: "Written behind the values of a range, such as `m` for minutes.",
      example: "m",
    }).optional(),
  });
}

/** The format of a sweep file. */
export function sweepSchema() {
  return z
    .strictObject({
      schema: field(z.literal(SWEEP_SCHEMA), { description: "Format and its version." }),
      name: field(lineOfText(100), {
        description: "Name of the sweep.",
        example: "load-and-nodes",
      }),
      question: field(lineOfText(300), {
        description: "The question the sweep answers; the title of the report.",
      }).optional(),
      scenario: field(lineOfText(500), {
        description:
          "Path of the scenario or fleet, seen from the sweep file. Variants of a scenario are left out.",
        example: "../quickstart.yaml",
      }),
      design: field(z.enum(SWEEP_DESIGNS), {
        description: "How points are chosen; `list` where `points` are given, else `grid`.",
        valueTexts: [
          "Every combination of the values of all axes.",
          "`samples` points; each axis is cut into as many slices, and each slice is used once.",
          "The points that `points` lists.",
        ],
      }).optional(),
      axes: field(z.array(axisSchema()).max(SWEEP_LIMITS.axesMax), {
        description: "Fields that vary, for `grid` and `latin-hypercube`.",
      }).optional(),
      points: field(z.array(z.record(z.string().min(1), z.unknown())).max(SWEEP_LIMITS.pointsMax), {
        description: "Points for `list`: fields with their values.",
        example: [{ "cluster.nodes[h100].count": 8, "workload.load": 1 }],
      }).optional(),
      samples: field(z.int().min(2).max(SWEEP_LIMITS.pointsMax), {
        description: "Points of a Latin hypercube.",
        example: 40,
      }).optional(),
      set: settings("Fields set at every point, before the axes.").optional(),
      replications: field(z.int().min(1).max(10_000), {
        description:
          "Runs of every point, on the same random numbers at every point; 1 where nothing is drawn.",
        default: 1,
      }).optional(),
      seed: field(z.int().min(0).max(Number.MAX_SAFE_INTEGER), {
        description: "Root of every random stream; the scenario's when left out.",
      }).optional(),
      metrics: field(z.array(lineOfText(300)).min(1).max(8), {
        description:
          "Figures that the report draws; those of the goals when left out. The table has all.",
        example: ["jobs.waitS.p95"],
      }).optional(),
      table: field(z.enum(["csv", "parquet"]), {
        description: "Format of the table with one row per run.",
        default: "csv",
        valueTexts: ["`runs.csv`, text that everything reads.", "`runs.parquet`, for many runs."],
      }).optional(),
    })
    .meta({
      title: "Headroom sweep",
      description: "One scenario or fleet at many points of a space.",
    });
}

/** What a sweep file holds once the schema has passed it. */
export type SweepFile = z.output<ReturnType<typeof sweepSchema>>;
