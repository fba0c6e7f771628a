import { formatDuration } from "../../base/units.js";
import type { RayClusterSpec, RayWorkSpec } from "../../simulation/fleet/clusters/ray/ray-spec.js";
import type { Assume } from "./assume.js";
import type { FleetNames } from "./resolve-fleet-jobs.js";
import { gpuModelOf } from "./resolve-members.js";
import type { FleetDocument } from "./schema/fleet-schema.js";
import { RAY_DEFAULTS, type RayInput } from "./schema/ray-schema.js";

/** KubeRay's factor for its upscaling modes. */
const UPSCALING = { default: 1_000, conservative: 1 } as const;

/** Builds the Ray clusters of a fleet. */
export function resolveRay(
  spec: FleetDocument,
  names: FleetNames,
  assume: Assume,
): readonly RayClusterSpec[] {
  return (spec.workload?.ray ?? []).map((cluster) => {
    const id = `workload.ray[${cluster.name}]`;
    noteRay(id, cluster, assume);
    return {
      name: cluster.name,
      member: names.clusters.indexOf(cluster.cluster),
      tenant: cluster.tenant ?? "default",
      ...(cluster.gpu === undefined ? {} : { gpuModel: gpuModelOf(id, cluster.gpu, assume) }),
      workers: cluster.workers.map(({ name, resources, min = 0, max }) => ({
        name,
        resources,
        min,
        max,
        gpus: resources["GPU"] ?? 0,
      })),
      work: cluster.work.map(workOf),
      admission: (cluster.admission ?? "whole") as "whole" | "none",
      tickS: cluster.tick ?? RAY_DEFAULTS.tickS,
      bootS: cluster.boot ?? RAY_DEFAULTS.bootS,
      idleTimeoutS: cluster.idleTimeout ?? RAY_DEFAULTS.idleTimeoutS,
      upscalingSpeed:
        UPSCALING[(cluster.upscaling ?? RAY_DEFAULTS.upscaling) as keyof typeof UPSCALING],
      concurrentLaunchesMax: cluster.concurrentLaunches ?? RAY_DEFAULTS.concurrentLaunches,
      ...(cluster.nodesMax === undefined ? {} : { nodesMax: cluster.nodesMax }),
    };
  });
}

function workOf({ name, at = 0, tasks, group, train }: RayInput["work"][number]): RayWorkSpec {
  const about = { name, submitS: at };
  if (tasks !== undefined)
    return {
      ...about,
      work: {
        kind: "tasks",
        count: tasks.count,
        resources: tasks.resources,
        durationS: tasks.duration,
        durations: (tasks.durations ?? "fixed") as "fixed" | "exponential",
      },
    };
  if (group !== undefined)
    return {
      ...about,
      work: {
        kind: "group",
        strategy: (group.strategy ?? "PACK") as "PACK" | "SPREAD" | "STRICT_PACK" | "STRICT_SPREAD",
        bundles: group.bundles,
        durationS: group.duration,
      },
    };
  if (train === undefined) throw new Error(`fleet: Ray work ${name} passed the checks without any`);
  return {
    ...about,
    work: {
      kind: "train",
      workersMin: train.workers.min,
      workersMax: train.workers.max,
      perWorker: train.perWorker,
      workerSeconds: train.duration * train.workers.max,
      monitorS: train.monitor ?? RAY_DEFAULTS.monitorS,
      restartS: train.restart ?? RAY_DEFAULTS.restartS,
      checkpointS: train.checkpoint ?? RAY_DEFAULTS.checkpointS,
    },
  };
}

function noteRay(id: string, cluster: RayInput, assume: Assume): void {
  if (cluster.boot === undefined)
    assume({
      id: `${id}.boot`,
      what: `Time until a Ray node of ${cluster.name} takes work`,
      value: formatDuration(RAY_DEFAULTS.bootS),
      provenance: "assumed",
      source: "default; image pull and start of a Ray worker, measure yours",
    });
  if (cluster.idleTimeout === undefined)
    assume({
      id: `${id}.idleTimeout`,
      what: `Time a Ray node of ${cluster.name} may be idle`,
      value: formatDuration(RAY_DEFAULTS.idleTimeoutS),
      provenance: "published",
      source: "KubeRay, idleTimeoutSeconds",
    });
  if (cluster.work.some(({ train }) => train !== undefined))
    assume({
      id: `${id}.train.scaling`,
      what: "Speed of elastic training with fewer workers",
      value: "proportional to the workers",
      provenance: "assumed",
      source: "rule of the model: no communication cost",
    });
}
