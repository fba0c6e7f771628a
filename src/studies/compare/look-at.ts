import type { GoalTarget } from "../run/evaluate-goals.js";
import { labelMetric } from "../run/metric-label.js";
import type { ComparedMetric } from "./compare-document.js";
import { indifferenceOf, type ChosenMetric } from "./compare-metrics.js";
import type { CompareRequest } from "./compare-request.js";
import { pairsOf } from "./compared-pairs.js";
import { judgeDifferences, type ComparedSamples, type Pairing } from "./judge-differences.js";
import { judgeGoals, type JudgedGoal } from "./judge-goals.js";
import type { Look } from "./looks.js";

/** Figures of the runs that are seen at one look. */
export interface SeenFigures {
  /** One per replication; null where a run has none. */
  valuesOf(configuration: number, path: string): readonly (number | null)[];
  /** Mean over replications; null where some run has none. */
  meanOf(values: readonly (number | null)[]): number | null;
}

/** What is looked at. */
export interface Seen {
  readonly look: Look;
  readonly pairing: Pairing;
  readonly figures: SeenFigures;
  readonly deciding: readonly ChosenMetric[];
}

/** What one look shows. */
export interface Sight extends Seen {
  /** By pair, then deciding metric. */
  readonly differences: readonly (readonly ComparedMetric[])[];
  /** By configuration. */
  readonly goals: readonly (readonly JudgedGoal[])[];
}

/** What of a comparison judging depends on. */
type Judging = Pick<CompareRequest, "pairs" | "indifferenceShare"> & {
  readonly configurations: readonly unknown[];
};

/**
 * Judges the deciding metrics of all pairs as one family, and the goals of all configurations as another.
 *
 * @param targets goals, by configuration
 */
export function lookAt(
  request: Judging,
  seen: Seen,
  targets: readonly (readonly GoalTarget[])[],
): Sight {
  const { look, pairing, figures, deciding } = seen;
  const { indifferenceShare } = request;
  const pairs = pairsOf(request);
  const family = pairs.flatMap((pair) =>
    deciding.map((metric) => samplesOf(figures, pair, metric, indifferenceShare)),
  );
  const judged = judgeDifferences(family, { alpha: look.alpha, pairing });
  const differences = pairs.map((_, row) =>
    deciding.map((metric, column) => {
      const index = row * deciding.length + column;
      return comparedMetric("decides", metric, figures, family[index]!, judged[index]!);
    }),
  );
  const samples = targets.flatMap((goals, configuration) =>
    goals.map((goal) => ({
      goal,
      values: figures.valuesOf(configuration, goal.metric),
      indifference: indifferenceOf(goal.metric, goal.target, indifferenceShare),
    })),
  );
  const goalsOfAll = judgeGoals(samples, { alpha: look.alpha, isOneRun: pairing === "one-run" });
  let next = 0;
  const goals = targets.map((own) => goalsOfAll.slice(next, (next += own.length)));
  return { ...seen, differences, goals };
}

/** Judges metrics beside those that decide, each alone. */
export function judgeBeside(
  { look, pairing, figures }: Seen,
  pair: readonly [number, number],
  metrics: readonly ChosenMetric[],
  indifferenceShare: number,
): readonly ComparedMetric[] {
  return metrics.map((metric) => {
    const samples = samplesOf(figures, pair, metric, indifferenceShare);
    const [judged] = judgeDifferences([samples], { alpha: look.alpha, pairing });
    return comparedMetric("beside", metric, figures, samples, judged!);
  });
}

function samplesOf(
  { valuesOf, meanOf }: SeenFigures,
  [first, second]: readonly [number, number],
  { path }: ChosenMetric,
  indifferenceShare: number,
): ComparedSamples {
  const before = valuesOf(first, path);
  const after = valuesOf(second, path);
  return { before, after, indifference: indifferenceOf(path, meanOf(before), indifferenceShare) };
}

function comparedMetric(
  role: ComparedMetric["role"],
  { path, unit }: ChosenMetric,
  { meanOf }: SeenFigures,
  { before, after, indifference }: ComparedSamples,
  judged: ReturnType<typeof judgeDifferences>[number],
): ComparedMetric {
  return {
    metric: path,
    unit,
    role,
    before: meanOf(before),
    after: meanOf(after),
    indifference,
    better: labelMetric(path).better,
    ...judged,
  };
}
