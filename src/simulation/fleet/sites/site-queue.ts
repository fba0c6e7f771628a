import { exp } from "../../../base/elementary.js";
import { erlangC } from "../../../stats/queueing.js";

/**
 * Requests of one service at one site while neither their rate nor the slots change: steady state of M/G/c, whose
 * waits are those of M/M/c times (1 + c²) / 2 (Allen and Cunneen). A request that has to wait waits exponentially.
 * Compute times have a fixed part and an exponential one, so that mean and variation are met.
 *
 * Valid where the time constant of the queue, about compute / (slots × (1 - load)²), is short against the time
 * between two changes; docs/models.md has the error against a simulation of every request.
 */
export interface SiteQueue {
  /** Requests per second the site takes; what came above its limit of load is not among them. */
  readonly takenPerS: number;
  /** Share of the slots that work, 0..1. */
  readonly utilization: number;
  readonly waitMeanS: number;
  /** P(wait + compute > t). */
  latencyExceeds(latencyS: number): number;
}

/** What a queue is made of. */
export interface SiteQueueSetting {
  readonly arrivalsPerS: number;
  readonly slots: number;
  readonly computeS: number;
  /** Squared coefficient of variation of the compute time, 0..1. */
  readonly variation: number;
  /** Load of the slots up to which requests are taken, in (0, 1). */
  readonly utilizationMax: number;
}

/** Solves the queue; without slots nothing is taken. */
export function solveSiteQueue(setting: SiteQueueSetting): SiteQueue {
  const { arrivalsPerS, slots, computeS, variation, utilizationMax } = setting;
  if (slots === 0 || arrivalsPerS === 0)
    return { takenPerS: 0, utilization: 0, waitMeanS: 0, latencyExceeds: () => 0 };
  const takenPerS = Math.min(arrivalsPerS, (utilizationMax * slots) / computeS);
  const waitChance = erlangC(slots, takenPerS * computeS);
  const drainPerS = ((slots / computeS - takenPerS) * 2) / (1 + variation);
  const compute = computeParts(computeS, variation);
  return {
    takenPerS,
    utilization: (takenPerS * computeS) / slots,
    waitMeanS: waitChance / drainPerS,
    latencyExceeds(latencyS) {
      const aboveS = latencyS - compute.fixedS;
      if (aboveS < 0) return 1;
      const withoutWait = compute.exponentialS === 0 ? 0 : exp(-aboveS / compute.exponentialS);
      return (
        (1 - waitChance) * withoutWait +
        waitChance * sumExceeds(aboveS, compute.exponentialS, 1 / drainPerS)
      );
    },
  };
}

/** P(compute > t) where there is always a free slot. */
export function computeExceeds(timeS: number, computeS: number, variation: number): number {
  const { fixedS, exponentialS } = computeParts(computeS, variation);
  if (timeS < fixedS) return 1;
  return exponentialS === 0 ? 0 : exp(-(timeS - fixedS) / exponentialS);
}

/** Shortest compute time. */
export function computeFloorS(computeS: number, variation: number): number {
  return computeParts(computeS, variation).fixedS;
}

/** A fixed time and an exponential one with mean and squared variation of their sum as given. */
function computeParts(
  computeS: number,
  variation: number,
): { readonly fixedS: number; readonly exponentialS: number } {
  const exponentialS = Math.sqrt(variation) * computeS;
  return { fixedS: computeS - exponentialS, exponentialS };
}

/** P(X + Y > t) of two independent exponential times with these means, ≥ 0. */
function sumExceeds(timeS: number, firstS: number, secondS: number): number {
  if (firstS === 0) return exp(-timeS / secondS);
  const first = 1 / firstS;
  const second = 1 / secondS;
  const apart = second - first;
  // Close rates would take the difference of two nearly equal numbers; the gamma tail is their limit.
  if (Math.abs(apart) < 1e-6 * first) return (1 + first * timeS) * exp(-first * timeS);
  return (second * exp(-first * timeS) - first * exp(-second * timeS)) / apart;
}
