import { judgeEviction, type DisruptionBudget } from "../../../policy/fleet/eviction.js";
import { nominateNext } from "../../../policy/fleet/multikueue-dispatch.js";
import {
  pickToRoll,
  type RolledPlacement,
  type RollingBudget,
} from "../../../policy/fleet/rolling-update.js";
import { planStages, stageConcurrency } from "../../../policy/fleet/staged-update.js";
import type { CountOrShare } from "../../../policy/fleet/budget.js";
import type { Check } from "../check.js";
import { factChecks } from "./fact-check.js";

const GROUP = "Rolling out, staging, evicting, dispatching";
const CONTROLLERS = "kubefleet-dev/kubefleet pkg/controllers";

/** Cases 6 to 11. */
export function rolloutChecks(): readonly Check[] {
  return [
    ...stageChecks(),
    ...concurrencyChecks(),
    ...rollChecks(),
    ...evictionChecks(),
    ...dispatchChecks(),
  ];
}

function stageChecks(): readonly Check[] {
  const clusters = Array.from({ length: 10 }, (_, index) => ({
    name: `cluster-${index}`,
    labels: { region: index % 2 === 1 ? "eastus" : "westus", index: String(9 - index) },
  }));
  const plan = planStages(
    [
      { name: "stage1", labels: { region: "eastus" }, sortingLabelKey: "index" },
      { name: "stage2", labels: { region: "westus" } },
    ],
    clusters,
  );
  const actual =
    "faults" in plan
      ? plan.faults.join("; ")
      : plan.stages
          .map((stage) => stage.clusters.map((name) => name.slice("cluster-".length)).join(","))
          .join(" then ");
  return factChecks(GROUP, `${CONTROLLERS}/updaterun/initialization_integration_test.go`, [
    {
      id: "stages/order",
      what: "ten clusters in two stages, the first by a label, the second by name",
      expected: "9,7,5,3,1 then 0,2,4,6,8",
      actual,
    },
  ]);
}

function concurrencyChecks(): readonly Check[] {
  const cases: readonly [CountOrShare, number, number][] = [
    [{ count: 3 }, 10, 3],
    [{ count: 15 }, 10, 15],
    [{ percent: 50 }, 10, 5],
    [{ percent: 10 }, 1, 1],
    [{ percent: 33 }, 10, 3],
    [{ percent: 25 }, 7, 1],
  ];
  return factChecks(
    GROUP,
    `${CONTROLLERS}/updaterun/execution_test.go TestCalculateMaxConcurrencyValue`,
    cases.map(([maxConcurrency, clusters, expected], index) => ({
      id: `stages/concurrency/${index + 1}`,
      what: `at once: ${"count" in maxConcurrency ? maxConcurrency.count : `${maxConcurrency.percent} %`} of ${clusters} clusters`,
      expected,
      actual: stageConcurrency({ name: "stage", maxConcurrency }, clusters),
    })),
  );
}

function placement(name: string, part: Partial<RolledPlacement>): RolledPlacement {
  return {
    name,
    state: "bound",
    isReady: false,
    hasFailed: false,
    isBeingDeleted: false,
    isStale: true,
    ...part,
  };
}

function several(count: number, part: Partial<RolledPlacement>, from = 0): RolledPlacement[] {
  return Array.from({ length: count }, (_, index) => placement(String(from + index), part));
}

function rollChecks(): readonly Check[] {
  const cases: readonly [string, string, RolledPlacement[], number, RollingBudget, string][] = [
    [
      "failed-one",
      "5 wanted, 1 may be unavailable: 1 failed, 4 not ready",
      [...several(1, { hasFailed: true }), ...several(4, {}, 1)],
      5,
      { maxUnavailable: { count: 1 }, maxSurge: { count: 0 } },
      "0",
    ],
    [
      "failed-three",
      "5 wanted, 1 may be unavailable: 3 failed, 2 ready",
      [...several(3, { hasFailed: true }), ...several(2, { isReady: true }, 3)],
      5,
      { maxUnavailable: { count: 1 }, maxSurge: { count: 0 } },
      "0,1,2",
    ],
    [
      "none-unavailable",
      "5 wanted, all ready, none may be unavailable, surge 3",
      several(5, { isReady: true }),
      5,
      { maxUnavailable: { count: 0 }, maxSurge: { count: 3 } },
      "none",
    ],
    [
      "surge-one",
      "2 wanted elsewhere, surge 1, none may be unavailable: binds one of the two",
      [
        ...several(2, { state: "unwanted", isStale: false }),
        ...several(2, { state: "scheduled" }, 2),
      ],
      2,
      { maxUnavailable: { count: 0 }, maxSurge: { count: 1 } },
      "2",
    ],
  ];
  return factChecks(
    GROUP,
    `${CONTROLLERS}/rollout/controller_test.go TestPickBindingsToRoll`,
    cases.map(([id, what, placements, target, budget, expected]) => ({
      id: `roll/${id}`,
      what,
      expected,
      actual:
        pickToRoll(placements, target, budget)
          .map(({ name }) => name)
          .join(",") || "none",
    })),
  );
}

function evictionChecks(): readonly Check[] {
  const cases: readonly [number, number, number, DisruptionBudget, string][] = [
    [4, 4, 2, { maxUnavailable: { count: 2 } }, "blocked"],
    [3, 3, 2, { maxUnavailable: { count: 2 } }, "allowed"],
    [2, 1, 1, { minAvailable: { count: 1 } }, "blocked"],
    [2, 1, 0, { minAvailable: { count: 0 } }, "blocked"],
  ];
  return factChecks(
    GROUP,
    `${CONTROLLERS}/clusterresourceplacementeviction/controller_test.go`,
    cases.map(([wanted, placements, available, budget, expected], index) => ({
      id: `eviction/${index + 1}`,
      what: `${wanted} wanted, ${placements} placed, ${available} available, ${wordsOf(budget)}`,
      expected,
      actual: judgeEviction({ wanted, placements, available }, budget),
    })),
  );
}

function wordsOf(budget: DisruptionBudget): string {
  const of = (value: CountOrShare): string =>
    "count" in value ? String(value.count) : `${value.percent} %`;
  return "maxUnavailable" in budget
    ? `at most ${of(budget.maxUnavailable)} unavailable`
    : `at least ${of(budget.minAvailable)} available`;
}

function dispatchChecks(): readonly Check[] {
  const long = [..."ONMLKJIHGFEDCBA"];
  const six = [..."FEDCBA"];
  const fed = ["F", "E", "D"];
  const five = [..."EDCBA"];
  const three = { stepSize: 3, roundS: 300 };
  const cases: readonly [string, readonly string[], readonly string[], number, number, string][] = [
    ["first round", long, [], 0, 3, "O,N,M"],
    ["F, E, D named, the round is over", six, fed, 300, 3, "F,E,D,C,B,A"],
    ["F, E, D named, the round goes on", six, fed, 100, 3, "F,E,D"],
    ["steps of 2 after E, D", five, ["E", "D"], 300, 2, "E,D,C,B"],
  ];
  return factChecks(
    GROUP,
    "kubernetes-sigs/kueue pkg/controller/workloaddispatcher/incrementaldispatcher_test.go",
    cases.map(([what, clusters, nominated, sinceS, stepSize, expected], index) => ({
      id: `dispatch/${index + 1}`,
      what: `clusters of the next round: ${what}`,
      expected,
      actual: nominateNext(clusters, nominated, sinceS, { ...three, stepSize }).join(","),
    })),
  );
}
