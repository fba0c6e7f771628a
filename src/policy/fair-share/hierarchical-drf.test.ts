import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DrfNodeSpec, DrfTree } from "./hierarchical-drf.js";
import { createDrfTree, drfStandings, nextDrfLeaf } from "./hierarchical-drf.js";

const ROOT: DrfNodeSpec = { parent: -1, weight: 1 };
const below = (parent: number, weight = 1): DrfNodeSpec => ({ parent, weight });

/** Serves one task after the other until nobody can be served; the number of tasks by node. */
function fill(
  tree: DrfTree,
  capacities: readonly number[],
  tasks: readonly (readonly number[])[],
  startUsage?: readonly (readonly number[])[],
): readonly number[] {
  const demand = tasks.flat();
  const usage = (startUsage ?? tasks.map((task) => task.map(() => 0))).flat();
  const counts = tasks.map(() => 0);
  for (;;) {
    const leaf = nextDrfLeaf(tree, { capacities, usage, demand });
    if (leaf < 0) return counts;
    counts[leaf]! += 1;
    for (let resource = 0; resource < capacities.length; resource += 1) {
      const at = leaf * capacities.length + resource;
      usage[at]! += demand[at]!;
    }
  }
}

describe("dominant resource fairness on one level", () => {
  it("gives the allocation of the paper's example: 3 tasks <1, 4> and 2 tasks <3, 1> of 9 CPU, 18 GB", () => {
    // Ghodsi et al., NSDI 2011, figure 1.
    const tree = createDrfTree([ROOT, below(0), below(0)]);
    expect(
      fill(
        tree,
        [9, 18],
        [
          [0, 0],
          [1, 4],
          [3, 1],
        ],
      ),
    ).toEqual([0, 3, 2]);
  });

  it("splits one resource by weight", () => {
    const tree = createDrfTree([ROOT, below(0, 3), below(0, 1)]);
    expect(fill(tree, [8], [[0], [1], [1]])).toEqual([0, 6, 2]);
  });

  it("serves nobody when nothing is wanted or nothing has room", () => {
    const tree = createDrfTree([ROOT, below(0)]);
    expect(nextDrfLeaf(tree, { capacities: [4], usage: [0, 0], demand: [0, 0] })).toBe(-1);
    expect(nextDrfLeaf(tree, { capacities: [4], usage: [0, 3], demand: [0, 2] })).toBe(-1);
    expect(nextDrfLeaf(tree, { capacities: [4], usage: [0, 3], demand: [0, 1] })).toBe(1);
  });
});

describe("dominant resource fairness in a tree", () => {
  it("does not starve a leaf for what its sibling holds of another resource", () => {
    // Root: n1 <1 CPU>, n2 over n2.1 <1 CPU> and n2.2 <1 GPU>. n2.2 holds all GPUs, n1 has 9 of 10 CPUs.
    const tree = createDrfTree([ROOT, below(0), below(0), below(2), below(2)]);
    const demand = [0, 0, 1, 0, 0, 0, 1, 0, 0, 1];
    const usage = [0, 0, 9, 0, 0, 0, 0, 0, 0, 10];
    expect(nextDrfLeaf(tree, { capacities: [10, 10], usage, demand })).toBe(3);
    // Both resources open: the rescaled n2 has nothing, so it comes before n1 though n2.2 has half the GPUs.
    const halfUsage = [0, 0, 1, 0, 0, 0, 0, 0, 0, 5];
    const standings = drfStandings(tree, { capacities: [10, 10], usage: halfUsage, demand });
    expect([...standings.shares]).toEqual([0, 0.1, 0, 0, 0.5]);
    expect(nextDrfLeaf(tree, { capacities: [10, 10], usage: halfUsage, demand })).toBe(3);
  });

  it("splits what a blocked sibling cannot use evenly between the others", () => {
    // n1, n2 and n3.1 want CPU, n3.2 and n4 want GPU: once CPU is gone n3.2 and n4 share the GPUs half
    // and half; scaling the blocked n3.1 too would give n3.2 two thirds.
    const tree = createDrfTree([ROOT, below(0), below(0), below(0), below(0), below(3), below(3)]);
    const tasks = [
      [0, 0],
      [1, 0],
      [1, 0],
      [0, 0],
      [0, 1],
      [1, 0],
      [0, 1],
    ];
    expect(fill(tree, [60, 60], tasks)).toEqual([0, 20, 20, 0, 30, 20, 30]);
  });

  it("counts what a child holds that wants no more as it is", () => {
    // n1 over a leaf with 4 of 10 that wants nothing and one with 1; n2 with 3: n1 has 5, n2 goes first.
    const tree = createDrfTree([ROOT, below(0), below(0), below(1), below(1)]);
    const state = { capacities: [10], usage: [0, 0, 3, 4, 1], demand: [0, 0, 1, 0, 1] };
    expect([...drfStandings(tree, state).shares]).toEqual([0.6, 0.5, 0.3, 0.4, 0.1]);
    expect([...drfStandings(tree, state).blocked]).toEqual([0, 0, 0, 1, 0]);
    expect(nextDrfLeaf(tree, state)).toBe(2);
  });

  it("divides by weights at every level", () => {
    // Root: A (3) over a1 (1) and a2 (2); B (1). One resource of 48: A 36 = 12 + 24, B 12.
    const tree = createDrfTree([ROOT, below(0, 3), below(0, 1), below(1, 1), below(1, 2)]);
    expect(fill(tree, [48], [[0], [0], [1], [1], [1]])).toEqual([0, 0, 12, 12, 24]);
  });

  it("refuses trees that are none", () => {
    expect(() => createDrfTree([ROOT, { parent: 1, weight: 1 }])).toThrow(/node 1/);
    expect(() => createDrfTree([ROOT, { parent: -1, weight: 1 }])).toThrow(/node 1/);
    expect(() => createDrfTree([ROOT, below(0, 0)])).toThrow(/weight/);
  });

  it("leaves no room that somebody wants, and gives every leaf its part of its parent's (one resource)", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 200 }),
        (links, capacity) => {
          const nodes = [ROOT, ...links.map((link, index) => below(link % (index + 1)))];
          const tree = createDrfTree(nodes);
          const isLeaf = tree.children.map((list) => list.length === 0);
          const tasks = isLeaf.map((leaf) => [leaf ? 1 : 0]);
          const counts = fill(tree, [capacity], tasks);
          expect(counts.reduce((sum, count) => sum + count, 0)).toBe(capacity);
          // With one resource and unit tasks, siblings of one kind differ by at most one task.
          for (const siblings of tree.children) {
            const leaves = siblings.filter((node) => isLeaf[node]).map((node) => counts[node]!);
            if (leaves.length > 1)
              expect(Math.max(...leaves) - Math.min(...leaves)).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
