import type { NcclGpu } from "./nccl-gpu.js";

/** Channels carry at least this much before NCCL splits each into two. */
const SPLIT_BYTES_PER_S = 25e9;
const SPLIT_BYTES_PER_S_FROM_HOPPER = 50e9;

/**
 * Channels that NCCL plans over links of a total rate: the fastest channel that fits, as often as it fits,
 * each split in two when it is fast. Only caps per channel depend on it.
 */
export function channelCount(gpu: NcclGpu, bytesPerS: number): number {
  const { capability, channelBytesPerS } = gpu;
  const slowest = channelBytesPerS[channelBytesPerS.length - 1]!;
  const rate = channelBytesPerS.find((each) => each <= bytesPerS) ?? slowest;
  const channels = Math.max(1, Math.floor(bytesPerS / rate));
  if (rate < SPLIT_BYTES_PER_S) return channels;
  if (capability > 80 && rate < SPLIT_BYTES_PER_S_FROM_HOPPER && channels > 4) return channels;
  return 2 * channels;
}

/**
 * Rate of one channel of a reduction inside the NVLink switches, or undefined when none fits.
 *
 * Every GPU is the head of one channel. A head's link carries its channel twice, every other link once, so
 * `gpuCount + 1` channel rates must fit on a link.
 */
export function switchChannelBytesPerS(
  gpu: NcclGpu,
  linkBytesPerS: number,
  gpuCount: number,
): number | undefined {
  return gpu.channelBytesPerS.find((rate) => (gpuCount + 1) * rate <= linkBytesPerS);
}
