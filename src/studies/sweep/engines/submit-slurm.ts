import { spawnSync } from "node:child_process";

import { InputError } from "../../../diagnostics/problem.js";

/** Ids of the jobs of a sweep. */
export interface SubmittedSweep {
  readonly arrayJob: string;
  readonly mergeJob: string;
}

/**
 * Submits the array, and the merge for when all its tasks have ended.
 *
 * The merge waits for the end of the tasks, not for their success: it says itself which runs are missing.
 *
 * @throws InputError when there is no `sbatch`, or it refuses
 */
export function submitToSlurm(arrayScript: string, mergeScript: string): SubmittedSweep {
  const arrayJob = sbatch([arrayScript]);
  return { arrayJob, mergeJob: sbatch([`--dependency=afterany:${arrayJob}`, mergeScript]) };
}

function sbatch(words: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync("sbatch", ["--parsable", ...words], {
    encoding: "utf8",
  });
  const refuse = (message: string, help: string): InputError =>
    new InputError([{ file: "sbatch", rule: "engine", message, help }]);
  if (error !== undefined) {
    throw refuse(
      `cannot be started: ${error.message}`,
      "run this on a machine from which jobs are submitted, or write the scripts only with --dry-run",
    );
  }
  if (status !== 0) {
    throw refuse(
      `refused the job: ${stderr.trim() || `exit code ${status}`}`,
      "mend it with --sbatch-option, such as --sbatch-option=--partition=cpu; the scripts stand in the output folder",
    );
  }
  // "id" or "id;cluster".
  return stdout.trim().split(";")[0]!;
}
