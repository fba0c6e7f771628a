import { pairwiseSum, roundExact2, roundHalfEven, roundScaled2 } from "./published-rounding.js";

/** Points of a curve: demand that arrived, 0..130 % of the cluster's GPU capacity. */
export const CURVE_POINTS = 131;

/** What is noted after every pod, placed or not. */
export interface ReplayRow {
  /** GPU demand that has arrived, in thousandths of a GPU; refused pods count too. */
  readonly arrivedMilli: number;
  /** Given to pods, in thousandths of a GPU. */
  readonly usedMilli: number;
  /** Fragment of the cluster, in thousandths of a GPU. */
  readonly fragmentMilli: number;
}

/** The published curves; a point is null when no pod arrived near that demand. */
export interface DiscreteCurves {
  /** GPU capacity given to pods, in per cent of the cluster. */
  readonly allocationPct: readonly (number | null)[];
  /** Fragment, in per cent of the cluster's GPU capacity. */
  readonly fragAmountPct: readonly (number | null)[];
  /** Fragment, in per cent of the idle GPU capacity. */
  readonly fragRatioPct: readonly (number | null)[];
}

/** Collects one row per pod and turns them into curves. */
export interface CurveRecorder {
  record(row: ReplayRow): void;
  curves(): DiscreteCurves;
}

/**
 * Curves over arrived demand as the FGD study publishes them.
 *
 * Each row is rounded as the tools rounded it (demand to whole per cent, the rest to two decimals),
 * then rows of one per cent are averaged; where there is none, rows within one per cent. Source: FGD
 * artifact, experiments/analysis/merge_*.py.
 *
 * @param gpuCount GPUs of the cluster, >= 1
 * @param rowsMax rows that will be recorded
 */
export function createCurveRecorder(gpuCount: number, rowsMax: number): CurveRecorder {
  const demandPct = new Int32Array(rowsMax);
  const allocationPct = new Float64Array(rowsMax);
  const fragmentMilli = new Float64Array(rowsMax);
  const ratioPct = new Float64Array(rowsMax);
  let rows = 0;
  let usedBefore = -1;
  let fragmentBefore = -1;

  return {
    record({ arrivedMilli, usedMilli, fragmentMilli: fragment }) {
      // In the tools' order of operations: one division by gpuCount * 10 would round differently.
      demandPct[rows] = roundHalfEven(arrivedMilli / gpuCount / 10);
      if (rows > 0 && usedMilli === usedBefore && fragment === fragmentBefore) {
        allocationPct[rows] = allocationPct[rows - 1]!;
        fragmentMilli[rows] = fragmentMilli[rows - 1]!;
        ratioPct[rows] = ratioPct[rows - 1]!;
      } else {
        const idleMilli = gpuCount * 1000 - usedMilli;
        allocationPct[rows] = roundExact2(usedMilli / gpuCount / 10);
        fragmentMilli[rows] = roundExact2(fragment);
        // A cluster without idle GPUs has no fragment: 0 of nothing.
        ratioPct[rows] = idleMilli === 0 ? 0 : roundExact2((100 * fragment) / idleMilli);
        usedBefore = usedMilli;
        fragmentBefore = fragment;
      }
      rows += 1;
    },
    curves() {
      const ranges = demandRanges(demandPct, rows);
      const means = (values: Float64Array): (number | null)[] =>
        ranges.map(([from, to]) =>
          to > from ? pairwiseSum(values, from, to - from) / (to - from) : null,
        );
      return {
        allocationPct: means(allocationPct).map((mean) =>
          mean === null ? null : roundScaled2(mean),
        ),
        fragAmountPct: means(fragmentMilli).map((mean) =>
          mean === null ? null : roundScaled2((100 * mean) / 1000 / gpuCount),
        ),
        fragRatioPct: means(ratioPct),
      };
    },
  };
}

/** Rows of each point, as [from, to): demand only rises, so they stand together. */
function demandRanges(demandPct: Int32Array, rows: number): readonly (readonly [number, number])[] {
  const firstAtLeast = (demand: number): number => {
    let low = 0;
    let high = rows;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (demandPct[middle]! < demand) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return Array.from({ length: CURVE_POINTS }, (_unused, point) => {
    const own = [firstAtLeast(point), firstAtLeast(point + 1)] as const;
    return own[1] > own[0] ? own : ([firstAtLeast(point - 1), firstAtLeast(point + 2)] as const);
  });
}
