import fc from "fast-check";
import { expect, test } from "vitest";
import { createCluster } from "../../cluster/cluster.js";
import type { PodRequest } from "../../workload/job-table.js";
import { createConsolidateGang } from "./consolidate-gang.js";
import { acceptedModels, podsOnNode } from "./fit-index.js";
import { clusterOf, demandsOf, GPU } from "./gang-fixture.js";
import { createPlannedGang } from "./planned-gang.js";
import { createConsolidateFirstPlanner } from "./planners/consolidate-first-planner.js";
import { createContiguousPlanner } from "./planners/contiguous-planner.js";
import { createTopologyPlanner } from "./planners/topology-planner.js";

test("what is planned for present rooms is what is placed, for every planner and consolidate", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 0, max: 3 }), (workers, kind) => {
      const cluster = clusterOf([4, 4, 4, 4], ["a", "b", "a", "b"]);
      const state = createCluster(cluster);
      const demands = demandsOf(workers);
      const gang =
        kind === 0
          ? createConsolidateGang(state, [GPU], demands)
          : createPlannedGang(
              state,
              [GPU],
              demands,
              kind === 1
                ? createConsolidateFirstPlanner(cluster, { demands })
                : kind === 2
                  ? createContiguousPlanner(cluster, { demands }, "rack")
                  : createTopologyPlanner(cluster, { demands }, "mixed"),
            );
      const live: number[] = [];
      workers.forEach((_, demand) => {
        const rooms = {
          podsOn: (node: number, request: PodRequest) =>
            podsOnNode(state, node, request, acceptedModels(state, request)),
        };
        const plan = gang.foresight!.planIn(demand, rooms);
        expect(gang.mayFit(demand)).toBe(plan !== undefined);
        const handle = gang.tryPlace(demand);
        expect(handle >= 0).toBe(plan !== undefined);
        gang.checkInvariants();
        if (plan === undefined) return;
        const want = new Map<number, number>();
        for (const { node, request, pods } of plan)
          want.set(node, (want.get(node) ?? 0) + pods * request.gpuCount);
        const got = new Map<number, number>();
        const { values, length } = gang.lastParts;
        for (let index = 0; index < length; index += 2 + values[index + 1]!)
          got.set(values[index]!, (got.get(values[index]!) ?? 0) + values[index + 1]!);
        expect(got).toEqual(want);
        live.push(handle);
        if (live.length > 2) gang.release(live.shift()!);
      });
    }),
    { numRuns: 300 },
  );
});
