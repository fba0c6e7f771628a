import {
  createEnergyMeter,
  type EnergyReading,
  type NodePower,
} from "../../performance/power/energy-meter.js";
import { gangGpuMilli } from "../../policy/gang/gang-gpu-milli.js";
import { forEachPart, type RateContext, type RateFactor } from "../batch/gang-rates.js";

/** Node groups with their power, for the meter of one run. */
export interface EnergySpec {
  /** In the order of `firstNodes`. */
  readonly kinds: readonly NodePower[];
  /** First node of each group in the cluster spec, ascending; a group ends where the next begins. */
  readonly firstNodes: readonly number[];
}

/** Watches gangs take and leave GPUs; never changes how fast they work. */
export interface EnergyObserver {
  readonly factor: RateFactor;
  /** @param endS end of the run. Seconds. */
  finish(endS: number): EnergyReading;
}

/**
 * Reads the electricity of a run off the room its gangs hold.
 *
 * Every node is switched on from the first submission to the end, also while it is out of service. In a pool,
 * which has no places, gangs fill the groups in their order.
 */
export function createEnergyObserver(spec: EnergySpec, context: RateContext): EnergyObserver {
  const { cluster, jobs } = context;
  const startS = jobs.submitS.reduce((first, timeS) => Math.min(first, timeS), Infinity);
  const meter = createEnergyMeter({ kinds: spec.kinds, startS: jobs.count === 0 ? 0 : startS });
  const kindOf = kindByNode(spec, cluster.nodes.length);
  const nodesOf = new Float64Array(spec.kinds.length);
  for (const kind of kindOf) nodesOf[kind]!++;
  nodesOf.forEach((count, kind) => {
    meter.switchOn(jobs.count === 0 ? 0 : startS, kind, count);
  });
  const pool = createPoolFill(spec, nodesOf);
  const held = new Map<number, Float64Array>();
  return {
    factor: {
      name: "energy",
      started(job, lane, parts) {
        const milli = new Float64Array(spec.kinds.length);
        if (lane.gang.cluster === undefined) pool.take(gangGpuMilli(jobs, job), milli);
        else {
          const { gpuMilli } = jobs.shapes[jobs.shape[job]!]!;
          forEachPart(lane, parts, (node, gpus) => {
            milli[kindOf[node]!]! += gpus.length * gpuMilli;
          });
        }
        held.set(job, milli);
        hold(meter, context.nowS(), milli, 1);
      },
      stopped(job) {
        const milli = held.get(job);
        if (milli === undefined) return;
        held.delete(job);
        pool.give(milli);
        hold(meter, context.nowS(), milli, -1);
      },
      rateOf: () => 1,
      slowestIn: () => 1,
    },
    finish: (endS) => meter.finish(Math.max(endS, jobs.count === 0 ? 0 : startS)),
  };
}

function hold(
  meter: ReturnType<typeof createEnergyMeter>,
  timeS: number,
  milli: Float64Array,
  sign: 1 | -1,
): void {
  milli.forEach((gpuMilli, kind) => {
    if (gpuMilli !== 0) meter.hold(timeS, kind, sign * gpuMilli);
  });
}

function kindByNode({ firstNodes }: EnergySpec, nodes: number): Int32Array {
  const kinds = new Int32Array(nodes);
  for (let node = 0, kind = 0; node < nodes; node++) {
    while (kind + 1 < firstNodes.length && firstNodes[kind + 1]! <= node) kind++;
    kinds[node] = kind;
  }
  return kinds;
}

/** Capacity of a pool by group, filled in order. */
function createPoolFill(spec: EnergySpec, nodes: Float64Array) {
  const free = Float64Array.from(
    spec.kinds,
    ({ gpusPerNode }, kind) => nodes[kind]! * gpusPerNode * 1000,
  );
  return {
    take(gpuMilli: number, out: Float64Array): void {
      let left = gpuMilli;
      for (let kind = 0; kind < free.length && left > 0; kind++) {
        const taken = Math.min(left, free[kind]!);
        free[kind]! -= taken;
        out[kind] = taken;
        left -= taken;
      }
    },
    give(milli: Float64Array): void {
      milli.forEach((gpuMilli, kind) => (free[kind]! += gpuMilli));
    },
  };
}
