import { formatQuantity, formatRange } from "./format-quantity.js";
import type { GoalResult } from "./result-document.js";

/** What a verdict on goals is said of. */
export interface Judged {
  /** As in the middle of a sentence: "8 nodes × 8 H100 (64 GPUs)", "the fleet". */
  readonly subject: string;
  readonly isPlural: boolean;
  readonly goals: readonly GoalResult[];
  /** "95 % confidence"; absent where one run decides. */
  readonly confidence?: string;
  /** Whether yes and no answer what was asked, so far as the goals do. */
  readonly saysYes: boolean;
  /** Whether no is an answer as well: it always is when yes is, and also where figures beside the goals forbid a yes. */
  readonly saysNo: boolean;
  /** What a goal without a name of its own is called. */
  readonly metricWords: (metric: string) => string;
}

/** The finding as one sentence: the goals are met, or some are missed, or it is open; with the figures that show it. */
export function verdictSentence(judged: Judged): string {
  const { subject, isPlural, goals, confidence, saysYes, saysNo, metricWords } = judged;
  const { missed, open } = byVerdict(goals);
  const words = (list: readonly GoalResult[]): string =>
    list.map((goal) => goalOutcome(goal, metricWords)).join("; ");
  const sure = confidence === undefined ? "" : `, at ${confidence}`;
  const finding = (rest: string): string =>
    confidence === undefined
      ? `${subject.charAt(0).toUpperCase()}${subject.slice(1)} ${rest}`
      : `At ${confidence}, ${subject} ${rest}`;
  if (missed.length > 0) {
    const rest = `${isPlural ? "miss" : "misses"} ${countGoals(missed.length, goals.length)}: ${words(missed)}${alsoOpen(open, metricWords)}.`;
    return saysNo ? `No${sure}: ${subject} ${rest}` : finding(rest);
  }
  const meets = isPlural ? "meet" : "meets";
  if (open.length > 0) {
    return `It is open${sure}, whether ${subject} ${meets} ${countGoals(open.length, goals.length)}: ${words(open)}.`;
  }
  const rest = `${meets} ${allGoals(goals.length)} (${tightestWords(goals, metricWords)}).`;
  return saysYes ? `Yes${sure}: ${subject} ${rest}` : finding(rest);
}

/** Goals by what was shown of them; one run shows everything it can. */
export function byVerdict(goals: readonly GoalResult[]): {
  readonly missed: readonly GoalResult[];
  readonly open: readonly GoalResult[];
} {
  return {
    missed: goals.filter((goal) => !goal.met && goal.verdict !== "not shown"),
    open: goals.filter((goal) => goal.verdict === "not shown"),
  };
}

/** What is open beside what is missed; nothing where nothing is. */
export function alsoOpen(
  open: readonly GoalResult[],
  metricWords: (metric: string) => string,
): string {
  if (open.length === 0) return "";
  return `; not shown either way: ${open.map((goal) => goalOutcome(goal, metricWords)).join("; ")}`;
}

/** "1 of 2 goals", "both goals". */
export function countGoals(some: number, total: number): string {
  return some === total ? allGoals(total) : `${some} of ${total} goals`;
}

/** "the goal", "both goals", "all 3 goals". */
export function allGoals(total: number): string {
  if (total === 1) return "the goal";
  return total === 2 ? "both goals" : `all ${total} goals`;
}

/**
 * What came out for one goal: "p95 wait at 2 h, goal at most 1 h". Names may stand in the singular or the plural, and
 * "at" fits both.
 */
export function goalOutcome(goal: GoalResult, metricWords: (metric: string) => string): string {
  const { id, metric, comparison, actual, interval, target, unit } = goal;
  const name = id === `${metric} ${comparison}` ? metricWords(metric) : id;
  const bound = `goal ${comparison === "atMost" ? "at most" : "at least"} ${formatQuantity(target, unit)}`;
  if (actual === null) return `no value for ${name}, ${bound}`;
  const range = interval === null ? "" : ` (${rangeWords(interval, unit)})`;
  return `${name} at ${formatQuantity(actual, unit)}${range}, ${bound}`;
}

function rangeWords([low, high]: readonly [number, number], unit: string): string {
  return low === high ? "no spread" : formatRange(low, high, unit);
}

/** The met goal with the least room, as evidence: "tightest: use at 52 %, goal at least 50 %". */
export function tightestWords(
  goals: readonly GoalResult[],
  metricWords: (metric: string) => string,
): string {
  // A goal of nothing at all has no room to measure by.
  const measured = goals.filter(({ target }) => target !== 0);
  const [tightest] = [...(measured.length === 0 ? goals : measured)].sort(
    (left, right) => roomOf(left) - roomOf(right),
  );
  if (tightest === undefined) return "";
  return `${goals.length === 1 ? "" : "tightest: "}${goalOutcome(tightest, metricWords)}`;
}

/** Distance to the target as a share of the target; smaller is tighter. */
function roomOf({ actual, interval, target, comparison }: GoalResult): number {
  if (actual === null) return -1;
  const nearest = interval === null ? actual : interval[comparison === "atMost" ? 1 : 0];
  const scale = Math.max(Math.abs(target), Number.EPSILON);
  return (comparison === "atMost" ? target - nearest : nearest - target) / scale;
}
