import type { HostingProfile } from "./hosting-profile.js";
import { expectedMaximumShare } from "./step-jitter.js";

/** How the time of a job's step at its best placement on bare metal divides; the rest is computing. */
export interface StepShares {
  /** Waiting for other workers' data, 0..1. */
  readonly communicationShare: number;
  /** Reading and preparing input through host memory, 0..1. */
  readonly hostShare: number;
}

/** Nodes of one profile in a gang. */
export interface HostedNodes {
  readonly profile: HostingProfile;
  /** ≥ 1. */
  readonly nodes: number;
}

/** Only computing: what is known of a job that says nothing else. */
export const COMPUTE_ONLY: StepShares = { communicationShare: 0, hostShare: 0 };

/**
 * Time of a synchronous step, relative to the best placement on bare metal:
 * `(1 − c − h) / ratio + c · communication + h · host path + E[max of the nodes' jitter]`.
 *
 * The slowest profile of the gang sets computing and host path, and every step waits for the node that
 * was disturbed the most.
 *
 * @param communicationSlowdown time of communication where the gang is, relative to its best placement; > 0
 */
export function relativeStepTime(
  hosted: readonly HostedNodes[],
  shares: StepShares = COMPUTE_ONLY,
  communicationSlowdown = 1,
): number {
  const { communicationShare, hostShare } = shares;
  let ratio = Infinity;
  let hostPath = 1;
  for (const { profile } of hosted) {
    ratio = Math.min(ratio, profile.computeRatio.value);
    hostPath = Math.max(hostPath, profile.hostPathSlowdown.value);
  }
  const waiting = expectedMaximumShare(
    hosted.map(({ profile, nodes }) => ({ jitter: profile.jitter.value, workers: nodes })),
  );
  // As differences from 1, so that the reference placement is 1 to the last bit.
  const computing =
    (1 - communicationShare - hostShare) * ((ratio === Infinity ? 1 : 1 / ratio) - 1);
  const communication = communicationShare * (communicationSlowdown - 1);
  return 1 + computing + communication + hostShare * (hostPath - 1) + waiting;
}
