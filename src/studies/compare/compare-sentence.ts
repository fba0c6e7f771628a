import { formatQuantity } from "../run/format-quantity.js";
import { labelMetric } from "../run/metric-label.js";
import type { ComparedMetric, ComparedSide, Comparison } from "./compare-document.js";
import type { JudgedGoal } from "./judge-goals.js";

/** Comparisons that the answer spells out; a table holds the rest. */
const SPELLED_OUT_MAX = 4;

/** One sentence on the metrics that decide and on the goals of the second configuration. */
export function comparisonSentence(
  { base, variant, metrics }: Pick<Comparison, "base" | "variant" | "metrics">,
  goals: readonly JudgedGoal[],
): string {
  const deciding = metrics.filter(({ role }) => role === "decides");
  const all = metrics.every(({ verdict }) => verdict === "identical" || verdict === "no value");
  const words = all
    ? "every figure is exactly the same"
    : deciding.map(differenceWords).join("; ") || "no metric has a value to compare";
  const ofGoals = goals.length === 0 ? "" : `; ${goalWords(goals)}`;
  return `“${variant}” against “${base}”: ${words}${ofGoals}.`;
}

/** "p95 wait 2.1 h lower (3.9 h → 1.8 h)". */
function differenceWords(metric: ComparedMetric): string {
  const { phrase } = labelMetric(metric.metric);
  const { verdict, before, after, mean, interval, unit, indifference } = metric;
  const words = (value: number): string => formatQuantity(value, unit);
  switch (verdict) {
    case "no value":
      return `${phrase} has no value in some run`;
    case "identical":
      return `${phrase} exactly the same (${words(before!)})`;
    case "as good as equal":
      return `${phrase} the same within ${differenceQuantity(indifference, unit)}`;
    case "not shown": {
      const ends = interval!.map((end) => signed(end, unit)).join(" to ");
      return `${phrase} not shown to differ (difference ${ends})`;
    }
    case "higher":
    case "lower":
      return `${phrase} ${differenceQuantity(Math.abs(mean!), unit)} ${verdict} (${words(before!)} → ${words(after!)})`;
  }
}

/** The size of a difference: shares differ by percentage points. */
export function differenceQuantity(value: number, unit: string): string {
  return unit === "share"
    ? formatQuantity(value, unit)
        .replace(/ %$/, " points")
        .replace(/^1 points$/, "1 point")
    : formatQuantity(value, unit);
}

function signed(value: number, unit: string): string {
  const sign = value < 0 ? "−" : value > 0 ? "+" : "";
  return `${sign}${differenceQuantity(Math.abs(value), unit)}`;
}

/** "it meets 1 of 3 goals, misses another and is not shown to meet or to miss the third" */
function goalWords(goals: readonly JudgedGoal[]): string {
  const total = goals.length;
  const kinds: readonly (readonly [JudgedGoal["verdict"], (goals: string) => string])[] = [
    ["met", (which) => `meets ${which}`],
    ["missed", (which) => `misses ${which}`],
    ["too close", (which) => `is too close to the target of ${which} to tell`],
    [
      "not shown",
      (which) =>
        `is shown neither to meet nor to miss ${which.replace(/^(?:both goals|all (\d+) goals)$/, (_, count?: string) => (count === undefined ? "either goal" : `any of the ${count} goals`))}`,
    ],
  ];
  let told = 0;
  const parts = kinds.flatMap(([verdict, words]) => {
    const count = goals.filter((goal) => goal.verdict === verdict).length;
    if (count === 0) return [];
    const which = whichGoals(count, told, total);
    told += count;
    return [words(which)];
  });
  const last = parts.pop()!;
  return `it ${parts.length === 0 ? last : `${parts.join(", ")} and ${last}`}`;
}

/** What some of the goals are called after others were told: "1 of 2 goals", then "the other". */
function whichGoals(count: number, told: number, total: number): string {
  if (count === total) return allOf(total);
  if (told === 0) return `${count} of ${total} goals`;
  if (told + count < total) return String(count);
  return count === 1 ? "the other" : `the other ${count}`;
}

function allOf(goals: number): string {
  if (goals === 1) return "the goal";
  return goals === 2 ? "both goals" : `all ${goals} goals`;
}

/** The outcome in plain words: the comparisons, then the goals of the base. */
export function answerSentence(
  configurations: readonly ComparedSide[],
  comparisons: readonly Comparison[],
): string {
  const [base] = configurations;
  const told = comparisons.slice(0, SPELLED_OUT_MAX).map(({ sentence }) => sentence);
  const more =
    comparisons.length > told.length
      ? [`${comparisons.length - told.length} more comparisons are in the table.`]
      : [];
  const own =
    base!.goals.length === 0 ? [] : [`“${base!.name}” itself: ${goalWords(base!.goals)}.`];
  return [...told, ...more, ...own].join(" ");
}
