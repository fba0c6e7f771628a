/** A node that might be given back. */
export interface IdleNode {
  readonly name: string;
  readonly isHead?: boolean;
  /** Seconds since it last had work; 0 while it has. */
  readonly idleS: number;
  /** Seconds it may be idle. KubeRay's default is 60; a group of workers may have its own. */
  readonly idleTimeoutS: number;
  /** Waiting work, a `request_resources` or a least number of its type counts on it. */
  readonly isNeeded: boolean;
}

/** Ray's default of KubeRay's `idleTimeoutSeconds`. */
export const IDLE_TIMEOUT_S = 60;

/** The nodes that have been idle too long and that nobody counts on; never the head. */
export function idleNodes(nodes: readonly IdleNode[]): readonly string[] {
  return nodes
    .filter((node) => node.isHead !== true && !node.isNeeded && node.idleS > node.idleTimeoutS)
    .map(({ name }) => name);
}

/** Nodes of one type that wait to be launched, have been asked for, and are there. */
export interface LaunchState {
  readonly queued: number;
  readonly requested: number;
  readonly allocated: number;
}

/**
 * How many queued nodes of a type are asked for now.
 *
 * @param upscalingSpeed nodes asked for at once over those there; 1 is KubeRay's Conservative, 1 000 its default
 * @see ray-project/ray python/ray/autoscaler/v2/instance_manager/reconciler.py
 */
export function launchesNow(
  { queued, requested, allocated }: LaunchState,
  upscalingSpeed: number,
  concurrentLaunchesMax: number,
): number {
  const bySpeed = Math.max(1, Math.ceil(upscalingSpeed * (requested + allocated)));
  return Math.max(0, Math.min(queued, concurrentLaunchesMax - requested, bySpeed));
}

/**
 * Workers an elastic Ray Train job could run with: how often one fits on each node, at most its maximum.
 *
 * @returns undefined when that is less than its minimum
 * @see ray-project/ray python/ray/train/v2/_internal/execution/scaling_policy/elastic.py
 */
export function elasticWorkers(
  free: readonly Readonly<Record<string, number>>[],
  perWorker: Readonly<Record<string, number>>,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  let possible = 0;
  for (const node of free) {
    let fits = Infinity;
    for (const [kind, need] of Object.entries(perWorker)) {
      if (need > 0) fits = Math.min(fits, Math.floor((node[kind] ?? 0) / need));
    }
    possible += fits;
  }
  const workers = Math.min(max, possible);
  return workers < min ? undefined : workers;
}
