import { distinctMigMixes, enumerateMigLayouts } from "./enumerate-mig-layouts.js";
import type { MigGeometry } from "./mig-geometry.js";
import type { MigMix } from "./mig-layout.js";
import { migProfileOf, plainMigProfiles } from "./mig-geometry.js";

/** A legal mix and how far it is from the one asked for. */
export interface NearMigMix {
  readonly mix: MigMix;
  /** Instances to take away or to exchange, whichever is more, plus those to add beyond that. */
  readonly changes: number;
}

/**
 * Legal mixes that differ least from an impossible one: what an error proposes.
 *
 * The distance is the number of instances to remove, exchange or add. Among equals, the mix that keeps the
 * most compute slices asked for comes first, then the one closest to all compute slices asked for.
 */
export function nearestMigMixes(
  geometry: MigGeometry,
  wanted: MigMix,
  countMax = 3,
): readonly NearMigMix[] {
  const asked = geometry.profiles.filter(({ name }) => (wanted[name] ?? 0) > 0);
  const profiles = [...new Set([...plainMigProfiles(geometry), ...asked])];
  const slicesOf = (mix: MigMix): number =>
    profiles.reduce((sum, { name, computeSlices }) => sum + (mix[name] ?? 0) * computeSlices, 0);
  const askedSlices = slicesOf(wanted);
  const scored = distinctMigMixes(geometry, enumerateMigLayouts(geometry, { profiles })).map(
    ({ mix }, order) => {
      let missing = 0;
      let extra = 0;
      let keptSlices = 0;
      for (const { name, computeSlices } of profiles) {
        const have = mix[name] ?? 0;
        const want = wanted[name] ?? 0;
        missing += Math.max(0, want - have);
        extra += Math.max(0, have - want);
        keptSlices += Math.min(have, want) * computeSlices;
      }
      const changes = Math.max(missing, extra);
      return { mix, changes, keptSlices, gap: Math.abs(slicesOf(mix) - askedSlices), order };
    },
  );
  scored.sort(
    (left, right) =>
      left.changes - right.changes ||
      right.keptSlices - left.keptSlices ||
      left.gap - right.gap ||
      left.order - right.order,
  );
  return scored.slice(0, countMax).map(({ mix, changes }) => ({ mix, changes }));
}

/** Names a mix uses that the GPU does not have. */
export function unknownMigProfiles(geometry: MigGeometry, mix: MigMix): readonly string[] {
  return Object.keys(mix).filter((name) => migProfileOf(geometry, name) === undefined);
}
