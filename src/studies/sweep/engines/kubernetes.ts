import { stringify } from "yaml";

import { jobName } from "./slurm.js";

/** What an Indexed Job for a sweep needs to know. */
export interface KubernetesJob {
  readonly name: string;
  /** Image with `headroom` on its path. */
  readonly image: string;
  /** Name of a PersistentVolumeClaim that all pods can mount (ReadWriteMany). */
  readonly volumeClaim: string;
  /** Where the volume appears; the sweep file and the output folder lie below it. */
  readonly mountPath: string;
  readonly sweep: string;
  readonly out: string;
  readonly namespace: string | undefined;
  readonly shards: number;
  /** Pods at once. */
  readonly parallelism: number;
  /** As Kubernetes writes quantities: "1", "2Gi". */
  readonly cpu: string;
  readonly memory: string;
  /** Words that `headroom sweep` gets besides. */
  readonly more: readonly string[];
}

/**
 * An Indexed Job: pod k runs shard k + 1. A pod that is evicted is started again with its index and goes on where
 * it was.
 */
export function kubernetesShardJob(job: KubernetesJob): string {
  const { shards, parallelism } = job;
  // The shell is needed for the sum only; words of the person arrive as its arguments, never as its text.
  const script = `exec headroom sweep "$@" --shard "$((JOB_COMPLETION_INDEX + 1))/${shards}" --threads 1 --quiet`;
  return manifest(job, jobName(job.name), {
    completionMode: "Indexed",
    completions: shards,
    parallelism,
    backoffLimitPerIndex: 3,
    maxFailedIndexes: shards,
    command: ["sh", "-c", script, "sh", job.sweep, "--out", job.out, ...job.more],
  });
}

/** The job that puts the results together, to be started when the first is complete. */
export function kubernetesMergeJob(job: KubernetesJob): string {
  return manifest(job, `${jobName(job.name)}-merge`, {
    command: ["headroom", "sweep", "merge", job.sweep, "--out", job.out, ...job.more],
  });
}

function manifest(
  job: KubernetesJob,
  name: string,
  { command, ...spec }: { readonly command: readonly string[] } & Readonly<Record<string, unknown>>,
): string {
  const labels = { "app.kubernetes.io/name": "headroom", "app.kubernetes.io/instance": name };
  const { image, volumeClaim, mountPath, cpu, memory, namespace } = job;
  return stringify({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels },
    spec: {
      ...spec,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: "Never",
          automountServiceAccountToken: false,
          containers: [
            {
              name: "headroom",
              image,
              command,
              workingDir: mountPath,
              resources: { requests: { cpu, memory }, limits: { memory } },
              volumeMounts: [{ name: "work", mountPath }],
            },
          ],
          volumes: [{ name: "work", persistentVolumeClaim: { claimName: volumeClaim } }],
        },
      },
    },
  });
}
