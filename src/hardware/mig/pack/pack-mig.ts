import { InvariantError } from "../../../base/assert.js";
import { distinctMigMixes, maximalMigLayouts } from "../enumerate-mig-layouts.js";
import type { MigGeometry, MigPlacement, MigProfile } from "../mig-geometry.js";
import { checkMigPlacements, type MigMix } from "../mig-layout.js";
import { placeMigMix } from "../place-mig-mix.js";
import { coverWithFewest, type CoverSolution } from "./cover-search.js";
import { migRemainder, type MigRemainder } from "./stranded.js";

/** Ways to give GPUs their layouts. */
export const MIG_LAYOUT_POLICIES = ["per-gpu", "all-same", "all-balanced", "static"] as const;

/**
 * `per-gpu`: every GPU has the layout that suits it. `all-same`: one layout for all, the best one.
 * `all-balanced`: the layout that mig-parted calls so. `static`: a layout that was given.
 */
export type MigLayoutPolicy = (typeof MIG_LAYOUT_POLICIES)[number];

/** GPUs that are cut alike. */
export interface PackedMigGpus {
  readonly gpus: number;
  /** Instances that the demand uses. */
  readonly mix: MigMix;
  /** Instances that the layout has and the demand does not use; only where the layout is fixed. */
  readonly unused: MigMix;
  /** Where all of them stand, used and unused. */
  readonly placements: readonly MigPlacement[];
  /** Per GPU, with unused instances counted as taken. */
  readonly remainder: MigRemainder;
}

/** Why no fewer GPUs do. */
export type MigPackingProof =
  /**
   * Each instance counts `worth`; no layout is worth more than `layoutWorthMax`; the demand is worth
   * `demandWorth`, so it takes at least their quotient, rounded up. Anyone can check it by hand.
   */
  | {
      readonly kind: "worth";
      readonly worth: Readonly<Record<string, number>>;
      readonly layoutWorthMax: number;
      readonly demandWorth: number;
    }
  /** All ways to use fewer were searched. */
  | { readonly kind: "search"; readonly programsSolved: number }
  /** Every layout that has what is needed was tried. */
  | { readonly kind: "every-layout"; readonly layoutsTried: number }
  /** The search was cut short: `lowerBound` is all that is known. */
  | { readonly kind: "open"; readonly programsSolved: number };

/** Fewest GPUs for a demand. */
export interface MigPacking {
  readonly gpus: number;
  readonly lowerBound: number;
  readonly isProven: boolean;
  readonly proof: MigPackingProof;
  readonly layouts: readonly PackedMigGpus[];
  /** Sums over all GPUs. */
  readonly remainder: MigRemainder;
}

/** Options of `packMig`. */
export interface PackMigOptions {
  readonly policy?: Exclude<MigLayoutPolicy, "static">;
  /** One layout for every GPU, given; takes the place of a policy. */
  readonly layout?: MigMix;
}

/**
 * Packs instances into the fewest GPUs of one model.
 *
 * @param demand instances per profile; names of the geometry, whole numbers of at least 1
 * @returns undefined when a fixed layout, or every single layout under `all-same`, lacks a profile
 */
export function packMig(
  geometry: MigGeometry,
  demand: MigMix,
  options: PackMigOptions = {},
): MigPacking | undefined {
  const profiles = geometry.profiles.filter(({ name }) => (demand[name] ?? 0) > 0);
  if (options.layout !== undefined) return packFixed(geometry, demand, [options.layout]);
  const policy = options.policy ?? "per-gpu";
  if (policy === "all-balanced") return packFixed(geometry, demand, [balancedMigMix(geometry)]);
  const mixes = undominated(
    distinctMigMixes(geometry, maximalMigLayouts(geometry, { profiles })).map(({ mix }) => mix),
  );
  if (policy === "all-same") return packFixed(geometry, demand, mixes);
  const rows = mixes.map((mix) => profiles.map(({ name }) => mix[name] ?? 0));
  const need = profiles.map(({ name }) => demand[name]!);
  const solution = coverWithFewest(rows, need);
  if (solution === undefined) return undefined;
  const groups = trimmed(profiles, mixes, solution.copies, demand);
  return packing(geometry, groups, {
    lowerBound: solution.lowerBound,
    proof: proofOf(profiles, rows, need, solution),
  });
}

/** Leaves out mixes that another one contains: a placement can be full where the mix is not. */
function undominated(mixes: readonly MigMix[]): readonly MigMix[] {
  const contains = (outer: MigMix, inner: MigMix): boolean =>
    Object.entries(inner).every(([name, count]) => (outer[name] ?? 0) >= count);
  return mixes.filter((mix) => !mixes.some((other) => other !== mix && contains(other, mix)));
}

/** What mig-parted's configurations call balanced: two of the smallest, one of each of the next two sizes. */
export function balancedMigMix(geometry: MigGeometry): MigMix {
  const bySlices = (slices: number): MigProfile =>
    geometry.profiles
      .filter(({ computeSlices, extension }) => computeSlices === slices && extension === undefined)
      .reduce((left, right) => (right.slots < left.slots ? right : left));
  const one = { [bySlices(1).name]: 2, [bySlices(2).name]: 1 };
  return geometry.computeSlices === 7 ? { ...one, [bySlices(3).name]: 1 } : one;
}

interface Group {
  readonly gpus: number;
  readonly mix: MigMix;
  readonly unused: MigMix;
}

/** The best of some layouts, the same on every GPU: the fewest GPUs, then the fewest stranded slices on each. */
function packFixed(
  geometry: MigGeometry,
  demand: MigMix,
  mixes: readonly MigMix[],
): MigPacking | undefined {
  const needed = Object.entries(demand).filter(([, count]) => count > 0);
  let best: { readonly mix: MigMix; readonly gpus: number; readonly stranded: number } | undefined;
  for (const mix of mixes) {
    if (needed.some(([name]) => (mix[name] ?? 0) === 0)) continue;
    const gpus = Math.max(...needed.map(([name, count]) => Math.ceil(count / mix[name]!)));
    const { remainder } = standing(geometry, mix);
    const stranded = remainder.strandedComputeSlices + remainder.strandedSlots;
    if (
      best === undefined ||
      gpus < best.gpus ||
      (gpus === best.gpus && stranded < best.stranded)
    ) {
      best = { mix, gpus, stranded };
    }
  }
  if (best === undefined) return undefined;
  return packing(geometry, spread(best.mix, best.gpus, demand), {
    lowerBound: best.gpus,
    proof: { kind: "every-layout", layoutsTried: mixes.length },
  });
}

/** Where a legal mix stands, and what it leaves. */
function standing(
  geometry: MigGeometry,
  mix: MigMix,
): { readonly placements: readonly MigPlacement[]; readonly remainder: MigRemainder } {
  const placements = placeMigMix(geometry, mix);
  const legality = placements && checkMigPlacements(geometry, placements);
  if (placements === undefined || legality?.kind !== "legal") {
    throw new InvariantError("hardware: a packing holds an illegal layout", { mix });
  }
  return { placements, remainder: migRemainder(geometry, legality.occupancy) };
}

/** Fills GPUs of one layout from the first; what is over stays unused on the last ones. */
function spread(layout: MigMix, gpus: number, demand: MigMix): readonly Group[] {
  const names = Object.keys(layout);
  // The number of GPUs whose instances of a profile are all used; the next one may use some.
  const cuts = new Set([0, gpus]);
  for (const name of names) {
    const full = Math.floor((demand[name] ?? 0) / layout[name]!);
    cuts.add(Math.min(full, gpus)).add(Math.min(full + 1, gpus));
  }
  const edges = [...cuts].sort((left, right) => left - right);
  const groups = edges.slice(1).map((end, index) => {
    const first = edges[index]!;
    const mix: Record<string, number> = {};
    const unused: Record<string, number> = {};
    for (const name of names) {
      const left = Math.max(0, (demand[name] ?? 0) - first * layout[name]!);
      const used = Math.min(left, layout[name]!);
      if (used > 0) mix[name] = used;
      if (used < layout[name]!) unused[name] = layout[name]! - used;
    }
    return { gpus: end - first, mix, unused };
  });
  return merged(names, groups);
}

/** Takes instances beyond the demand off the last GPUs, where they leave room instead. */
function trimmed(
  profiles: readonly MigProfile[],
  mixes: readonly MigMix[],
  copies: readonly number[],
  demand: MigMix,
): readonly Group[] {
  const groups = mixes.flatMap((mix, index) =>
    copies[index] === 0 ? [] : [{ gpus: copies[index]!, mix }],
  );
  const surplus = new Map(
    profiles.map(({ name }) => {
      const made = groups.reduce((sum, { gpus, mix }) => sum + gpus * (mix[name] ?? 0), 0);
      return [name, made - demand[name]!] as const;
    }),
  );
  const kept: Group[] = [];
  for (const { gpus, mix } of groups.toReversed()) {
    // One by one while something is over; the rest of the group stays as it is.
    let whole = gpus;
    while (whole > 0 && Object.keys(mix).some((name) => surplus.get(name)! > 0)) {
      const smaller: Record<string, number> = {};
      for (const [name, count] of Object.entries(mix)) {
        const off = Math.min(count, surplus.get(name)!);
        surplus.set(name, surplus.get(name)! - off);
        if (count > off) smaller[name] = count - off;
      }
      kept.push({ gpus: 1, mix: smaller, unused: {} });
      whole -= 1;
    }
    if (whole > 0) kept.push({ gpus: whole, mix, unused: {} });
  }
  return merged(
    profiles.map(({ name }) => name),
    kept.toReversed(),
  );
}

/** Joins groups that hold the same. */
function merged(names: readonly string[], groups: readonly Group[]): readonly Group[] {
  const byKey = new Map<string, Group>();
  for (const group of groups) {
    const key = names.map((name) => `${group.mix[name] ?? 0}/${group.unused[name] ?? 0}`).join(",");
    const known = byKey.get(key);
    byKey.set(key, { ...group, gpus: group.gpus + (known?.gpus ?? 0) });
  }
  return [...byKey.values()];
}

function packing(
  geometry: MigGeometry,
  groups: readonly Group[],
  known: { readonly lowerBound: number; readonly proof: MigPackingProof },
): MigPacking {
  const layouts = groups.map((group): PackedMigGpus => {
    const all: Record<string, number> = { ...group.mix };
    for (const [name, count] of Object.entries(group.unused)) all[name] = (all[name] ?? 0) + count;
    return { ...group, ...standing(geometry, all) };
  });
  const gpus = layouts.reduce((sum, each) => sum + each.gpus, 0);
  const sum = (field: keyof MigRemainder): number =>
    layouts.reduce((total, each) => total + each.gpus * each.remainder[field], 0);
  return {
    gpus,
    lowerBound: known.lowerBound,
    isProven: known.lowerBound === gpus,
    proof: known.proof,
    layouts,
    remainder: {
      idleComputeSlices: sum("idleComputeSlices"),
      idleSlots: sum("idleSlots"),
      strandedComputeSlices: sum("strandedComputeSlices"),
      strandedSlots: sum("strandedSlots"),
    },
  };
}

function proofOf(
  profiles: readonly MigProfile[],
  rows: readonly (readonly number[])[],
  need: readonly number[],
  { count, lowerBound, programsSolved, relaxation }: CoverSolution,
): MigPackingProof {
  if (lowerBound < count) return { kind: "open", programsSolved };
  const divisor = relaxation.worth.reduce(greatestCommonDivisor, relaxation.denominator);
  const worth = relaxation.worth.map((each) => Number(each / divisor));
  const worthOf = (units: readonly number[]): number =>
    units.reduce((sum, unit, row) => sum + unit * worth[row]!, 0);
  const layoutWorthMax = Math.max(...rows.map(worthOf));
  const demandWorth = worthOf(need);
  if (Math.ceil(demandWorth / layoutWorthMax) < count) return { kind: "search", programsSolved };
  return {
    kind: "worth",
    worth: Object.fromEntries(profiles.map(({ name }, row) => [name, worth[row]!])),
    layoutWorthMax,
    demandWorth,
  };
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  return right === 0n ? left : greatestCommonDivisor(right, left % right);
}
