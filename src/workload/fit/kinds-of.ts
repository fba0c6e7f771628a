import type { JobTable } from "../job-table.js";

/** Jobs of one gang size, which the fit takes for one kind of work. */
export interface KindRows {
  /** Says the size: `1-gpu`, `2x8-gpu`, `0.5-gpu`, `cpu`. */
  readonly name: string;
  readonly workers: number;
  readonly gpusPerWorker: number;
  /** Share of the GPU, or 1000; 0 without GPUs. */
  readonly gpuMilli: number;
  /** In order of submission. */
  readonly rows: readonly number[];
}

/** The kinds of a trace: by GPUs of the job, smallest first. */
export function kindsOf(jobs: JobTable): KindRows[] {
  const kinds = new Map<string, KindRows & { readonly rows: number[] }>();
  for (let row = 0; row < jobs.count; row += 1) {
    const workers = jobs.workers[row]!;
    const { gpuCount, gpuMilli } = jobs.shapes[jobs.shape[row]!]!;
    const name = nameOf(workers, gpuCount, gpuMilli);
    const known = kinds.get(name);
    if (known !== undefined) known.rows.push(row);
    else kinds.set(name, { name, workers, gpusPerWorker: gpuCount, gpuMilli, rows: [row] });
  }
  const size = ({ workers, gpusPerWorker, gpuMilli }: KindRows): number =>
    workers * gpusPerWorker * gpuMilli;
  return [...kinds.values()].sort(
    (left, right) => size(left) - size(right) || left.workers - right.workers,
  );
}

function nameOf(workers: number, gpuCount: number, gpuMilli: number): string {
  const gang = workers === 1 ? "" : `${workers}x`;
  if (gpuCount === 0) return `${gang}cpu`;
  return `${gang}${gpuMilli < 1000 ? gpuMilli / 1000 : gpuCount}-gpu`;
}

/**
 * Seconds since the job before of the same kind and the same person (the tenant, where the trace has no
 * persons), in the order of the rows; NaN for the first.
 */
export function gapsOf(jobs: JobTable, rows: readonly number[]): Float64Array {
  const lastS = new Map<string, number>();
  return Float64Array.from(rows, (row) => {
    const person = `${jobs.tenant[row]!}|${jobs.user?.[row] ?? ""}`;
    const submitS = jobs.submitS[row]!;
    const gapS = submitS - (lastS.get(person) ?? Number.NaN);
    lastS.set(person, submitS);
    return gapS;
  });
}
