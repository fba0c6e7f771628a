import { SCORE_MAX, type PlacementScorer } from "../policy.js";
import { resourceColumns, type AllocationOptions } from "./node-resources.js";

/** One corner of the curve from utilisation to score. */
export interface ShapePoint {
  /** Per cent of the resource in use, a whole number 0..100. */
  readonly utilizationPct: number;
  /** Score at that utilisation, a whole number 0..10 as kube's configuration writes it. */
  readonly score: number;
}

/** Options of `requestedToCapacityRatio`. */
export interface RequestedToCapacityRatioOptions extends AllocationOptions {
  /** Corners by rising utilisation; 0 -> 0 and 100 -> 10 (bin packing) when absent. */
  readonly curve?: readonly ShapePoint[];
}

const BIN_PACKING: readonly ShapePoint[] = [
  { utilizationPct: 0, score: 0 },
  { utilizationPct: 100, score: 10 },
];
const CURVE_SCORE_MAX = 10;

/**
 * Scores each resource by a piecewise-linear curve over its utilisation, then takes the weighted mean.
 *
 * Whole numbers throughout, truncated as kube does; a resource counts in sum and weight only when its
 * score is above 0; the mean is rounded. Source: Kubernetes 1.20
 * noderesources/requested_to_capacity_ratio.go and
 * https://kubernetes.io/docs/concepts/scheduling-eviction/resource-bin-packing/.
 *
 * @throws RangeError when the curve is empty, not rising in utilisation, or out of range
 */
export function requestedToCapacityRatio(
  options: RequestedToCapacityRatioOptions = {},
): PlacementScorer {
  const { curve = BIN_PACKING } = options;
  assertCurve(curve);
  return {
    name: "requested-to-capacity-ratio",
    prepare(context) {
      const columns = resourceColumns(context, options);
      return {
        score(node, shape) {
          let sum = 0;
          let weights = 0;
          for (const { weight, capacity, requested, counts } of columns) {
            if (!counts(shape)) continue;
            const score = curveAt(curve, utilizationPct(requested(node, shape), capacity[node]!));
            if (score <= 0) continue;
            sum += score * weight;
            weights += weight;
          }
          return weights === 0 ? 0 : Math.round(sum / weights);
        },
      };
    },
  };
}

function utilizationPct(requested: number, capacity: number): number {
  if (capacity === 0 || requested > capacity) return 100;
  return 100 - Math.floor(((capacity - requested) * 100) / capacity);
}

/** Height of the curve, scaled to 0..100. Flat before the first and after the last corner. */
function curveAt(curve: readonly ShapePoint[], utilizationPct: number): number {
  const height = (point: ShapePoint): number => (point.score * SCORE_MAX) / CURVE_SCORE_MAX;
  const next = curve.findIndex((point) => utilizationPct <= point.utilizationPct);
  if (next < 0) return height(curve[curve.length - 1]!);
  const right = curve[next]!;
  if (next === 0) return height(right);
  const left = curve[next - 1]!;
  const rise = (height(right) - height(left)) * (utilizationPct - left.utilizationPct);
  return height(left) + Math.trunc(rise / (right.utilizationPct - left.utilizationPct));
}

function assertCurve(curve: readonly ShapePoint[]): void {
  if (curve.length === 0)
    throw new RangeError("requested-to-capacity-ratio: the curve needs at least one point");
  curve.forEach(({ utilizationPct, score }, i) => {
    const isInRange = (value: number, max: number): boolean =>
      Number.isInteger(value) && value >= 0 && value <= max;
    if (!isInRange(utilizationPct, 100)) {
      throw new RangeError(
        `requested-to-capacity-ratio: utilizationPct must be a whole number 0..100, got ${utilizationPct}`,
      );
    }
    if (!isInRange(score, CURVE_SCORE_MAX)) {
      throw new RangeError(
        `requested-to-capacity-ratio: score must be a whole number 0..10, got ${score}`,
      );
    }
    if (i > 0 && utilizationPct <= curve[i - 1]!.utilizationPct) {
      throw new RangeError("requested-to-capacity-ratio: points must rise in utilizationPct");
    }
  });
}
