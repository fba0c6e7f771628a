/** One machine whose collectives somebody timed. */
export interface MeasuredSystem {
  /** As the publisher calls it. */
  readonly name: string;
  /** Name in the GPU catalogue, or the one it would have. */
  readonly gpuModel: string;
  /** GPU as its driver calls it. */
  readonly device: string;
  readonly ncclVersion: string;
  /** File of the publication. */
  readonly dataset: string;
  /** What joins the GPUs of the host it was measured on. */
  readonly joinedBy: "nvswitch" | "pcie";
  /** Per `operation:GPUs` the mean time of one operation at every size of MEASURED_BYTES. */
  readonly microseconds: Readonly<Record<string, readonly number[]>>;
}

/** Sizes of every table: 512 B to 512 MiB, doubling. */
export const MEASURED_BYTES: readonly number[] = Array.from({ length: 21 }, (_unused, at) => {
  let bytes = 512;
  for (let step = 0; step < at; step++) bytes *= 2;
  return bytes;
});

/** Where the tables were read. */
export const MEASURED_SOURCE =
  "ai-dynamo/aiconfigurator@095f58a aic-core/src/aiconfigurator_core/systems/data/*/comm/nccl/*/nccl_perf.parquet (NVIDIA, Apache-2.0), half precision, one node";
