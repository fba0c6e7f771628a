import { exp, log2 } from "../../base/elementary.js";

/** A matrix product A [m, k] · B [k, n]. */
export interface MatmulShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** How far predictions were off on shapes the fit had not seen; shares of the measured time. */
export interface Residuals {
  /** Shapes held out. */
  readonly count: number;
  readonly median: number;
  readonly p90: number;
  readonly max: number;
}

/**
 * Measured times of matrix products of one number format on one device, as a surface over their size.
 *
 * Formula: time = max(2mnk / F, B(mn + nk + mk) / W) · e^(S(log₂ m, log₂ n, log₂ k)), F and W the peak rates of
 * `reference`, B the bytes of an element, S linear between `knots` in each direction and constant beyond them.
 */
export interface MatmulSurface {
  /** Such as `bf16`. */
  readonly dtype: string;
  /** Bytes of one element of A, B and the result. */
  readonly elementBytes: number;
  /** What the surface is relative to. */
  readonly reference: { readonly flopPerS: number; readonly bytesPerS: number };
  /** Ascending log₂ of m, n and k at which `values` stand. */
  readonly knots: {
    readonly m: readonly number[];
    readonly n: readonly number[];
    readonly k: readonly number[];
  };
  /** S at the knots: k fastest, then n, then m. Natural logarithm of measured over roofline time. */
  readonly values: readonly number[];
  /** Shapes it rests on. */
  readonly shapes: number;
  /** Errors on held-out shapes of a fit to the others; the surface itself rests on all of them. */
  readonly residuals: Residuals;
  /** 90 % of held-out times lay between these factors of the prediction. */
  readonly factorInterval: readonly [low: number, high: number];
}

/** The least time by peak rates. Seconds. */
export function rooflineTimeS(
  shape: MatmulShape,
  surface: Pick<MatmulSurface, "reference" | "elementBytes">,
): number {
  const { m, n, k } = shape;
  const { flopPerS, bytesPerS } = surface.reference;
  const moved = surface.elementBytes * (m * n + n * k + m * k);
  return Math.max((2 * m * n * k) / flopPerS, moved / bytesPerS);
}

/** Time of one product by the surface, and whether its size lies outside what was measured. */
export function matmulTimeS(
  surface: MatmulSurface,
  shape: MatmulShape,
): { readonly timeS: number; readonly isExtrapolated: boolean } {
  const { knots, values } = surface;
  const at = [
    placeOf(knots.m, log2(shape.m)),
    placeOf(knots.n, log2(shape.n)),
    placeOf(knots.k, log2(shape.k)),
  ] as const;
  let sum = 0;
  for (let corner = 0; corner < CORNERS; corner++) {
    sum += cornerWeight(at, corner) * values[cornerIndex(at, corner, knots)]!;
  }
  return {
    timeS: rooflineTimeS(shape, surface) * exp(sum),
    isExtrapolated: at.some(({ isOutside }) => isOutside),
  };
}

/** Corners of a cell in three dimensions. */
export const CORNERS = 8;

/** A place between two knots. */
export interface KnotPlace {
  /** The knot at or below it. */
  readonly index: number;
  /** How far it is towards the next, 0..1. */
  readonly fraction: number;
  readonly isOutside: boolean;
}

/** Where a value stands among ascending knots; values beyond them are put on the nearest. */
export function placeOf(knots: readonly number[], value: number): KnotPlace {
  const last = knots.length - 1;
  if (last === 0) return { index: 0, fraction: 0, isOutside: value !== knots[0] };
  const clamped = Math.min(Math.max(value, knots[0]!), knots[last]!);
  let index = 0;
  while (index < last - 1 && knots[index + 1]! <= clamped) index += 1;
  const fraction = (clamped - knots[index]!) / (knots[index + 1]! - knots[index]!);
  return { index, fraction, isOutside: value !== clamped };
}

/** Share of a corner's value at a place; the shares of all eight sum to 1. */
export function cornerWeight(
  at: readonly [KnotPlace, KnotPlace, KnotPlace],
  corner: number,
): number {
  return at.reduce(
    (product, { fraction }, axis) =>
      product * (((corner >> axis) & 1) === 1 ? fraction : 1 - fraction),
    1,
  );
}

/** Position in `values` of a corner of the cell at a place. */
export function cornerIndex(
  at: readonly [KnotPlace, KnotPlace, KnotPlace],
  corner: number,
  knots: MatmulSurface["knots"],
): number {
  const [m, n, k] = [knots.m, knots.n, knots.k].map((axis, index) =>
    // A single knot has no neighbour; its weight there is 0.
    Math.min(at[index]!.index + ((corner >> index) & 1), axis.length - 1),
  ) as [number, number, number];
  return (m * knots.n.length + n) * knots.k.length + k;
}
