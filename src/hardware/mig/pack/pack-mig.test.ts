// A packing decides how many GPUs are bought: it must be legal, cover the demand exactly, and be the fewest.
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  checkMigPlacements,
  distinctMigMixes,
  maximalMigLayouts,
  migGeometryOf,
  migMixOf,
  migMixText,
  plainMigProfiles,
  type MigGeometry,
  type MigMix,
} from "../../mig.js";
import { coverWithFewest } from "./cover-search.js";
import { relaxCover } from "./exact-cover-program.js";
import { balancedMigMix, packMig, type MigPacking } from "./pack-mig.js";

const a100 = migGeometryOf("A100-80GB")!;
const rtx = migGeometryOf("RTX PRO 6000")!;

/** What must hold of every packing, whatever it answers. */
function checkPacking(of: MigGeometry, demand: MigMix, packing: MigPacking): void {
  const made: Record<string, number> = {};
  let gpus = 0;
  for (const group of packing.layouts) {
    expect(checkMigPlacements(of, group.placements).kind).toBe("legal");
    const all = migMixOf(group.placements);
    for (const profile of of.profiles) {
      const used = group.mix[profile.name] ?? 0;
      expect(used + (group.unused[profile.name] ?? 0)).toBe(all[profile.name] ?? 0);
      made[profile.name] = (made[profile.name] ?? 0) + used * group.gpus;
    }
    gpus += group.gpus;
  }
  for (const { name } of of.profiles) expect(made[name] ?? 0, name).toBe(demand[name] ?? 0);
  expect(packing.gpus).toBe(gpus);
  expect(packing.lowerBound).toBeLessThanOrEqual(gpus);
  if (packing.proof.kind === "worth") {
    const { worth, layoutWorthMax, demandWorth } = packing.proof;
    const worthOf = (mix: MigMix): number =>
      Object.entries(mix).reduce((sum, [name, count]) => sum + count * (worth[name] ?? 0), 0);
    for (const { mix } of distinctMigMixes(of, maximalMigLayouts(of, { profiles: of.profiles }))) {
      expect(worthOf(mix)).toBeLessThanOrEqual(layoutWorthMax);
    }
    expect(worthOf(demand)).toBe(demandWorth);
    expect(Math.ceil(demandWorth / layoutWorthMax)).toBe(packing.gpus);
  }
}

/** Fewest GPUs by trying everything: breadth first over what is left. */
function bruteForce(of: MigGeometry, demand: MigMix): number {
  const names = Object.keys(demand);
  const mixes = distinctMigMixes(of, maximalMigLayouts(of, { profiles: of.profiles })).map(
    ({ mix }) => names.map((name) => mix[name] ?? 0),
  );
  let front = new Set([names.map((name) => demand[name]!).join(",")]);
  for (let gpus = 0; ; gpus += 1) {
    const next = new Set<string>();
    for (const state of front) {
      const rest = state.split(",").map(Number);
      if (rest.every((need) => need === 0)) return gpus;
      for (const mix of mixes)
        next.add(rest.map((need, i) => Math.max(0, need - mix[i]!)).join(","));
    }
    front = next;
  }
}

describe("examples", () => {
  test.each<[string, MigGeometry, MigMix, number, string]>([
    ["five 1g and two 3g", a100, { "1g.10gb": 5, "3g.40gb": 2 }, 2, "worth"],
    ["seven 1g fill one GPU", a100, { "1g.10gb": 7 }, 1, "worth"],
    ["eight need two", a100, { "1g.10gb": 8 }, 2, "worth"],
    ["4g and 3g share", a100, { "4g.40gb": 3, "3g.40gb": 3 }, 3, "worth"],
    ["4g never pair up", a100, { "4g.40gb": 4 }, 4, "worth"],
    ["a whole GPU each", a100, { "7g.80gb": 2, "1g.10gb": 1 }, 3, "worth"],
    ["+me once per GPU", a100, { "1g.10gb+me": 3 }, 3, "worth"],
    ["four quarters", rtx, { "1g.24gb": 6, "2g.48gb": 1 }, 2, "worth"],
    ["+me.all beside -me", rtx, { "1g.24gb+me.all": 1, "1g.24gb-me": 3 }, 1, "worth"],
  ])("%s", (_, of, demand, gpus, proof) => {
    const packing = packMig(of, demand)!;
    expect(packing).toMatchObject({ gpus, lowerBound: gpus, isProven: true });
    expect(packing.proof.kind).toBe(proof);
    checkPacking(of, demand, packing);
  });

  test("two 3g strand one compute slice; seven 1g strand one memory slot", () => {
    expect(packMig(a100, { "3g.40gb": 2 })!.remainder).toEqual({
      idleComputeSlices: 1,
      idleSlots: 0,
      strandedComputeSlices: 1,
      strandedSlots: 0,
    });
    expect(packMig(a100, { "1g.10gb": 7 })!.remainder).toMatchObject({
      idleComputeSlices: 0,
      strandedSlots: 1,
    });
  });

  test("room that is left is idle, not stranded", () => {
    const { layouts, remainder } = packMig(a100, { "1g.10gb": 1 })!;
    expect(layouts[0]!.placements).toEqual([{ profile: "1g.10gb", start: 6 }]);
    expect(remainder).toMatchObject({ idleComputeSlices: 6, strandedComputeSlices: 0 });
  });

  test("a hundred thousand instances", () => {
    const demand = { "1g.10gb": 100_001, "2g.20gb": 40_000, "3g.40gb": 12_345, "7g.80gb": 77 };
    const packing = packMig(a100, demand)!;
    checkPacking(a100, demand, packing);
    expect(packing.isProven).toBe(true);
    expect(packing.layouts.length).toBeLessThan(20);
  });
});

describe("policies", () => {
  const demand = { "1g.10gb": 5, "3g.40gb": 2 };

  test("one layout for all costs more or as much, and its leftovers are named", () => {
    const packing = packMig(a100, demand, { policy: "all-same" })!;
    checkPacking(a100, demand, packing);
    expect(packing.gpus).toBe(2);
    expect(packing.layouts.map(({ unused }) => unused)).toContainEqual({ "1g.10gb": 3 });
    expect(packing.proof).toMatchObject({ kind: "every-layout" });
  });

  test("balanced is two of the smallest, one 2g and one 3g", () => {
    expect(migMixText(a100, balancedMigMix(a100))).toBe("1 x 3g.40gb + 1 x 2g.20gb + 2 x 1g.10gb");
    expect(migMixText(rtx, balancedMigMix(rtx))).toBe("1 x 2g.48gb + 2 x 1g.24gb");
    const packing = packMig(a100, demand, { policy: "all-balanced" })!;
    checkPacking(a100, demand, packing);
    expect(packing.gpus).toBe(3);
  });

  test("no single layout has a 7g and a 1g", () => {
    expect(packMig(a100, { "7g.80gb": 1, "1g.10gb": 1 }, { policy: "all-same" })).toBeUndefined();
  });

  test("a given layout is used as it is", () => {
    const packing = packMig(a100, { "1g.10gb": 4 }, { layout: { "1g.10gb": 3, "4g.40gb": 1 } })!;
    checkPacking(a100, { "1g.10gb": 4 }, packing);
    expect(packing).toMatchObject({ gpus: 2, isProven: true });
    expect(packMig(a100, demand, { layout: { "7g.80gb": 1 } })).toBeUndefined();
  });
});

describe("against everything tried", () => {
  const small = [a100, rtx].map((of) => plainMigProfiles(of).map(({ name }) => name));
  test.each([
    ["A100", a100, small[0]!],
    ["RTX PRO 6000", rtx, rtx.profiles.map(({ name }) => name)],
  ] as const)("%s", (_, of, names) => {
    const demand = fc.dictionary(fc.constantFrom(...names), fc.integer({ min: 1, max: 5 }), {
      minKeys: 1,
      maxKeys: 4,
    });
    fc.assert(
      fc.property(demand, (wanted) => {
        const mix: MigMix = { ...wanted };
        const packing = packMig(of, mix)!;
        checkPacking(of, mix, packing);
        expect(packing.gpus).toBe(bruteForce(of, mix));
        for (const policy of ["all-same", "all-balanced"] as const) {
          const fixed = packMig(of, mix, { policy });
          if (fixed === undefined) continue;
          checkPacking(of, mix, fixed);
          expect(fixed.gpus).toBeGreaterThanOrEqual(packing.gpus);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("covering in general", () => {
  // Two triangles: half of each edge covers all six corners, three in sum; whole edges take two per triangle.
  const edges = ["01", "02", "12", "34", "35", "45"].map((edge) =>
    [0, 1, 2, 3, 4, 5].map((corner) => (edge.includes(String(corner)) ? 1 : 0)),
  );
  const corners = [1, 1, 1, 1, 1, 1];

  test("where rounding the relaxation up is wrong, the search proves it", () => {
    expect(relaxCover({ patterns: edges, demand: corners })!.bound).toBe(3);
    const cover = coverWithFewest(edges, corners)!;
    expect(cover).toMatchObject({ count: 4, lowerBound: 4 });
    expect(cover.programsSolved).toBeGreaterThan(1);
  });

  test("a search cut short states its bound", () => {
    expect(coverWithFewest(edges, corners, 1)).toMatchObject({ count: 4, lowerBound: 3 });
  });

  test("a row that no pattern covers", () => {
    expect(coverWithFewest([[1, 0]], [1, 1])).toBeUndefined();
  });
});
