import { formatQuantity } from "../run/format-quantity.js";
import { allGoals } from "../run/goal-words.js";
import { labelMetric } from "../run/metric-label.js";
import type { SweepDocument, SweptAxis, SweptPoint } from "./sweep-document.js";

/** Groups of points that a sentence can name; of more, the table tells better. */
const GROUPS_NAMED_MAX = 8;

/** What the points say, in plain words: how many meet the goals and which, then how far the first figure goes. */
export function sweepAnswer(
  points: readonly SweptPoint[],
  goalCount: number,
  { axes, metrics, failedPoints }: Pick<SweepDocument, "axes" | "metrics" | "failedPoints">,
): string {
  const done = points.filter(({ failure }) => failure === undefined);
  if (done.length === 0) return `None of the ${points.length} points could be run.`;
  const [metric] = metrics;
  const sentences = [
    ...(goalCount === 0 ? [] : meetingSentences(done, goalCount, axes)),
    ...(metric === undefined ? [] : [rangeWords(done, metric, axes)]),
    ...(failedPoints > 0 ? [`${failedPoints} of ${points.length} points could not be run.`] : []),
  ];
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

function meetingSentences(
  points: readonly SweptPoint[],
  goalCount: number,
  axes: readonly SweptAxis[],
): readonly string[] {
  const goals = allGoals(goalCount);
  const meeting = points.filter(({ goalsMet }) => goalsMet === goalCount);
  const total = points.length;
  if (total === 1)
    return [
      `The one point ${meeting.length === 1 ? "meets" : "does not meet"} ${goals} on average.`,
    ];
  if (meeting.length === 0) return [`None of the ${total} points meets ${goals} on average.`];
  if (meeting.length === total) return [`All ${total} points meet ${goals} on average.`];
  const verb = meeting.length === 1 ? "points meets" : "points meet";
  return [
    `${meeting.length} of ${total} ${verb} ${goals} on average${whichPoints(meeting, axes)}.`,
  ];
}

/** ": load 0.75 with nodes 8, 10; load 1 with nodes 10"; "" where that would be a list nobody reads. */
function whichPoints(meeting: readonly SweptPoint[], axes: readonly SweptAxis[]): string {
  const [first, second] = axes;
  if (first === undefined || axes.length > 2) return "";
  const groups = new Map<string, string[]>();
  for (const { values } of meeting) {
    const key = valueText(values[0]);
    groups.set(key, [...(groups.get(key) ?? []), ...(second ? [valueText(values[1])] : [])]);
  }
  if (groups.size > GROUPS_NAMED_MAX) return "";
  const words =
    second === undefined
      ? [`${first.name} ${[...groups.keys()].join(", ")}`]
      : [...groups].map(([key, list]) => {
          const all = list.length === second.values.length ? "every value of " : "";
          return `${first.name} ${key} with ${all}${second.name}${all === "" ? ` ${list.join(", ")}` : ""}`;
        });
  return `: ${words.join("; ")}`;
}

function rangeWords(
  points: readonly SweptPoint[],
  { path, unit }: SweepDocument["metrics"][number],
  axes: readonly SweptAxis[],
): string {
  const valued = points.flatMap((point) => {
    const mean = point.figures?.[path]?.mean ?? null;
    return mean === null ? [] : [{ point, mean }];
  });
  if (valued.length === 0) return "";
  const lowest = valued.reduce((best, one) => (one.mean < best.mean ? one : best));
  const highest = valued.reduce((best, one) => (one.mean > best.mean ? one : best));
  const at = ({ values }: SweptPoint): string =>
    axes.map(({ name }, index) => `${name} ${valueText(values[index])}`).join(", ");
  const { phrase } = labelMetric(path);
  if (lowest.mean === highest.mean) {
    return `The ${phrase} is ${formatQuantity(lowest.mean, unit)} everywhere.`;
  }
  return (
    `The ${phrase} goes from ${formatQuantity(lowest.mean, unit)} (${at(lowest.point)}) ` +
    `to ${formatQuantity(highest.mean, unit)} (${at(highest.point)}).`
  );
}

/** A value of an axis as a person would write it. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "as in the scenario";
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : JSON.stringify(value);
}
