import { createJsonDocument, isObject, objectsOf, scalarText } from "../reading/json-element.js";
import type { JsonElement, JsonObject } from "../reading/json-element.js";
import { GPU_COUNT_RULE } from "../reading/number-text.js";
import { createTimeReader } from "../reading/time-column.js";
import type { TimeReader } from "../reading/time-column.js";
import { statusFromWord } from "./job-status-words.js";
import { createKubernetesGangs } from "./kubernetes-gangs.js";
import type { GangPod, KubernetesGangs } from "./kubernetes-gangs.js";
import { podRequest } from "./kubernetes-pod-request.js";
import type { KubernetesPodRequest } from "./kubernetes-pod-request.js";
import { createSingleFileReader } from "./single-file-reader.js";
import type { ReadingContext, TraceFormat } from "./trace-format.js";

/**
 * Pods of a cluster: `kubectl get pods -A -o json`.
 *
 * A snapshot and no trace: finished pods are there until they are deleted, running ones have no end. A
 * pod lasts from its start to the end of its last container. Pods with the label of a gang scheduler or
 * a training operator are workers of one gang. Mirror pods and pods of DaemonSets belong to the nodes.
 */
export const kubectlPods: TraceFormat = {
  name: "kubectl-pods",
  title: "kubectl get pods -o json",
  description: "Pods of a Kubernetes cluster as JSON list; a snapshot, not a trace",
  detect({ text }) {
    if (!text.trimStart().startsWith("{") || !text.includes('"items"')) return undefined;
    return /"kind":\s*"(Pod|PodList|List)"/.test(text) ? "a JSON list of kind Pod" : undefined;
  },
  createReader(context) {
    const times = createTimeReader(context.log);
    const gangs = createKubernetesGangs(context);
    return createSingleFileReader(
      context,
      kubectlPods.title,
      (file) =>
        createJsonDocument({
          file,
          log: context.log,
          lists: ["items"],
          rowsMax: context.options.rowsMax,
          onElement: (element) => addPod(context, element, times, gangs),
        }),
      () => {
        context.log.note(
          "a list of pods is a snapshot: pods that were deleted are missing, so that the load is too low",
        );
        gangs.finish();
        return { unixClock: true };
      },
    );
  },
};

function addPod(
  context: ReadingContext,
  element: JsonElement,
  times: TimeReader,
  gangs: KubernetesGangs,
): void {
  const { log } = context;
  const { value, line } = element;
  if (value.kind !== undefined && value.kind !== "Pod") {
    return log.leaveOut(`is of kind ${scalarText(value.kind)} and no pod`, line);
  }
  const metadata = objectIn(value, "metadata");
  const spec = objectIn(value, "spec");
  const owner = objectsOf(metadata.ownerReferences)[0] ?? {};
  if (owner.kind === "DaemonSet" || owner.kind === "Node") {
    return log.leaveOut(`belongs to a ${owner.kind}: it is part of the node`, line);
  }
  const request = podRequest(spec);
  if ("wrong" in request) {
    return element.reject("resources", "not-a-quantity", `"${request.wrong}" is no quantity`);
  }
  if (!Number.isInteger(request.gpus) || request.gpus > GPU_COUNT_RULE.max) {
    const message = `a pod asks for whole GPUs, at most ${GPU_COUNT_RULE.max}; got ${request.gpus}`;
    element.reject("resources", "not-whole", message);
  }
  const name = scalarText(metadata.name);
  if (name === "") element.reject("name", "empty-id", "metadata.name must not be empty");
  const pod = podOf(element, times, request);
  if (element.isBroken()) return;
  const reason = reasonToLeaveOut(context, request, pod);
  if (reason !== undefined) return log.leaveOut(reason, line);
  gangs.add(pod, line);
}

function podOf(element: JsonElement, times: TimeReader, request: KubernetesPodRequest): GangPod {
  const metadata = objectIn(element.value, "metadata");
  const spec = objectIn(element.value, "spec");
  const status = objectIn(element.value, "status");
  const time = (field: string, from: JsonObject): number =>
    times.epochS(element.column(field, from[field]));
  const namespace = scalarText(metadata.namespace) || "default";
  const product = scalarText(objectIn(spec, "nodeSelector")["nvidia.com/gpu.product"]);
  const phase = scalarText(status.phase);
  const ended = phase === "Succeeded" || phase === "Failed";
  const scheduled = objectsOf(status.conditions).find(({ type }) => type === "PodScheduled");
  const startS = time("startTime", status);
  const createdS = time("creationTimestamp", metadata);
  if (Number.isNaN(createdS) && !element.isBroken()) {
    element.reject("creationTimestamp", "not-a-time", "metadata.creationTimestamp must be a time");
  }
  // The kubelet's start, or when the scheduler found a node.
  const runningS = Number.isNaN(startS) ? time("lastTransitionTime", scheduled ?? {}) : startS;
  const endS = ended ? lastFinish(element, times, status) : Number.NaN;
  if (endS < runningS) {
    element.reject(
      "finishedAt",
      "ends-before-start",
      "the last container ended before the pod started",
    );
  }
  return {
    id: `${namespace}/${scalarText(metadata.name)}`,
    gang: gangLabelOf(namespace, metadata),
    namespace,
    submitS: createdS,
    startS: runningS,
    endS,
    request,
    gpuModel: product,
    // Kubernetes keeps priorities in 32 bits.
    priority: typeof spec.priority === "number" ? Math.trunc(spec.priority) | 0 : 0,
    status: statusFromWord(phase),
  };
}

/** End of the pod's last container; NaN when none says. */
function lastFinish(element: JsonElement, times: TimeReader, status: JsonObject): number {
  let lastS = Number.NaN;
  for (const container of objectsOf(status.containerStatuses)) {
    const terminated = objectIn(objectIn(container, "state"), "terminated");
    const finishedS = times.epochS(element.column("finishedAt", terminated.finishedAt));
    if (Number.isNaN(lastS) || finishedS > lastS) lastS = finishedS;
  }
  return lastS;
}

/** Labels and annotations by which gang schedulers and training operators mark the pods of one job. */
const GANG_LABELS = [
  "training.kubeflow.org/job-name",
  "scheduling.x-k8s.io/pod-group",
  "kueue.x-k8s.io/pod-group-name",
  "jobset.sigs.k8s.io/jobset-name",
  "volcano.sh/job-name",
  "scheduling.k8s.io/group-name",
  "ray.io/cluster",
];

function gangLabelOf(namespace: string, metadata: JsonObject): string | undefined {
  const marks = { ...objectIn(metadata, "annotations"), ...objectIn(metadata, "labels") };
  const label = GANG_LABELS.find((name) => scalarText(marks[name]) !== "");
  return label === undefined ? undefined : `${namespace}/${scalarText(marks[label])}`;
}

function reasonToLeaveOut(
  { options }: ReadingContext,
  request: KubernetesPodRequest,
  pod: GangPod,
): string | undefined {
  if (request.migResources.length > 0) return "asks for MIG slices, which a job list cannot hold";
  if (request.gpus === 0 && options.cpuJobs === "leave-out") return "asks for no GPU";
  return Number.isNaN(pod.startS) ? "is pending: it never started" : undefined;
}

function objectIn(value: JsonObject, field: string): JsonObject {
  const found = value[field];
  return isObject(found) ? found : {};
}
