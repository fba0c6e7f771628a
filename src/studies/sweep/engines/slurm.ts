/** What a Slurm job array for a sweep needs to know. */
export interface SlurmArray {
  /** Name of the sweep. */
  readonly name: string;
  /** Words of the command that starts Headroom: a Node and a script that every node can reach. */
  readonly headroom: readonly string[];
  /** Path of the sweep file. */
  readonly sweep: string;
  /** Output folder, on a file system that every node shares. */
  readonly out: string;
  /** Folder the command was started in: relative paths in it begin there. */
  readonly workingFolder: string;
  /** Tasks of the array. */
  readonly shards: number;
  /** Lines after `#SBATCH`, as the person gave them. */
  readonly directives: readonly string[];
  /** Words that `headroom sweep` gets besides, such as `--allow-path`. */
  readonly more: readonly string[];
}

/**
 * The script of the job array: task k of n runs shard k of n.
 *
 * A task that is killed, preempted or requeued goes on where it was, since results are kept one by one.
 */
export function slurmArrayScript(array: SlurmArray): string {
  const { name, shards, directives } = array;
  return lines(
    "#!/bin/sh",
    `#SBATCH --job-name=${jobName(name)}`,
    `#SBATCH --array=1-${shards}`,
    "#SBATCH --ntasks=1",
    "#SBATCH --cpus-per-task=1",
    "#SBATCH --requeue",
    ...directives.map((directive) => `#SBATCH ${directive}`),
    "set -eu",
    `cd ${quoted(array.workingFolder)}`,
    `exec ${sweepWords(array)} --shard "$SLURM_ARRAY_TASK_ID/${shards}" --threads 1 --quiet`,
  );
}

/** The script of the job that puts the results together after the array. */
export function slurmMergeScript(array: SlurmArray): string {
  const { name, directives } = array;
  return lines(
    "#!/bin/sh",
    `#SBATCH --job-name=${jobName(`${name}-merge`)}`,
    "#SBATCH --ntasks=1",
    ...directives.map((directive) => `#SBATCH ${directive}`),
    "set -eu",
    `cd ${quoted(array.workingFolder)}`,
    `exec ${mergeWords(array)}`,
  );
}

/** The command line of `headroom sweep` without its shard. */
export function sweepWords({ headroom, sweep, out, more }: Omit<SlurmArray, "directives">): string {
  return [...headroom, "sweep", sweep, "--out", out, ...more].map(quoted).join(" ");
}

/** The command line of `headroom sweep merge`. */
export function mergeWords({ headroom, sweep, out, more }: Omit<SlurmArray, "directives">): string {
  return [...headroom, "sweep", "merge", sweep, "--out", out, ...more].map(quoted).join(" ");
}

/** Letters, digits and hyphens: what every scheduler takes as a name. */
export function jobName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
  return `headroom-${plain === "" ? "sweep" : plain}`;
}

function lines(...all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}

/** A word as a POSIX shell reads it back. */
function quoted(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
