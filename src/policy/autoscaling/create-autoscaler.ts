import type {
  Autoscaler,
  AutoscalerSpec,
  HpaSpec,
  KaitoScalerMetric,
  KedaKaitoSpec,
  KedaSpec,
  MetricTarget,
  ReplicaBounds,
  ScalingView,
} from "./autoscaler.js";
import {
  DEFAULT_TOLERANCE,
  replicasByAverageValue,
  replicasByPodMetric,
  replicasByValue,
  type Tolerance,
} from "./replica-count.js";
import { createBehavior, type ScalingBehavior } from "./scaling-behavior.js";
import { findServiceMetric } from "./service-metrics.js";

/** Makes an autoscaler with the state of one run. */
export function createAutoscaler(spec: AutoscalerSpec, bounds: ReplicaBounds): Autoscaler {
  switch (spec.kind) {
    case "hpa":
      return createHpa(spec, bounds);
    case "keda":
      return createKeda(spec, bounds);
    case "keda-kaito":
      return createKedaKaito(spec, bounds);
  }
}

/** Replicas that one metric asks for. */
export function replicasFor(
  view: ScalingView,
  { metric, target, per, windowS }: MetricTarget,
  tolerance: Tolerance,
): number {
  const { replicas, ready, unready } = view;
  if (per === "service")
    return replicasByValue(replicas, ready, view.ofService(metric, windowS) / target, tolerance);
  if (findServiceMetric(metric)?.of === "service")
    return replicasByAverageValue(replicas, view.ofService(metric, windowS), target, tolerance);
  const values = view.perReplica(metric);
  const pods = { ready: values, missing: Math.max(0, ready - values.length), unready };
  return replicasByPodMetric(replicas, pods, target, tolerance);
}

function createHpa({ metrics, behavior, periodS }: HpaSpec, bounds: ReplicaBounds): Autoscaler {
  const state = createBehavior(behavior, bounds);
  return {
    name: "hpa",
    periodS,
    decide: (view) =>
      state.apply(
        view.nowS,
        view.replicas,
        Math.max(...metrics.map((metric) => replicasFor(view, metric, behavior.tolerance))),
      ),
  };
}

/** From zero to the least replicas at a look that finds activity; to zero a cooldown after the last. */
function createZeroSwitch(
  pollingS: number,
  cooldownS: number,
  bounds: ReplicaBounds,
): (view: ScalingView, isActive: boolean, mayPark: boolean, above: () => number) => number {
  let lastActiveS = -Infinity;
  let nextLookS = -Infinity;
  return (view, isActive, mayPark, above) => {
    const { nowS, replicas } = view;
    const looks = nowS >= nextLookS;
    if (looks) nextLookS = nowS + pollingS;
    if (lastActiveS === -Infinity) lastActiveS = nowS;
    if (looks && (isActive || !mayPark)) lastActiveS = nowS;
    if (replicas === 0) return looks && isActive ? Math.max(1, bounds.min) : 0;
    if (bounds.min === 0 && looks && mayPark && nowS - lastActiveS >= cooldownS) return 0;
    return above();
  };
}

function createKeda(
  { triggers, behavior, periodS, pollingS, cooldownS }: KedaSpec,
  bounds: ReplicaBounds,
): Autoscaler {
  const state = createBehavior(behavior, { min: Math.max(1, bounds.min), max: bounds.max });
  const zero = createZeroSwitch(pollingS, cooldownS, bounds);
  return {
    name: "keda",
    periodS,
    decide(view) {
      const isActive = triggers.some(
        ({ metric, windowS, activation }) => view.ofService(metric, windowS) > activation,
      );
      return zero(view, isActive, !isActive, () =>
        state.apply(
          view.nowS,
          view.replicas,
          Math.max(...triggers.map((one) => replicasFor(view, one, behavior.tolerance))),
        ),
      );
    },
  };
}

/**
 * The formula of keda-kaito-scaler: 2 when every replica is ready and every metric is above its upper
 * threshold, 0.5 when every metric is below its lower one, else 1.
 */
export function kaitoFormula(
  isReady: boolean,
  metrics: readonly (Pick<KaitoScalerMetric, "up" | "down"> & { readonly value: number })[],
): 2 | 1 | 0.5 {
  if (isReady && metrics.every(({ value, up }) => value > up)) return 2;
  return metrics.every(({ value, down }) => value < down) ? 0.5 : 1;
}

/**
 * The HPA that keda-kaito-scaler makes: the evaluation window for growing, the cooldown for shrinking, and
 * one replica per cooldown either way.
 *
 * Source: kaito-project/keda-kaito-scaler pkg/scaledobject/provisioner.go.
 */
export function kaitoBehavior(
  spec: Pick<KedaKaitoSpec, "evaluationS" | "scaleUpCooldownS" | "scaleDownCooldownS">,
): ScalingBehavior {
  const { evaluationS, scaleUpCooldownS, scaleDownCooldownS } = spec;
  const one = (periodS: number) => [{ type: "pods" as const, value: 1, periodS }];
  return {
    up: { windowS: evaluationS, select: "max", policies: one(scaleUpCooldownS) },
    down: { windowS: scaleDownCooldownS, select: "max", policies: one(scaleDownCooldownS) },
    tolerance: DEFAULT_TOLERANCE,
  };
}

function createKedaKaito(spec: KedaKaitoSpec, bounds: ReplicaBounds): Autoscaler {
  const { metrics, periodS } = spec;
  const { activation = [], deactivation = [], pollingS = 15, cooldownS = 300 } = spec.zero ?? {};
  const state = createBehavior(kaitoBehavior(spec), {
    min: Math.max(1, bounds.min),
    max: bounds.max,
  });
  const zero = createZeroSwitch(pollingS, cooldownS, bounds);
  const meanOf = (view: ScalingView, { metric, windowS }: KaitoScalerMetric): number => {
    if (findServiceMetric(metric)?.of === "service") return view.ofService(metric, windowS);
    const values = view.perReplica(metric);
    return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  };
  return {
    name: "keda-kaito",
    periodS,
    decide(view) {
      const isActive = activation.some(({ metric, above }) => view.ofService(metric, 0) > above);
      const mayPark =
        deactivation.length > 0 &&
        deactivation.every(({ metric, atMost }) => view.ofService(metric, 0) <= atMost);
      return zero(view, isActive, mayPark, () => {
        // No replica answers a scrape: the trigger fails, and nothing changes.
        if (view.ready === 0) return view.replicas;
        const values = metrics.map((one) => ({ ...one, value: meanOf(view, one) }));
        const ratio = metrics.length === 0 ? 1 : kaitoFormula(view.unready === 0, values);
        const desired = replicasByValue(view.replicas, view.ready, ratio);
        return state.apply(view.nowS, view.replicas, desired);
      });
    },
  };
}
