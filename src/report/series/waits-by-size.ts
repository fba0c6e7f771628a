import { quantileOfSorted } from "../../stats/quantile.js";

/** Waits of started jobs whose GPU count falls in one class. */
export interface SizeClassWaits {
  /** "2–4 GPUs", "CPU only". */
  readonly label: string;
  readonly jobs: number;
  /** Quantiles in seconds, by the rule of the result document (linear between order statistics). */
  readonly waitP50S: number;
  readonly waitP95S: number;
  readonly waitMaxS: number;
}

/** Upper ends of the classes: gang sizes people ask for are powers of two. */
const CLASS_ENDS = [0, 0.999_999, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, Infinity];

/** Labels of all classes, small jobs first; a page shows those that have jobs. */
export const SIZE_CLASS_LABELS: readonly string[] = CLASS_ENDS.map((end, index) => {
  if (index === 0) return "CPU only";
  if (index === 1) return "part of a GPU";
  const from = Math.floor(CLASS_ENDS[index - 1]!) + 1;
  if (index === 2) return "1 GPU";
  if (end === Infinity) return `over ${from - 1} GPUs`;
  return from === end ? `${end} GPUs` : `${from}–${end} GPUs`;
});

/**
 * Groups waits by the GPUs a job asked for, small jobs first; classes without jobs are left out.
 *
 * @param waitS seconds, aligned with `gpus`
 */
export function waitsBySize(waitS: Float64Array, gpus: Float64Array): readonly SizeClassWaits[] {
  const groups: number[][] = CLASS_ENDS.map(() => []);
  for (let job = 0; job < waitS.length; job++) {
    const index = CLASS_ENDS.findIndex((end) => gpus[job]! <= end);
    if (index < 0) throw new RangeError(`run report: GPU count of job ${job} is ${gpus[job]}`);
    groups[index]!.push(waitS[job]!);
  }
  return groups.flatMap((waits, index) => {
    if (waits.length === 0) return [];
    const ascending = Float64Array.from(waits).sort();
    return [
      {
        label: SIZE_CLASS_LABELS[index]!,
        jobs: ascending.length,
        waitP50S: quantileOfSorted(ascending, 0.5)!,
        waitP95S: quantileOfSorted(ascending, 0.95)!,
        waitMaxS: ascending.at(-1)!,
      },
    ];
  });
}
