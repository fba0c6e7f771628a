/**
 * A time at a size, by straight lines between measured sizes. Below the least the least's time holds; beyond
 * the largest the last line goes on.
 *
 * @param sizes ascending, at least two
 * @param times at the same positions
 */
export function interpolateSizes(
  sizes: readonly number[],
  times: readonly number[],
  size: number,
): number {
  if (size <= sizes[0]!) return times[0]!;
  let high = 1;
  while (high < sizes.length - 1 && sizes[high]! < size) high++;
  const share = (size - sizes[high - 1]!) / (sizes[high]! - sizes[high - 1]!);
  return times[high - 1]! + share * (times[high]! - times[high - 1]!);
}
