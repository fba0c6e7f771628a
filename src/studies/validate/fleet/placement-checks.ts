import { weightBetween, type PropertySorter } from "../../../policy/fleet/cluster-affinity.js";
import { pickBest, requeuesAtOnce } from "../../../policy/fleet/pick-clusters.js";
import { evaluateSpread, skewAfterPlacing } from "../../../policy/fleet/topology-spread.js";
import type { Check } from "../check.js";
import { factChecks } from "./fact-check.js";

const GROUP = "Placing across clusters (KubeFleet's own tests)";
const FOLDER = "kubefleet-dev/kubefleet pkg/scheduler/framework";

/** Cases 1 to 5: spread, affinity, order, requeue. */
export function placementChecks(): readonly Check[] {
  return [...spreadChecks(), ...filterCheck(), ...weightChecks(), ...orderChecks()];
}

function spreadChecks(): readonly Check[] {
  const cases: readonly [readonly number[], number, number, string][] = [
    [[2, 2, 2], 2, 1, "allowed, 1"],
    [[1, 2, 2], 1, 1, "allowed, -1"],
    [[1, 4, 4], 1, 1, "violated, -1"],
    [[1, 1, 3], 1, 1, "violated, 0"],
    [[1, 2, 3], 2, 2, "allowed, 0"],
  ];
  return factChecks(
    GROUP,
    `${FOLDER}/plugins/topologyspreadconstraints/utils_test.go TestWillViolate`,
    cases.map(([counts, inDomain, maxSkew, expected], index) => {
      const { isViolated, change } = skewAfterPlacing(counts, inDomain, maxSkew);
      return {
        id: `spread/${index + 1}`,
        what: `one more where ${inDomain} are, of {${counts.join(", ")}}, skew at most ${maxSkew}`,
        expected,
        actual: `${isViolated ? "violated" : "allowed"}, ${change}`,
      };
    }),
  );
}

function filterCheck(): readonly Check[] {
  const cluster = (key1: string, key2: string, placements: number) => ({
    labels: { key1, key2 },
    placements,
  });
  // Counts over key1 are {v1: 0, v2: 3}, over key2 {v1: 1, v2: 2}.
  const verdicts = evaluateSpread(
    [
      cluster("v1", "v2", 0),
      cluster("v2", "v2", 1),
      cluster("v2", "v2", 1),
      cluster("v2", "v1", 1),
    ],
    [
      { topologyKey: "key1", maxSkew: 2, whenUnsatisfiable: "do-not-schedule" },
      { topologyKey: "key2", maxSkew: 1, whenUnsatisfiable: "do-not-schedule" },
    ],
  );
  return factChecks(
    GROUP,
    `${FOLDER}/plugins/topologyspreadconstraints/utils_test.go TestEvaluateAllConstraints`,
    [
      {
        id: "spread/filter",
        what: "two constraints over four clusters: who is filtered out by which",
        expected: "key2 key1 key1 key1",
        actual: verdicts.map(({ forbiddenBy }) => forbiddenBy ?? "none").join(" "),
      },
    ],
  );
}

function weightChecks(): readonly Check[] {
  const cases: readonly [number, number, number, PropertySorter["order"], number][] = [
    [4, 8, 100, "descending", 0],
    [2, 4, 100, "descending", 100],
    [2, 7, 7, "descending", 3],
    [2, 7, 8, "descending", 3],
    [4, 8, 100, "ascending", 100],
    [2, 7, 8, "ascending", 5],
    [2, 7, 7, "ascending", 4],
    [4, 4, 100, "ascending", 0],
  ];
  return factChecks(
    GROUP,
    `${FOLDER}/plugins/clusteraffinity/types_test.go TestInterpolateWeightFor`,
    cases.map(([min, max, weight, order, expected], index) => ({
      id: `weight/${index + 1}`,
      what: `weight ${weight} of a cluster of 4 nodes between ${min} and ${max}, ${order}`,
      expected,
      actual: weightBetween(4, { min, max }, weight, order),
    })),
  );
}

function orderChecks(): readonly Check[] {
  const best = pickBest(
    [
      { name: "A", spreadScore: 1, affinityScore: 20, obsoleteScore: 0 },
      { name: "B", spreadScore: 2, affinityScore: 10, obsoleteScore: 1 },
    ],
    1,
  );
  const cycles: readonly [number, number, number, string][] = [
    [3, 3, 3, "no"],
    [3, 3, 2, "no"],
    [5, 1, 1, "yes"],
    [5, 1, 0, "no"],
  ];
  return factChecks(
    GROUP,
    `${FOLDER}/framework_test.go TestPickTopNScoredClusters, TestShouldRequeue`,
    [
      {
        id: "order/spread-first",
        what: "one of A (spread 1, affinity 20) and B (spread 2, affinity 10)",
        expected: "B",
        actual: best.map(({ name }) => name).join(),
      },
      ...cycles.map(([desired, limit, made, expected], index) => ({
        id: `requeue/${index + 1}`,
        what: `${desired} wanted, at most ${limit} at once, ${made} made: a cycle at once`,
        expected,
        actual: requeuesAtOnce(desired, limit, made) ? "yes" : "no",
      })),
    ],
  );
}
