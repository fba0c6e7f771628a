import { z } from "zod";

import { LIMITS } from "../defaults.js";
import { METRICS } from "../metrics.js";
import { field, lineOfText, oneOf } from "./field.js";
import { target } from "./quantities.js";

function goalSchema() {
  return z.strictObject({
    id: field(lineOfText(100), {
      description:
        "Name of the goal in results, used once. Left out, it is made of the metric and the comparison.",
      example: "wait-p95",
    }).optional(),
    metric: field(oneOf(METRICS.map((metric) => metric.path)), {
      description: "Figure of the result that the goal is about.",
      example: "jobs.waitS.p95",
      valueTexts: METRICS.map((metric) => metric.description),
    }),
    service: field(lineOfText(100), {
      description: "The service that a metric of `serving` is about. Left out, it is about all services together.",
      example: "chat",
    }).optional(),
    atMost: field(target(), {
      description:
        "The goal is met when the metric is not above this. Times need a unit, shares may be percentages. Give either this or `atLeast`.",
      example: "15m",
    }).optional(),
    atLeast: field(target(), {
      description:
        "The goal is met when the metric is not below this. Times need a unit, shares may be percentages. Give either this or `atMost`.",
      example: "80%",
    }).optional(),
  });
}

/** What must hold: `goals`. */
export function goalsSchema() {
  return field(z.array(goalSchema()).max(LIMITS.goalsMax), {
    description: "What the cluster must achieve. A run that misses a goal ends with exit code 1.",
    example: [{ metric: "jobs.waitS.p95", atMost: "15m" }],
  });
}
