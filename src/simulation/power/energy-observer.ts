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

/** Nodes of a kind that are switched on (or off, below 0) at a time. */
export interface NodeSwitch {
  /** Seconds. */
  readonly timeS: number;
  readonly kind: number;
  readonly change: number;
}

/** Watches gangs take and leave GPUs; never changes how fast they work. */
export interface EnergyObserver {
  readonly factor: RateFactor;
  /**
   * Reads the meter.
   *
   * @param endS end of the run. Seconds.
   * @param comings kinds whose nodes come and go, with every switch of one of them; the nodes of other kinds
   *   are on all the time
   */
  finish(
    endS: number,
    comings?: { readonly kinds: ReadonlySet<number>; readonly switches: readonly NodeSwitch[] },
  ): EnergyReading;
}

/**
 * Reads the electricity of a run off the room its gangs hold.
 *
 * Nodes are switched on from the first submission to the end, also while they are out of service, unless their
 * group is elastic. In a pool, which has no places, gangs fill the groups in their order.
 */
export function createEnergyObserver(spec: EnergySpec, context: RateContext): EnergyObserver {
  const { cluster, jobs } = context;
  const kindOf = kindByNode(spec, cluster.nodes.length);
  const nodesOf = new Float64Array(spec.kinds.length);
  for (const kind of kindOf) nodesOf[kind]!++;
  const pool = createPoolFill(spec, nodesOf);
  const held = new Map<number, Float64Array>();
  const changes: HoldChange[] = [];
  const note = (milli: Float64Array, sign: 1 | -1): void => {
    milli.forEach((gpuMilli, kind) => {
      if (gpuMilli !== 0) changes.push({ timeS: context.nowS(), kind, gpuMilli: sign * gpuMilli });
    });
  };
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
        note(milli, 1);
      },
      stopped(job) {
        const milli = held.get(job);
        if (milli === undefined) return;
        held.delete(job);
        pool.give(milli);
        note(milli, -1);
      },
      rateOf: () => 1,
      slowestIn: () => 1,
    },
    finish(endS, comings) {
      const first = jobs.submitS.reduce((earliest, timeS) => Math.min(earliest, timeS), Infinity);
      const startS = jobs.count === 0 ? 0 : first;
      return readMeter(spec, { startS, endS: Math.max(startS, endS), nodesOf, changes, comings });
    },
  };
}

/** Gangs took or left GPUs of a kind of node. */
interface HoldChange {
  readonly timeS: number;
  readonly kind: number;
  readonly gpuMilli: number;
}

function readMeter(
  spec: EnergySpec,
  watched: {
    readonly startS: number;
    readonly endS: number;
    readonly nodesOf: Float64Array;
    readonly changes: readonly HoldChange[];
    readonly comings: Parameters<EnergyObserver["finish"]>[1];
  },
): EnergyReading {
  const { startS, endS, nodesOf, changes, comings } = watched;
  const meter = createEnergyMeter({ kinds: spec.kinds, startS });
  nodesOf.forEach((count, kind) => {
    if (comings?.kinds.has(kind) !== true) meter.switchOn(startS, kind, count);
  });
  const switches = (comings?.switches ?? [])
    .map((one) => ({ ...one, timeS: Math.min(endS, Math.max(startS, one.timeS)) }))
    .sort((left, right) => left.timeS - right.timeS);
  let next = 0;
  for (const { timeS, kind, gpuMilli } of changes) {
    for (; next < switches.length && switches[next]!.timeS <= timeS; next++) {
      meter.switchOn(switches[next]!.timeS, switches[next]!.kind, switches[next]!.change);
    }
    meter.hold(timeS, kind, gpuMilli);
  }
  for (const { timeS, kind, change } of switches.slice(next)) meter.switchOn(timeS, kind, change);
  return meter.finish(endS);
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
