/** How much neighbours slow a process down beyond the division of compute: measured, or assumed. */
export interface ContentionPoint {
  /** Processes active on the GPU, ≥ 1. */
  readonly processes: number;
  /** Time a kernel takes over the time it takes with the same compute and no neighbour, ≥ 1. */
  readonly slowdown: number;
}

/**
 * Slowdown by neighbours at a number of processes.
 *
 * Formula: straight lines between the points; 1 with one process; beyond the last point the line through the
 * last two goes on, never falling. Without points it is 1: nobody published contention under MPS or time
 * slicing per kernel mix, so the default is no contention beyond the division of compute, which is
 * optimistic for kernels that wait for memory (bandwidth and caches are shared and not divided).
 */
export function contentionSlowdown(points: readonly ContentionPoint[], processes: number): number {
  const known = [
    { processes: 1, slowdown: 1 },
    ...points.filter((point) => point.processes > 1),
  ].sort((left, right) => left.processes - right.processes);
  const last = known.length - 1;
  if (last === 0 || processes <= 1) return 1;
  let at = 1;
  while (at < last && known[at]!.processes < processes) at += 1;
  const from = known[at - 1]!;
  const to = known[at]!;
  const perProcess = (to.slowdown - from.slowdown) / (to.processes - from.processes);
  const isBeyond = processes > to.processes;
  const slope = isBeyond ? Math.max(0, perProcess) : perProcess;
  const origin = isBeyond ? to : from;
  return Math.max(1, origin.slowdown + slope * (processes - origin.processes));
}
