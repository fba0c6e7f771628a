import { overlayOf, rounded, valueText, type Factor } from "./factor.js";
import type { PointOutcome, PointRunner } from "./evaluate-points.js";
import type { Flip } from "./sensitivity-document.js";

/** Part of a range that a flip is found to when nobody says it. */
const RESOLUTION = 0.01;

/** How flips are looked for. */
export interface FlipSearch {
  /** Whether two points decide alike; the same goals met when left out. */
  readonly isSame?: (left: PointOutcome, right: PointOutcome) => boolean;
  /** Part of the range that a flip is found to. */
  readonly resolution?: number;
}

/**
 * Where the decision changes between the scenario's value and an end of the range at which it is another one, by
 * halving. Where it changes more than once, one of these places.
 */
export async function findFlip(
  factor: Factor,
  from: { readonly value: number; readonly outcome: PointOutcome },
  to: { readonly value: number; readonly outcome: PointOutcome },
  runner: PointRunner,
  { isSame = sameDecision, resolution = RESOLUTION }: FlipSearch = {},
): Promise<Flip> {
  let near = from;
  let far = to;
  const width = factor.isWhole === true ? 1 : Math.abs(factor.high - factor.low) * resolution;
  while (Math.abs(far.value - near.value) > width) {
    // Between neighbours there is no whole number, and the loop has ended.
    const value = rounded(factor, (near.value + far.value) / 2);
    const { path, value: text } = overlayOf(factor, value);
    const overlay = { path, value: text, source: `--vary ${path}=${text}` };
    const [outcome] = await runner.run([[overlay]]);
    const middle = { value, outcome: outcome! };
    if (isSame(middle.outcome, from.outcome)) near = middle;
    else far = middle;
  }
  const side = to.value > from.value ? "above" : "below";
  const text = valueText(factor, far.value);
  return {
    value: far.value,
    text:
      factor.isWhole === true
        ? `${text} or ${side === "above" ? "more" : "less"}`
        : `${side} ${text}`,
    side,
    goalsMet: far.outcome.goals.every(({ met }) => met),
    goals: far.outcome.goals
      .filter(({ met }, index) => met !== from.outcome.goals[index]!.met)
      .map(({ id }) => id),
  };
}

/** Whether the same goals are met. */
export function sameDecision(left: PointOutcome, right: PointOutcome): boolean {
  return left.goals.every(({ met }, index) => met === right.goals[index]!.met);
}

/** Whether all goals are met at both, or at neither. */
export function sameAnswer(left: PointOutcome, right: PointOutcome): boolean {
  const isAnswer = ({ goals }: PointOutcome): boolean => goals.every(({ met }) => met);
  return isAnswer(left) === isAnswer(right);
}
