/** Which parts of a kind's GPUs will do for a pod. */
export interface Acceptance {
  /** Thousandths of each GPU on open and whole nodes; 0 when they will not do. */
  readonly gpuMilli: number;
  /** Profiles that will do, in order of preference, as positions in the geometry. */
  readonly profiles: readonly number[];
  /** True when a replica will do. */
  readonly replica: boolean;
  /** Memory the pod takes of a time-sliced GPU, in bytes. */
  readonly memoryBytes: number;
}
