import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCluster } from "../../cluster/cluster.js";
import type { TopologyRequest } from "../../workload/topology-request.js";
import { clusterOf, demandsOf, GPU, placed } from "./gang-fixture.js";
import { createPlannedGang } from "./planned-gang.js";
import { createConsolidateFirstPlanner } from "./planners/consolidate-first-planner.js";
import { createContiguousPlanner } from "./planners/contiguous-planner.js";
import { createTopologyPlanner } from "./planners/topology-planner.js";
import type { GangPlacer } from "./types.js";

describe("consolidate-first", () => {
  const gangOn = (gpus: readonly number[], workers: readonly number[], shape = GPU): GangPlacer => {
    const cluster = clusterOf(gpus);
    const demands = demandsOf(workers);
    const planner = createConsolidateFirstPlanner(cluster, { demands });
    return createPlannedGang(createCluster(cluster), [shape], demands, planner);
  };

  test.each<[string, readonly number[], number, readonly (readonly [number, number])[] | "waits"]>([
    ["one node, the tightest", [8, 4, 6], 4, [[1, 4]]],
    ["ties go to the earlier node", [4, 4], 3, [[0, 3]]],
    [
      "few nodes: most room first, the rest where it fits tightest",
      [2, 8, 4, 8],
      18,
      [
        [1, 8],
        [3, 8],
        [0, 2],
      ],
    ],
    [
      "scattered when there is no other way",
      [1, 2, 1, 1],
      5,
      [
        [1, 2],
        [0, 1],
        [2, 1],
        [3, 1],
      ],
    ],
    ["waits only when all nodes together lack room", [1, 2, 1, 1], 6, "waits"],
  ])("%s", (_what, gpus, workers, want) => {
    expect(placed(gangOn(gpus, [workers]), 0)).toEqual(want);
  });

  test("CPU counts, and the reason says what is missing", () => {
    const gang = gangOn([8, 8], [3, 5], { ...GPU, cpuMilli: 4000 });
    expect(placed(gang, 0)).toEqual([
      [0, 2],
      [1, 1],
    ]);
    expect(placed(gang, 0)).toBe("waits");
    expect(gang.refusalReason(0)).toBe("not enough room for all workers of the gang at once");
    expect(gang.neverFits(1)).toBe("5 workers at once, the empty cluster has room for 4");
  });
});

describe("contiguous", () => {
  const gangOn = (
    gpus: readonly number[],
    workers: number,
    options: { readonly racks?: readonly string[]; readonly within?: string } = {},
  ): GangPlacer => {
    const cluster = clusterOf(gpus, options.racks);
    const demands = demandsOf([workers]);
    const planner = createContiguousPlanner(cluster, { demands }, options.within);
    return createPlannedGang(createCluster(cluster), [GPU], demands, planner);
  };

  test.each<[string, readonly number[], number, readonly (readonly [number, number])[] | "waits"]>([
    [
      "the shortest run",
      [2, 2, 4, 4, 2],
      8,
      [
        [2, 4],
        [3, 4],
      ],
    ],
    [
      "of equal length the one with the least room left",
      [4, 4, 3, 3],
      6,
      [
        [2, 3],
        [3, 3],
      ],
    ],
    [
      "of equal length and room the first",
      [3, 3, 3, 3],
      6,
      [
        [0, 3],
        [1, 3],
      ],
    ],
    [
      "filled from the first node on",
      [2, 3, 3],
      7,
      [
        [0, 2],
        [1, 3],
        [2, 2],
      ],
    ],
    ["a node without room ends a run", [4, 0, 4], 6, "waits"],
    ["one node", [1, 5, 3], 3, [[2, 3]]],
  ])("%s", (_what, gpus, workers, want) => {
    expect(placed(gangOn(gpus, workers), 0)).toEqual(want);
  });

  test("neighbours are those of the topology, and a run may be kept in one rack", () => {
    const racks = ["a", "b", "a", "b"];
    // In the order of the racks: nodes 0 2, then 1 3.
    expect(placed(gangOn([2, 2, 2, 2], 4, { racks }), 0)).toEqual([
      [0, 2],
      [2, 2],
    ]);
    expect(placed(gangOn([2, 2, 2, 2], 6, { racks }), 0)).toEqual([
      [0, 2],
      [2, 2],
      [1, 2],
    ]);
    const inRack = gangOn([2, 2, 2, 2], 6, { racks, within: "rack" });
    expect(placed(inRack, 0)).toBe("waits");
    expect(inRack.neverFits(0)).toBe(
      "6 workers on neighbouring nodes of one rack: not even the empty cluster has room for them there",
    );
    expect(() => gangOn([2], 1, { within: "block" })).toThrow(
      'contiguous: within must be one of host, got "block"',
    );
  });

  test("never scattered: every node between the first and the last is used", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 1, max: 16 }),
        (gpus, workers) => {
          const answer = placed(gangOn(gpus, workers), 0);
          // Brute force over all runs of nodes with room.
          let shortest = Infinity;
          for (let first = 0; first < gpus.length; first += 1) {
            let sum = 0;
            for (let last = first; last < gpus.length && gpus[last]! > 0; last += 1) {
              sum += gpus[last]!;
              if (sum >= workers) shortest = Math.min(shortest, last - first + 1);
            }
          }
          if (answer === "waits") {
            expect(shortest).toBe(Infinity);
            return;
          }
          expect(answer.length).toBe(shortest);
          answer.forEach(([node], index) => expect(node).toBe(answer[0]![0] + index));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("topology", () => {
  const racks = ["a", "a", "b", "b"];
  const gangOn = (
    gpus: readonly number[],
    jobs: readonly (readonly [number, TopologyRequest])[],
  ): GangPlacer => {
    const cluster = clusterOf(gpus, racks);
    const demands = demandsOf(
      jobs.map(([workers]) => workers),
      jobs.map(([, request]) => request),
    );
    const planner = createTopologyPlanner(cluster, { demands }, "mixed");
    return createPlannedGang(createCluster(cluster), [GPU], demands, planner);
  };
  const required: TopologyRequest = { mode: "required", level: "rack" };
  const preferred: TopologyRequest = { mode: "preferred", level: "rack" };

  test("each gang goes where it asks to, and says what it waits for", () => {
    const gang = gangOn(
      [4, 4, 4, 3],
      [
        [6, required],
        [7, required],
        [7, preferred],
        [9, required],
      ],
    );
    // Rack b holds seven, rack a eight: six go to b.
    expect(placed(gang, 0)).toEqual([
      [2, 4],
      [3, 2],
    ]);
    expect(placed(gang, 1)).toEqual([
      [0, 4],
      [1, 3],
    ]);
    expect(placed(gang, 2)).toBe("waits");
    gang.release(0);
    expect(gang.neverFits(3)).toBe(
      "9 workers in one rack: not even the empty cluster has room for them there",
    );
  });

  test("room that is no rack's is said to be so", () => {
    const gang = gangOn(
      [2, 2, 2, 2],
      [
        [1, required],
        [4, required],
      ],
    );
    expect([placed(gang, 0), placed(gang, 1)]).toEqual([
      [[0, 1]],
      [
        [2, 2],
        [3, 2],
      ],
    ]);
    expect(gang.mayFit(1)).toBe(false);
    const split = gangOn(
      [2, 2, 2, 2],
      [
        [3, required],
        [2, required],
        [3, required],
      ],
    );
    placed(split, 0);
    placed(split, 1);
    expect(split.mayFit(2)).toBe(false);
    expect(split.refusalReason(2)).toBe("enough room, but not for the whole gang in one rack");
  });

  test("a level nobody knows is refused", () => {
    expect(() => gangOn([1, 1, 1, 1], [[1, { mode: "required", level: "row" }]])).toThrow(
      'topology: a job asks for the level "row", cluster.topology has rack, host',
    );
  });
});
