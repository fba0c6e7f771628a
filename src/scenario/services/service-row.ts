import type { PodRequest } from "../../workload/job-table.js";
import type { NodeSelectorRule } from "../../workload/node-selector.js";
import type { ServiceInput } from "../schema/services-schema.js";
import type { GroupPlans, ServiceParallelism } from "./service-hosts.js";
import type { ServiceQuestion } from "./service-question.js";
import type { SettledManifest } from "./settle-manifest.js";
import type { SettledService } from "./settled-service.js";

const GPU_MILLI = 1000;

/** How large a replica is. */
interface Extent {
  readonly parallelism: ServiceParallelism;
  readonly mig: string | undefined;
  readonly manifest: SettledManifest | undefined;
}

/** What a replica asks of the cluster. */
export function rowOf(
  question: ServiceQuestion,
  plans: GroupPlans,
  extent: Extent,
): SettledService["row"] {
  const { input, machines } = question;
  const models = [
    ...new Set(
      [...plans.planned.keys()].map(
        (group) => machines.nodes[machines.nodeGroups[group]!.firstNode]!.gpuModel,
      ),
    ),
  ];
  const { workers, gpusPerWorker } = extentOf(question, plans, extent);
  const shape: PodRequest = {
    cpuMilli: input.cpu ?? 0,
    memoryBytes: input.memory ?? 0,
    gpuCount: gpusPerWorker,
    gpuMilli: GPU_MILLI,
    gpuModels: models,
    ...(input.nodeSelector === undefined
      ? {}
      : { nodeSelector: input.nodeSelector.map(selectorRule) }),
    ...(extent.mig === undefined
      ? {}
      : {
          gpuPart: {
            migProfiles: [extent.mig],
            isMigOnly: true,
            gpuMemoryBytes: 0,
            isReplicaEnough: false,
          },
        }),
  };
  return {
    shape,
    workers,
    tenant: input.tenant ?? input.name,
    priority: input.priority ?? 0,
    partition: input.partition ?? "",
    isPreemptible: input.preemptible ?? true,
  };
}

function selectorRule({
  label,
  is,
  in: values,
  notIn,
}: NonNullable<ServiceInput["nodeSelector"]>[number]): NodeSelectorRule {
  const wanted = is === undefined ? values : [is];
  return {
    label,
    ...(wanted === undefined ? {} : { in: wanted }),
    ...(notIn === undefined ? {} : { notIn }),
  };
}

/** GPUs of a replica, on one node where they fit, else a node per pipeline stage; KAITO takes whole nodes. */
function extentOf(
  { machines }: ServiceQuestion,
  plans: GroupPlans,
  { parallelism, mig, manifest }: Extent,
): { readonly workers: number; readonly gpusPerWorker: number } {
  if (mig !== undefined) return { workers: 1, gpusPerWorker: 1 };
  if (
    manifest !== undefined &&
    manifest.instanceType !== undefined &&
    parallelism === manifest.parallelism
  )
    return { workers: manifest.nodes, gpusPerWorker: manifest.gpusPerNode };
  const { tensor, pipeline, data } = parallelism;
  const total = tensor * pipeline * data;
  const most = Math.max(
    ...[...plans.planned.keys()].map(
      (group) => machines.nodes[machines.nodeGroups[group]!.firstNode]!.gpuCount,
    ),
  );
  return total <= most
    ? { workers: 1, gpusPerWorker: total }
    : { workers: pipeline, gpusPerWorker: tensor * data };
}

/** The GPUs of a replica in words. */
export function hardwareOf(
  question: ServiceQuestion,
  plans: GroupPlans,
  { tensor, pipeline, data }: ServiceParallelism,
  mig: string | undefined,
): string {
  const { nodes, nodeGroups } = question.machines;
  const names = [
    ...new Set(
      [...plans.planned.keys()].map((group) => nodes[nodeGroups[group]!.firstNode]!.gpuModel),
    ),
  ];
  const gpus = tensor * pipeline * data;
  const what = mig === undefined ? names.join(" or ") : `${mig} of ${names.join(" or ")}`;
  const how = [
    ...(tensor > 1 ? [`tensor parallel ${tensor}`] : []),
    ...(pipeline > 1 ? [`${pipeline} pipeline stages`] : []),
    ...(data > 1 ? [`${data} copies`] : []),
  ];
  return [`${gpus} × ${what}`, ...how].join(", ");
}
