import { gangGpuMilli } from "../../policy/gang/gang-gpu-milli.js";
import type { GangDemands } from "../../policy/gang/types.js";
import type { JobTable } from "../../workload/job-table.js";
import { addFlavorDemands, type FlavorDemands } from "./flavor-demands.js";
import { addGangSizes, workerRange, type DemandRows, type GangSizes } from "./gang-sizes.js";
import {
  parseTopologyText,
  TOPOLOGY_RULE,
  UNCONSTRAINED,
  type TopologyRequest,
} from "../../workload/topology-request.js";

/**
 * Jobs that ask for the same thing in the same lane, numbered 0..count-1 in order of first appearance.
 * When one of a class has no room, none of it has: queues try one job per class.
 */
export interface DemandClasses extends GangDemands {
  /** Class of every job. */
  readonly classOf: Int32Array;
  /**
   * What every running job holds: its class, the demand of another size for an elastic job that does not have
   * the workers it asks for, or that of the GPU model its quota is for. The same array as `classOf` when
   * there is nothing but classes.
   */
  readonly heldOf: Int32Array;
  /** The sizes of the gangs of each class that is elastic. */
  readonly sizesOf: ReadonlyMap<number, GangSizes>;
  /** Lane of every class; -1 when no lane serves the partition. */
  readonly lane: Int32Array;
  /** What classes become under the flavors of a quota; absent where no quota names GPU models. */
  readonly flavors?: FlavorDemands;
}

/** How jobs are grouped into classes. */
export interface ClassifyOptions {
  /** Lane of a partition, or -1. */
  laneOf(partition: number): number;
  /** What a job asks for that says nothing of topology. */
  readonly topology: TopologyRequest | undefined;
  /** Jobs may have fewer or more workers than they ask for, where the table says so. */
  readonly isElastic: boolean;
  /** GPU models behind the flavors of a quota; empty without. */
  readonly flavorModels?: readonly string[];
}

/** Groups jobs by (lane, shape, workers, GPUs of the gang, topology, range of workers). */
export function classifyDemands(jobs: JobTable, options: ClassifyOptions): DemandClasses {
  const { laneOf, isElastic } = options;
  const requests = topologyRequests(jobs, options.topology);
  const rows: DemandRows = { shape: [], workers: [], gpuMilli: [], lane: [], topology: [] };
  const { shape, workers, gpuMilli, lane, topology } = rows;
  const ranges: { readonly min: number; readonly max: number }[] = [];
  const classOf = new Int32Array(jobs.count);
  const groups = new Map<number, Map<number, number[]>>();
  for (let job = 0; job < jobs.count; job++) {
    const jobLane = laneOf(jobs.partition[job]!);
    const jobMilli = gangGpuMilli(jobs, job);
    const laneAndShape = (jobLane + 1) * jobs.shapes.length + jobs.shape[job]!;
    const byWorkers = getOrAdd(groups, laneAndShape, () => new Map<number, number[]>());
    const sameWorkers = getOrAdd(byWorkers, jobs.workers[job]!, () => []);
    const jobTopology = jobs.topology?.[job] ?? 0;
    const range = isElastic ? workerRange(jobs, job, jobMilli) : RIGID;
    let demand = sameWorkers.find(
      (candidate) =>
        gpuMilli[candidate] === jobMilli &&
        topology[candidate] === jobTopology &&
        ranges[candidate]!.min === range.min &&
        ranges[candidate]!.max === range.max,
    );
    if (demand === undefined) {
      demand = shape.length;
      sameWorkers.push(demand);
      shape.push(jobs.shape[job]!);
      workers.push(jobs.workers[job]!);
      gpuMilli.push(jobMilli);
      lane.push(jobLane);
      topology.push(jobTopology);
      ranges.push(range);
    }
    classOf[job] = demand;
  }
  const sizesOf = new Map<number, GangSizes>();
  const demandsBySize = new Map<string, number[]>();
  ranges.forEach((range, demand) => {
    if (range.min < range.max)
      sizesOf.set(demand, addGangSizes(rows, demand, range, demandsBySize));
  });
  const { flavorModels = [] } = options;
  const flavors =
    flavorModels.length === 0 ? undefined : addFlavorDemands(rows, jobs.shapes, flavorModels);
  return {
    count: shape.length,
    classOf,
    heldOf: sizesOf.size > 0 || flavors !== undefined ? classOf.slice() : classOf,
    ...(flavors === undefined ? {} : { flavors }),
    sizesOf,
    shape: Int32Array.from(shape),
    workers: Int32Array.from(workers),
    gpuMilli: Float64Array.from(gpuMilli),
    lane: Int32Array.from(lane),
    ...(requests === undefined
      ? {}
      : { topology: Int32Array.from(topology), topologyRequests: requests }),
  };
}

const RIGID = { min: 0, max: 0 };

/** What jobs ask for, the default first; undefined when nobody asks for anything. */
function topologyRequests(
  jobs: JobTable,
  topologyDefault: TopologyRequest | undefined,
): readonly TopologyRequest[] | undefined {
  const texts = jobs.topologyTexts ?? [""];
  if (texts.length === 1 && topologyDefault === undefined) return undefined;
  return texts.map((text, index) => {
    if (index === 0) return topologyDefault ?? UNCONSTRAINED;
    const request = parseTopologyText(text);
    if (request === undefined)
      throw new RangeError(`job table: topology must be ${TOPOLOGY_RULE}, got "${text}"`);
    return request;
  });
}

function getOrAdd<Value>(map: Map<number, Value>, key: number, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const added = create();
  map.set(key, added);
  return added;
}

/** What a class asks for, in words: "8 GPUs", "4 x 8 GPUs", "0.5 GPU", "no GPU". */
export function describeDemand(classes: DemandClasses, demand: number): string {
  const gpus = classes.gpuMilli[demand]! / 1000;
  const workers = classes.workers[demand]!;
  if (gpus === 0) return workers === 1 ? "no GPU" : `${workers} x no GPU`;
  const each = gpus / workers;
  const isEven = workers > 1 && Number.isInteger(each);
  const count = isEven ? each : gpus;
  return `${isEven ? `${workers} x ` : ""}${count} ${count > 1 ? "GPUs" : "GPU"}`;
}
