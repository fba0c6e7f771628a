import type { AnyCompareDocument } from "../studies/compare/compare-document.js";

/** True when something is shown to be worse than in the first configuration. */
export function isWorse({ configurations, comparisons }: AnyCompareDocument): boolean {
  const [base, ...variants] = configurations;
  const isWorseMetric = comparisons.some(
    ({ base: first, metrics }) =>
      first === base!.name &&
      metrics.some(
        ({ role, better, verdict }) =>
          role === "decides" &&
          ((better === "lower" && verdict === "higher") ||
            (better === "higher" && verdict === "lower")),
      ),
  );
  const metByBase = base!.goals.filter(({ verdict }) => verdict === "met").map(({ id }) => id);
  const losesGoal = variants.some(({ goals }) =>
    goals.some(({ id, verdict }) => verdict !== "met" && metByBase.includes(id)),
  );
  return isWorseMetric || losesGoal;
}
