import type { MigGeometry } from "../hardware/mig/mig-geometry.js";
import { migProfileOf } from "../hardware/mig/mig-geometry.js";
import type { MigMix } from "../hardware/mig/mig-layout.js";

/** Instances by profile of a layout as written, a list of profiles. */
export function mixOfLayout(geometry: MigGeometry, layout: readonly string[]): MigMix {
  const counts: Record<string, number> = {};
  for (const written of layout) {
    const name = migProfileOf(geometry, written)?.name ?? written;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** As many instances of one profile as one GPU holds. */
export function mixOfAll(geometry: MigGeometry, name: string): MigMix {
  const profile = migProfileOf(geometry, name);
  return profile === undefined ? {} : { [profile.name]: profile.instancesMax };
}
