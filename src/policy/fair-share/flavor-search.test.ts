import { describe, expect, it } from "vitest";
import type { QuotaVerdict } from "./flavor-search.js";
import type { FlavorFungibilitySpec, QuotaQueueSpec, QuotaSpec } from "./quota-spec.js";
import type { QuotaTree } from "./quota-tree.js";
import { createQuotaTree } from "./quota-tree.js";
import { smallSpec, smallTree } from "./testing/small-tree.js";

const AT_START = { priority: 0, queuedS: 0, admittedS: 0 };

/** Two flavors of CPU, `first` and `second`, with 6 each for the queue and 6 each from a lender. */
function twoFlavors(
  fungibility: FlavorFungibilitySpec,
  queue: Partial<QuotaQueueSpec> = {},
): QuotaTree {
  const groups = [
    {
      resources: ["cpu"],
      flavors: ["first", "second"].map((flavor) => ({
        flavor,
        resources: [{ resource: "cpu", nominal: 6 }],
      })),
    },
  ];
  const preemption = { withinQueue: "lower-priority", reclaimWithinCohort: "any" } as const;
  return createQuotaTree({
    resources: [{ name: "cpu", unit: "count" }],
    flavors: [{ name: "first" }, { name: "second" }],
    queues: [
      { name: "queue", cohort: "all", groups, fungibility, preemption, ...queue },
      { name: "lender", cohort: "all", groups, preemption },
    ],
  });
}

/** Lets a workload run: cell 0 is `first`, cell 1 `second`. */
function run(tree: QuotaTree, queue: string, cell: number, amount: number, priority = 0): number {
  return tree.adopt(
    tree.queueIndex(queue),
    { cells: [cell], amounts: [amount] },
    { ...AT_START, priority },
  );
}

/** Short form: the mode, the flavor and the borrowing level. */
function inShort(tree: QuotaTree, verdict: QuotaVerdict): string {
  if (verdict.mode === "no-fit") return verdict.permanent ? "never" : "no-fit";
  const flavors = verdict.use.cells.map(
    (cell) => tree.layout.flavorNames[tree.layout.cellFlavor[cell]!]!,
  );
  return `${verdict.mode} ${flavors.join("+")} ${verdict.borrowingLevel}`;
}

const ask = (tree: QuotaTree, amount: number, priority = 0): string =>
  inShort(tree, tree.canAdmit(0, { priority, queuedS: 0, amounts: [amount] }));

describe("the flavor a workload gets", () => {
  it("is the first one that fits", () => {
    const tree = twoFlavors({});
    expect(ask(tree, 6)).toBe("fit first 0");
    run(tree, "queue", 0, 3);
    expect(ask(tree, 3)).toBe("fit first 0");
  });

  it.each<[string, FlavorFungibilitySpec, string]>([
    ["borrows rather than try the next", {}, "fit first 1"],
    ["tries the next rather than borrow", { whenCanBorrow: "try-next-flavor" }, "fit second 0"],
  ])("%s", (_, fungibility, expected) => {
    const tree = twoFlavors(fungibility);
    run(tree, "queue", 0, 4);
    expect(ask(tree, 4)).toBe(expected);
  });

  it.each<[string, FlavorFungibilitySpec, string]>([
    ["tries the next rather than preempt", {}, "fit second 0"],
    ["preempts rather than try the next", { whenCanPreempt: "use-flavor" }, "preempt first 0"],
  ])("%s", (_, fungibility, expected) => {
    const tree = twoFlavors(fungibility, {});
    run(tree, "lender", 0, 12, -1);
    expect(ask(tree, 4)).toBe(expected);
  });

  it("borrows in the first flavor when every flavor would borrow", () => {
    const tree = twoFlavors({ whenCanBorrow: "try-next-flavor" });
    run(tree, "queue", 0, 4);
    run(tree, "queue", 1, 4);
    expect(ask(tree, 4)).toBe("fit first 1");
  });

  it("reclaims in one flavor rather than push out its own workloads in another", () => {
    const tree = twoFlavors({});
    run(tree, "queue", 0, 6, -1);
    run(tree, "lender", 0, 6);
    run(tree, "lender", 1, 12);
    expect(ask(tree, 4)).toBe("preempt second 0");
  });

  it("counts how far it borrows once those pushed out have stopped", () => {
    const tree = twoFlavors({});
    for (const cell of [0, 1]) {
      run(tree, "queue", cell, 6, -1);
      run(tree, "lender", cell, 6);
    }
    expect(ask(tree, 4)).toBe("preempt first 0");
    expect(ask(tree, 8)).toBe("no-fit");
  });

  it("prefers borrowing or preemption, as told", () => {
    // `first` is full of what the owner may reclaim; `second` has room by borrowing.
    const both = { whenCanBorrow: "try-next-flavor", whenCanPreempt: "try-next-flavor" } as const;
    const situation = (preference?: "borrowing" | "preemption"): QuotaTree => {
      const tree = twoFlavors(preference === undefined ? both : { ...both, preference });
      run(tree, "lender", 0, 12);
      run(tree, "queue", 1, 4);
      return tree;
    };
    expect(ask(situation(), 4)).toBe("fit second 1");
    expect(ask(situation("borrowing"), 4)).toBe("fit second 1");
    expect(ask(situation("preemption"), 4)).toBe("preempt first 0");
  });

  it("leaves out flavors the workload cannot run on", () => {
    const tree = twoFlavors({});
    const request = { priority: 0, queuedS: 0, amounts: [2] };
    const second = { ...request, allowsFlavor: (flavor: number) => flavor === 1 };
    expect(inShort(tree, tree.canAdmit(0, second))).toBe("fit second 0");
    const none = { ...request, allowsFlavor: () => false };
    expect(inShort(tree, tree.canAdmit(0, none))).toBe("never");
  });
});

describe("a workload that is refused", () => {
  it("will never fit when no flavor could hold it in an empty organisation", () => {
    const tree = twoFlavors({});
    expect(ask(tree, 12)).toBe("fit first 1");
    expect(ask(tree, 13)).toBe("never");
    run(tree, "queue", 0, 1);
    expect(ask(tree, 13)).toBe("never");
  });

  it("waits when it would have to borrow what others hold", () => {
    const tree = twoFlavors({}, { preemption: {} });
    run(tree, "lender", 0, 12);
    run(tree, "lender", 1, 12);
    expect(ask(tree, 8)).toBe("no-fit");
    // Within nominal it waits for room with its place kept: nobody may be pushed out.
    const verdict = tree.canAdmit(0, { priority: 0, queuedS: 0, amounts: [4] });
    expect(inShort(tree, verdict)).toBe("preempt first 0");
    if (verdict.mode !== "preempt") throw new Error("expected a preempting verdict");
    expect(tree.preemptionTargets(0, { priority: 0, queuedS: 0, amounts: [4] }, verdict)).toEqual(
      [],
    );
  });

  it.each([
    ["pushes out for more than its own quota where its cohort has a claim", undefined, "preempt"],
    ["and where shares decide", "all", "preempt"],
  ] as const)("%s", (_, fair, mode) => {
    const spec = smallSpec(
      { q: { cohort: "inner", reclaim: "any" }, other: { cohort: "outer" } },
      { outer: {}, inner: { parent: "outer", cores: 2 } },
      fair,
    );
    const { tree } = smallTree(spec, { borrower: { in: "other", cores: 2 } });
    const verdict = tree.canAdmit(0, { priority: 0, queuedS: 0, amounts: [2000] });
    expect(verdict.mode).toBe(mode);
  });

  it("pushes nobody out for more than its quota without a claim, unless shares or its rules allow it", () => {
    const mode = (borrowUpTo: number | undefined, fair?: "all"): string => {
      const rules = {
        reclaim: "any",
        ...(borrowUpTo === undefined ? {} : { borrowUpTo }),
      } as const;
      const queues = { q: { cohort: "all", ...rules }, other: { cohort: "all" } };
      const spec = smallSpec({ ...queues, lender: { cohort: "all", cores: 4 } }, {}, fair);
      const { tree } = smallTree(spec, { borrower: { in: "other", cores: 4, priority: -1 } });
      return tree.canAdmit(0, { priority: 0, queuedS: 0, amounts: [2000] }).mode;
    };
    expect([mode(undefined), mode(0), mode(undefined, "all")]).toEqual([
      "no-fit",
      "preempt",
      "preempt",
    ]);
  });

  it("is refused by a queue on hold, but not for good", () => {
    expect(ask(twoFlavors({}, { held: true }), 1)).toBe("no-fit");
  });

  it("is refused for good where the queue has no quota for a resource, except pods", () => {
    const spec = (resource: string): QuotaSpec => ({
      resources: [
        { name: "gpu", unit: "gpu-milli" },
        { name: resource, unit: "count" },
      ],
      flavors: [{ name: "h100" }],
      queues: [
        {
          name: "queue",
          groups: [
            {
              resources: ["gpu"],
              flavors: [{ flavor: "h100", resources: [{ resource: "gpu", nominal: 8000 }] }],
            },
          ],
        },
      ],
    });
    const request = { priority: 0, queuedS: 0, amounts: [1000, 1] };
    expect(createQuotaTree(spec("licence")).canAdmit(0, request)).toEqual({
      mode: "no-fit",
      permanent: true,
    });
    expect(createQuotaTree(spec("pods")).canAdmit(0, request)).toEqual({
      mode: "fit",
      use: { cells: [0], amounts: [1000] },
      borrowingLevel: 0,
    });
  });
});

describe("several resources", () => {
  // Kueue's example of resource groups: cpu and memory by one flavor, gpu by another.
  const spec: QuotaSpec = {
    resources: [
      { name: "cpu", unit: "cpu-milli" },
      { name: "memory", unit: "bytes" },
      { name: "gpu", unit: "gpu-milli" },
    ],
    flavors: ["on-demand", "spot", "vendor1", "vendor2"].map((name) => ({ name })),
    queues: [
      {
        name: "queue",
        groups: [
          {
            resources: ["cpu", "memory"],
            flavors: [
              ["on-demand", 18_000, 72],
              ["spot", 36_000, 4],
            ].map(([flavor, cpu, memory]) => ({
              flavor: String(flavor),
              resources: [
                { resource: "cpu", nominal: Number(cpu) },
                { resource: "memory", nominal: Number(memory) },
              ],
            })),
          },
          {
            resources: ["gpu"],
            flavors: ["vendor1", "vendor2"].map((flavor) => ({
              flavor,
              resources: [{ resource: "gpu", nominal: 10_000 }],
            })),
          },
        ],
      },
    ],
  };
  const tree = createQuotaTree(spec);
  const verdict = (cpu: number, memory: number, gpu: number): string =>
    inShort(tree, tree.canAdmit(0, { priority: 0, queuedS: 0, amounts: [cpu, memory, gpu] }));

  it("of one group get one flavor; of different groups each its own", () => {
    expect(verdict(1000, 1, 1000)).toBe("fit on-demand+on-demand+vendor1 0");
    expect(verdict(20_000, 1, 0)).toBe("fit spot+spot 0");
    expect(verdict(0, 0, 10_000)).toBe("fit vendor1 0");
    // 20 cores only in spot, 5 bytes only on demand: no single flavor has both.
    expect(verdict(20_000, 5, 0)).toBe("never");
  });

  it("are admitted together or not at all", () => {
    const handle = tree.admit(0, { cells: [0, 1, 4], amounts: [18_000, 1, 10_000] }, AT_START);
    expect(verdict(1000, 1, 1000)).toBe("fit spot+spot+vendor2 0");
    expect(verdict(1000, 5, 1000)).toBe("preempt on-demand+on-demand+vendor2 0");
    tree.release(handle);
    expect(verdict(1000, 5, 1000)).toBe("fit on-demand+on-demand+vendor1 0");
  });
});
