import { quantileOfSorted } from "../../stats/quantile.js";
import { SIZE_CLASS_LABELS, sizeClassOf } from "../../studies/run/job-size-class.js";

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

export { SIZE_CLASS_LABELS };

/**
 * Groups waits by the GPUs a job asked for, small jobs first; classes without jobs are left out.
 *
 * @param waitS seconds, aligned with `gpus`
 */
export function waitsBySize(waitS: Float64Array, gpus: Float64Array): readonly SizeClassWaits[] {
  const groups: number[][] = SIZE_CLASS_LABELS.map(() => []);
  for (let job = 0; job < waitS.length; job++) {
    const index = sizeClassOf(gpus[job]!);
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
