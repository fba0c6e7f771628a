import {
  CHANNEL_RATES,
  NVLINK_RATES,
  PCIE3_X16_RATE,
  type NcclGeneration,
} from "./nccl-constants.js";
import type { CollectiveGpu } from "./types.js";

/** A GPU as NCCL's cost model sees it. */
export interface NcclGpu {
  readonly generation: NcclGeneration;
  /** Compute capability times ten: 80, 90, 100. */
  readonly capability: number;
  /** One direction of one NVLink. */
  readonly nvlinkBytesPerS: number;
  /** One direction of its PCIe slot. */
  readonly pcieBytesPerS: number;
  /** True when the catalogue does not say which slot it is. */
  readonly isPcieAssumed: boolean;
  /** What had to be assumed because the GPU is not NVIDIA's; absent for those that are. */
  readonly assumption?: string;
  /** Rates per channel that NCCL's search tries, best first, in bytes per second. */
  readonly channelBytesPerS: readonly number[];
}

const GIGA = 1e9;

/**
 * One direction of one xGMI link, by GPU: what an all-reduce over two of them reached
 * (stas00/ml-engineering@744d01e network/README.md, 4 GiB).
 */
const XGMI_RATES: Readonly<Record<string, number>> = { MI300X: 47.671 };

/** Capability whose latencies stand in for a GPU that is not NVIDIA's. */
const STAND_IN_CAPABILITY = 90;

/**
 * The GPU as NCCL's cost model sees it.
 *
 * @throws RangeError without a compute capability, or a measured xGMI link: nobody published what its
 *   collectives take
 */
export function ncclGpu(gpu: CollectiveGpu): NcclGpu {
  const xgmiRate = gpu.computeCapability === undefined ? XGMI_RATES[gpu.name] : undefined;
  const capability =
    xgmiRate === undefined ? Math.round(10 * Number(gpu.computeCapability)) : STAND_IN_CAPABILITY;
  if (!(capability >= 60)) {
    throw new RangeError(
      `collectives: ${gpu.name} has no compute capability of 6.0 or more, and NCCL's cost model does not cover other GPUs`,
    );
  }
  const slot = /^Gen(\d)(?:\/\d)?(?: x(\d+))?/.exec(gpu.pcie ?? "");
  const generation = slot === null ? 3 : Number(slot[1]);
  const lanes = Number(slot?.[2] ?? 16);
  let pcie = (PCIE3_X16_RATE * GIGA * lanes) / 16;
  for (let step = 3; step < generation; step++) pcie *= 2;
  const rates =
    capability >= 100
      ? CHANNEL_RATES.blackwell
      : capability >= 90
        ? CHANNEL_RATES.hopper
        : CHANNEL_RATES.default;
  return {
    generation:
      capability >= 100
        ? "blackwell"
        : capability >= 90
          ? "hopper"
          : capability >= 80
            ? "ampere"
            : "volta",
    capability,
    nvlinkBytesPerS: (xgmiRate ?? NVLINK_RATES.find(([from]) => capability >= from)![1]) * GIGA,
    pcieBytesPerS: pcie,
    isPcieAssumed: slot === null,
    channelBytesPerS: rates.map((rate) => rate * GIGA),
    ...(xgmiRate === undefined
      ? {}
      : {
          assumption: `RCCL on ${gpu.name} counted as NCCL on Hopper, over xGMI links of the rate two GPUs were measured at`,
        }),
  };
}
