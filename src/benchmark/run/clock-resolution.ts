/** Smallest step of the host's clock that can be seen, in seconds. */
export function hostResolutionS(): number {
  let smallestMs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 100; i++) {
    const startMs = performance.now();
    let nowMs = startMs;
    while (nowMs === startMs) nowMs = performance.now();
    smallestMs = Math.min(smallestMs, nowMs - startMs);
  }
  return smallestMs / 1000;
}

/**
 * The step of a clock that counts whole nanoseconds: the greatest common divisor of the times it told, in
 * seconds; 0 when it told none.
 */
export function clockStepS(timesS: readonly number[]): number {
  let divisor = 0;
  for (const timeS of timesS) {
    let left = divisor;
    let right = Math.round(timeS * 1e9);
    while (right > 0) [left, right] = [right, left % right];
    divisor = left;
  }
  return divisor / 1e9;
}
