import type { RichCell } from "../block.js";
import {
  exactQuantity,
  formatDifference,
  formatMagnitude,
  formatQuantity,
} from "../format/quantity.js";
import type { ComparedMetric } from "../../studies/compare/compare-document.js";
import type { JudgedDifference } from "../../studies/compare/judge-differences.js";

type Difference = JudgedDifference & Pick<ComparedMetric, "unit" | "before" | "after">;

/** "3.9 h → 1.8 h". */
export function fromToCell({ before, after, unit }: Difference): RichCell {
  const words = (value: number | null): string =>
    value === null ? "—" : formatQuantity(value, unit);
  return {
    text: `${words(before)} → ${words(after)}`,
    exact: `${before ?? "no value"} → ${after ?? "no value"}${unit === "" ? "" : ` ${unit}`}`,
  };
}

/**
 * The difference with its interval under it, and whether it is one.
 *
 * @param better which direction a person wants; neither colours nothing
 */
export function differenceCell(
  difference: Difference,
  better: ComparedMetric["better"],
): RichCell | null {
  const { verdict, mean, interval, unit } = difference;
  if (mean === null) return null;
  const exact = exactQuantity(mean, unit);
  const note =
    interval === null || verdict === "identical" ? {} : { note: intervalText(interval, unit) };
  const base = { value: mean, exact, ...note };
  switch (verdict) {
    case "no value":
      return null;
    case "identical":
      return { ...base, text: "exactly the same", tone: "quiet" };
    case "as good as equal":
      return { ...base, text: `${formatDifference(mean, unit)} as good as equal`, tone: "quiet" };
    case "not shown":
      return { ...base, text: `${formatDifference(mean, unit)} not shown`, tone: "quiet" };
    case "higher":
    case "lower": {
      const text = formatDifference(mean, unit);
      if (better === "neither") return { ...base, text };
      const improved = better === verdict;
      return {
        ...base,
        text: `${text} ${improved ? "better" : "worse"}`,
        tone: improved ? "good" : "bad",
      };
    }
  }
}

/** "−2.3 h to −1.9 h". */
export function intervalText([low, high]: readonly [number, number], unit: string): string {
  return `${formatDifference(low, unit)} to ${formatDifference(high, unit)}`;
}

/** Room between a value and a target: "40 min over". */
export function marginCell(
  actual: number | null,
  goal: {
    readonly target: number;
    readonly comparison: "atMost" | "atLeast";
    readonly unit: string;
  },
): RichCell | null {
  if (actual === null) return null;
  const room = goal.comparison === "atMost" ? goal.target - actual : actual - goal.target;
  const beyond = goal.comparison === "atMost" ? "over" : "short";
  return {
    text:
      room === 0 ? "none" : `${formatMagnitude(room, goal.unit)} ${room > 0 ? "to spare" : beyond}`,
    value: room,
    exact: exactQuantity(room, goal.unit),
  };
}
