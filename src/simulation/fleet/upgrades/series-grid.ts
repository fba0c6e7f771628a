/** Points of a line in a chart. */
const POINTS = 180;

/** A value that holds until the next one. */
export interface Step {
  /** Seconds from the start of the upgrade. */
  readonly atS: number;
  readonly value: number;
}

/**
 * A step line at equal distances, so that lines of several kinds share their times; each point is the worst value until
 * the next.
 *
 * @param steps in order of time, the first at 0
 */
export function gridOf(
  steps: readonly Step[],
  {
    startS,
    endS,
    worst,
  }: { readonly startS: number; readonly endS: number; readonly worst: "low" | "high" },
): { readonly timeS: Float64Array; readonly values: Float64Array } {
  const stepS = (endS - startS) / POINTS;
  const timeS = Float64Array.from({ length: POINTS }, (_, point) => startS + point * stepS);
  const values = new Float64Array(POINTS);
  let next = 0;
  let value = steps[0]?.value ?? 0;
  for (let point = 0; point < POINTS; point += 1) {
    const untilS = (point + 1) * stepS;
    // What held at the beginning of the interval counts too.
    while (next < steps.length && steps[next]!.atS <= point * stepS) value = steps[next++]!.value;
    let shown = value;
    while (next < steps.length && steps[next]!.atS < untilS) {
      value = steps[next++]!.value;
      shown = worst === "low" ? Math.min(shown, value) : Math.max(shown, value);
    }
    values[point] = shown;
  }
  return { timeS, values };
}
