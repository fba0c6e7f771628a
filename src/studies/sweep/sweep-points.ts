import { createRandomStreams } from "../../engine/streams.js";
import type { AxisValue, SweepAxis, SweepPoint } from "./sweep-spec.js";

/** Digits of values that a range gives: enough to tell them apart, few enough to read. */
const DIGITS = 9;

/** Values of a range at equal distances, both ends included. */
export function rangeValues(
  range: NonNullable<SweepAxis["range"]>,
  steps: number,
): readonly AxisValue[] {
  const { from, to } = range;
  return Array.from({ length: steps }, (_, step) =>
    rangeValue(range, from + ((to - from) * step) / (steps - 1)),
  );
}

/** A value as it is laid over a scenario. */
export function axisValue(value: unknown): AxisValue {
  // JSON is YAML.
  return { value, text: JSON.stringify(value ?? null) };
}

function rangeValue({ isWhole, unit }: NonNullable<SweepAxis["range"]>, exact: number): AxisValue {
  const number = isWhole ? Math.round(exact) : Number(exact.toPrecision(DIGITS));
  return axisValue(unit === "" ? number : `${number}${unit}`);
}

/** Every combination of the values of all axes; the last axis turns fastest. */
export function gridPoints(axes: readonly (readonly AxisValue[])[]): readonly SweepPoint[] {
  let combinations: readonly (readonly AxisValue[])[] = [[]];
  for (const values of axes) {
    combinations = combinations.flatMap((before) => values.map((value) => [...before, value]));
  }
  return combinations.map((values, index) => ({ index, values }));
}

/**
 * A Latin hypercube (McKay, Beckman & Conover 1979): each axis is cut into as many slices of equal chance as
 * there are points, and each slice is used exactly once, in an order drawn for each axis on its own.
 *
 * @param axes a range, or values of which each takes an equal part of the axis
 */
export function latinHypercube(
  axes: readonly (NonNullable<SweepAxis["range"]> | readonly AxisValue[])[],
  samples: number,
  seed: number,
): readonly SweepPoint[] {
  const streams = createRandomStreams(seed);
  const columns = axes.map((axis, index) => {
    const stream = streams.stream(`sweep/latin-hypercube/${index}`);
    const slices = Array.from({ length: samples }, (_, slice) => slice);
    for (let last = samples - 1; last > 0; last--) {
      const other = stream.integerBelow(last + 1);
      [slices[last], slices[other]] = [slices[other]!, slices[last]!];
    }
    return slices.map((slice) => {
      const place = (slice + stream.uniform()) / samples;
      if (!("from" in axis))
        return axis[Math.min(axis.length - 1, Math.floor(place * axis.length))]!;
      // Whole numbers have equal parts of the axis too, the ends included.
      const low = axis.isWhole ? axis.from - 0.5 : axis.from;
      const high = axis.isWhole ? axis.to + 0.5 : axis.to;
      const exact = low + (high - low) * place;
      return rangeValue(axis, Math.min(axis.to, Math.max(axis.from, exact)));
    });
  });
  return Array.from({ length: samples }, (_, index) => ({
    index,
    values: columns.map((column) => column[index]!),
  }));
}
