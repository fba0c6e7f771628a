import { formatPath } from "../../../diagnostics/field-path.js";
import type { CheckContext } from "../../check-context.js";
import { fieldOf, listAt } from "../../checks/duplicates.js";
import { findPath } from "../../set-path.js";
import { candidatesOf, valuesOfDecision } from "../fleet-plan.js";
import type { FleetDocument } from "../schema/fleet-schema.js";
import { FLEET_PLAN_LIMITS } from "../schema/fleet-plan-schema.js";

/** A plan must have goals, values for every decision, and not too many combinations. */
export function checkFleetPlan(context: CheckContext, spec: FleetDocument | undefined): void {
  listAt(context, ["plan", "decide"]).forEach((decision, index) => {
    const path = ["plan", "decide", index] as const;
    const given = (["range", "values"] as const).filter(
      (key) => fieldOf(decision, key) !== undefined,
    );
    if (given.length !== 1)
      context.report({
        path,
        rule: given.length === 0 ? "missing-field" : "conflicting-fields",
        message: `${formatPath(path)} must have either range or values, got ${given.length === 0 ? "none" : "both"}`,
      });
    const written = fieldOf(decision, "path");
    if (typeof written !== "string") return;
    const found = findPath(written, context.root, context.fields);
    if (!found.ok)
      context.report({
        path: [...path, "path"],
        rule: "bad-set",
        message: `${formatPath([...path, "path"])}: ${found.fault.message}`,
        ...(found.fault.suggestion === undefined ? {} : { suggestion: found.fault.suggestion }),
      });
  });
  const plan = spec?.plan;
  if (plan === undefined) return;
  if ((spec?.goals ?? []).length === 0)
    context.report({
      path: ["plan"],
      part: "key",
      rule: "incomplete-fields",
      message: "a plan is the best that meets the goals, and the fleet has none",
      help: "headroom explain fleet goals",
    });
  plan.decide.forEach((decision, index) => {
    if (valuesOfDecision(decision).length > 0) return;
    context.report({
      path: ["plan", "decide", index, "range"],
      rule: "out-of-range",
      message: `plan.decide[${index}].range holds no value: it begins at ${decision.range?.from} and ends at ${decision.range?.to}`,
    });
  });
  const candidates = candidatesOf(plan);
  if (candidates > FLEET_PLAN_LIMITS.candidatesMax)
    context.report({
      path: ["plan", "decide"],
      part: "key",
      rule: "out-of-range",
      message: `plan.decide makes ${candidates} plans, and at most ${FLEET_PLAN_LIMITS.candidatesMax} are simulated`,
    });
}
