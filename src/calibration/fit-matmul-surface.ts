import { log, log2 } from "../base/elementary.js";
import {
  CORNERS,
  cornerIndex,
  cornerWeight,
  matmulTimeS,
  placeOf,
  rooflineTimeS,
  type MatmulShape,
  type MatmulSurface,
} from "../performance/calibrated/matmul-surface.js";
import { quantile } from "../stats/quantile.js";
import { isHeldOut, residualsOf } from "./residuals.js";
import { rowProduct, solveSmooth, type SparseRows } from "./solve-surface.js";

/** One measured product. */
export interface MeasuredMatmul extends MatmulShape {
  /** Seconds; positive. */
  readonly timeS: number;
}

/** What a surface is fitted relative to. */
export type MatmulReference = Pick<MatmulSurface, "dtype" | "elementBytes" | "reference">;

/** Weight of smoothness beside the data: small, because neighbouring sizes really differ. */
const SMOOTHNESS = 0.1;
/** Rounds of robust weights. */
const ROBUST_ROUNDS = 3;
/** Residuals beyond so many robust deviations count less (Huber). */
const HUBER = 1.5;
/** Fewest shapes with which holding out half of them still says something. */
export const MATMUL_SHAPES_MIN = 8;

/**
 * Fits an efficiency surface to measured products, and says how wrong it is on shapes it has not seen: half of the
 * shapes, chosen by the SHA-256 of `m/n/k`, are held out of a first fit; the surface handed out rests on all.
 *
 * @throws RangeError with fewer than 8 shapes
 */
export function fitMatmulSurface(
  rows: readonly MeasuredMatmul[],
  reference: MatmulReference,
): MatmulSurface {
  if (rows.length < MATMUL_SHAPES_MIN) {
    throw new RangeError(
      `matmul surface: at least ${MATMUL_SHAPES_MIN} shapes are needed, got ${rows.length}`,
    );
  }
  const isHeld = rows.map((row) => isHeldOut(shapeKey(row)));
  const seen = rows.filter((_unused, index) => !isHeld[index]!);
  const held = rows.filter((_unused, index) => isHeld[index]!);
  // A tiny set may fall on one side; then every other shape is held out.
  const split =
    seen.length >= rows.length / 4 && held.length >= rows.length / 4
      ? { seen, held }
      : {
          seen: rows.filter((_unused, index) => index % 2 === 0),
          held: rows.filter((_unused, index) => index % 2 === 1),
        };
  const trial = surfaceThrough(split.seen, reference);
  const predicted = split.held.map((row) => matmulTimeS(trial, row).timeS);
  const factors = split.held.map(({ timeS }, index) => timeS / predicted[index]!);
  return {
    ...surfaceThrough(rows, reference),
    residuals: residualsOf(
      predicted,
      split.held.map(({ timeS }) => timeS),
    ),
    factorInterval: [quantile(factors, 0.05)!, quantile(factors, 0.95)!],
  };
}

/** Key by which shapes are split. */
export function shapeKey({ m, n, k }: MatmulShape): string {
  return `${m}/${n}/${k}`;
}

/** The surface through measured products, without residuals of its own. */
export function surfaceThrough(
  rows: readonly MeasuredMatmul[],
  reference: MatmulReference,
): MatmulSurface {
  const knots = {
    m: wholeKnots(rows.map(({ m }) => m)),
    n: wholeKnots(rows.map(({ n }) => n)),
    k: wholeKnots(rows.map(({ k }) => k)),
  };
  const shifts = Float64Array.from(rows, (row) => log(row.timeS / rooflineTimeS(row, reference)));
  // Knots without data fall back to the middle of all, not to the roofline.
  const middle = quantile(shifts, 0.5)!;
  const sparse = rowsOf(
    rows,
    knots,
    Float64Array.from(shifts, (shift) => shift - middle),
  );
  const importance = new Float64Array(rows.length).fill(1);
  let solution = new Float64Array();
  for (let round = 0; round < ROBUST_ROUNDS; round++) {
    solution = solveSmooth(sparse, {
      importance,
      grid: [knots.m.length, knots.n.length, knots.k.length],
      smoothness: SMOOTHNESS,
    }) as Float64Array<ArrayBuffer>;
    reweigh(sparse, solution, importance);
  }
  return {
    ...reference,
    knots,
    values: Array.from(solution, (value) => Number((value + middle).toPrecision(5))),
    shapes: rows.length,
    residuals: { count: 0, median: 0, p90: 0, max: 0 },
    factorInterval: [1, 1],
  };
}

/** Whole powers of two around all sizes. */
function wholeKnots(sizes: readonly number[]): readonly number[] {
  let [least, most] = [Infinity, 0];
  for (const size of sizes) {
    least = Math.min(least, size);
    most = Math.max(most, size);
  }
  const [first, last] = [Math.floor(log2(least)), Math.ceil(log2(most))];
  return Array.from({ length: last - first + 1 }, (_unused, index) => first + index);
}

function rowsOf(
  rows: readonly MatmulShape[],
  knots: MatmulSurface["knots"],
  targets: Float64Array,
): SparseRows {
  const columns = new Int32Array(rows.length * CORNERS);
  const weights = new Float64Array(rows.length * CORNERS);
  rows.forEach((row, index) => {
    const at = [
      placeOf(knots.m, log2(row.m)),
      placeOf(knots.n, log2(row.n)),
      placeOf(knots.k, log2(row.k)),
    ] as const;
    for (let corner = 0; corner < CORNERS; corner++) {
      columns[index * CORNERS + corner] = cornerIndex(at, corner, knots);
      weights[index * CORNERS + corner] = cornerWeight(at, corner);
    }
  });
  return { width: CORNERS, columns, weights, targets };
}

function reweigh(rows: SparseRows, solution: Float64Array, importance: Float64Array): void {
  const misses = Float64Array.from(rows.targets, (target, row) =>
    Math.abs(target - rowProduct(rows, row, solution)),
  );
  const deviation = 1.4826 * quantile(misses, 0.5)! + 1e-6;
  misses.forEach((miss, row) => {
    importance[row] = 1 / Math.max(1, miss / (HUBER * deviation));
  });
}
