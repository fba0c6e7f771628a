import type { CheckContext } from "../check-context.js";
import { parseDurationValue } from "../parse-quantity.js";

/** A run must last longer than its warm-up, or it measures nothing. */
export function checkRun(context: CheckContext): void {
  const until = parseDurationValue(context.valueAt(["run", "until"]));
  const warmup = parseDurationValue(context.valueAt(["run", "warmup"]));
  if (!until.ok || !warmup.ok || warmup.value < until.value) return;
  context.report({
    path: ["run", "warmup"],
    rule: "conflicting-fields",
    message: "run.warmup is not shorter than run.until: nothing would be measured",
  });
}
