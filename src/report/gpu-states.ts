/** What a GPU is doing, in the product's words; one colour each, everywhere. */
export type GpuState =
  "busy" | "fragmented" | "stranded" | "reserved" | "drained" | "failed" | "other" | "free";

/** How one state is drawn. `fill` null means outline only. */
export interface GpuStateStyle {
  readonly state: GpuState;
  readonly fill: string | null;
  /** Text that stands on the fill. */
  readonly ink: string;
}

/**
 * States from the bottom of a stack to its top, with Okabe-Ito colours (ecosystem notes: contrast
 * and greyscale measured). Busy stands at the bottom so that its level can be read off the axis.
 */
export const GPU_STATES: readonly GpuStateStyle[] = [
  { state: "busy", fill: "#0072B2", ink: "#ffffff" },
  { state: "fragmented", fill: "#E69F00", ink: "#1b1d21" },
  { state: "stranded", fill: "#CC79A7", ink: "#1b1d21" },
  { state: "reserved", fill: "#56B4E9", ink: "#1b1d21" },
  { state: "drained", fill: "#999999", ink: "#1b1d21" },
  { state: "failed", fill: "#D55E00", ink: "#1b1d21" },
  { state: "other", fill: "#C9C2B4", ink: "#1b1d21" },
  { state: "free", fill: null, ink: "currentColor" },
];

/** An idle class of the result document: which state it counts as and what it means to people. */
export interface IdleClass {
  readonly state: GpuState;
  readonly meaning: string;
}

const idleClasses: Readonly<Record<string, IdleClass>> = {
  q3_satisfied: { state: "free", meaning: "a job of the mix fits here now" },
  xl_satisfied: {
    state: "free",
    meaning: "as the jobs of the mix see it that ask only for CPUs, and fit beside it",
  },
  q1_lack_both: {
    state: "fragmented",
    meaning: "too few GPUs free together on the node, and its CPUs are taken too",
  },
  q2_lack_gpu: {
    state: "fragmented",
    meaning: "CPUs are free, but too few GPUs (or too small shares) together on the node",
  },
  q4_lack_cpu: { state: "fragmented", meaning: "GPUs free, but the node's CPUs are taken" },
  xr_lack_cpu: {
    state: "fragmented",
    meaning: "as the jobs of the mix see it that ask only for CPUs, and find none on the node",
  },
  no_access: { state: "fragmented", meaning: "GPUs free, but of a model the jobs do not accept" },
  stranded_compute: {
    state: "stranded",
    meaning: "compute slices that no MIG profile can use beside the GPU's present instances",
  },
  repartitioning: {
    state: "drained",
    meaning: "MIG GPUs being emptied, or out of service while their layout changes",
  },
  stranded: { state: "stranded", meaning: "free, but in a form no job of the mix can take" },
  reserved: {
    state: "reserved",
    meaning: "kept free for someone, standing by, or of an elastic group and not started",
  },
  drained: { state: "drained", meaning: "taken out of service on purpose" },
  failed: { state: "failed", meaning: "broken or under repair" },
};

/** Looks an idle class up; a class this version does not know keeps its own name as "other". */
export function idleClass(name: string): IdleClass {
  return idleClasses[name] ?? { state: "other", meaning: name };
}
