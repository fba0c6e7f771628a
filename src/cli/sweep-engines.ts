import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { InputError } from "../diagnostics/problem.js";
import { writeFilesAtomically } from "../io/write-files.js";
import { kubernetesMergeJob, kubernetesShardJob } from "../studies/sweep/engines/kubernetes.js";
import { slurmArrayScript, slurmMergeScript } from "../studies/sweep/engines/slurm.js";
import { submitToSlurm } from "../studies/sweep/engines/submit-slurm.js";
import type { LoadedSweep } from "../studies/sweep/load-sweep.js";

/** Options of `headroom sweep` that only engines use. */
export interface EngineOptions {
  readonly shards: number;
  readonly dryRun?: true;
  readonly allowPath: readonly string[];
  readonly sbatchOption: readonly string[];
  readonly image?: string;
  readonly volumeClaim?: string;
  readonly mountPath: string;
  readonly namespace?: string;
  readonly parallelism?: number;
  readonly podCpu: string;
  readonly podMemory: string;
}

/** Writes the job array of a sweep and submits it; says on stdout what was done. */
export async function startOnSlurm(
  sweep: LoadedSweep,
  out: string,
  options: EngineOptions,
): Promise<void> {
  const array = {
    name: sweep.spec.name,
    // The same Node and the same Headroom as here: the array runs on machines that share this file system.
    headroom: [process.execPath, fileURLToPath(new URL("../../bin/headroom.mjs", import.meta.url))],
    sweep: sweep.spec.file,
    out,
    workingFolder: resolve("."),
    shards: options.shards,
    directives: [
      `--output=${join(resolve(out), "engine", "slurm-%A_%a.log")}`,
      ...options.sbatchOption,
    ],
    more: allowed(options),
  };
  const merge = {
    ...array,
    directives: [
      `--output=${join(resolve(out), "engine", "slurm-merge-%j.log")}`,
      ...options.sbatchOption,
    ],
  };
  const [arrayScript, mergeScript] = ["engine/slurm-array.sh", "engine/slurm-merge.sh"];
  await writeFilesAtomically(out, [
    { name: arrayScript, chunks: [slurmArrayScript(array)] },
    { name: mergeScript, chunks: [slurmMergeScript(merge)] },
  ]);
  if (options.dryRun === true) {
    process.stdout.write(
      `Written: ${join(out, arrayScript)} and ${join(out, mergeScript)}\n` +
        `Submit:  id=$(sbatch --parsable ${join(out, arrayScript)}) && sbatch --dependency=afterany:$id ${join(out, mergeScript)}\n`,
    );
    return;
  }
  const { arrayJob, mergeJob } = submitToSlurm(join(out, arrayScript), join(out, mergeScript));
  process.stdout.write(
    `Submitted: array ${arrayJob} with ${options.shards} tasks, then merge ${mergeJob}.\n` +
      `Watch:     squeue --job ${arrayJob},${mergeJob}\n` +
      `Report:    ${join(out, "report.html")}, when the merge is done\n`,
  );
}

/** Writes the manifests of a sweep for Kubernetes; says on stdout how to apply them. */
export async function writeForKubernetes(
  sweep: LoadedSweep,
  out: string,
  options: EngineOptions,
): Promise<void> {
  const { image, volumeClaim, shards, namespace } = options;
  const missing = [
    ...(image === undefined ? ["--image <name>: an image with headroom on its path"] : []),
    ...(volumeClaim === undefined
      ? ["--volume-claim <name>: a PersistentVolumeClaim that all pods can mount"]
      : []),
  ];
  if (image === undefined || volumeClaim === undefined) {
    throw new InputError([
      { file: "--engine kubernetes", rule: "usage", message: `needs ${missing.join(" and ")}` },
    ]);
  }
  const job = {
    name: sweep.spec.name,
    image,
    volumeClaim,
    mountPath: options.mountPath,
    sweep: sweep.spec.file,
    out,
    namespace,
    shards,
    parallelism: Math.min(shards, options.parallelism ?? shards),
    cpu: options.podCpu,
    memory: options.podMemory,
    more: allowed(options),
  };
  const names = ["engine/kubernetes-shards.yaml", "engine/kubernetes-merge.yaml"] as const;
  await writeFilesAtomically(out, [
    { name: names[0], chunks: [kubernetesShardJob(job)] },
    { name: names[1], chunks: [kubernetesMergeJob(job)] },
  ]);
  const [shardsFile, mergeFile] = names.map((name) => join(out, name));
  process.stdout.write(
    `Written: ${shardsFile} and ${mergeFile}\n` +
      `Start:   kubectl apply -f ${shardsFile} && kubectl wait --for=condition=complete --timeout=-1s -f ${shardsFile} && kubectl apply -f ${mergeFile}\n`,
  );
}

function allowed({ allowPath }: EngineOptions): readonly string[] {
  return allowPath.flatMap((folder) => ["--allow-path", folder]);
}
