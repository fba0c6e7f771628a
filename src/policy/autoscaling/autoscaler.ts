import type { ScalingBehavior } from "./scaling-behavior.js";
import type { ServiceMetric } from "./service-metrics.js";

/** What an autoscaler sees of a service. Figures may be older than `nowS`: those of the last scrape. */
export interface ScalingView {
  readonly nowS: number;
  /** Replicas the service is to have now. */
  readonly replicas: number;
  /** Of these, replicas that take requests, and those that do not yet. */
  readonly ready: number;
  readonly unready: number;
  /** Value of a metric of each ready replica that has one. */
  perReplica(metric: ServiceMetric): readonly number[];
  /** Value for the service: a sum over its replicas, or a mean over the window. Seconds ≥ 0. */
  ofService(metric: ServiceMetric, windowS: number): number;
}

/** Decides how many replicas a service is to have. Deterministic, with a state of its own. */
export interface Autoscaler {
  readonly name: string;
  /** Seconds between two decisions. */
  readonly periodS: number;
  /** @returns replicas from now on */
  decide(view: ScalingView): number;
}

/** A metric against a target. */
export interface MetricTarget {
  readonly metric: ServiceMetric;
  /** > 0. */
  readonly target: number;
  /**
   * `replica`: the mean over replicas is held at the target (HPA `Pods`, `AverageValue`).
   * `service`: the value of the whole service is (`Value`).
   */
  readonly per: "replica" | "service";
  /** Over which a windowed metric is the mean. Seconds. */
  readonly windowS: number;
}

/** A HorizontalPodAutoscaler. */
export interface HpaSpec {
  readonly kind: "hpa";
  /** The highest of what the metrics ask for counts. */
  readonly metrics: readonly MetricTarget[];
  readonly behavior: ScalingBehavior;
  /** `--horizontal-pod-autoscaler-sync-period`. */
  readonly periodS: number;
}

/** A KEDA ScaledObject: an HPA from one replica on, and the way to zero and back. */
export interface KedaSpec {
  readonly kind: "keda";
  readonly triggers: readonly (MetricTarget & {
    /** The service is active while some trigger is above this. */
    readonly activation: number;
  })[];
  readonly behavior: ScalingBehavior;
  readonly periodS: number;
  /** Seconds between two looks at whether the service is active. */
  readonly pollingS: number;
  /** Seconds without activity until it goes to zero. */
  readonly cooldownS: number;
}

/** A threshold pair of keda-kaito-scaler. */
export interface KaitoScalerMetric {
  readonly metric: ServiceMetric;
  /** Every metric must be above to grow; below `down` to shrink. */
  readonly up: number;
  readonly down: number;
  readonly windowS: number;
}

/** keda-kaito-scaler as an InferenceSet's annotations set it up. */
export interface KedaKaitoSpec {
  readonly kind: "keda-kaito";
  readonly metrics: readonly KaitoScalerMetric[];
  /** `evaluationwindow`: growing must be asked for that long. */
  readonly evaluationS: number;
  readonly scaleUpCooldownS: number;
  readonly scaleDownCooldownS: number;
  readonly periodS: number;
  /** Only where the least is 0: what wakes the service, and what lets it sleep. */
  readonly zero?: {
    /** Any above its threshold wakes it; looked at every `pollingS`. */
    readonly activation: readonly { readonly metric: ServiceMetric; readonly above: number }[];
    /** All at or below theirs let it go to zero after `cooldownS`. */
    readonly deactivation: readonly { readonly metric: ServiceMetric; readonly atMost: number }[];
    readonly pollingS: number;
    readonly cooldownS: number;
  };
}

/** An autoscaler with its numbers. */
export type AutoscalerSpec = HpaSpec | KedaSpec | KedaKaitoSpec;

/** Fewest and most replicas. */
export interface ReplicaBounds {
  readonly min: number;
  readonly max: number;
}
