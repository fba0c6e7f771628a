import fc from "fast-check";
import { expect, test } from "vitest";

import { createCluster } from "../../cluster/cluster.js";
import { createFragmentation } from "../../cluster/fragmentation.js";
import { typicalPods } from "../../cluster/idle-classes.js";
import type { NodeSpec } from "../../cluster/spec.js";
import type { ClusterView } from "../../cluster/view.js";
import type { PodRequest } from "../../workload/job-table.js";
import { createPlacer } from "./placer.js";
import { PLACEMENT_POLICIES, findPlacementPolicy } from "./policies.js";
import type { PlacementContext, PlacementPolicy } from "./policy.js";
import { bestFit } from "./scorers/best-fit.js";
import { leastAllocated } from "./scorers/least-allocated.js";

function node(changes: Partial<NodeSpec> = {}): NodeSpec {
  return {
    name: "n",
    cpuMilli: 8000,
    memoryBytes: 8000,
    podsMax: 10,
    gpuCount: 2,
    gpuModel: "A10",
    ...changes,
  };
}

function pod(changes: Partial<PodRequest> = {}): PodRequest {
  return {
    cpuMilli: 1000,
    memoryBytes: 1000,
    gpuCount: 1,
    gpuMilli: 1000,
    gpuModels: [],
    ...changes,
  };
}

function preset(name: string): PlacementPolicy {
  return findPlacementPolicy(name)!;
}

const noDraws = {
  integerBelow: (): never => {
    throw new Error("no draw expected");
  },
};

/** The rule itself, computed from nothing kept: filters, sum of weighted scores, first highest. */
function chooseByRule(
  policy: PlacementPolicy,
  view: ClusterView,
  shapes: readonly PodRequest[],
  shape: number,
  pods: ReturnType<typeof typicalPods>,
): number {
  const fragmentation = createFragmentation(view, pods);
  const context: PlacementContext = {
    view,
    shapes,
    random: noDraws,
    fragmentation: () => fragmentation,
  };
  const tests = policy.filters.map((filter) => filter.prepare(context));
  const feasible = Array.from({ length: view.nodeCount }, (_unused, n) => n).filter((n) =>
    tests.every((passes) => passes(n, shape)),
  );
  const totals = feasible.map(() => 0);
  for (const { weight, scorer } of policy.scorers) {
    const prepared = scorer.prepare(context);
    const scores = feasible.map((n) => prepared.score(n, shape));
    const lowest = Math.min(...scores);
    const range = Math.max(...scores) - lowest;
    scores.forEach((score, i) => {
      const stretched = range === 0 ? 0 : Math.floor(((score - lowest) * 100) / range);
      totals[i]! += weight * (scorer.normalize === "min-max" ? stretched : score);
    });
  }
  const best = totals.indexOf(Math.max(...totals));
  return best < 0 ? -1 : feasible[best]!;
}

const mixed: PlacementPolicy = {
  ...preset("best-fit"),
  name: "mixed",
  scorers: [
    { weight: 2, scorer: bestFit },
    { weight: 0.7, scorer: leastAllocated() },
  ],
};
const deterministic = [...PLACEMENT_POLICIES.filter(({ name }) => name !== "random"), mixed];

test.each(deterministic.map((policy) => [policy.name, policy] as const))(
  "%s: kept scores choose what the rule chooses, after any history",
  (_name, policy) => {
    const nodes = fc.array(
      fc.record({
        cpuMilli: fc.integer({ min: 0, max: 6 }).map((cores) => cores * 1000),
        gpuCount: fc.integer({ min: 0, max: 4 }),
        model: fc.constantFrom("A10", "T4"),
      }),
      { minLength: 1, maxLength: 150 },
    );
    const shapes = fc.array(
      fc
        .record({
          cpuMilli: fc.integer({ min: 0, max: 4 }).map((cores) => cores * 500),
          gpuCount: fc.integer({ min: 0, max: 2 }),
          share: fc.constantFrom(250, 500, 1000),
          gpuModels: fc.constantFrom([], ["T4"]),
        })
        .map(({ share, ...each }) =>
          pod({ ...each, gpuMilli: each.gpuCount === 0 ? 0 : each.gpuCount === 1 ? share : 1000 }),
        ),
      { minLength: 1, maxLength: 4 },
    );
    const scoresMax = fc.constantFrom(1, 1e6);
    const steps = fc.array(fc.record({ release: fc.boolean(), pick: fc.nat() }), { maxLength: 25 });
    fc.assert(
      fc.property(nodes, shapes, steps, scoresMax, (nodeParts, requests, plan, most) => {
        const cluster = createCluster({
          nodes: nodeParts.map(({ model, ...each }) =>
            node({ ...each, gpuModel: each.gpuCount === 0 ? "" : model }),
          ),
        });
        const pods = typicalPods(requests.map((request, i) => ({ request, count: i + 1 })));
        const placer = createPlacer(policy, cluster, requests, {
          typicalPods: pods,
          scoresMax: most,
        });
        const live: number[] = [];
        for (const { release, pick } of plan) {
          if (release && live.length > 0) {
            cluster.release(live.splice(pick % live.length, 1)[0]!);
            continue;
          }
          const shape = pick % requests.length;
          const chosen = placer.choose(shape);
          expect(chosen).toBe(chooseByRule(policy, cluster, requests, shape, pods));
          // allocate throws when the chosen GPUs do not fit.
          if (chosen >= 0) live.push(cluster.allocate(chosen, requests[shape]!, placer.gpus));
        }
        cluster.checkInvariants();
      }),
      { numRuns: 25 },
    );
  },
);
