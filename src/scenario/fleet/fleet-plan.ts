import type { FleetPlanInput } from "./schema/fleet-plan-schema.js";

type DecisionInput = FleetPlanInput["decide"][number];

/** Values that a decision may take. */
export function valuesOfDecision({ range, values }: DecisionInput): readonly unknown[] {
  if (values !== undefined) return values;
  if (range === undefined) return [];
  const { from, to, step = 1 } = range;
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  return Array.from(
    { length: Math.max(0, Math.min(count, 100_000)) },
    (_, index) => from + index * step,
  );
}

/** How many plans all combinations make. */
export function candidatesOf({ decide }: FleetPlanInput): number {
  return decide.reduce((product, decision) => product * valuesOfDecision(decision).length, 1);
}
