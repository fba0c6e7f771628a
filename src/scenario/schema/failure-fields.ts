import { z } from "zod";

import { field } from "./field.js";
import { duration } from "./quantities.js";

/**
 * How long repairs take, in one of three forms.
 *
 * @param fixed the form in which all take equally long, which differs in whether that may be no time
 */
export function repairTime<T extends z.ZodType>(fixed: T, description: string) {
  return field(
    z.strictObject({
      fixed: fixed.optional(),
      mean: field(duration("above-zero"), {
        description: "Repair times are exponential with this mean.",
        example: "12h",
      }).optional(),
      median: field(duration("above-zero"), {
        description: "Half of the repairs are done by then; log-normal together with `p95`.",
        example: "4h",
      }).optional(),
      p95: field(duration("above-zero"), {
        description: "Of all repairs, 95 % are done by then; with `median`.",
        example: "3d",
      }).optional(),
    }),
    { description, example: { median: "4h", p95: "3d" } },
  );
}

/** How failures come with age. */
export function weibullShape() {
  return field(z.number().min(0.2, "must be at least 0.2").max(20), {
    description:
      "Shape of the Weibull distribution of the time to failure, with the same mean: below 1 failures come early, above 1 they come with age, 1 is exponential.",
    default: 1,
    example: 0.7,
  });
}
