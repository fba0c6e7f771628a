import { replicationInterval } from "../stats/confidence-interval.js";
import type { Residuals } from "../performance/calibrated/matmul-surface.js";
import { residualsOf } from "./residuals.js";

/** One measured size. */
export interface SizedTime {
  readonly bytes: number;
  /** Seconds; positive. */
  readonly timeS: number;
  /** Times of single processes, in the same order for every size; absent when only one figure is known. */
  readonly processTimesS?: readonly number[];
}

/** Time = alpha + bytes / rate. */
export interface FittedLine {
  readonly alphaS: number;
  readonly alphaInterval?: readonly [number, number];
  readonly bytesPerS: number;
  readonly bytesPerSInterval?: readonly [number, number];
  /** Errors at each size of a line through the others; absent with fewer than 3 sizes. */
  readonly residuals?: Residuals;
}

const CONFIDENCE = 0.95;

/**
 * Least squares of relative errors: Σ ((α + β bytes - t) / t)². With one size the line goes through the origin.
 * Intervals (95 %) come from lines of single processes, where every size has the same two or more of them.
 *
 * @throws RangeError without a size
 */
export function fitLine(points: readonly SizedTime[]): FittedLine {
  if (points.length === 0) throw new RangeError("line: at least one size is needed");
  const { alphaS, bytesPerS } = lineThrough(points);
  const residuals = leaveOneOut(points);
  const lines = processLines(points);
  return {
    alphaS,
    bytesPerS,
    ...(lines === undefined
      ? {}
      : {
          alphaInterval: intervalOf(lines.map((line) => line.alphaS)),
          bytesPerSInterval: intervalOf(lines.map((line) => line.bytesPerS)),
        }),
    ...(residuals === undefined ? {} : { residuals }),
  };
}

function lineThrough(points: readonly SizedTime[]): {
  readonly alphaS: number;
  readonly bytesPerS: number;
} {
  // Weighted normal equations with weights 1 / t².
  let [w, wx, wxx, wt, wxt] = [0, 0, 0, 0, 0];
  for (const { bytes, timeS } of points) {
    const weight = 1 / (timeS * timeS);
    w += weight;
    wx += weight * bytes;
    wxx += weight * bytes * bytes;
    wt += weight * timeS;
    wxt += weight * bytes * timeS;
  }
  const determinant = w * wxx - wx * wx;
  const slope = determinant > 1e-12 * w * wxx ? (w * wxt - wx * wt) / determinant : Number.NaN;
  const alphaS = (wt - slope * wx) / w;
  // One size, or a start that would be negative or a rate that would be: the line through the origin.
  if (slope > 0 && alphaS >= 0) return { alphaS, bytesPerS: 1 / slope };
  return { alphaS: 0, bytesPerS: wxx / wxt };
}

function leaveOneOut(points: readonly SizedTime[]): Residuals | undefined {
  if (points.length < 3) return undefined;
  const predicted = points.map(({ bytes }, index) => {
    const { alphaS, bytesPerS } = lineThrough(points.filter((_unused, other) => other !== index));
    return alphaS + bytes / bytesPerS;
  });
  return residualsOf(
    predicted,
    points.map(({ timeS }) => timeS),
  );
}

function processLines(points: readonly SizedTime[]): ReturnType<typeof lineThrough>[] | undefined {
  const counts = new Set(points.map(({ processTimesS }) => processTimesS?.length ?? 0));
  const [count = 0] = counts;
  if (counts.size !== 1 || count < 2) return undefined;
  return Array.from({ length: count }, (_unused, process) =>
    lineThrough(
      points.map(({ bytes, processTimesS }) => ({ bytes, timeS: processTimesS![process]! })),
    ),
  );
}

function intervalOf(values: readonly number[]): readonly [number, number] {
  const { mean, halfWidth } = replicationInterval(values, CONFIDENCE);
  return [Math.max(0, mean - halfWidth), mean + halfWidth];
}
