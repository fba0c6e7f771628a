import type { RandomStream } from "../engine/streams.js";
import { createIdIndex } from "./id-index.js";
import type { IdIndex } from "./id-index.js";
import { jobRowAt } from "./job-row-at.js";
import type { JobRow } from "./job-row.js";
import { createJobTableBuilder } from "./job-table-builder.js";
import type { JobTableBuilder } from "./job-table-builder.js";
import type { JobTable } from "./job-table.js";

/** Copies arrive at most this long before or after the job they copy, in seconds. */
export const COPY_JITTER_S = 1800;

/** Factors above this would be a typing mistake, and fill the memory. */
export const LOAD_FACTOR_MAX = 1000;

/** 1 / golden ratio: steps by it, modulo 1, spread the copies of one job evenly. */
const GOLDEN_STEP = 0.618_033_988_749_894_9;

/**
 * More or less of the same load: 1.25 gives 25 % more jobs (expected) in the same daily shape.
 *
 * Copy k of a job (k = 0 is the job itself) is there when k + u < factor, where u is one uniform number
 * of the job that does not depend on the factor. So a higher load holds every job of a lower one, each
 * with the same times: differences between loads are not noise. A factor below 1 thins. Copies are
 * named `id~1`, `id~2` and arrive up to 30 minutes before or after their original, mirrored at the first
 * and last submit so that the trace grows no longer; they have no recorded start or end. Jobs that run
 * when the trace begins stay as they are.
 *
 * @param factor > 0 and at most 1000
 * @param stream exactly two uniform numbers per job are drawn, in order of rows
 * @throws RangeError when the factor is out of range
 */
export function scaleLoad(
  jobs: JobTable,
  factor: number,
  stream: Pick<RandomStream, "uniform">,
): JobTable {
  if (!(factor > 0 && factor <= LOAD_FACTOR_MAX)) {
    throw new RangeError(
      `load factor must be above 0 and at most ${LOAD_FACTOR_MAX}, got ${factor}`,
    );
  }
  const builder = createJobTableBuilder();
  const taken = createIdIndex(jobs.ids);
  for (let row = 0; row < jobs.count; row += 1) taken.add(row);
  // The copies of job i are rows firstCopy[i] .. firstCopy[i + 1] - 1 of the builder.
  const firstCopy = new Int32Array(jobs.count + 1);
  const firstS = jobs.submitS[0] ?? 0;
  const lastS = jobs.submitS[jobs.count - 1] ?? 0;
  for (let row = 0; row < jobs.count; row += 1) {
    const presence = stream.uniform();
    const shift = stream.uniform();
    const original = jobRowAt(jobs, row);
    if (original.runningOn !== undefined && original.runningOn.length > 0) {
      // What runs already is no load to come: its place can neither be doubled nor thinned.
      builder.add(original);
      firstCopy[row + 1] = builder.count;
      continue;
    }
    for (let copy = 0; copy + presence < factor; copy += 1) {
      if (copy === 0) builder.add(original);
      else {
        const share = (shift + copy * GOLDEN_STEP) % 1;
        const jitterS = Math.round((2 * share - 1) * COPY_JITTER_S);
        const submitS = mirrored(original.submitS + jitterS, firstS, lastS);
        addCopy(builder, taken, copyOf(original, submitS), copy);
      }
    }
    firstCopy[row + 1] = builder.count;
  }
  copyDependencies(builder, jobs, firstCopy);
  const { jobs: scaled } = builder.build({ originS: 0 });
  const { originEpochS } = jobs;
  return originEpochS === undefined ? scaled : { ...scaled, originEpochS };
}

function copyOf(original: JobRow, submitS: number): JobRow {
  const { deadlineS } = original;
  return {
    ...original,
    submitS,
    deadlineS: deadlineS === undefined ? undefined : deadlineS + submitS - original.submitS,
    recordedStartS: undefined,
    recordedEndS: undefined,
    status: undefined,
  };
}

function addCopy(builder: JobTableBuilder, taken: IdIndex, job: JobRow, copy: number): void {
  // A trace that was scaled before may hold the name already.
  let mark = "~";
  for (;;) {
    const id = `${job.id}${mark}${copy}`;
    if (taken.rowOf(id) === -1 && builder.add({ ...job, id }) !== -1) return;
    mark += "~";
  }
}

/** A copy waits for the copy of the same number, else for the original, if the load still has it. */
function copyDependencies(builder: JobTableBuilder, jobs: JobTable, firstCopy: Int32Array): void {
  const { dependencyOffset, dependencies } = jobs;
  if (dependencyOffset === undefined || dependencies === undefined) return;
  for (let row = 0; row < jobs.count; row += 1) {
    for (let at = dependencyOffset[row]!; at < dependencyOffset[row + 1]!; at += 1) {
      const after = dependencies[at]!;
      const targets = firstCopy[after + 1]! - firstCopy[after]!;
      if (targets === 0) continue;
      for (let copyRow = firstCopy[row]!; copyRow < firstCopy[row + 1]!; copyRow += 1) {
        const copy = copyRow - firstCopy[row]!;
        builder.addDependency(copyRow, firstCopy[after]! + (copy < targets ? copy : 0));
      }
    }
  }
}

/** Reflects a time that fell outside back into the span. */
function mirrored(timeS: number, firstS: number, lastS: number): number {
  const reflected = timeS < firstS ? 2 * firstS - timeS : timeS > lastS ? 2 * lastS - timeS : timeS;
  // A span shorter than the jitter would be left on the other side.
  return Math.min(lastS, Math.max(firstS, reflected));
}
