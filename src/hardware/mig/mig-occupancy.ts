import { InvariantError } from "../../base/assert.js";
import type { MigGeometry, MigPlacement, MigProfile } from "./mig-geometry.js";

/** Bits that count compute slices used; no GPU has more than 7. */
const COMPUTE_BITS = 3;

/** Bits that count decoders used; no GPU has more than 7 that matter. */
const DECODER_BITS = 3;

/**
 * What one GPU holds, as one whole number: slots taken (one bit each), compute slices and decoders used, and
 * whether the media engines are owned. 0 is a GPU without instances. Two GPUs of a model with the same number are in the
 * same state: every rule of MIG depends on nothing else.
 */
export type MigOccupancy = number;

/** A place a profile may take, numbered by the table it belongs to. */
export interface MigPlace {
  readonly index: number;
  readonly profile: MigProfile;
  readonly profileIndex: number;
  readonly start: number;
  /** One bit per slot it takes. */
  readonly slotMask: number;
}

/** Every place a GPU model allows, and the arithmetic of taking and leaving them. Pure; build one per model. */
export interface MigTable {
  readonly geometry: MigGeometry;
  /** All places, ordered by profile and then start. */
  readonly places: readonly MigPlace[];
  /** Places of each profile, in the order of `geometry.profiles`. */
  readonly placesOfProfile: readonly (readonly MigPlace[])[];
  /** Numbers below this are all that an occupancy can be. */
  readonly occupancyEnd: number;
  /** Whether the place is free and compute slices, decoders and media engines suffice. */
  fits(occupancy: MigOccupancy, place: MigPlace): boolean;
  /** The state after taking the place. @throws when it does not fit: an illegal state is unreachable. */
  take(occupancy: MigOccupancy, place: MigPlace): MigOccupancy;
  /** The state after leaving the place. @throws when it is not taken. */
  leave(occupancy: MigOccupancy, place: MigPlace): MigOccupancy;
  /** One bit per slot in use. */
  slotsTaken(occupancy: MigOccupancy): number;
  computeSlicesUsed(occupancy: MigOccupancy): number;
  isMediaTaken(occupancy: MigOccupancy): boolean;
  /** The place of a named profile at a start, or undefined when the table has none. */
  placeOf(placement: MigPlacement): MigPlace | undefined;
}

/** Builds the table of a geometry. */
export function createMigTable(geometry: MigGeometry): MigTable {
  const slotsMask = (1 << geometry.slots) - 1;
  const computeUnit = 1 << geometry.slots;
  const decoderUnit = computeUnit << COMPUTE_BITS;
  const mediaBit = decoderUnit << DECODER_BITS;
  const places = geometry.profiles.flatMap((profile, profileIndex) =>
    profile.starts.map((start) => ({ profile, profileIndex, start })),
  );
  const numbered: readonly MigPlace[] = places.map((place, index) => ({
    ...place,
    index,
    slotMask: ((1 << place.profile.slots) - 1) << place.start,
  }));
  // Slots are bits, compute slices and decoders counters above them, media engines a bit on top: taking is adding.
  const weights = numbered.map(
    ({ profile, slotMask }) =>
      slotMask +
      profile.computeSlices * computeUnit +
      (profile.decoders ?? 0) * decoderUnit +
      (profile.isMediaExtension ? mediaBit : 0),
  );
  const decodersAll = geometry.decoders ?? 0;
  const decodersUsed = (occupancy: MigOccupancy): number =>
    (occupancy >> (geometry.slots + COMPUTE_BITS)) & ((1 << DECODER_BITS) - 1);
  const computeUsed = (occupancy: MigOccupancy): number =>
    (occupancy >> geometry.slots) & ((1 << COMPUTE_BITS) - 1);
  const fits = (occupancy: MigOccupancy, { profile, slotMask }: MigPlace): boolean =>
    (occupancy & slotMask) === 0 &&
    computeUsed(occupancy) + profile.computeSlices <= geometry.computeSlices &&
    decodersUsed(occupancy) + (profile.decoders ?? 0) <= decodersAll &&
    !(profile.isMediaExtension && (occupancy & mediaBit) !== 0);
  return {
    geometry,
    places: numbered,
    placesOfProfile: geometry.profiles.map((_, profileIndex) =>
      numbered.filter((place) => place.profileIndex === profileIndex),
    ),
    occupancyEnd: mediaBit << 1,
    fits,
    take(occupancy, place) {
      if (!fits(occupancy, place)) throw broken("takes a place that is not free", occupancy, place);
      return occupancy + weights[place.index]!;
    },
    leave(occupancy, place) {
      const isTaken =
        (occupancy & place.slotMask) === place.slotMask &&
        computeUsed(occupancy) >= place.profile.computeSlices &&
        decodersUsed(occupancy) >= (place.profile.decoders ?? 0) &&
        (!place.profile.isMediaExtension || (occupancy & mediaBit) !== 0);
      if (!isTaken) throw broken("leaves a place that is not taken", occupancy, place);
      return occupancy - weights[place.index]!;
    },
    slotsTaken: (occupancy) => occupancy & slotsMask,
    computeSlicesUsed: computeUsed,
    isMediaTaken: (occupancy) => (occupancy & mediaBit) !== 0,
    placeOf: ({ profile, start }) =>
      numbered.find((place) => place.profile.name === profile && place.start === start),
  };
}

function broken(what: string, occupancy: MigOccupancy, place: MigPlace): InvariantError {
  const { profile, start } = place;
  return new InvariantError(`hardware: a MIG instance ${what}`, {
    profile: profile.name,
    start,
    occupancy,
  });
}
