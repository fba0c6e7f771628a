import type { GivenSource, SourceId } from "../sources.js";

/** Whether the slots of a GPU were read from a driver's own list, carried over from a sister model, or given by a user. */
export type MigProvenance = "published" | "inferred" | "given";

/** One kind of MIG instance that a GPU model offers. */
export interface MigProfile {
  /** Name as `nvidia-smi` prints it, such as `1g.10gb+me`: a name, never a size. */
  readonly name: string;
  /** Number the driver knows it by, where a source has it; names vary with the driver, numbers do not. */
  readonly profileId?: number;
  /** Compute slices of the GPU it takes. */
  readonly computeSlices: number;
  /** Consecutive memory slots it takes on the axis of the GPU. */
  readonly slots: number;
  /** Slots it may start at, ascending. */
  readonly starts: readonly number[];
  /** Instances of it that one GPU can hold. */
  readonly instancesMax: number;
  /** Memory a workload can use, as the driver lists it; absent where no source has it. */
  readonly memoryBytes?: number;
  /** Streaming multiprocessors; not linear in slices. Absent where no source has it. */
  readonly multiprocessors?: number;
  readonly copyEngines?: number;
  /** Video decoders it owns, where the GPU's decoders limit what can stand side by side. */
  readonly decoders?: number;
  /**
   * What sets it apart from the plain profile of its size: `+me` and `+me.all` own the media engines that
   * only one instance per GPU can; `+gfx` can draw; `-me` has no media engines.
   */
  readonly extension?: "+me" | "+me.all" | "+gfx" | "-me";
  /** True for `+me` and `+me.all`: at most one such instance per GPU, whatever their sizes. */
  readonly isMediaExtension: boolean;
}

/** How one GPU model can be cut into MIG instances: the law that every layout obeys. */
export interface MigGeometry {
  /** Names in the GPU catalogue that share it. */
  readonly gpuModels: readonly string[];
  /** Memory slots of the GPU: the axis that placements lie on. */
  readonly slots: number;
  /** Compute slices that all instances share. */
  readonly computeSlices: number;
  /** Video decoders that instances share, where `+me.all` can take them all. */
  readonly decoders?: number;
  /** From the largest to the smallest, plain ones before extensions of the same size. */
  readonly profiles: readonly MigProfile[];
  /** Where starts and slots come from. */
  readonly provenance: MigProvenance;
  readonly note?: string;
  /** Present for a table of a user's own file, whose `sources` are empty. */
  readonly given?: GivenSource;
  readonly sources: readonly SourceId[];
}

/** One instance of a profile at a slot. */
export interface MigPlacement {
  readonly profile: string;
  /** First slot. */
  readonly start: number;
}

/**
 * The profile of that name, or undefined. Written as drivers print it (`1g.10gb+me`, in any case) or as
 * Kubernetes names the resource (`nvidia.com/mig-1g.10gb.me`).
 */
export function migProfileOf(geometry: MigGeometry, name: string): MigProfile | undefined {
  const lowered = name
    .trim()
    .toLowerCase()
    .replace(/^(nvidia\.com\/)?mig-/, "")
    .replace(/\.(me|me\.all|gfx)$/, "+$1");
  return geometry.profiles.find((profile) => profile.name === lowered);
}

/**
 * The profiles that plain layouts are made of: one per size, without extensions. The double-memory 1g
 * counts as a size of its own.
 */
export function plainMigProfiles(geometry: MigGeometry): readonly MigProfile[] {
  return geometry.profiles.filter((profile) => profile.extension === undefined);
}
