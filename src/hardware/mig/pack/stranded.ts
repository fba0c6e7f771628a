import { plainMigProfiles, type MigGeometry } from "../mig-geometry.js";
import type { MigOccupancy } from "../mig-occupancy.js";
import { migTableOf } from "../find-mig-geometry.js";

/** What a GPU has left. */
export interface MigRemainder {
  /** Compute slices and memory slots without an instance. */
  readonly idleComputeSlices: number;
  readonly idleSlots: number;
  /** Those of them that no further instances could have, however they were chosen. */
  readonly strandedComputeSlices: number;
  readonly strandedSlots: number;
}

/** Most that further instances could take, per resource: the two maxima may come from different choices. */
interface Reach {
  readonly computeSlices: number;
  readonly slots: number;
}

const REACH = new WeakMap<MigGeometry, Map<MigOccupancy, Reach>>();

/**
 * Splits what is idle on a GPU into what further plain instances could still use and what is stranded.
 *
 * Two 3g on an A100 leave one compute slice and no memory slot: stranded. Seven 1g leave one memory slot and
 * no compute: stranded. An empty GPU strands nothing.
 */
export function migRemainder(geometry: MigGeometry, occupancy: MigOccupancy): MigRemainder {
  const table = migTableOf(geometry);
  let slotsTaken = 0;
  for (let rest = table.slotsTaken(occupancy); rest !== 0; rest &= rest - 1) slotsTaken += 1;
  const idleSlots = geometry.slots - slotsTaken;
  const idleComputeSlices = geometry.computeSlices - table.computeSlicesUsed(occupancy);
  const reach = reachOf(geometry, occupancy);
  return {
    idleComputeSlices,
    idleSlots,
    strandedComputeSlices: idleComputeSlices - reach.computeSlices,
    strandedSlots: idleSlots - reach.slots,
  };
}

function reachOf(geometry: MigGeometry, occupancy: MigOccupancy): Reach {
  let known = REACH.get(geometry);
  if (known === undefined) REACH.set(geometry, (known = new Map()));
  const before = known.get(occupancy);
  if (before !== undefined) return before;
  const table = migTableOf(geometry);
  const plain = new Set(plainMigProfiles(geometry));
  let computeSlices = 0;
  let slots = 0;
  for (const place of table.places) {
    if (!plain.has(place.profile) || !table.fits(occupancy, place)) continue;
    const further = reachOf(geometry, table.take(occupancy, place));
    computeSlices = Math.max(computeSlices, place.profile.computeSlices + further.computeSlices);
    slots = Math.max(slots, place.profile.slots + further.slots);
  }
  const reach = { computeSlices, slots };
  known.set(occupancy, reach);
  return reach;
}
