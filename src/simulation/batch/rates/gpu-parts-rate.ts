import type { HeldPart } from "../../../cluster/partitions/partitioning.js";
import type { ClusterSpec } from "../../../cluster/spec.js";
import { migGeometryOf } from "../../../hardware/mig/find-mig-geometry.js";
import { migProfileOf } from "../../../hardware/mig/mig-geometry.js";
import {
  migComputeShare,
  migInstanceRate,
} from "../../../performance/sharing/mig-instance-rate.js";
import { sharedGpuRates } from "../../../performance/sharing/shared-gpu-rates.js";
import type { PodRequest } from "../../../workload/job-table.js";
import type { RateContext, RateFactor } from "../gang-rates.js";
import type { Lane } from "../lane.js";

const WHOLE_GPU_MILLI = 1000;

/** Processes on one GPU without partitions, in order of arrival. */
interface SharedGpuState {
  readonly node: number;
  readonly jobs: number[];
  readonly demands: number[];
}

/** The rate of a running job: what its MIG instances give, and which shared GPUs it is on. */
interface RunningJob {
  readonly instanceRate: number;
  readonly shared: readonly SharedGpuState[];
}

/** True when some node hands out MIG instances or replicas, whose speed is not that of a whole GPU. */
export function hasGpuParts({ nodes }: ClusterSpec): boolean {
  return nodes.some(
    ({ partitioning }) => partitioning !== undefined && partitioning.mode !== "whole",
  );
}

/**
 * How fast a gang works on MIG instances and on replicas of shared GPUs; workers go in step, so the slowest
 * sets the pace.
 *
 * What a job can use of a GPU is its share; a job that names MIG profiles and no share was recorded on the
 * first of them, any other on a whole GPU. Instances have a fixed rate; replicas share with whoever is on the
 * GPU, so rates change when neighbours come and go.
 */
export function createGpuPartsRate({ cluster, jobs }: RateContext): RateFactor {
  const running = new Map<number, RunningJob>();
  const gpus = new Map<string, SharedGpuState>();
  const changed = new Set<number>();
  const touch = (gpu: SharedGpuState): void => {
    for (const job of gpu.jobs) changed.add(job);
  };
  const rateOn = (gpu: SharedGpuState, job: number): number => {
    const { partitioning } = cluster.nodes[gpu.node]!;
    if (partitioning === undefined || !("replicas" in partitioning)) return 1;
    const { mode, replicas, contention = [] } = partitioning;
    const rates = sharedGpuRates({ mode, replicas, contention }, gpu.demands);
    return rates[gpu.jobs.indexOf(job)]!;
  };
  return {
    name: "MIG instances and shared GPUs",
    started(job, lane) {
      const request = jobs.shapes[jobs.shape[job]!]!;
      let instanceRate = 1;
      const shared: SharedGpuState[] = [];
      lane.gang.forEachHeldPart?.((part) => {
        const node = lane.nodeMap[part.node]!;
        const { gpuModel } = cluster.nodes[node]!;
        if (part.mode === "mig")
          instanceRate = Math.min(instanceRate, rateOfInstance(part, gpuModel, request));
        else shared.push(joined(gpus, node, part.gpu, job, request));
      });
      running.set(job, { instanceRate, shared });
      shared.forEach(touch);
    },
    stopped(job) {
      for (const gpu of running.get(job)!.shared) {
        const at = gpu.jobs.indexOf(job);
        gpu.jobs.splice(at, 1);
        gpu.demands.splice(at, 1);
        touch(gpu);
      }
      running.delete(job);
      changed.delete(job);
    },
    rateOf(job) {
      const { instanceRate, shared } = running.get(job)!;
      return shared.reduce((rate, gpu) => Math.min(rate, rateOn(gpu, job)), instanceRate);
    },
    takeChanged(visit) {
      const jobsChanged = [...changed].sort((left, right) => left - right);
      changed.clear();
      for (const job of jobsChanged) visit(job);
    },
    slowestIn: (_lane: Lane) => 1,
  };
}

function joined(
  gpus: Map<string, SharedGpuState>,
  node: number,
  gpu: number,
  job: number,
  request: PodRequest,
): SharedGpuState {
  const key = `${node}/${gpu}`;
  let state = gpus.get(key);
  if (state === undefined) {
    state = { node, jobs: [], demands: [] };
    gpus.set(key, state);
  }
  state.jobs.push(job);
  state.demands.push(request.gpuMilli / WHOLE_GPU_MILLI);
  return state;
}

function rateOfInstance({ profile }: HeldPart, gpuModel: string, request: PodRequest): number {
  return migInstanceRate(migComputeShare(gpuModel, profile!), computeDemand(request, gpuModel));
}

/** Share of a whole GPU's compute that a job can use. */
function computeDemand({ gpuMilli, gpuPart }: PodRequest, gpuModel: string): number {
  if (gpuPart?.isMigOnly !== true) return gpuMilli / WHOLE_GPU_MILLI;
  const geometry = migGeometryOf(gpuModel);
  const recordedOn = gpuPart.migProfiles.find(
    (name) => geometry !== undefined && migProfileOf(geometry, name) !== undefined,
  );
  return recordedOn === undefined ? 1 : migComputeShare(gpuModel, recordedOn).share;
}
