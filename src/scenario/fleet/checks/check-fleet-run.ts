import { formatDuration } from "../../../base/units.js";
import type { CheckContext } from "../../check-context.js";
import { parseDurationValue } from "../../parse-quantity.js";
import { FLEET_DEFAULTS, FLEET_LIMITS } from "../fleet-limits.js";

/** How long a run may last, and how finely it may be drawn: both are built before anything is simulated. */
export function checkFleetRun(context: CheckContext): void {
  const durationS = secondsAt(context, "duration", FLEET_DEFAULTS.durationS);
  const stepS = secondsAt(context, "step", FLEET_DEFAULTS.stepS);
  if (durationS > FLEET_LIMITS.durationMaxS) {
    context.report({
      path: ["run", "duration"],
      rule: "out-of-range",
      message: `run.duration must be at most ${formatDuration(FLEET_LIMITS.durationMaxS)}, got ${formatDuration(durationS)}`,
    });
  } else if (durationS / stepS > FLEET_LIMITS.stepsMax) {
    context.report({
      path: ["run", "step"],
      rule: "out-of-range",
      message: `run.step must give at most ${FLEET_LIMITS.stepsMax} points, got ${Math.ceil(durationS / stepS)}: ${formatDuration(durationS)} in steps of ${formatDuration(stepS)}`,
      suggestion: formatDuration(Math.ceil(durationS / FLEET_LIMITS.stepsMax)),
    });
  }
}

/** What cannot be read is reported by the schema. */
function secondsAt(context: CheckContext, field: string, fallback: number): number {
  const given = context.valueAt(["run", field]);
  const parsed = given === undefined ? undefined : parseDurationValue(given);
  return parsed?.ok === true && parsed.value > 0 ? parsed.value : fallback;
}
