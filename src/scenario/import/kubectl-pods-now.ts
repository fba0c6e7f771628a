import { podRequest } from "../../workload/formats/kubernetes-pod-request.js";
import {
  createJsonDocument,
  isObject,
  objectsOf,
  scalarText,
} from "../../workload/reading/json-element.js";
import type { JsonElement, JsonObject } from "../../workload/reading/json-element.js";
import { createReadingLog } from "../../workload/reading/reading-log.js";
import type { ReadingLog } from "../../workload/reading/reading-log.js";
import { createTimeReader } from "../../workload/reading/time-column.js";
import type { TimeReader } from "../../workload/reading/time-column.js";
import type { CurrentJob, ImportedJobs } from "./current-jobs.js";
import { traceFromNow } from "./current-jobs.js";
import type { ImportSource } from "./imported.js";
import { createImportLog } from "./imported.js";
import type { NowOptions } from "./squeue.js";
import { takeFindings } from "./squeue.js";

const PODS_MAX = 2_000_000;

/** Labels and annotations by which gang schedulers and training operators mark the pods of one job. */
const GANG_MARKS = [
  "training.kubeflow.org/job-name",
  "scheduling.x-k8s.io/pod-group",
  "kueue.x-k8s.io/pod-group-name",
  "jobset.sigs.k8s.io/jobset-name",
  "volcano.sh/job-name",
  "scheduling.k8s.io/group-name",
  "ray.io/cluster",
];

type Pod = CurrentJob & { readonly gang: string; readonly startS: number };

/**
 * Reads today's pods, `kubectl get pods -A -o json`, into a trace that starts now.
 *
 * A pod's time limit is `spec.activeDeadlineSeconds`; few have one, so that most durations are those of
 * `assumedDurationS`. Pods of one gang are workers of one job; the gang waits when one of its pods does.
 *
 * @throws InputError with every problem of the file
 */
export function importKubectlPods(
  { file, text }: ImportSource,
  options: NowOptions = {},
): ImportedJobs {
  const log = createImportLog();
  const reading = createReadingLog();
  const times = createTimeReader(reading);
  const pods: Pod[] = [];
  const document = createJsonDocument({
    file,
    log: reading,
    lists: ["items"],
    rowsMax: PODS_MAX,
    onElement: (element) => readPod(element, file, times, reading, pods),
  });
  document.push(text);
  document.end();
  reading.throwIfRefused();
  takeFindings(file, reading, log);
  const latestS = pods.reduce(
    (latest, { submitS, startS }) => Math.max(latest, submitS, Number.isNaN(startS) ? 0 : startS),
    0,
  );
  if (options.nowS === undefined && pods.some(({ limitS }) => !Number.isNaN(limitS))) {
    log.notes.push(
      "the list does not say when it was made: its latest time is taken; say it with --now",
    );
  }
  return traceFromNow(gangsOf(pods, options.nowS ?? latestS), log, options);
}

function readPod(
  element: JsonElement,
  file: string,
  times: TimeReader,
  reading: ReadingLog,
  pods: Pod[],
): void {
  const { value, line } = element;
  if (value.kind !== undefined && value.kind !== "Pod") {
    return element.reject(
      "kind",
      "wrong-kind",
      `must be a list of Pods, got a ${scalarText(value.kind)}`,
    );
  }
  const metadata = objectIn(value, "metadata");
  const spec = objectIn(value, "spec");
  const status = objectIn(value, "status");
  const phase = scalarText(status.phase);
  if (phase !== "Running" && phase !== "Pending") {
    return reading.leaveOut(`is ${phase || "of no known phase"}: it neither runs nor waits`, line);
  }
  const request = podRequest(spec);
  if ("wrong" in request) {
    return element.reject("resources", "not-a-quantity", `"${request.wrong}" is no quantity`);
  }
  if (request.migResources.length > 0) {
    return reading.leaveOut("asks for MIG slices, which a job list cannot hold", line);
  }
  if (request.gpus === 0) return reading.leaveOut("asks for no GPU", line);
  const submitS = times.requiredEpochS(
    element.column("creationTimestamp", metadata.creationTimestamp),
  );
  const startS = times.epochS(element.column("startTime", status.startTime));
  const namespace = scalarText(metadata.namespace) || "default";
  const id = `${namespace}/${scalarText(metadata.name)}`;
  const deadline = spec.activeDeadlineSeconds;
  const product = scalarText(objectIn(spec, "nodeSelector")["nvidia.com/gpu.product"]);
  if (element.isBroken()) return;
  pods.push({
    id,
    gang: gangOf(namespace, metadata) ?? id,
    // A pod that has a node holds its room there, also while its images are fetched.
    isRunning: scalarText(spec.nodeName) !== "",
    submitS,
    startS,
    elapsedS: 0,
    limitS: typeof deadline === "number" ? deadline : Number.NaN,
    workers: 1,
    gpuCount: request.gpus,
    cpuMilli: request.cpuMilli,
    memoryBytes: request.memoryBytes,
    gpuModels: product === "" ? [] : [product],
    tenant: namespace,
    nodes: scalarText(spec.nodeName) === "" ? [] : [scalarText(spec.nodeName)],
    priority: typeof spec.priority === "number" ? spec.priority : 0,
    place: { file, line, col: 1 },
  });
}

/** One job per gang: its pods with the most GPUs are the workers, each as large as the largest. */
function gangsOf(pods: readonly Pod[], nowS: number): readonly CurrentJob[] {
  const gangs = new Map<string, Pod[]>();
  for (const pod of pods) {
    // Running and waiting pods of one gang are two jobs: those that run hold their GPUs.
    const key = `${pod.isRunning ? "running" : "waiting"} ${pod.gang}`;
    gangs.set(key, [...(gangs.get(key) ?? []), pod]);
  }
  const runningGangs = new Set(pods.filter(({ isRunning }) => isRunning).map(({ gang }) => gang));
  return [...gangs.values()].map((members): CurrentJob => {
    const gpuCount = Math.max(...members.map((pod) => pod.gpuCount));
    const workers = members.filter((pod) => pod.gpuCount === gpuCount);
    const { gang, startS: _, ...first } = workers[0]!;
    const startS = Math.min(...workers.map((pod) => pod.startS));
    const isRest = !first.isRunning && runningGangs.has(gang);
    return {
      ...first,
      id: isRest ? `${gang}#waiting` : gang,
      workers: workers.length,
      nodes: workers.flatMap((pod) => pod.nodes),
      submitS: Math.min(...workers.map((pod) => pod.submitS)),
      elapsedS: first.isRunning && !Number.isNaN(startS) ? Math.max(0, nowS - startS) : 0,
      limitS: Math.max(...workers.map((pod) => pod.limitS)),
      cpuMilli: Math.max(...workers.map((pod) => pod.cpuMilli)),
      memoryBytes: Math.max(...workers.map((pod) => pod.memoryBytes)),
      priority: Math.max(...workers.map((pod) => pod.priority)),
    };
  });
}

function gangOf(namespace: string, metadata: JsonObject): string | undefined {
  const marks = { ...objectIn(metadata, "annotations"), ...objectIn(metadata, "labels") };
  const mark = GANG_MARKS.find((name) => scalarText(marks[name]) !== "");
  if (mark !== undefined) return `${namespace}/${scalarText(marks[mark])}`;
  // Pods of a plain Job with several completions are no gang: they start one by one.
  const owner = objectsOf(metadata.ownerReferences)[0];
  return owner?.kind === "PyTorchJob" || owner?.kind === "MPIJob"
    ? `${namespace}/${scalarText(owner.name)}`
    : undefined;
}

function objectIn(value: JsonObject, field: string): JsonObject {
  const found = value[field];
  return isObject(found) ? found : {};
}
