import type { MigGeometry, MigProfile } from "../../../hardware/mig.js";
import {
  distinctMigMixes,
  enumerateMigLayouts,
  migGeometryOf,
  plainMigProfiles,
} from "../../../hardware/mig.js";
import { sourceText } from "../../../hardware/sources.js";
import { boundedCheck, type Check } from "../check.js";

/** What an enumeration of one GPU must count. */
interface Enumeration {
  readonly id: string;
  readonly gpu: string;
  readonly sizes: string;
  readonly hasDoubleMemory: boolean;
  readonly maximalPlacements: number;
  readonly maximalMixes: number;
  readonly layouts: number;
}

const ENUMERATIONS: readonly Enumeration[] = [
  {
    id: "a100-basic",
    gpu: "A100 SXM4-80GB",
    sizes: "five sizes",
    hasDoubleMemory: false,
    maximalPlacements: 19,
    maximalMixes: 14,
    layouts: 297,
  },
  {
    id: "a100-all",
    gpu: "A100 SXM4-80GB",
    sizes: "six sizes, with the double-memory 1g",
    hasDoubleMemory: true,
    maximalPlacements: 78,
    maximalMixes: 38,
    layouts: 722,
  },
  {
    id: "a30",
    gpu: "A30",
    sizes: "three sizes",
    hasDoubleMemory: true,
    maximalPlacements: 5,
    maximalMixes: 4,
    layouts: 25,
  },
  {
    id: "rtx-pro-6000",
    gpu: "RTX PRO 6000 Blackwell Server",
    sizes: "three sizes",
    hasDoubleMemory: true,
    maximalPlacements: 5,
    maximalMixes: 4,
    layouts: 25,
  },
];

/** MIG layouts counted from the placement tables, against the known counts. Exact: the bar is 0. */
export function migChecks(): readonly Check[] {
  return ENUMERATIONS.flatMap((each) => {
    const geometry = migGeometryOf(each.gpu)!;
    const profiles = plainMigProfiles(geometry).filter(
      (profile) => each.hasDoubleMemory || !isDoubleMemory(geometry, profile),
    );
    const layouts = enumerateMigLayouts(geometry, { profiles });
    const maximal = layouts.filter(({ isMaximal }) => isMaximal);
    const count = (what: string, name: string, expected: number, actual: number): Check =>
      boundedCheck({
        id: `hardware/mig/${each.id}/${name}`,
        topic: "hardware",
        group: "MIG layouts, counted from the placement tables",
        what: `${each.gpu}, ${each.sizes}: ${what}`,
        source: `counted independently of this code from the placements that drivers list; ${sourceText(geometry.sources)}`,
        expected,
        actual,
        error: Math.abs(actual - expected),
        unit: "layouts",
        bar: 0,
      });
    return [
      count(
        "placements to which nothing can be added",
        "maximal-placements",
        each.maximalPlacements,
        maximal.length,
      ),
      count(
        "different mixes of those",
        "maximal-mixes",
        each.maximalMixes,
        distinctMigMixes(geometry, maximal).length,
      ),
      count("layouts that are not empty", "layouts", each.layouts, layouts.length),
    ];
  });
}

/** The 1g with twice the memory: more slots than the smallest profile of as many slices. */
function isDoubleMemory(geometry: MigGeometry, profile: MigProfile): boolean {
  const smallest = Math.min(...geometry.profiles.map(({ slots }) => slots));
  return profile.computeSlices === 1 && profile.slots > smallest;
}
