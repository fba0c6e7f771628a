// The tables decide what a planner buys: every count is checked against the published enumeration, and no
// sequence of instances made and removed may reach a state that the placements do not allow.
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { GPU_CATALOGUE } from "../find-gpu.js";
import type { MigGeometry, MigPlace, MigPlacement } from "../mig.js";
import {
  checkMigPlacements,
  createMigPlaceChooser,
  distinctMigMixes,
  enumerateMigLayouts,
  migGeometryOf,
  migGpuModels,
  migMixOf,
  migMixText,
  migProfileOf,
  migTableOf,
  maximalMigLayouts,
  nearestMigMixes,
  placeMigMix,
  plainMigProfiles,
} from "../mig.js";
import { MIG_GEOMETRIES } from "./mig-tables.js";

const geometry = (name: string): MigGeometry => migGeometryOf(name)!;
const basic = (of: MigGeometry): ReturnType<typeof plainMigProfiles> =>
  plainMigProfiles(of).filter(
    (profile) => !(profile.computeSlices === 1 && profile.slots === 2 && of.slots === 8),
  );

describe("tables", () => {
  test("every GPU of the catalogue that has MIG has a geometry, and no other", () => {
    const able = GPU_CATALOGUE.filter(({ hasMig }) => hasMig === true).map(({ name }) => name);
    expect(migGpuModels()).toEqual(able);
    for (const name of able) expect(geometry(name).gpuModels).toContain(name);
    for (const name of ["T4", "L40S", "V100 SXM2-16GB", "MI300X", "no such GPU", "A100"]) {
      expect(migGeometryOf(name), name).toBeUndefined();
    }
  });

  test.each(MIG_GEOMETRIES.map((each) => [each.gpuModels[0]!, each] as const))(
    "%s: profiles lie on the axis, and as many fit as the table says",
    (_, of) => {
      const names = of.profiles.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      const table = migTableOf(of);
      for (const [index, profile] of of.profiles.entries()) {
        for (const start of profile.starts) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(start + profile.slots).toBeLessThanOrEqual(of.slots);
        }
        expect(Number.parseInt(profile.name, 10)).toBe(profile.computeSlices);
        let occupancy = 0;
        let count = 0;
        for (const place of table.placesOfProfile[index]!) {
          if (!table.fits(occupancy, place)) continue;
          occupancy = table.take(occupancy, place);
          count += 1;
        }
        expect(count, profile.name).toBe(profile.instancesMax);
      }
    },
  );

  test.each([
    ["A100 SXM4-40GB", "3g.20gb", { slots: 4, starts: [0, 4], multiprocessors: 42 }],
    ["H100", "1g.20gb", { slots: 2, starts: [0, 2, 4, 6], multiprocessors: 26 }],
    ["H100", "1g.10gb", { memoryBytes: 10_468_982_784, copyEngines: 1 }],
    ["H200", "7g.141gb", { slots: 8, starts: [0], multiprocessors: 132, copyEngines: 8 }],
    ["B200", "2g.45gb", { copyEngines: 4, multiprocessors: 36 }],
    ["A30", "2g.12gb+me", { slots: 2, starts: [0, 2], instancesMax: 1, isMediaExtension: true }],
    ["RTX PRO 6000", "1g.24gb-me", { slots: 3, starts: [0, 3, 6, 9], decoders: 0, profileId: 67 }],
    ["RTX PRO 6000", "4g.96gb", { slots: 12, starts: [0], multiprocessors: 188 }],
  ])("%s %s", (gpu, name, want) => {
    expect(migProfileOf(geometry(gpu), name.toUpperCase())).toMatchObject({ name, ...want });
  });

  test("what no source has is absent, and what was carried over says so", () => {
    expect(migProfileOf(geometry("H100 NVL"), "1g.12gb")).not.toHaveProperty("memoryBytes");
    expect(migProfileOf(geometry("GB200"), "7g.186gb")).not.toHaveProperty("copyEngines");
    const inferred = MIG_GEOMETRIES.filter(({ provenance }) => provenance === "inferred");
    expect(inferred.map(({ gpuModels }) => gpuModels[0])).toEqual([
      "H200 SXM-141GB",
      "B200",
      "GB200",
    ]);
    for (const { note } of inferred) expect(note).toMatch(/no list of placements/);
  });
});

describe("enumeration", () => {
  test.each([
    ["A100 SXM4-80GB", true, 297, 19, 37, 14],
    ["H100", true, 297, 19, 37, 14],
    ["H200", true, 297, 19, 37, 14],
    ["A100 SXM4-80GB", false, 722, 78, 77, 38],
    ["A30", true, 25, 5, 9, 4],
    ["RTX PRO 6000", true, 25, 5, 9, 4],
  ])("%s, basic sizes %s", (gpu, isBasic, layouts, maximal, mixes, maximalMixes) => {
    const of = geometry(gpu);
    const options = { profiles: isBasic ? basic(of) : plainMigProfiles(of) };
    const all = enumerateMigLayouts(of, options);
    const full = maximalMigLayouts(of, options);
    expect(all).toHaveLength(layouts);
    expect(full).toHaveLength(maximal);
    expect(distinctMigMixes(of, all)).toHaveLength(mixes);
    expect(distinctMigMixes(of, full)).toHaveLength(maximalMixes);
  });

  test("two 3g strand one compute slice, 4g beside 3g none", () => {
    const stranded = maximalMigLayouts(geometry("A100 SXM4-40GB"))
      .filter(({ placements }) => placements.length === 2)
      .map(({ mix, idleComputeSlices, idleSlots }) => ({ mix, idleComputeSlices, idleSlots }));
    expect(stranded).toContainEqual({
      mix: { "3g.20gb": 2 },
      idleComputeSlices: 1,
      idleSlots: 0,
    });
    expect(stranded).toContainEqual({
      mix: { "4g.20gb": 1, "3g.20gb": 1 },
      idleComputeSlices: 0,
      idleSlots: 0,
    });
  });

  test("enumerated layouts are exactly the sets of places that pair by pair do not overlap", () => {
    for (const of of [geometry("A30"), geometry("A100 SXM4-40GB")]) {
      const places = migTableOf(of).places.filter(({ profile }) => profile.extension === undefined);
      expect(places.length).toBeLessThan(32);
      expect(enumerateMigLayouts(of)).toHaveLength(bruteForceCount(of, places));
    }
  });
});

/** Counts legal sets by definition: slot by slot lists instead of masks. */
function bruteForceCount(of: MigGeometry, places: readonly MigPlace[]): number {
  let count = 0;
  for (let set = 1; set < 2 ** places.length; set += 1) {
    if (bitsOf(set) > of.computeSlices) continue;
    const chosen = places.filter((_, index) => (set & (1 << index)) !== 0);
    const slots = chosen.flatMap(({ start, profile }) =>
      Array.from({ length: profile.slots }, (_, offset) => start + offset),
    );
    const compute = chosen.reduce((sum, { profile }) => sum + profile.computeSlices, 0);
    if (new Set(slots).size === slots.length && compute <= of.computeSlices) count += 1;
  }
  return count;
}

function bitsOf(set: number): number {
  let bits = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) bits += 1;
  return bits;
}

describe("states", () => {
  test.each(MIG_GEOMETRIES.map((each) => [each.gpuModels[0]!, each] as const))(
    "%s: no sequence of instances made and removed reaches an illegal state",
    (_, of) => {
      const table = migTableOf(of);
      const chooser = createMigPlaceChooser(table);
      const action = fc.record({
        profile: fc.nat(of.profiles.length - 1),
        remove: fc.boolean(),
        which: fc.nat(6),
      });
      fc.assert(
        fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
          let occupancy = 0;
          const held: MigPlace[] = [];
          for (const { profile, remove, which } of actions) {
            if (remove) {
              const [place] = held.splice(which, 1);
              if (place !== undefined) occupancy = table.leave(occupancy, place);
            } else {
              const place = chooser.choose(occupancy, profile);
              const canFit = table.placesOfProfile[profile]!.some((each) =>
                table.fits(occupancy, each),
              );
              expect(place !== undefined).toBe(canFit);
              if (place === undefined) continue;
              occupancy = table.take(occupancy, place);
              held.push(place);
            }
            const placements = held.map((place) => ({
              profile: place.profile.name,
              start: place.start,
            }));
            expect(checkMigPlacements(of, placements)).toEqual({ kind: "legal", occupancy });
          }
          for (const place of held) occupancy = table.leave(occupancy, place);
          expect(occupancy).toBe(0);
        }),
        { numRuns: 200 },
      );
    },
  );

  test("a place that is not free cannot be taken, one that is free not left", () => {
    const table = migTableOf(geometry("A30"));
    const place = table.placeOf({ profile: "2g.12gb", start: 0 })!;
    const occupancy = table.take(0, place);
    expect(() => table.take(occupancy, place)).toThrow(/takes a place that is not free/);
    expect(() => table.leave(0, place)).toThrow(/leaves a place that is not taken/);
  });
});

describe("choice of a start", () => {
  const chosenStarts = (gpu: string, names: readonly string[]): readonly (number | undefined)[] => {
    const of = geometry(gpu);
    const table = migTableOf(of);
    const chooser = createMigPlaceChooser(table);
    let occupancy = 0;
    return names.map((name) => {
      const index = of.profiles.findIndex((profile) => profile.name === name);
      const place = chooser.choose(occupancy, index);
      if (place !== undefined) occupancy = table.take(occupancy, place);
      return place?.start;
    });
  };

  test.each([
    ["the first 1g costs neither the 4g nor a 2g", ["1g.10gb"], [6]],
    ["1g then 4g both fit", ["1g.10gb", "4g.40gb"], [6, 0]],
    ["3g leaves the front to a 4g", ["3g.40gb", "4g.40gb"], [4, 0]],
    ["2g leaves the front to a 4g", ["2g.20gb", "1g.10gb", "4g.40gb"], [4, 6, 0]],
    ["what does not fit has no start", ["7g.80gb", "1g.10gb"], [0, undefined]],
    ["three 1g keep the 4g", ["1g.10gb", "1g.10gb", "1g.10gb", "4g.40gb"], [6, 4, 5, 0]],
  ])("%s", (_, names, starts) => {
    expect(chosenStarts("A100-80GB", names)).toEqual(starts);
  });
});

describe("legality", () => {
  const of = geometry("A100 SXM4-40GB");
  const faults = (placements: readonly MigPlacement[]): readonly string[] => {
    const found = checkMigPlacements(of, placements);
    return found.kind === "legal" ? [] : found.faults.map(({ rule }) => rule);
  };

  test.each<[string, readonly MigPlacement[], readonly string[]]>([
    ["nothing", [], []],
    ["unknown", [{ profile: "5g.20gb", start: 0 }], ["unknown-profile"]],
    ["wrong start", [{ profile: "3g.20gb", start: 2 }], ["start-not-allowed"]],
    [
      "overlap",
      [
        { profile: "4g.20gb", start: 0 },
        { profile: "2g.10gb", start: 2 },
      ],
      ["overlap"],
    ],
    [
      "two media extensions",
      [
        { profile: "1g.5gb+me", start: 0 },
        { profile: "1g.5gb+me", start: 1 },
      ],
      ["media-engines"],
    ],
  ])("%s", (_, placements, want) => {
    expect(faults(placements)).toEqual(want);
  });

  test("+me.all leaves room only for instances without media engines", () => {
    const rtx = geometry("RTX PRO 6000");
    const kinds = (second: string): string =>
      checkMigPlacements(rtx, [
        { profile: "1g.24gb+me.all", start: 0 },
        { profile: second, start: 3 },
      ]).kind;
    expect(kinds("1g.24gb-me")).toBe("legal");
    expect(kinds("1g.24gb")).toBe("illegal");
    expect(kinds("1g.24gb+me")).toBe("illegal");
  });
});

describe("mixes", () => {
  const of = geometry("H100");

  test("a mix is placed whenever an enumerated layout has it", () => {
    for (const { mix } of distinctMigMixes(of, enumerateMigLayouts(of))) {
      const placements = placeMigMix(of, mix)!;
      expect(checkMigPlacements(of, placements).kind).toBe("legal");
      expect(migMixOf(placements)).toEqual(mix);
    }
    expect(placeMigMix(of, { "3g.40gb": 3 })).toBeUndefined();
    expect(placeMigMix(of, { "1g.10gb": 1_000_000 })).toBeUndefined();
  });

  test("an impossible mix gets the legal ones that differ least", () => {
    const near = nearestMigMixes(of, { "3g.40gb": 2, "1g.10gb": 1 });
    expect(near.map(({ mix }) => migMixText(of, mix))).toEqual([
      "2 x 3g.40gb",
      "1 x 3g.40gb + 1 x 2g.20gb + 1 x 1g.10gb",
      "1 x 3g.40gb + 1 x 1g.20gb + 1 x 1g.10gb",
    ]);
    expect(near[0]!.changes).toBe(1);
    for (const { mix } of near) expect(placeMigMix(of, mix)).toBeDefined();
  });
});
