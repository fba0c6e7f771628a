import { pow } from "../../base/elementary.js";

/**
 * How much faster a job gets with more workers.
 *
 * `linear`: n workers do n times the work of one. `power`: n^exponent, 0 < exponent ≤ 1. `amdahl`: a share s
 * of the work of one worker cannot be divided, so the speed-up is 1 / (s + (1 - s) / n).
 * Source of the last: G. Amdahl, AFIPS 1967.
 */
export type WorkerScaling =
  | { readonly kind: "linear" }
  | { readonly kind: "power"; readonly exponent: number }
  | { readonly kind: "amdahl"; readonly serialShare: number };

/** Speed of n workers relative to one; rises with n, and each further worker adds no more than the one before. */
export type SpeedUp = (workers: number) => number;

/** @throws RangeError when a parameter is out of range */
export function createSpeedUp(scaling: WorkerScaling): SpeedUp {
  switch (scaling.kind) {
    case "linear":
      return (workers) => workers;
    case "power": {
      const { exponent } = scaling;
      if (!(exponent > 0 && exponent <= 1))
        throw new RangeError(
          `elastic jobs: exponent must be above 0 and at most 1, got ${exponent}`,
        );
      return (workers) => pow(workers, exponent);
    }
    case "amdahl": {
      const { serialShare } = scaling;
      if (!(serialShare >= 0 && serialShare < 1))
        throw new RangeError(`elastic jobs: serialShare must be in [0, 1), got ${serialShare}`);
      return (workers) => 1 / (serialShare + (1 - serialShare) / workers);
    }
  }
}
