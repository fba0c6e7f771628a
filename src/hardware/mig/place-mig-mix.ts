import { createMigPlaceChooser, hasMoreRoom } from "./choose-mig-place.js";
import { migTableOf } from "./find-mig-geometry.js";
import type { MigGeometry, MigPlacement } from "./mig-geometry.js";
import type { MigMix } from "./mig-layout.js";
import type { MigOccupancy, MigPlace } from "./mig-occupancy.js";

/**
 * Where a mix can stand on one empty GPU, or undefined when it cannot.
 *
 * Of all ways, the one that leaves the most room for further large instances (the rule of
 * `createMigPlaceChooser`); ties go to the lowest starts of the largest profiles.
 */
export function placeMigMix(
  geometry: MigGeometry,
  mix: MigMix,
): readonly MigPlacement[] | undefined {
  const table = migTableOf(geometry);
  const { room } = createMigPlaceChooser(table);
  const wanted = geometry.profiles.flatMap(({ name }, profileIndex) =>
    Array.from({ length: mix[name] ?? 0 }, () => profileIndex),
  );
  // Each instance takes at least one slice; without this, a typing error could make the search endless.
  if (wanted.length > geometry.computeSlices) return undefined;
  const taken: MigPlace[] = [];
  let best: { readonly places: readonly MigPlace[]; readonly occupancy: MigOccupancy } | undefined;
  const search = (occupancy: MigOccupancy): void => {
    const profileIndex = wanted[taken.length];
    if (profileIndex === undefined) {
      if (best === undefined || hasMoreRoom(room(occupancy), room(best.occupancy))) {
        best = { places: [...taken], occupancy };
      }
      return;
    }
    const last = taken.at(-1);
    for (const place of table.placesOfProfile[profileIndex]!) {
      // Instances of one profile are alike: only ascending starts.
      const isRepeat = last?.profileIndex === profileIndex && place.start <= last.start;
      if (isRepeat || !table.fits(occupancy, place)) continue;
      taken.push(place);
      search(table.take(occupancy, place));
      taken.pop();
    }
  };
  search(0);
  return best?.places
    .map(({ profile, start }) => ({ profile: profile.name, start }))
    .sort((left, right) => left.start - right.start);
}
