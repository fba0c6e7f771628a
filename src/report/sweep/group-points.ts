import type { SweepDocument, SweptAxis } from "../../studies/sweep/sweep-document.js";

/** Points of a sweep that have the same values on some axes, as one. */
export interface GroupedPoint {
  /** On those axes, in their order. */
  readonly values: readonly unknown[];
  /** Mean of the points' means. */
  readonly mean: number;
  /** Points in it. */
  readonly count: number;
  /** That of the point, where there is one only; averages of points have none. */
  readonly interval: readonly [low: number, high: number] | null;
}

/** Joins points by their values on some axes, in the order of the axes' values; points without a value are left out. */
export function groupPoints(
  { axes, points }: SweepDocument,
  metric: string,
  by: readonly SweptAxis[],
): readonly GroupedPoint[] {
  const columns = by.map((axis) => axes.indexOf(axis));
  const groups = new Map<
    string,
    {
      readonly values: readonly unknown[];
      readonly means: number[];
      interval: GroupedPoint["interval"];
    }
  >();
  for (const { values, figures } of points) {
    const figure = figures?.[metric];
    if (figure === undefined || figure.mean === null) continue;
    const own = columns.map((column) => values[column]);
    const key = JSON.stringify(own);
    const group = groups.get(key) ?? { values: own, means: [], interval: null };
    groups.set(key, group);
    group.means.push(figure.mean);
    group.interval = group.means.length === 1 ? figure.interval : null;
  }
  const places = by.map(
    ({ values }) => new Map(values.map((value, place) => [JSON.stringify(value), place])),
  );
  const placesOf = ({ values }: GroupedPoint): readonly number[] =>
    values.map((value, axis) => places[axis]!.get(JSON.stringify(value)) ?? 0);
  return [...groups.values()]
    .map(({ values, means, interval }) => ({
      values,
      mean: means.reduce((sum, mean) => sum + mean, 0) / means.length,
      count: means.length,
      interval,
    }))
    .sort((left, right) => comparePlaces(placesOf(left), placesOf(right)));
}

function comparePlaces(left: readonly number[], right: readonly number[]): number {
  const first = left.findIndex((place, index) => place !== right[index]);
  return first === -1 ? 0 : left[first]! - right[first]!;
}
