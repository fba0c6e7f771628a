import type { JobStatus } from "../job-table.js";
import type { KubernetesPodRequest } from "./kubernetes-pod-request.js";
import { createOpenEnds } from "./open-ends.js";
import type { ReadingContext } from "./trace-format.js";

/** One pod, and the gang it belongs to. */
export interface GangPod {
  readonly id: string;
  /** Name of the gang; undefined for a pod of its own. */
  readonly gang: string | undefined;
  readonly namespace: string;
  readonly submitS: number;
  readonly startS: number;
  /** NaN when the pod had not ended. */
  readonly endS: number;
  readonly request: KubernetesPodRequest;
  /** GPU product demanded by the pod; "" for any. */
  readonly gpuModel: string;
  readonly priority: number;
  readonly status: JobStatus;
}

/** Puts the pods of a gang together into one job. */
export interface KubernetesGangs {
  add(pod: GangPod, line: number): void;
  /** All pods are known: hands the gangs to the builder, in order of their first pods. */
  finish(): void;
}

interface Gang {
  readonly id: string;
  readonly line: number;
  readonly pods: GangPod[];
}

/**
 * Creates an empty collection.
 *
 * A job of the table has workers of one shape: a gang gets the largest request of its pods for each, and
 * only its pods with the most GPUs count as workers, so that a launcher without GPUs takes none.
 */
export function createKubernetesGangs(context: ReadingContext): KubernetesGangs {
  const gangs = new Map<string, Gang>();
  return {
    add(pod, line) {
      const key = pod.gang === undefined ? `pod ${pod.id}` : `gang ${pod.gang}`;
      const known = gangs.get(key);
      if (known !== undefined && pod.gang === undefined) {
        return context.log.leaveOut("stands twice under the same namespace and name", line);
      }
      if (known !== undefined) known.pods.push(pod);
      else gangs.set(key, { id: pod.gang ?? pod.id, line, pods: [pod] });
    },
    finish() {
      const openEnds = createOpenEnds(context);
      for (const { pods } of gangs.values()) {
        for (const { startS, endS } of pods) {
          openEnds.see(startS);
          openEnds.see(endS);
        }
      }
      for (const gang of gangs.values()) addGang(context, gang, openEnds);
      openEnds.finish();
    },
  };
}

function addGang(
  { builder, log, options }: ReadingContext,
  { id, line, pods }: Gang,
  openEnds: ReturnType<typeof createOpenEnds>,
): void {
  const gpuCount = Math.max(...pods.map(({ request }) => request.gpus));
  const workers = pods.filter(({ request }) => request.gpus === gpuCount);
  if (workers.length < pods.length) {
    log.note(
      "{count} gangs have pods with fewer GPUs than others; only those with the most are workers",
    );
  }
  const startS = Math.min(...workers.map((pod) => pod.startS));
  const open = workers.some((pod) => Number.isNaN(pod.endS));
  if (open && !openEnds.admit(line)) return;
  const endS = Math.max(...workers.map((pod) => pod.endS));
  const [first] = workers;
  const row = builder.add({
    id: builder.rowOf(id) === -1 ? id : `${id}#gang`,
    submitS: Math.min(...workers.map((pod) => pod.submitS)),
    durationS: open ? 0 : endS - startS,
    workers: workers.length,
    gpuCount,
    cpuMilli: Math.max(...workers.map(({ request }) => request.cpuMilli)),
    memoryBytes: Math.max(...workers.map(({ request }) => request.memoryBytes)),
    gpuModels: options.gpuModels === "ignore" || first!.gpuModel === "" ? [] : [first!.gpuModel],
    tenant: first!.namespace,
    priority: Math.max(...workers.map((pod) => pod.priority)),
    status: first!.status,
    recordedStartS: startS,
    recordedEndS: endS,
  });
  if (open) openEnds.added(row, startS);
}
