import type { GivenSource, SourceId } from "./sources.js";

/**
 * What is published about one GPU model. A figure nobody published is absent, never guessed.
 *
 * Rates are peaks of the data sheet without sparsity, per GPU. All figures of a record rest on its sources.
 */
export interface GpuSpec {
  /** The one name the simulation uses. */
  readonly name: string;
  /** Other full names of the same thing; a leading NVIDIA, Tesla or AMD Instinct is understood without. */
  readonly aliases: readonly string[];
  /** Names that leave the form (SXM, PCIe) open and are read as this model; whoever uses one is told. */
  readonly shortNames?: readonly string[];
  /** Memory by the name on the card, GB read as 10⁹ bytes: never more than the driver reports. */
  readonly memoryBytes: number;
  /** Memory the driver reports, where a source has it. */
  readonly memoryReportedBytes?: number;
  /** Where that was read; among `sources` when absent. */
  readonly memoryReportedSource?: SourceId;
  readonly memoryBytesPerS?: number;
  readonly fp32FlopPerS?: number;
  readonly tf32FlopPerS?: number;
  readonly fp16FlopPerS?: number;
  readonly bf16FlopPerS?: number;
  readonly fp8FlopPerS?: number;
  readonly fp4FlopPerS?: number;
  readonly int8OpPerS?: number;
  /** Best matrix multiplication that was measured by others, not a peak. */
  readonly achievedBf16FlopPerS?: number;
  readonly achievedFp8FlopPerS?: number;
  /** Rates of a calibration, which take the place of published and assumed ones. */
  readonly measured?: {
    readonly bf16FlopPerS?: number;
    readonly fp8FlopPerS?: number;
    /** Of a stream beyond the caches. */
    readonly streamBytesPerS?: number;
    /** Device, file and digest. */
    readonly source: string;
  };
  /** Thermal design power. */
  readonly powerMaxW?: number;
  readonly pcie?: string;
  readonly nvlink?: {
    readonly generation: number;
    readonly links: number;
    /** Sum of both directions over all links of one GPU. */
    readonly bothWaysBytesPerS: number;
  };
  /** Another way GPUs of a node are joined, in words. */
  readonly bridge?: string;
  readonly computeCapability?: string;
  /** True when the GPU can be partitioned with MIG. */
  readonly hasMig?: true;
  readonly note?: string;
  /** Present for a GPU of a user's own file, whose `sources` are empty. */
  readonly given?: GivenSource;
  readonly sources: readonly SourceId[];
}
