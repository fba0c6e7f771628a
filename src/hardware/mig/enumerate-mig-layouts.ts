import type { MigGeometry, MigPlacement, MigProfile } from "./mig-geometry.js";
import { plainMigProfiles } from "./mig-geometry.js";
import { migTableOf } from "./find-mig-geometry.js";
import type { MigMix } from "./mig-layout.js";
import { migMixOf } from "./mig-layout.js";
import type { MigOccupancy, MigPlace } from "./mig-occupancy.js";

/** One way to cut a GPU. */
export interface MigLayout {
  /** By start. */
  readonly placements: readonly MigPlacement[];
  readonly mix: MigMix;
  readonly occupancy: MigOccupancy;
  /** True when no further instance of the profiles considered fits. */
  readonly isMaximal: boolean;
  /** Compute slices and slots that no instance has. */
  readonly idleComputeSlices: number;
  readonly idleSlots: number;
}

/** Options of `enumerateMigLayouts`. */
export interface EnumerateMigOptions {
  /** Profiles to build from; the plain ones when absent. */
  readonly profiles?: readonly MigProfile[];
}

/**
 * Every set of placements that one GPU can hold, except the empty one; in a fixed order, each once.
 *
 * A set of at most 12 places whose slots do not overlap: few enough to list all of them (722 for the six
 * plain profiles of an A100).
 */
export function enumerateMigLayouts(
  geometry: MigGeometry,
  options: EnumerateMigOptions = {},
): readonly MigLayout[] {
  const table = migTableOf(geometry);
  const allowed = new Set((options.profiles ?? plainMigProfiles(geometry)).map(({ name }) => name));
  const places = table.places.filter(({ profile }) => allowed.has(profile.name));
  const layouts: MigLayout[] = [];
  const taken: MigPlace[] = [];
  const visit = (occupancy: MigOccupancy, from: number): void => {
    if (taken.length > 0) layouts.push(describe(geometry, places, taken, occupancy));
    for (let index = from; index < places.length; index += 1) {
      const place = places[index]!;
      if (!table.fits(occupancy, place)) continue;
      taken.push(place);
      visit(table.take(occupancy, place), index + 1);
      taken.pop();
    }
  };
  visit(0, 0);
  return layouts;
}

function describe(
  geometry: MigGeometry,
  places: readonly MigPlace[],
  taken: readonly MigPlace[],
  occupancy: MigOccupancy,
): MigLayout {
  const table = migTableOf(geometry);
  const placements = taken
    .map(({ profile, start }) => ({ profile: profile.name, start }))
    .sort((left, right) => left.start - right.start);
  const slotsUsed = taken.reduce((sum, { profile }) => sum + profile.slots, 0);
  return {
    placements,
    mix: migMixOf(placements),
    occupancy,
    isMaximal: !places.some((place) => table.fits(occupancy, place)),
    idleComputeSlices: geometry.computeSlices - table.computeSlicesUsed(occupancy),
    idleSlots: geometry.slots - slotsUsed,
  };
}

/** Layouts to which nothing can be added. */
export function maximalMigLayouts(
  geometry: MigGeometry,
  options: EnumerateMigOptions = {},
): readonly MigLayout[] {
  return enumerateMigLayouts(geometry, options).filter(({ isMaximal }) => isMaximal);
}

/** Mixes of some layouts, each once, with how many layouts have it and the first of them. */
export interface MigMixClass {
  readonly mix: MigMix;
  readonly layouts: number;
  readonly first: MigLayout;
}

/** Groups layouts by what they hold, whatever stands where; in order of first appearance. */
export function distinctMigMixes(
  geometry: MigGeometry,
  layouts: readonly MigLayout[],
): readonly MigMixClass[] {
  const classes = new Map<string, { mix: MigMix; layouts: number; first: MigLayout }>();
  for (const layout of layouts) {
    const key = migMixKey(geometry, layout.mix);
    const known = classes.get(key);
    if (known === undefined) classes.set(key, { mix: layout.mix, layouts: 1, first: layout });
    else known.layouts += 1;
  }
  return [...classes.values()];
}

/** A text that two mixes share exactly when they hold the same. */
export function migMixKey(geometry: MigGeometry, mix: MigMix): string {
  return geometry.profiles.map(({ name }) => mix[name] ?? 0).join(",");
}
