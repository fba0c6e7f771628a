/** Largest distance between the empirical distribution functions of two samples, 0..1. */
export function twoSampleDistance(left: ArrayLike<number>, right: ArrayLike<number>): number {
  const first = Float64Array.from(left).sort();
  const second = Float64Array.from(right).sort();
  let distance = 0;
  let passedFirst = 0;
  let passedSecond = 0;
  while (passedFirst < first.length && passedSecond < second.length) {
    const value = Math.min(first[passedFirst]!, second[passedSecond]!);
    while (passedFirst < first.length && first[passedFirst]! <= value) passedFirst++;
    while (passedSecond < second.length && second[passedSecond]! <= value) passedSecond++;
    const gap = Math.abs(passedFirst / first.length - passedSecond / second.length);
    distance = Math.max(distance, gap);
  }
  return distance;
}

/**
 * Largest distance between the empirical distribution function of a sample and a given one, 0..1.
 *
 * @param cdf continuous distribution function
 */
export function distanceTo(values: ArrayLike<number>, cdf: (value: number) => number): number {
  const sorted = Float64Array.from(values).sort();
  let distance = 0;
  sorted.forEach((value, index) => {
    const expected = cdf(value);
    distance = Math.max(
      distance,
      expected - index / sorted.length,
      (index + 1) / sorted.length - expected,
    );
  });
  return distance;
}
