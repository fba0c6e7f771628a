import type { Sourced } from "../virtualization/hosting-profile.js";

/** How fast cores of a host compute models that run without a GPU. */
export interface HostRates {
  /** Multiplications and additions per second that one core reaches. FLOP/s. */
  readonly flopPerCoreS: Sourced<number>;
  /** Bytes per second that one core reads from memory, and all of a pod's together. */
  readonly bytesPerCoreS: Sourced<number>;
  readonly bytesPerS: Sourced<number>;
}

/** Rates where nobody measured the host: single precision on cores with 256-bit vectors. */
export const ASSUMED_HOST_RATES: HostRates = {
  flopPerCoreS: {
    value: 40e9,
    provenance: "assumed",
    source:
      "half of two 8-wide fused multiply-adds per cycle at 2.5 GHz, as ONNX Runtime and OpenBLAS reach for matrices of this size on server cores",
  },
  bytesPerCoreS: {
    value: 10e9,
    provenance: "assumed",
    source: "one core of a server processor cannot keep more reads under way",
  },
  bytesPerS: {
    value: 100e9,
    provenance: "assumed",
    source: "half of eight channels of DDR4-3200, which other pods share",
  },
};

/** Seconds of work on some cores: the longer of computing and reading. */
export function hostSeconds(
  work: { readonly flops: number; readonly bytes: number },
  cores: number,
  rates: HostRates = ASSUMED_HOST_RATES,
): number {
  const bandwidth = Math.min(cores * rates.bytesPerCoreS.value, rates.bytesPerS.value);
  return Math.max(work.flops / (cores * rates.flopPerCoreS.value), work.bytes / bandwidth);
}
