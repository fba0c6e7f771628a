import { z } from "zod";

import { repairTime, weibullShape } from "../../schema/failure-fields.js";
import { field } from "../../schema/field.js";
import { duration, proportion } from "../../schema/quantities.js";

function failureSchema(what: string, repair: string) {
  const alwaysThisLong = field(duration("above-zero"), {
    description: "Always this long.",
    example: "4h",
  });
  return z.strictObject({
    mtbf: field(duration("above-zero").pipe(z.number().min(3_600, "must be at least 1h")), {
      description: `Mean time from being put into service to the next failure of ${what}.`,
      example: "2y",
    }),
    shape: weibullShape().optional(),
    repair: repairTime(alwaysThisLong, repair),
  });
}

/** What fails at a site: `fleet.sites[].faults`. */
export function siteFaultsSchema() {
  return field(
    z.strictObject({
      node: field(failureSchema("one node", "How long a repair of a node takes; booting comes after it."), {
        description: "Nodes fail one by one.",
        example: { mtbf: "730d", repair: { median: "1d", p95: "4d" } },
      }).optional(),
      power: field(failureSchema("the power of one site", "How long the power is away."), {
        description: "All nodes of the site, and a local witness, go down together.",
        example: { mtbf: "365d", repair: { median: "1h", p95: "8h" } },
      }).optional(),
      link: field(failureSchema("the link of one site", "How long the link is away."), {
        description: "The site keeps serving; it is without its control plane, and without a cloud witness.",
        example: { mtbf: "60d", repair: { median: "1h", p95: "12h" } },
      }).optional(),
    }),
    {
      description: "What fails, site by site and independently. Left out, nothing does.",
      example: { node: { mtbf: "730d", repair: { median: "1d", p95: "4d" } } },
    },
  );
}

/** A planned time without a link. */
export function windowSchema() {
  return z.strictObject({
    from: field(duration("zero-or-more"), {
      description: "When it begins, counted from the start of the run.",
      example: "2d",
    }),
    for: field(duration("above-zero").pipe(z.number().min(60, "must be at least 1m")), { description: "How long it lasts.", example: "36h" }),
    every: field(duration("above-zero"), {
      description: "It comes again after this time. Left out, it comes once.",
      example: "7d",
    }).optional(),
    share: field(proportion(), {
      description: "Share of the sites that have it, drawn site by site.",
      default: "100%",
      example: "5%",
    }).optional(),
    spread: field(duration("zero-or-more"), {
      description: "It begins up to so much later at a site, drawn evenly.",
      default: "0s",
      example: "3d",
    }).optional(),
  });
}
