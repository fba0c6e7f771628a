// How GPUs are cut into MIG instances: the tables, and what follows from them.
export type { MigGeometry, MigPlacement, MigProfile, MigProvenance } from "./mig/mig-geometry.js";
export { migProfileOf, plainMigProfiles } from "./mig/mig-geometry.js";
export { migGeometryOf, migGpuModels, migTableOf } from "./mig/find-mig-geometry.js";
export type { MigOccupancy, MigPlace, MigTable } from "./mig/mig-occupancy.js";
export type { MigFault, MigLegality, MigMix } from "./mig/mig-layout.js";
export { checkMigPlacements, migMixOf, migMixText } from "./mig/mig-layout.js";
export type { MigLayout, MigMixClass } from "./mig/enumerate-mig-layouts.js";
export {
  distinctMigMixes,
  enumerateMigLayouts,
  maximalMigLayouts,
  migMixKey,
} from "./mig/enumerate-mig-layouts.js";
export { placeMigMix } from "./mig/place-mig-mix.js";
export type { NearMigMix } from "./mig/nearest-mig-mixes.js";
export { nearestMigMixes, unknownMigProfiles } from "./mig/nearest-mig-mixes.js";
export type { MigPlaceChooser } from "./mig/choose-mig-place.js";
export { createMigPlaceChooser } from "./mig/choose-mig-place.js";
export type {
  MigLayoutPolicy,
  MigPacking,
  MigPackingProof,
  PackedMigGpus,
  PackMigOptions,
} from "./mig/pack/pack-mig.js";
export { balancedMigMix, MIG_LAYOUT_POLICIES, packMig } from "./mig/pack/pack-mig.js";
export type { MigRemainder } from "./mig/pack/stranded.js";
export { migRemainder } from "./mig/pack/stranded.js";
export type { MigMixProblem, ParsedMigMix } from "./mig/parse-mig-mix.js";
export {
  impossibleMigMixText,
  nearestMigProfile,
  parseMigMix,
  unknownMigProfile,
} from "./mig/parse-mig-mix.js";
