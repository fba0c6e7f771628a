import type { MigOccupancy, MigPlace, MigTable } from "./mig-occupancy.js";

/** Chooses where on a GPU an instance goes. */
export interface MigPlaceChooser {
  /**
   * The place that keeps the most room for large instances, or undefined when the profile does not fit.
   *
   * @param profileIndex position in `geometry.profiles`
   */
  choose(occupancy: MigOccupancy, profileIndex: number): MigPlace | undefined;
  /** How many instances of each plain profile still have a place, largest first: what is compared. */
  room(occupancy: MigOccupancy): readonly number[];
}

/**
 * Keeps the largest placeable profile.
 *
 * After each possible start the places still open are counted per plain profile, from the largest to the
 * smallest; the start with more at the first difference wins, ties go to the lowest slot. So a first 1g on
 * an A100 goes to slot 6, where it costs neither the 4g nor a 2g.
 */
export function createMigPlaceChooser(table: MigTable): MigPlaceChooser {
  const { profiles } = table.geometry;
  const plain = profiles.flatMap(({ extension }, index) =>
    extension === undefined ? [index] : [],
  );
  const roomOf = new Map<MigOccupancy, readonly number[]>();
  const chosen = profiles.map(() => new Map<MigOccupancy, MigPlace | undefined>());
  const room = (occupancy: MigOccupancy): readonly number[] => {
    const known = roomOf.get(occupancy);
    if (known !== undefined) return known;
    const counts = plain.map(
      (index) =>
        table.placesOfProfile[index]!.filter((place) => table.fits(occupancy, place)).length,
    );
    roomOf.set(occupancy, counts);
    return counts;
  };
  const best = (occupancy: MigOccupancy, profileIndex: number): MigPlace | undefined => {
    let winner: MigPlace | undefined;
    let winnerRoom: readonly number[] = [];
    for (const place of table.placesOfProfile[profileIndex]!) {
      if (!table.fits(occupancy, place)) continue;
      const left = room(table.take(occupancy, place));
      if (winner === undefined || hasMoreRoom(left, winnerRoom)) {
        winner = place;
        winnerRoom = left;
      }
    }
    return winner;
  };
  return {
    room,
    choose(occupancy, profileIndex) {
      const memo = chosen[profileIndex]!;
      if (!memo.has(occupancy)) memo.set(occupancy, best(occupancy, profileIndex));
      return memo.get(occupancy);
    },
  };
}

/** Compares what `room` gives: whether left has more of the largest profile in which they differ. */
export function hasMoreRoom(left: readonly number[], right: readonly number[]): boolean {
  for (const [index, count] of left.entries()) {
    const other = right[index]!;
    if (count !== other) return count > other;
  }
  return false;
}
