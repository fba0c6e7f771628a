/** Share by which usage may differ from its target without a change, in each direction; 0.1 by default. */
export interface Tolerance {
  readonly up: number;
  readonly down: number;
}

/** The default of `--horizontal-pod-autoscaler-tolerance`. */
export const DEFAULT_TOLERANCE: Tolerance = { up: 0.1, down: 0.1 };

function isWithin(ratio: number, { up, down }: Tolerance): boolean {
  return ratio >= 1 - down && ratio <= 1 + up;
}

/** What an autoscaler knows of the pods of a workload. */
export interface PodValues {
  /** Value of every pod that is ready and has one. */
  readonly ready: readonly number[];
  /** Ready pods without a value. */
  readonly missing: number;
  /** Pods that are not ready, whatever they report. */
  readonly unready: number;
}

/**
 * Replicas by a metric of every pod against a target for their mean: HPA's `calcPlainMetricReplicas`.
 *
 * Pods without a value count as on target when that would scale down and as idle when that would scale up;
 * pods that are not ready count as idle when that would scale up. Where these guesses bring the ratio into
 * the tolerance or turn its direction, nothing changes.
 *
 * Source: kubernetes/kubernetes pkg/controller/podautoscaler/replica_calculator.go.
 *
 * @param current replicas the workload is to have now
 * @param target mean per pod, > 0
 */
export function replicasByPodMetric(
  current: number,
  { ready, missing, unready }: PodValues,
  target: number,
  tolerance: Tolerance = DEFAULT_TOLERANCE,
): number {
  if (ready.length === 0) return current;
  const sum = ready.reduce((total, value) => total + value, 0);
  const ratio = sum / ready.length / target;
  const countsUnready = unready > 0 && ratio > 1;
  if (!countsUnready && missing === 0)
    return isWithin(ratio, tolerance) ? current : ceilOf(ratio * ready.length);
  const filled = ratio < 1 ? sum + missing * target : sum;
  const pods = ready.length + missing + (countsUnready ? unready : 0);
  const guessed = filled / pods / target;
  const turns = (ratio < 1 && guessed > 1) || (ratio > 1 && guessed < 1);
  if (isWithin(guessed, tolerance) || turns) return current;
  const replicas = ceilOf(guessed * pods);
  const wrongWay = (guessed < 1 && replicas > current) || (guessed > 1 && replicas < current);
  return wrongWay ? current : replicas;
}

/**
 * Replicas by one value for the whole workload against a target (`type: Value`): ready pods times the ratio.
 * At 0 replicas the ratio itself.
 */
export function replicasByValue(
  current: number,
  readyPods: number,
  ratio: number,
  tolerance: Tolerance = DEFAULT_TOLERANCE,
): number {
  if (current === 0) return ceilOf(ratio);
  return isWithin(ratio, tolerance) ? current : ceilOf(ratio * readyPods);
}

/** Replicas by a total that is to be shared out, so much to each (`type: AverageValue`). */
export function replicasByAverageValue(
  current: number,
  total: number,
  targetAverage: number,
  tolerance: Tolerance = DEFAULT_TOLERANCE,
): number {
  if (current > 0 && isWithin(total / (targetAverage * current), tolerance)) return current;
  return ceilOf(total / targetAverage);
}

/** A quotient that is whole but for rounding is whole: 0.6 / 0.3 × 3 is 6. */
function ceilOf(value: number): number {
  const nearest = Math.round(value);
  return Math.abs(value - nearest) < 1e-9 * Math.max(1, nearest) ? nearest : Math.ceil(value);
}
