import { jobsToStart, type ScaledJobStrategy } from "../../../policy/autoscaling/scaled-jobs.js";
import { createBehavior, DEFAULT_BEHAVIOR } from "../../../policy/autoscaling/scaling-behavior.js";
import type { Endpoint, RoutedRequest } from "../../../policy/routing/router.js";
import { createLoadAware, createScorer } from "../../../policy/routing/scorers.js";
import type { Check } from "../check.js";
import { hpaCases } from "../serving/autoscaling-checks.js";
import { factChecks } from "./fact-check.js";

const GROUP = "Autoscaling and picking endpoints";
const KEDA = "kedacore/keda pkg/scaling/executor/scale_jobs_test.go";
const SCORERS = "llm-d/llm-d-inference-scheduler pkg/epp/framework/plugins/scheduling/scorer";

/** Cases 17 to 20: the same rules that services of a scenario use. */
export function autoscalingChecks(): readonly Check[] {
  return [...podChecks(), ...behaviorChecks(), ...jobChecks(), ...scorerChecks()];
}

function podChecks(): readonly Check[] {
  return hpaCases().flatMap(([id, what, expected, actual, source]) =>
    factChecks(GROUP, source, [{ id: `hpa/${id}`, what, expected, actual }]),
  );
}

/** Case 18: 4 pods or 10 % of 80 each minute, then 4 pods below 40. */
function behaviorChecks(): readonly Check[] {
  const policies = [
    { type: "pods" as const, value: 4, periodS: 60 },
    { type: "percent" as const, value: 10, periodS: 60 },
  ];
  const down = { windowS: 0, select: "max" as const, policies };
  const after = (replicas: number): number =>
    createBehavior({ ...DEFAULT_BEHAVIOR, down }, { min: 1, max: 100 }).apply(0, replicas, 10);
  return factChecks(GROUP, "kubernetes/website horizontal-pod-autoscale.md", [
    {
      id: "hpa/first-step-down",
      what: "from 80 to 10 by 4 pods or 10 % per minute: the first minute",
      expected: 72,
      actual: after(80),
    },
    {
      id: "hpa/below-forty",
      what: "the same from 38: 10 % would be fewer than 4 pods",
      expected: 34,
      actual: after(38),
    },
  ]);
}

/** Case 19: (queued, running, pending, most). */
function jobChecks(): readonly Check[] {
  const accurate: ScaledJobStrategy = { kind: "accurate" };
  const cases: readonly [ScaledJobStrategy, readonly [number, number, number, number], number][] = [
    [accurate, [3, 2, 0, 5], 3],
    [accurate, [5, 2, 0, 5], 3],
    [accurate, [3, 4, 2, 10], 1],
    [accurate, [20, 15, 10, 20], 5],
    [{ kind: "eager" }, [4, 7, 0, 10], 3],
    [{ kind: "custom", deduction: 1, runningShare: 0.5 }, [3, 2, 0, 5], 1],
  ];
  return factChecks(
    GROUP,
    KEDA,
    cases.map(([strategy, [queued, running, pending, max], expected], index) => ({
      id: `scaled-job/${index + 1}`,
      what: `ScaledJob, ${strategy.kind}: ${queued} queued, ${running} running, ${pending} pending, at most ${max}: jobs to start`,
      expected,
      actual: jobsToStart(strategy, { queued, running, pending, max }),
    })),
  );
}

const REQUEST: RoutedRequest = {
  promptTokens: 100,
  adapter: -1,
  prefixGroup: -1,
  prefixTokens: 0,
  conversation: -1,
};

function endpointOf(replica: number, more: Partial<Endpoint>): Endpoint {
  return {
    replica,
    waiting: 0,
    running: 0,
    outstanding: 0,
    cacheShare: 0,
    cacheBlocks: 100,
    requestsMax: 10,
    adaptersInUse: 0,
    adaptersWaiting: 0,
    adaptersMax: 2,
    adapterUse: () => "none",
    ...more,
  };
}

/** Case 20. */
function scorerChecks(): readonly Check[] {
  const waiting = (...values: readonly number[]) =>
    values.map((value, replica) => endpointOf(replica, { waiting: value }));
  const cache = [0.8, 0.5, 0].map((cacheShare, replica) => endpointOf(replica, { cacheShare }));
  const adapters = [
    endpointOf(0, { adapterUse: () => "active", adaptersInUse: 2 }),
    endpointOf(1, { adaptersInUse: 1 }),
    endpointOf(2, { adaptersInUse: 1, adaptersMax: 3 }),
    endpointOf(3, { adapterUse: () => "waiting", adaptersInUse: 2, adaptersWaiting: 1 }),
    endpointOf(4, { adaptersInUse: 2 }),
  ];
  const words = (scores: readonly number[]): string =>
    scores.map((score) => String(Math.round(score * 1e12) / 1e12)).join(", ");
  const rows: readonly [string, string, string, readonly number[], string][] = [
    [
      "queue",
      "queues of 10, 5 and 0",
      "0, 0.5, 1",
      createScorer("queue").score(REQUEST, waiting(10, 5, 0)),
      "queuedepth",
    ],
    [
      "kv-cache",
      "caches 80, 50 and 0 % full",
      "0.2, 0.5, 1",
      createScorer("kv-cache").score(REQUEST, cache),
      "kvcacheutilization",
    ],
    [
      "lora-affinity",
      "an adapter that is active, fits, fits, waits, and does not fit",
      "1, 0.8, 0.8, 0.6, 0",
      createScorer("lora-affinity").score({ ...REQUEST, adapter: 7 }, adapters),
      "loraaffinity",
    ],
    [
      "load-aware",
      "2, 0 and 15 waiting, nothing left at 10",
      "0.4, 0.5, 0",
      createLoadAware(10).score(REQUEST, waiting(2, 0, 15)),
      "loadaware",
    ],
  ];
  return rows.flatMap(([name, what, expected, scores, folder]) =>
    factChecks(GROUP, `${SCORERS}/${folder}`, [
      {
        id: `endpoint-picker/${name}`,
        what: `scores of ${name}: ${what}`,
        expected,
        actual: words(scores),
      },
    ]),
  );
}
