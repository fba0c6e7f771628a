import { exp, log } from "../../../base/elementary.js";
import type { MeasuredTable } from "./measured-table.js";

/** Tables of fewer points than this on either side of a gap are compared on those they have. */
const STEPS_COMPARED = 2;
/** Added to a squared distance so that an identical table does not get infinite weight (about 1 % in time). */
const DISTANCE_FLOOR = 1e-4;

/**
 * Seconds at a size inside a table.
 *
 * Between two points time is a straight line in bytes, which is exact as long as NCCL keeps algorithm and
 * protocol: latency + bytes / rate. Where other tables have points *inside* the gap, their deviation from
 * their own straight line over the same gap is borrowed: their average, weighted by how much their times
 * step like this table's around the gap. Without such points the straight line stands alone.
 *
 * @param bytes within the table's range
 * @param others tables that may lend their shape; the table itself is skipped
 * @throws RangeError outside the table's range
 */
export function interpolateTable(
  table: MeasuredTable,
  bytes: number,
  others: readonly MeasuredTable[] = [],
): number {
  const at = gapOf(table, bytes);
  const line = lineAt(table, bytes, at);
  if (table.bytes[at] === bytes || table.bytes[at + 1] === bytes) return line;
  return line * exp(borrowedDeviation(table, bytes, at, others));
}

/** Position of the last point not above the size, at most the last but one. */
function gapOf(table: MeasuredTable, bytes: number): number {
  const sizes = table.bytes;
  if (!(bytes >= sizes[0]! && bytes <= sizes[sizes.length - 1]!)) {
    throw new RangeError(
      `collectives: ${bytes} bytes is outside the table of ${table.system}, ${sizes[0]!} to ${sizes[sizes.length - 1]!}`,
    );
  }
  let low = 0;
  let high = sizes.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sizes[middle]! <= bytes) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Straight line in bytes over the gap that begins at a position. */
function lineAt(table: MeasuredTable, bytes: number, at: number): number {
  const [left, right] = [table.bytes[at]!, table.bytes[at + 1]!];
  const share = (bytes - left) / (right - left);
  // Exact at both ends.
  if (share === 1) return table.seconds[at + 1]!;
  return table.seconds[at]! + share * (table.seconds[at + 1]! - table.seconds[at]!);
}

function valueAt(table: MeasuredTable, bytes: number): number {
  return lineAt(table, bytes, gapOf(table, bytes));
}

/** Weighted mean of what other tables add to their straight line, as a logarithm. */
function borrowedDeviation(
  table: MeasuredTable,
  bytes: number,
  at: number,
  others: readonly MeasuredTable[],
): number {
  const [left, right] = [table.bytes[at]!, table.bytes[at + 1]!];
  const steps = stepsAround(table, at);
  let weights = 0;
  let sum = 0;
  for (const other of others) {
    const isSame =
      other.system === table.system && other.op === table.op && other.gpuCount === table.gpuCount;
    // Tables over the same sizes, as all that are carried here, have nothing in each other's gaps.
    if (isSame || other.bytes === table.bytes) continue;
    if (!other.bytes.some((size) => size > left && size < right)) continue;
    if (!covers(other, steps)) continue;
    let squared = 0;
    for (const { from, to, ratio } of steps) {
      const difference = log(valueAt(other, to) / valueAt(other, from)) - ratio;
      squared += difference * difference;
    }
    const weight = 1 / ((squared + DISTANCE_FLOOR) * (squared + DISTANCE_FLOOR));
    const [first, last] = [valueAt(other, left), valueAt(other, right)];
    const line = first + ((bytes - left) / (right - left)) * (last - first);
    sum += weight * log(valueAt(other, bytes) / line);
    weights += weight;
  }
  return weights === 0 ? 0 : sum / weights;
}

/** A step from one point of a table to the next, with the logarithm of the ratio of their times. */
interface TableStep {
  readonly from: number;
  readonly to: number;
  readonly ratio: number;
}

/** The step over a gap and the steps next to it. */
function stepsAround(table: MeasuredTable, at: number): readonly TableStep[] {
  const steps: TableStep[] = [];
  const first = Math.max(0, at - STEPS_COMPARED);
  const last = Math.min(table.bytes.length - 2, at + STEPS_COMPARED);
  for (let each = first; each <= last; each++) {
    steps.push({
      from: table.bytes[each]!,
      to: table.bytes[each + 1]!,
      ratio: log(table.seconds[each + 1]! / table.seconds[each]!),
    });
  }
  return steps;
}

function covers(table: MeasuredTable, steps: readonly TableStep[]): boolean {
  const sizes = table.bytes;
  return sizes[0]! <= steps[0]!.from && sizes[sizes.length - 1]! >= steps[steps.length - 1]!.to;
}
