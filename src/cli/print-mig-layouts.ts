import { formatBytes } from "../base/units.js";
import type { MigGeometry, MigLayout, MigProfile } from "../hardware/mig.js";
import { distinctMigMixes } from "../hardware/mig.js";
import { sourceOfEntry } from "../hardware/catalogue.js";
import { drawMigAxis, drawMigLayout } from "./draw-mig.js";
import { alignColumns, wrapText } from "./text-layout.js";

/** What `headroom mig layouts` found. */
export interface MigLayoutsOutcome {
  readonly gpu: string;
  readonly geometry: MigGeometry;
  /** Profiles that layouts were built from. */
  readonly profiles: readonly MigProfile[];
  /** Every layout that is not empty. */
  readonly layouts: readonly MigLayout[];
}

/** Profiles of a GPU and every layout to which nothing can be added, for a terminal. */
export function printMigLayouts(outcome: MigLayoutsOutcome): string {
  const { gpu, geometry, profiles, layouts } = outcome;
  const maximal = layouts.filter(({ isMaximal }) => isMaximal);
  const drawn = maximal.map((layout, index) => [
    String(index + 1),
    drawMigLayout(geometry, layout.placements),
    count(layout.idleComputeSlices),
    count(layout.idleSlots),
  ]);
  const mixes = distinctMigMixes(geometry, maximal).length;
  return [
    `${gpu}: ${geometry.computeSlices} compute slices on ${geometry.slots} memory slots`,
    "",
    ...migProfileTable(geometry),
    "",
    wrapText(
      `${maximal.length} layouts of ${namesOf(profiles)} to which nothing can be added; they are ${mixes} different ` +
        `mixes. ${layouts.length} layouts in all are not empty.`,
    ),
    "",
    ...alignColumns([["", drawMigAxis(geometry), "compute idle", "slots idle"], ...drawn]),
    "",
    ...legend(geometry),
  ].join("\n");
}

function count(value: number): string {
  return value === 0 ? "-" : String(value);
}

function namesOf(profiles: readonly MigProfile[]): string {
  return profiles.map(({ name }) => name).join(", ");
}

/** Profiles of a GPU with their places and figures. */
export function migProfileTable(geometry: MigGeometry): readonly string[] {
  const unknown = "?";
  const rows = geometry.profiles.map((profile) => [
    profile.name,
    String(profile.computeSlices),
    String(profile.slots),
    profile.starts.join(" "),
    String(profile.instancesMax),
    profile.memoryBytes === undefined ? unknown : formatBytes(profile.memoryBytes, { digits: 4 }),
    String(profile.multiprocessors ?? unknown),
    String(profile.copyEngines ?? unknown),
  ]);
  return alignColumns([
    ["profile", "slices", "slots", "starts", "most", "memory", "SMs", "copy"],
    ...rows,
  ]);
}

function legend(geometry: MigGeometry): readonly string[] {
  const { provenance, note } = geometry;
  const origin = {
    published: "Starts and slots as the driver lists them.",
    inferred: "Starts and slots are inferred, not published for this GPU.",
    given: "Starts and slots are given.",
  }[provenance];
  return [
    "An instance is as long as its slots; a dot is a slot without one; ? is a figure no source has.",
    `${origin}${note === undefined ? "" : ` Note: ${note}.`}`,
    `Source: ${sourceOfEntry(geometry)}`,
  ].map((line) => wrapText(line));
}

/** The same as one JSON value: all layouts with their placements. */
export function migLayoutsJson(outcome: MigLayoutsOutcome): object {
  const { gpu, geometry, profiles, layouts } = outcome;
  const maximal = layouts.filter(({ isMaximal }) => isMaximal);
  return {
    gpu,
    geometry,
    builtFrom: profiles.map(({ name }) => name),
    counts: {
      layouts: layouts.length,
      maximalPlacements: maximal.length,
      maximalMixes: distinctMigMixes(geometry, maximal).length,
    },
    maximal: maximal.map(({ placements, mix, idleComputeSlices, idleSlots }) => ({
      placements,
      mix,
      idleComputeSlices,
      idleSlots,
    })),
  };
}
