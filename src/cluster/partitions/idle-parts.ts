import { migRemainder } from "../../hardware/mig/pack/stranded.js";
import { migTableOf, migGeometryOf } from "../../hardware/mig/find-mig-geometry.js";
import { WHOLE_GPU_MILLI } from "../gpu-milli.js";
import { IDLE_CLASSES, type IdleClass, type TypicalPod } from "../idle-classes.js";
import type { ClusterView } from "../view.js";

/**
 * Classes of idle capacity that only GPUs handed out in parts have.
 *
 * - `stranded_compute`: compute slices of a MIG GPU that no further instance could have in the present
 *   layout, whatever is asked for
 * - `repartitioning`: idle compute of a MIG GPU that is being drained or cut anew
 */
export const PART_IDLE_CLASSES = ["stranded_compute", "repartitioning"] as const;

/** Every class, those of `IDLE_CLASSES` first. */
const CLASSES: readonly string[] = [...IDLE_CLASSES, ...PART_IDLE_CLASSES];
const STRANDED = CLASSES.indexOf("stranded_compute");
const CHANGING = CLASSES.indexOf("repartitioning");

/** Idle capacity of GPUs handed out in parts, by class, and what MIG layouts strand. */
export interface IdleParts {
  /** GPUs in MIG mode. */
  readonly migGpus: number;
  /** Takes in what changed. Cheap when nothing did. */
  refresh(): void;
  /** Thousandths of a GPU by class, in the order `IDLE_CLASSES`, `PART_IDLE_CLASSES`. */
  readonly byClassMilli: Readonly<Float64Array>;
  /** Memory slots of MIG GPUs that no further instance could have, in thousandths of a GPU's memory. */
  readonly strandedMemoryMilli: number;
  /** Busy instances of MIG GPUs by profile. */
  readonly busyByProfile: ReadonlyMap<string, number>;
}

/** What one node has idle. */
interface NodeIdle {
  readonly byClass: Float64Array;
  strandedMemoryMilli: number;
  readonly busy: Map<string, number>;
}

/**
 * Watches the idle parts of a cluster, seen by the typical pods of a workload.
 *
 * Of a MIG GPU in service: compute slices that no further instance could have are stranded; those that
 * could, but have no instance, lack GPU (`q2_lack_gpu`); a free instance is usable (`q3_satisfied`) by the
 * typical pods that accept it on a node with CPU for them, and falls into the classes of `IDLE_CLASSES` for
 * the others, by weight. A free replica likewise. Closed GPUs are left out.
 */
export function createIdleParts(view: ClusterView, typicalPods: readonly TypicalPod[]): IdleParts {
  const { partitions, spec } = view;
  const nodes = spec.nodes.flatMap((_node, n) => (partitions.hasParts(n) ? [n] : []));
  const idleOf = new Map<number, NodeIdle>(nodes.map((node) => [node, emptyIdle()]));
  const totals = new Float64Array(CLASSES.length);
  const busyByProfile = new Map<string, number>();
  const changed = new Int32Array(view.nodeCount);
  let revision = -1;
  let strandedMemoryMilli = 0;
  const put = (idle: NodeIdle, sign: 1 | -1): void => {
    idle.byClass.forEach((milli, index) => (totals[index]! += sign * milli));
    strandedMemoryMilli += sign * idle.strandedMemoryMilli;
    for (const [profile, count] of idle.busy)
      busyByProfile.set(profile, (busyByProfile.get(profile) ?? 0) + sign * count);
  };
  const update = (node: number): void => {
    const idle = idleOf.get(node);
    if (idle === undefined) return;
    put(idle, -1);
    measureNode(view, node, typicalPods, idle);
    put(idle, 1);
  };
  return {
    migGpus: nodes.reduce(
      (sum, node) => sum + (partitions.modeOf(node) === "mig" ? spec.nodes[node]!.gpuCount : 0),
      0,
    ),
    byClassMilli: totals,
    busyByProfile,
    get strandedMemoryMilli() {
      return strandedMemoryMilli;
    },
    refresh() {
      if (revision === view.revision) return;
      const count = revision < 0 ? -1 : view.changedSince(revision, changed);
      if (count < 0) nodes.forEach(update);
      else for (let index = 0; index < count; index += 1) update(changed[index]!);
      revision = view.revision;
    },
  };
}

function emptyIdle(): NodeIdle {
  return { byClass: new Float64Array(CLASSES.length), strandedMemoryMilli: 0, busy: new Map() };
}

function measureNode(
  view: ClusterView,
  node: number,
  typicalPods: readonly TypicalPod[],
  idle: NodeIdle,
): void {
  const { partitions, gpuOffset, nodeClosed, gpuClosed } = view;
  idle.byClass.fill(0);
  idle.strandedMemoryMilli = 0;
  idle.busy.clear();
  const gpus = gpuOffset[node + 1]! - gpuOffset[node]!;
  for (let gpu = 0; gpu < gpus; gpu += 1) {
    const isClosed = nodeClosed[node] === 1 || gpuClosed[gpuOffset[node]! + gpu] === 1;
    if (partitions.modeOf(node) === "mig")
      measureMigGpu(view, node, gpu, { typicalPods, idle, isClosed });
    else if (!isClosed)
      spread(view, node, {
        milli: partitions.idleMilliExactly(node, gpu),
        typicalPods,
        idle,
        suits: (pod) => partitions.preferenceOn(node, gpu, pod.request, 0) >= 0,
      });
  }
}

interface Measuring {
  readonly typicalPods: readonly TypicalPod[];
  readonly idle: NodeIdle;
  readonly isClosed: boolean;
}

function measureMigGpu(
  view: ClusterView,
  node: number,
  gpu: number,
  { typicalPods, idle, isClosed }: Measuring,
): void {
  const { partitions, spec } = view;
  const geometry = migGeometryOf(spec.nodes[node]!.gpuModel)!;
  const table = migTableOf(geometry);
  const instances = partitions.instancesOf(node, gpu);
  const sliceMilli = WHOLE_GPU_MILLI / geometry.computeSlices;
  let occupancy = 0;
  for (const { profile, start, isBusy } of instances) {
    occupancy = table.take(occupancy, table.placeOf({ profile, start })!);
    if (isBusy) idle.busy.set(profile, (idle.busy.get(profile) ?? 0) + 1);
  }
  const rest = migRemainder(geometry, occupancy);
  idle.strandedMemoryMilli += (rest.strandedSlots * WHOLE_GPU_MILLI) / geometry.slots;
  if (isClosed) return;
  if (partitions.serviceOf(node, gpu) !== "in-service") {
    idle.byClass[CHANGING]! += partitions.idleMilliExactly(node, gpu);
    return;
  }
  idle.byClass[STRANDED]! += rest.strandedComputeSlices * sliceMilli;
  const unused = (rest.idleComputeSlices - rest.strandedComputeSlices) * sliceMilli;
  if (unused > 0) spread(view, node, { milli: unused, typicalPods, idle, suits: () => false });
  for (const { profile, isBusy } of instances) {
    if (isBusy) continue;
    const index = geometry.profiles.findIndex(({ name }) => name === profile);
    spread(view, node, {
      milli: geometry.profiles[index]!.computeSlices * sliceMilli,
      typicalPods,
      idle,
      suits: ({ request }) => partitions.acceptanceOn(node, request).profiles.includes(index),
    });
  }
}

/** Sorts one idle part by what each typical pod could do with it. */
function spread(
  view: ClusterView,
  node: number,
  part: {
    readonly milli: number;
    readonly typicalPods: readonly TypicalPod[];
    readonly idle: NodeIdle;
    suits(pod: TypicalPod): boolean;
  },
): void {
  for (const pod of part.typicalPods) {
    const name = classOf(view, node, pod, () => part.suits(pod));
    part.idle.byClass[CLASSES.indexOf(name)]! += part.milli * pod.weight;
  }
}

function classOf(
  view: ClusterView,
  node: number,
  { request }: TypicalPod,
  suits: () => boolean,
): IdleClass {
  const hasCpu = view.cpuMilliFree[node]! >= request.cpuMilli;
  if (request.gpuCount === 0) return hasCpu ? "xl_satisfied" : "xr_lack_cpu";
  const model = view.spec.nodes[node]!.gpuModel;
  const accepts =
    (request.gpuModels.length === 0 || request.gpuModels.includes(model)) &&
    view.partitions.suits(node, request);
  if (!accepts) return "no_access";
  if (suits()) return hasCpu ? "q3_satisfied" : "q4_lack_cpu";
  return hasCpu ? "q2_lack_gpu" : "q1_lack_both";
}
