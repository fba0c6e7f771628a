import type { MigGeometry, MigPlacement } from "./mig-geometry.js";
import { migProfileOf } from "./mig-geometry.js";
import { migTableOf } from "./find-mig-geometry.js";
import type { MigOccupancy } from "./mig-occupancy.js";

/** How many instances of each profile a layout holds, by profile name; no zeros. */
export type MigMix = Readonly<Record<string, number>>;

/** A rule that a set of placements breaks. */
export interface MigFault {
  /** Position of the placement in what was given. */
  readonly index: number;
  readonly rule:
    "unknown-profile" | "start-not-allowed" | "overlap" | "compute-slices" | "media-engines";
  readonly message: string;
}

/** What became of a set of placements. */
export type MigLegality =
  | { readonly kind: "legal"; readonly occupancy: MigOccupancy }
  | { readonly kind: "illegal"; readonly faults: readonly MigFault[] };

/**
 * Whether instances can stand side by side on one GPU, and every rule they break if not.
 *
 * Placements are taken in the order given: of two that overlap, the later one is at fault.
 */
export function checkMigPlacements(
  geometry: MigGeometry,
  placements: readonly MigPlacement[],
): MigLegality {
  const table = migTableOf(geometry);
  const faults: MigFault[] = [];
  let occupancy = 0;
  for (const [index, { profile: name, start }] of placements.entries()) {
    const fault = (rule: MigFault["rule"], message: string): void => {
      faults.push({ index, rule, message });
    };
    const profile = migProfileOf(geometry, name);
    if (profile === undefined) {
      fault("unknown-profile", `there is no profile "${name}"`);
      continue;
    }
    const place = table.placeOf({ profile: profile.name, start });
    if (place === undefined) {
      const allowed = profile.starts.join(", ");
      fault(
        "start-not-allowed",
        `${profile.name} cannot start at slot ${start}, only at ${allowed}`,
      );
    } else if (table.fits(occupancy, place)) {
      occupancy = table.take(occupancy, place);
    } else if ((table.slotsTaken(occupancy) & place.slotMask) !== 0) {
      fault("overlap", `${profile.name} at slot ${start} overlaps another instance`);
    } else if (
      table.computeSlicesUsed(occupancy) + profile.computeSlices >
      geometry.computeSlices
    ) {
      const left = geometry.computeSlices - table.computeSlicesUsed(occupancy);
      fault(
        "compute-slices",
        `${profile.name} takes ${profile.computeSlices} compute slices and ${left} are left of ${geometry.computeSlices}`,
      );
    } else {
      fault(
        "media-engines",
        `the media engines that ${profile.name} needs belong to another instance`,
      );
    }
  }
  return faults.length === 0 ? { kind: "legal", occupancy } : { kind: "illegal", faults };
}

/** Counts the profiles of a layout. */
export function migMixOf(placements: readonly MigPlacement[]): MigMix {
  const counts: Record<string, number> = {};
  for (const { profile } of placements) counts[profile] = (counts[profile] ?? 0) + 1;
  return counts;
}

/** A mix in the order of the geometry, largest first: `1 x 3g.40gb + 4 x 1g.10gb`; `nothing` when empty. */
export function migMixText(geometry: MigGeometry, mix: MigMix): string {
  const parts = geometry.profiles
    .filter(({ name }) => (mix[name] ?? 0) > 0)
    .map(({ name }) => `${mix[name]!} x ${name}`);
  return parts.length === 0 ? "nothing" : parts.join(" + ");
}
