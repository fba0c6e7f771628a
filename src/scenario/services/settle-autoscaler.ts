import type { AutoscalerSpec } from "../../policy/autoscaling/autoscaler.js";
import {
  DEFAULT_BEHAVIOR,
  type ScalingBehavior,
} from "../../policy/autoscaling/scaling-behavior.js";
import type { ServiceMetric } from "../../policy/autoscaling/service-metrics.js";
import type { AutoscalerInput } from "../schema/autoscaler-schema.js";

const WINDOW_S = 300;
const SYNC_S = 15;

type BehaviorInput = NonNullable<NonNullable<AutoscalerInput["hpa"]>["behavior"]>;
type RulesInput = NonNullable<BehaviorInput["scaleUp"]>;
type TargetInput = NonNullable<AutoscalerInput["hpa"]>["metrics"][number];

/** A checked autoscaler in numbers. @param min fewest replicas: at 0 keda-kaito-scaler wakes and sleeps */
export function settleAutoscaler(input: AutoscalerInput, min: number): AutoscalerSpec {
  const { hpa, keda, kedaKaito } = input;
  if (hpa !== undefined) {
    return {
      kind: "hpa",
      metrics: hpa.metrics.map(targetOf),
      behavior: behaviorOf(hpa.behavior),
      periodS: hpa.syncPeriod ?? SYNC_S,
    };
  }
  if (keda !== undefined) {
    return {
      kind: "keda",
      triggers: keda.triggers.map((one) => ({ ...targetOf(one), activation: one.activation ?? 0 })),
      behavior: behaviorOf(keda.behavior),
      periodS: keda.syncPeriod ?? SYNC_S,
      pollingS: keda.pollingInterval ?? 30,
      cooldownS: keda.cooldown ?? 300,
    };
  }
  if (kedaKaito === undefined)
    throw new Error("scenario: an autoscaler passed the checks without a kind");
  return {
    kind: "keda-kaito",
    metrics: kedaKaito.metrics.map(({ metric, up, down, window = WINDOW_S }) => ({
      metric: metric as ServiceMetric,
      up,
      down,
      windowS: window,
    })),
    evaluationS: kedaKaito.evaluationWindow ?? 60,
    scaleUpCooldownS: kedaKaito.scaleUpCooldown ?? 300,
    scaleDownCooldownS: kedaKaito.scaleDownCooldown ?? 300,
    periodS: SYNC_S,
    ...(min > 0 ? {} : { zero: zeroOf(kedaKaito) }),
  };
}

function zeroOf(input: NonNullable<AutoscalerInput["kedaKaito"]>) {
  const {
    activation = [{ metric: "gateway:requests_held", above: 0 }],
    deactivation = [
      { metric: "vllm:num_requests_running", atMost: 0 },
      { metric: "vllm:num_requests_waiting", atMost: 0 },
    ],
  } = input;
  return {
    activation: activation.map(({ metric, above }) => ({ metric: metric as ServiceMetric, above })),
    deactivation: deactivation.map(({ metric, atMost }) => ({
      metric: metric as ServiceMetric,
      atMost,
    })),
    pollingS: input.pollingInterval ?? 15,
    cooldownS: input.cooldown ?? 300,
  };
}

function targetOf({ metric, target, per = "replica", window = WINDOW_S }: TargetInput) {
  return {
    metric: metric as ServiceMetric,
    target,
    per: per as "replica" | "service",
    windowS: window,
  };
}

function behaviorOf(input: BehaviorInput | undefined): ScalingBehavior {
  const { up, down, tolerance } = DEFAULT_BEHAVIOR;
  const { scaleUp, scaleDown } = input ?? {};
  return {
    up: rulesOf(scaleUp, up),
    down: rulesOf(scaleDown, down),
    tolerance: {
      up: scaleUp?.tolerance ?? tolerance.up,
      down: scaleDown?.tolerance ?? tolerance.down,
    },
  };
}

function rulesOf(
  input: RulesInput | undefined,
  otherwise: ScalingBehavior["up"],
): ScalingBehavior["up"] {
  const { window, policies, select } = input ?? {};
  return {
    windowS: window ?? otherwise.windowS,
    select: (select ?? otherwise.select) as ScalingBehavior["up"]["select"],
    policies:
      policies?.map(({ pods, percent, period }) =>
        pods === undefined
          ? { type: "percent" as const, value: percent!, periodS: period }
          : { type: "pods" as const, value: pods, periodS: period },
      ) ?? otherwise.policies,
  };
}
