import type { MigPlacement } from "../../hardware/mig/mig-geometry.js";
import {
  createMigPlaceChooser,
  type MigPlaceChooser,
} from "../../hardware/mig/choose-mig-place.js";
import type { MigOccupancy, MigTable } from "../../hardware/mig/mig-occupancy.js";

/** A layout in the making. */
export interface OpenLayout {
  readonly placements: MigPlacement[];
  occupancy: MigOccupancy;
}

const CHOOSERS = new WeakMap<MigTable, MigPlaceChooser>();

/** The chooser of a table; it keeps what it has worked out. */
export function placeChooserOf(table: MigTable): MigPlaceChooser {
  let chooser = CHOOSERS.get(table);
  if (chooser === undefined) {
    chooser = createMigPlaceChooser(table);
    CHOOSERS.set(table, chooser);
  }
  return chooser;
}

/** Adds one instance where it keeps the most room for large ones; false when there is no place for it. */
export function addInstance(table: MigTable, layout: OpenLayout, profileIndex: number): boolean {
  const place = placeChooserOf(table).choose(layout.occupancy, profileIndex);
  if (place === undefined) return false;
  layout.placements.push({ profile: place.profile.name, start: place.start });
  layout.occupancy = table.take(layout.occupancy, place);
  return true;
}

/**
 * Adds instances until nothing more fits, in proportion to what is wanted.
 *
 * A profile's due is its part of the compute slices of all GPUs filled so far and this one, by weight times
 * slices; the profile furthest behind its due goes next, the larger one on ties. `counts` goes up with every
 * instance, so that several GPUs filled one after the other come to the proportion together, each GPU
 * beginning with what is most behind: a profile that needs a whole GPU gets one when its turn comes. Profiles
 * without weight fill what is left, largest first: an unused slice serves nobody.
 *
 * @param weights instances wanted by position of the profile in the geometry, ≥ 0; only proportions matter
 * @param counts instances there are already, on this and other GPUs
 */
export function fillLayout(
  table: MigTable,
  layout: OpenLayout,
  weights: readonly number[],
  counts: number[],
): void {
  const { profiles, computeSlices } = table.geometry;
  const closed = profiles.map(({ extension }) => extension !== undefined);
  const wantedSlices = profiles.map((profile, index) => weights[index]! * profile.computeSlices);
  const wantedTotal = wantedSlices.reduce((sum, slices) => sum + slices, 0);
  const slicesOf = (index: number): number => counts[index]! * profiles[index]!.computeSlices;
  const before = profiles.reduce((sum, _profile, index) => sum + slicesOf(index), 0);
  const reachable = before - table.computeSlicesUsed(layout.occupancy) + computeSlices;
  for (;;) {
    const open = profiles.flatMap((_profile, index) => (closed[index] === true ? [] : [index]));
    const wanted = open.filter((index) => wantedSlices[index]! > 0);
    const behind = (index: number): number =>
      (wantedSlices[index]! / wantedTotal) * reachable - slicesOf(index);
    // Profiles stand from the largest to the smallest: the first of equals is the larger one.
    const next =
      wanted.length === 0
        ? open[0]
        : wanted.reduce((most, index) => (behind(index) > behind(most) ? index : most));
    if (next === undefined) return;
    if (addInstance(table, layout, next)) counts[next]! += 1;
    else closed[next] = true;
  }
}
