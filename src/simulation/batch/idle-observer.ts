import type { Fragmentation } from "../../cluster/fragmentation.js";
import { IDLE_CLASSES } from "../../cluster/idle-classes.js";
import {
  createIdleParts,
  PART_IDLE_CLASSES,
  type IdleParts,
} from "../../cluster/partitions/idle-parts.js";
import type { DemandClasses } from "./demand-classes.js";
import type { Lanes } from "./lanes.js";
import type { Lane } from "./lane.js";

/** Sorts the idle GPU capacity of a run's cluster into classes, as seen by the workload's own demands. */
export interface IdleObserver {
  /** In the order of the values. */
  readonly names: readonly string[];
  /** Writes thousandths of a GPU idle per class, from `offset` on; they sum to all that is idle. */
  measure(out: Float64Array, offset: number): void;
  /** Idle parts of GPUs by lane, where nodes hand out parts. */
  readonly parts: readonly IdleParts[];
}

type Measure = (out: Float64Array, offset: number) => void;

/**
 * Watches all lanes. Nodes: the fragmentation of each lane's cluster for its own jobs' workers. A pool is
 * one large node for whole gangs: what is idle serves a demand (`q3_satisfied`) or is too little for it
 * (`q2_lack_gpu`), weighted by how many jobs make that demand.
 */
export function createIdleObserver({ lanes, classes }: Lanes): IdleObserver {
  const measures = lanes.flatMap((lane) => {
    if (lane.gang.cluster === undefined) return [measurePool(lane, classes)];
    return lane.fragmentation === undefined ? [] : [measureNodes(lane.fragmentation)];
  });
  const parts = lanes.flatMap(({ gang: { cluster }, fragmentation }) =>
    cluster?.partitions.isUsed === true && fragmentation !== undefined
      ? [createIdleParts(cluster, fragmentation.typicalPods)]
      : [],
  );
  const names = parts.length === 0 ? IDLE_CLASSES : [...IDLE_CLASSES, ...PART_IDLE_CLASSES];
  return {
    names,
    parts,
    measure(out, offset) {
      out.fill(0, offset, offset + names.length);
      for (const measure of measures) measure(out, offset);
      for (const idle of parts) {
        idle.refresh();
        idle.byClassMilli.forEach((milli, index) => (out[offset + index]! += milli));
      }
    },
  };
}

function measureNodes(fragmentation: Fragmentation): Measure {
  return (out, offset) => {
    fragmentation.refresh();
    const { byClassMilli } = fragmentation;
    for (let index = 0; index < byClassMilli.length; index++)
      out[offset + index]! += byClassMilli[index]!;
  };
}

function measurePool(lane: Lane, classes: DemandClasses): Measure {
  const jobsByDemand = new Map<number, number>();
  for (const demand of classes.classOf) {
    const gpuMilli = classes.gpuMilli[demand]!;
    jobsByDemand.set(gpuMilli, (jobsByDemand.get(gpuMilli) ?? 0) + 1);
  }
  const withoutGpuJobs = jobsByDemand.get(0) ?? 0;
  const demands = [...jobsByDemand].filter(([gpuMilli]) => gpuMilli > 0);
  const jobCount = classes.classOf.length;
  const withoutGpu = IDLE_CLASSES.indexOf("xl_satisfied");
  const tooLittle = IDLE_CLASSES.indexOf("q2_lack_gpu");
  const satisfied = IDLE_CLASSES.indexOf("q3_satisfied");
  return (out, offset) => {
    const idleMilli = lane.gang.gpuMilliFree;
    let servedJobs = 0;
    for (const [gpuMilli, count] of demands) if (gpuMilli <= idleMilli) servedJobs += count;
    const perJobMilli = idleMilli / jobCount;
    out[offset + withoutGpu]! += withoutGpuJobs * perJobMilli;
    out[offset + satisfied]! += servedJobs * perJobMilli;
    out[offset + tooLittle]! += (jobCount - withoutGpuJobs - servedJobs) * perJobMilli;
  };
}
