import { kaitoFormula } from "../../../policy/autoscaling/create-autoscaler.js";
import {
  replicasByAverageValue,
  replicasByPodMetric,
  replicasByValue,
} from "../../../policy/autoscaling/replica-count.js";
import { createBehavior, DEFAULT_BEHAVIOR } from "../../../policy/autoscaling/scaling-behavior.js";
import { findColdStart } from "../../../simulation/services/cold-start-presets.js";
import type { Check } from "../check.js";

const REPLICA_TESTS =
  "kubernetes/kubernetes pkg/controller/podautoscaler/replica_calculator_test.go";
const SCALER = "kaito-project/keda-kaito-scaler pkg/scaledobject/provisioner.go";
const ISSUE = "kaito-project/kaito#2325";

/** A rule with what its project expects and what came out. */
export type Case = readonly [
  id: string,
  what: string,
  expected: number,
  actual: number,
  source: string,
];

/** Autoscalers against the cases of the projects' own tests and pages, and the cold start against its run. */
export function autoscalingChecks(): readonly Check[] {
  return [...hpaCases(), ...kaitoCases()].map(([id, what, expected, actual, source]) => ({
    id: `serving/autoscaling/${id}`,
    topic: "serving",
    what,
    source,
    expected,
    actual,
    error: actual - expected,
    unit: id === "cold-start" ? "s" : id.startsWith("kaito") ? "" : "replicas",
    bar: 0,
    pass: actual === expected,
  }));
}

/** HPA against the cases of its own tests and page; fleets check the same rules. */
export function hpaCases(): readonly Case[] {
  const ready = (...values: readonly number[]) => ({ ready: values, missing: 0, unready: 0 });
  return [
    [
      "pods-up",
      "3 pods at 300, 500 and 700 m of 1 000 m, target 30 %",
      5,
      replicasByPodMetric(3, ready(0.3, 0.5, 0.7), 0.3),
      REPLICA_TESTS,
    ],
    [
      "unready-first",
      "the same, the first pod not ready",
      4,
      replicasByPodMetric(3, { ...ready(0.5, 0.7), unready: 1 }, 0.3),
      REPLICA_TESTS,
    ],
    [
      "unready-turns",
      "one pod at 400 m, two not ready: the guess turns the direction",
      3,
      replicasByPodMetric(3, { ...ready(0.4), unready: 2 }, 0.3),
      REPLICA_TESTS,
    ],
    [
      "external-value",
      "an external metric of 8 600 against 4 400, one pod",
      2,
      replicasByValue(1, 1, 8600 / 4400),
      REPLICA_TESTS,
    ],
    [
      "external-average",
      "an external metric of 8 600 against 2 150 for each of 3",
      4,
      replicasByAverageValue(3, 8600, 2150),
      REPLICA_TESTS,
    ],
    [
      "pods-down",
      "5 pods at 28 % on average, target 50 %",
      3,
      replicasByPodMetric(5, ready(0.28, 0.28, 0.28, 0.28, 0.28), 0.5),
      REPLICA_TESTS,
    ],
    [
      "behaviour-down",
      "from 80 to 10 by 4 pods or 10 % per minute: after two minutes",
      64,
      downTwice(),
      "kubernetes/website horizontal-pod-autoscale.md",
    ],
  ];
}

function kaitoCases(): readonly Case[] {
  return [
    [
      "kaito-grows",
      "keda-kaito-scaler, ready and above the threshold: ratio",
      2,
      kaitoFormula(true, [{ value: 11, up: 10, down: 2 }]),
      SCALER,
    ],
    [
      "kaito-waits",
      "the same while a replica starts: ratio",
      1,
      kaitoFormula(false, [{ value: 11, up: 10, down: 2 }]),
      SCALER,
    ],
    [
      "kaito-shrinks",
      "below the lower threshold: ratio",
      0.5,
      kaitoFormula(true, [{ value: 1, up: 10, down: 2 }]),
      SCALER,
    ],
    [
      "cold-start",
      "phases of the measured cold start, and 284 s and 126 s of making the node ready, in s",
      966,
      284 + 126 + phasesS(),
      ISSUE,
    ],
  ];
}

function downTwice(): number {
  const policies = [
    { type: "pods" as const, value: 4, periodS: 60 },
    { type: "percent" as const, value: 10, periodS: 60 },
  ];
  const down = { windowS: 0, select: "max" as const, policies };
  const state = createBehavior({ ...DEFAULT_BEHAVIOR, down }, { min: 1, max: 100 });
  return state.apply(60, state.apply(0, 80, 10), 10);
}

function phasesS(): number {
  const preset = findColdStart("kaito-measured")!;
  return preset.coldStart.phases.reduce((sum, { medianS }) => sum + medianS, 0);
}
