import { log } from "../../base/elementary.js";
import type { RandomStream } from "../../engine/streams.js";
import type { RepairTime, TimeToFailure } from "./fault-spec.js";

/** Seconds from being put into service to the failure; uses one uniform of the stream. */
export function drawTimeToFailureS(life: TimeToFailure, stream: RandomStream): number {
  return life.kind === "exponential"
    ? stream.exponential(life.meanS)
    : stream.weibull({ shape: life.shape, scale: life.scaleS });
}

/**
 * Seconds a repair takes; uses one uniform of the stream also where the time is fixed, so that variants with
 * another distribution keep the failures of this one.
 */
export function drawRepairS(repair: RepairTime, stream: RandomStream): number {
  switch (repair.kind) {
    case "fixed":
      stream.uniform();
      return repair.durationS;
    case "exponential":
      return stream.exponential(repair.meanS);
    case "log-normal":
      return stream.logNormal({ mu: log(repair.medianS), sigma: repair.sigma });
  }
}
