import { z } from "zod";

import { SERVICE_METRICS } from "../../policy/autoscaling/service-metrics.js";
import { field, oneOf, wholeNumber } from "./field.js";
import { duration } from "./quantities.js";

const AMOUNT_MAX = 1e9;

function metricName() {
  return field(oneOf(SERVICE_METRICS.map(({ name }) => name)), {
    description: "A figure of the service, by the name vLLM and the gateway give it.",
    example: "vllm:num_requests_waiting",
    valueTexts: SERVICE_METRICS.map(({ description }) => description),
  });
}

function window(example = "5m") {
  return field(duration("above-zero"), {
    description: "Over which a mean of latencies or a rate is taken; without effect on other metrics.",
    default: "5m",
    example,
  }).optional();
}

function amount(description: string, example: number) {
  return field(z.number().min(0, "must be 0 or more").max(AMOUNT_MAX), { description, example });
}

function rulesSchema(direction: "grow" | "shrink") {
  const policy = z.strictObject({
    pods: field(wholeNumber(1, 100_000), {
      description: "So many replicas within the period. Give either this or `percent`.",
      example: 1,
    }).optional(),
    percent: field(z.number().positive().max(100_000), {
      description: "So many per cent of the replicas at the start of the period.",
      example: 100,
    }).optional(),
    period: field(duration("above-zero"), { description: "The period.", example: "15s" }),
  });
  return field(
    z.strictObject({
      window: field(duration("zero-or-more"), {
        description: `Stabilisation window: to ${direction}, the most careful recommendation of so long counts.`,
        example: "5m",
      }).optional(),
      policies: field(z.array(policy).min(1).max(10), {
        description: "Bounds on the change within a period.",
        example: [{ pods: 1, period: "5m" }],
      }).optional(),
      select: field(oneOf(["max", "min", "disabled"]), {
        description: "Which of several policies decides.",
        default: "max",
        example: "max",
        valueTexts: ["The one that allows the most change.", "The one that allows the least.", "No change in this direction."],
      }).optional(),
      tolerance: field(z.number().min(0).max(10), {
        description: "Share by which the metric may be beside its target without a change.",
        default: 0.1,
        example: 0.1,
      }).optional(),
    }),
    { description: `How fast the service may ${direction}; what is left out is Kubernetes' default.`, example: { window: "5m" } },
  ).optional();
}

function behaviorSchema() {
  return field(
    z.strictObject({ scaleUp: rulesSchema("grow"), scaleDown: rulesSchema("shrink") }),
    {
      description:
        "`behavior` of the HorizontalPodAutoscaler. Left out: doubles or adds 4 within 15 s, shrinks after 5 minutes without a higher recommendation.",
      example: { scaleDown: { window: "10m" } },
    },
  ).optional();
}

function targetFields() {
  return {
    metric: metricName(),
    target: field(z.number().positive().max(AMOUNT_MAX), {
      description: "What the metric is held at.",
      example: 10,
    }),
    per: field(oneOf(["replica", "service"]), {
      description: "Of what.",
      default: "replica",
      example: "replica",
      valueTexts: ["The mean over replicas is held at the target.", "The value for the whole service is."],
    }).optional(),
    window: window(),
  };
}

function period() {
  return field(duration("above-zero"), {
    description: "Time between two decisions of the HorizontalPodAutoscaler.",
    default: "15s",
    example: "15s",
  }).optional();
}

function hpaSchema() {
  return field(
    z.strictObject({
      metrics: field(z.array(z.strictObject(targetFields())).min(1).max(10), {
        description: "What it goes by; of several metrics the one that asks for the most replicas counts.",
        example: [{ metric: "vllm:num_requests_running", target: 32 }],
      }),
      behavior: behaviorSchema(),
      syncPeriod: period(),
    }),
    {
      description: "A Kubernetes HorizontalPodAutoscaler (autoscaling/v2). It never goes below one replica.",
      example: { metrics: [{ metric: "vllm:num_requests_running", target: 32 }] },
    },
  ).optional();
}

function kedaSchema() {
  const trigger = z.strictObject({
    ...targetFields(),
    activation: field(z.number().min(0).max(AMOUNT_MAX), {
      description: "The service is active while the metric, over the whole service, is above this.",
      default: 0,
      example: 0,
    }).optional(),
  });
  return field(
    z.strictObject({
      triggers: field(z.array(trigger).min(1).max(10), {
        description:
          "What it goes by. At zero replicas only `gateway:requests_held` and `requests_per_second` have values.",
        example: [{ metric: "gateway:requests_held", target: 4 }],
      }),
      pollingInterval: field(duration("above-zero"), {
        description: "Time between two looks at whether the service is active.",
        default: "30s",
        example: "30s",
      }).optional(),
      cooldown: field(duration("zero-or-more"), {
        description: "Time without activity after which it goes to zero, where `replicas.min` is 0.",
        default: "5m",
        example: "5m",
      }).optional(),
      behavior: behaviorSchema(),
      syncPeriod: period(),
    }),
    {
      description: "A KEDA ScaledObject: zero and back by activity, and a HorizontalPodAutoscaler from one replica on.",
      example: { triggers: [{ metric: "gateway:requests_held", target: 4 }] },
    },
  ).optional();
}

function kaitoSchema() {
  const metric = z.strictObject({
    metric: metricName(),
    up: amount("`upthreshold`: above it the service grows.", 10),
    down: amount("`downthreshold`: below it the service shrinks.", 2),
    window: window(),
  });
  const activation = z.strictObject({
    metric: metricName(),
    above: amount("`activationthreshold`: above it the service wakes.", 0),
  });
  const deactivation = z.strictObject({
    metric: metricName(),
    atMost: amount("`deactivationthreshold`: at or below it the service may sleep.", 0),
  });
  const seconds = (description: string, value: string) =>
    field(duration("zero-or-more"), { description, default: value, example: value }).optional();
  return field(
    z.strictObject({
      metrics: field(z.array(metric).min(1).max(10), {
        description: "It grows by one when every metric is above its `up`, and shrinks by one when every one is below its `down`.",
        example: [{ metric: "vllm:num_requests_waiting", up: 10, down: 2 }],
      }),
      evaluationWindow: seconds("How long growing must be asked for.", "60s"),
      scaleUpCooldown: seconds("At most one replica more within this time.", "5m"),
      scaleDownCooldown: seconds("At most one replica less within this time, and only after it.", "5m"),
      activation: field(z.array(activation).min(1).max(10), {
        description: "What wakes the service at zero replicas; any of them. Needed where `replicas.min` is 0.",
        default: [{ metric: "gateway:requests_held", above: 0 }],
        example: [{ metric: "gateway:requests_held", above: 0 }],
      }).optional(),
      deactivation: field(z.array(deactivation).min(1).max(10), {
        description: "What lets it go to zero; all of them.",
        default: [{ metric: "vllm:num_requests_running", atMost: 0 }, { metric: "vllm:num_requests_waiting", atMost: 0 }],
        example: [{ metric: "vllm:num_requests_running", atMost: 0 }],
      }).optional(),
      pollingInterval: seconds("Time between two looks of KEDA.", "15s"),
      cooldown: seconds("`cooldownperiod`: time at rest after which it goes to zero.", "5m"),
    }),
    {
      description:
        "`keda-kaito-scaler`, by the annotations `scaledobject.kaito.sh/…` of an InferenceSet: doubling or halving is asked for by thresholds, and one replica per cooldown is done.",
      example: { metrics: [{ metric: "vllm:num_requests_waiting", up: 10, down: 2 }] },
    },
  ).optional();
}

/** How a service gets more or fewer replicas: `workload.services[].autoscaler`. */
export function autoscalerSchema() {
  return field(z.strictObject({ kedaKaito: kaitoSchema(), keda: kedaSchema(), hpa: hpaSchema() }), {
    description: "How the number of replicas follows the load. Give one of `kedaKaito`, `keda` and `hpa`.",
    example: { kedaKaito: { metrics: [{ metric: "vllm:num_requests_waiting", up: 10, down: 2 }] } },
  });
}

/** A checked `autoscaler`. */
export type AutoscalerInput = z.output<ReturnType<typeof autoscalerSchema>>;
