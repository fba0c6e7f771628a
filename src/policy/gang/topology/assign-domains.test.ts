import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ClusterSpec } from "../../../cluster/spec.js";
import {
  assignDomains,
  hasDomains,
  type DomainAlgorithm,
  type DomainQuestion,
} from "./assign-domains.js";
import { parseTopologyText, topologyText } from "../../../workload/topology-request.js";
import { createTopologyTree, type TopologyTree } from "./topology-tree.js";

/** Nodes by their way down, such as `a/r0`; with none, nodes without topology. */
function clusterOf(ways: readonly string[], levels: readonly string[]): ClusterSpec {
  return {
    topology: { levels },
    nodes: ways.map((way, index) => ({
      name: `n${index}`,
      cpuMilli: 0,
      memoryBytes: 0,
      podsMax: 1,
      gpuCount: 1,
      gpuModel: "H100",
      domains: way === "" ? [] : way.split("/"),
    })),
  };
}

const flat = (count: number): TopologyTree =>
  createTopologyTree(
    clusterOf(
      Array.from({ length: count }, () => ""),
      [],
    ),
  );

function roomsOf(tree: TopologyTree, onNodes: readonly number[]): DomainQuestion["rooms"] {
  return {
    workersIn: tree.levels.map(({ domainOf, domainCount }) => {
      const sums = new Int32Array(domainCount);
      onNodes.forEach((workers, node) => (sums[domainOf[node]!]! += workers));
      return sums;
    }),
  };
}

function ask(
  tree: TopologyTree,
  onNodes: readonly number[],
  workers: number,
  options: Partial<DomainQuestion> = {},
): readonly number[] | undefined {
  return assignDomains({
    tree,
    rooms: roomsOf(tree, onNodes),
    workers,
    level: tree.levels.length - 1,
    mode: "unconstrained",
    algorithm: "best-fit",
    ...options,
  });
}

describe("Kueue's example: nodes that hold 3, 3, 2 and 1, a gang of 7", () => {
  test.each<[DomainAlgorithm, readonly number[]]>([
    // 3 + 3, and the one left goes to the node of size 1.
    ["best-fit", [0, 3, 1, 3, 3, 1]],
    // 1, 2, 3, and 1 of the other 3.
    ["least-free-capacity", [3, 1, 2, 2, 0, 3, 1, 1]],
  ])("%s", (algorithm, want) => {
    expect(ask(flat(4), [3, 3, 2, 1], 7, { algorithm })).toEqual(want);
  });
});

describe("one level", () => {
  test.each<
    [string, readonly number[], number, Partial<DomainQuestion>, readonly number[] | undefined]
  >([
    ["best-fit: the tightest node that holds all", [8, 4, 3, 4], 4, {}, [1, 4]],
    [
      "least free: the same, the first in rising order",
      [8, 4, 3, 4],
      4,
      { algorithm: "least-free-capacity" },
      [1, 4],
    ],
    ["ties go to the earlier node", [2, 2, 2], 3, {}, [0, 2, 1, 1]],
    [
      "nodes without room are no part of it",
      [0, 1, 0, 1],
      2,
      { algorithm: "least-free-capacity" },
      [1, 1, 3, 1],
    ],
    ["more than there is", [1, 1], 3, {}, undefined],
    ["required on one node", [3, 4], 4, { mode: "required" }, [1, 4]],
    ["required on one node, and none is large enough", [3, 3], 4, { mode: "required" }, undefined],
    ["nobody", [3, 3], 0, {}, []],
  ])("%s", (_what, onNodes, workers, options, want) => {
    expect(ask(flat(onNodes.length), onNodes, workers, options)).toEqual(want);
  });
});

describe("blocks and racks", () => {
  // Block a: rack r0 with nodes 0 1, rack r1 with 2 3. Block b: rack r0 with 4 5, rack r1 with 6 7.
  const tree = createTopologyTree(
    clusterOf(["a/r0", "a/r0", "a/r1", "a/r1", "b/r0", "b/r0", "b/r1", "b/r1"], ["block", "rack"]),
  );
  const [block, rack, host] = [0, 1, 2];

  test("racks of one name in two blocks are two racks", () => {
    expect(tree.levels[rack]!.paths).toEqual(["a/r0", "a/r1", "b/r0", "b/r1"]);
    expect(tree.levels[host]!.name).toBe("host");
    expect(tree.levels[block]!.children.map((list) => [...list])).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  test.each<
    [string, readonly number[], number, Partial<DomainQuestion>, readonly number[] | undefined]
  >([
    [
      "required rack: the tightest rack",
      [4, 4, 4, 1, 3, 2, 0, 0],
      5,
      { level: rack, mode: "required" },
      [2, 4, 3, 1],
    ],
    [
      "required rack: none holds it",
      [2, 2, 2, 2, 2, 2, 2, 2],
      5,
      { level: rack, mode: "required" },
      undefined,
    ],
    [
      "preferred rack: goes up to a block",
      [2, 2, 2, 2, 2, 2, 2, 0],
      5,
      { level: rack, mode: "preferred" },
      [4, 2, 5, 2, 6, 1],
    ],
    [
      "preferred host: on one node if one will do",
      [2, 2, 2, 5, 2, 2, 2, 2],
      4,
      { level: host, mode: "preferred" },
      [3, 4],
    ],
    [
      "preferred rack: over several blocks when all else fails",
      [2, 2, 2, 2, 2, 2, 1, 1],
      12,
      { level: rack, mode: "preferred" },
      [0, 2, 1, 2, 2, 2, 3, 2, 4, 2, 5, 2],
    ],
    [
      "required block",
      [1, 1, 1, 1, 2, 2, 0, 0],
      4,
      { level: block, mode: "required" },
      [0, 1, 1, 1, 2, 1, 3, 1],
    ],
    // Least free: blocks 4 and 8; the racks and nodes of both are then filled smallest first.
    [
      "least free on the way down",
      [1, 1, 2, 0, 2, 2, 2, 2],
      10,
      { level: block, mode: "preferred", algorithm: "least-free-capacity" },
      [0, 1, 1, 1, 2, 2, 4, 2, 5, 2, 6, 2],
    ],
    ["unconstrained looks at nodes only", [1, 1, 1, 1, 3, 0, 3, 0], 6, {}, [4, 3, 6, 3]],
  ])("%s", (_what, onNodes, workers, options, want) => {
    expect(ask(tree, onNodes, workers, options)).toEqual(want);
  });

  test("a node must name a domain for every level", () => {
    expect(() => createTopologyTree(clusterOf(["a/r0", "a"], ["block", "rack"]))).toThrow(
      "topology: node n1 must name a domain for each of block, rack, got 1",
    );
  });
});

test("answers hold every worker in the room there is, and required ones in one domain", () => {
  const ways = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })), {
    minLength: 1,
    maxLength: 9,
  });
  fc.assert(
    fc.property(
      ways,
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 9, maxLength: 9 }),
      fc.integer({ min: 1, max: 14 }),
      fc.integer({ min: 0, max: 2 }),
      fc.constantFrom("required" as const, "preferred" as const, "unconstrained" as const),
      fc.constantFrom<DomainAlgorithm>("best-fit", "least-free-capacity"),
      (places, sizes, workers, level, mode, algorithm) => {
        const tree = createTopologyTree(
          clusterOf(
            places.map(([first, second]) => `${first}/${second}`),
            ["block", "rack"],
          ),
        );
        const onNodes = places.map((_, node) => sizes[node]!);
        const rooms = roomsOf(tree, onNodes);
        const from = mode === "unconstrained" ? 2 : level;
        const question = { tree, rooms, workers, level: from, mode, algorithm };
        const answer = assignDomains(question);
        expect(answer !== undefined).toBe(hasDomains(question));
        // Brute force: does any domain of the level hold the gang, does the cluster?
        const holds = Array.from(rooms.workersIn[from]!, (room) => room >= workers).some(Boolean);
        const total = onNodes.reduce((sum, room) => sum + room, 0);
        expect(answer !== undefined).toBe(mode === "required" ? holds : total >= workers);
        if (answer === undefined) return;
        const used = new Map<number, number>();
        for (let index = 0; index < answer.length; index += 2)
          used.set(answer[index]!, (used.get(answer[index]!) ?? 0) + answer[index + 1]!);
        expect(used.size * 2).toBe(answer.length);
        for (const [node, count] of used) expect(count).toBeLessThanOrEqual(onNodes[node]!);
        expect([...used.values()].reduce((sum, count) => sum + count, 0)).toBe(workers);
        const domains = new Set([...used.keys()].map((node) => tree.levels[from]!.domainOf[node]));
        if (holds && mode !== "unconstrained") expect(domains.size).toBe(1);
        // Best-fit never takes more nodes than it must within the nodes it may use.
        if (algorithm === "best-fit" && mode === "unconstrained") {
          let left = workers;
          const fewest = [...onNodes]
            .sort((a, b) => b - a)
            .findIndex((room) => (left -= room) <= 0);
          expect(used.size).toBe(fewest + 1);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("requests as text, there and back", () => {
  for (const text of ["required:rack", "preferred:host", "unconstrained"])
    expect(topologyText(parseTopologyText(text)!)).toBe(text);
  for (const text of ["", "rack", "required", "required:", "Required:rack", "required:a b"])
    expect(parseTopologyText(text)).toBeUndefined();
});
