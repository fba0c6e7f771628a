import { z } from "zod";

import { field, lineOfText, oneOf, plainName, wholeNumber } from "../../schema/field.js";
import { duration, proportion } from "../../schema/quantities.js";
import { FLEET_LIMITS } from "../fleet-limits.js";

/** What holds where a service of a fleet says nothing. */
export const FLEET_SERVICE_DEFAULTS = {
  slotsPerGpu: 1,
  variation: 1,
  start: "2m",
  startS: 120,
  utilizationMax: 0.95,
  shape: "day",
} as const;

function demandSchema() {
  return z.strictObject({
    perSiteDay: field(z.number().positive("must be above 0").max(1e9), {
      description: "Requests of a site with demand factor 1 on a day of weight 1.",
      example: 40_000,
    }),
    hours: field(z.array(z.number().min(0, "must be at least 0").max(1e6)).length(24), {
      description: "Weight of each hour of the local day, midnight first. Left out, that of `shape`.",
      example: [0, 0, 0, 0, 0, 0, 1, 2, 4, 5, 6, 7, 8, 7, 6, 6, 7, 8, 7, 4, 2, 1, 0, 0],
    }).optional(),
    shape: field(oneOf(["day", "flat"]), {
      description: "The day where no hours are given.",
      default: FLEET_SERVICE_DEFAULTS.shape,
      example: "flat",
      valueTexts: [
        "Opening hours of a shop: nothing from 22 to 6, most at noon and in the late afternoon. An assumption.",
        "Every hour alike.",
      ],
    }).optional(),
    days: field(z.array(z.number().min(0, "must be at least 0").max(1e3)).length(7), {
      description: "Weight of each day of the week; the run begins with the first. Left out, all 1.",
      example: [1, 1, 1, 1, 1.3, 1.6, 0.8],
    }).optional(),
  });
}

/** Models served: `workload.services` of a fleet. */
export function fleetServicesSchema() {
  const service = z.strictObject({
    name: field(plainName(), { description: "Name of the service, used once.", example: "checkout" }),
    sites: field(z.array(plainName()).min(1).max(FLEET_LIMITS.templatesMax), {
      description: "Templates whose sites serve it. Left out, all.",
      example: ["store"],
    }).optional(),
    gpusPerNode: field(wholeNumber(1, FLEET_LIMITS.gpusPerNodeMax), {
      description: "GPUs of each node that serve it. Services of one site share none. Left out, all GPUs of the node, which only one service can have.",
      example: 1,
    }).optional(),
    slotsPerGpu: field(wholeNumber(1, 1_024), {
      description: "Requests a GPU works on at the same time, each in `compute`.",
      default: FLEET_SERVICE_DEFAULTS.slotsPerGpu,
      example: 4,
    }).optional(),
    compute: field(
      z.union([duration("above-zero"), z.record(lineOfText(100), duration("above-zero"))]),
      {
        description: "Mean time of a request in its slot once it is its turn: measured, one value, or one for each GPU model of the sites.",
        example: "180ms",
        type: "duration or map of durations",
      },
    ),
    variation: field(z.number().min(0, "must be at least 0").max(1, "must be at most 1"), {
      description: "Squared coefficient of variation of that time: 0 is always the same, 1 is exponential.",
      default: FLEET_SERVICE_DEFAULTS.variation,
      example: 0.5,
    }).optional(),
    start: field(duration("zero-or-more"), {
      description: "From a node that is up to the service on it that answers: starting it and loading its model.",
      default: FLEET_SERVICE_DEFAULTS.start,
      example: "90s",
    }).optional(),
    demand: field(demandSchema(), {
      description: "How many requests come, and when.",
      example: { perSiteDay: 40_000 },
    }),
    latencyGoal: field(duration("above-zero"), {
      description: "A request that takes longer, from asking to the answer, misses its target; one that is not served too.",
      example: "1s",
    }),
    utilizationMax: field(
      proportion().pipe(z.number().min(0.05, "must be at least 5%").max(0.99, "must be at most 99%")),
      {
        description: "Load of the slots of a site up to which it takes requests; what is above goes elsewhere, or is not served.",
        default: "95%",
        example: "90%",
      },
    ).optional(),
    elsewhere: field(
      z.strictObject({
        compute: field(duration("above-zero"), {
          description: "Mean time of a request there, without the round trip; there is always a free slot.",
          example: "120ms",
        }),
      }),
      {
        description: "Where requests go that a site cannot serve, over its link. Left out, they are not served.",
        example: { compute: "120ms" },
      },
    ).optional(),
  });
  return field(z.array(service).min(1).max(FLEET_LIMITS.servicesMax), {
    description: "Models that sites serve.",
    example: [
      { name: "checkout", compute: "180ms", demand: { perSiteDay: 40_000 }, latencyGoal: "1s" },
    ],
  });
}

/** A service as written, checked. */
export type FleetServiceInput = z.output<ReturnType<typeof fleetServicesSchema>>[number];
