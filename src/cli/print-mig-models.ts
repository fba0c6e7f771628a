import { sourceOfEntry, type HardwareCatalogue } from "../hardware/catalogue.js";
import type { MigGeometry } from "../hardware/mig.js";
import { plainMigProfiles } from "../hardware/mig.js";
import { migProfileTable } from "./print-mig-layouts.js";
import { fitColumns } from "./fit-columns.js";
import { wrapText } from "./text-layout.js";

/** Every GPU that can be cut, with its plain profiles. */
export function printMigModels(catalogue: HardwareCatalogue): string {
  const rows = catalogue.gpus.flatMap((gpu) => {
    const geometry = catalogue.mig(gpu.name);
    if (geometry === undefined) return [];
    const profiles = plainMigProfiles(geometry).map(({ name }) => name);
    return [[gpu.name, profiles.join(" "), geometry.provenance]];
  });
  return [
    ...fitColumns([["GPU", "plain profiles", "starts"], ...rows], [2]),
    "",
    wrapText(
      "Profiles with places, memory and sources: headroom catalog mig NAME; every layout: headroom mig layouts NAME",
    ),
  ].join("\n");
}

/** The profiles of one GPU with everything known of them. */
export function printMigModel(gpu: string, geometry: MigGeometry): string {
  const { computeSlices, slots, provenance, note } = geometry;
  return [
    `${gpu}: ${computeSlices} compute slices on ${slots} memory slots`,
    "",
    ...migProfileTable(geometry),
    "",
    wrapText(
      `Starts and slots: ${provenance}.${note === undefined ? "" : ` Note: ${note}.`} At most one instance with media ` +
        "engines (+me) per GPU. ? is a figure no source has.",
    ),
    wrapText(`Source: ${sourceOfEntry(geometry)}`),
  ].join("\n");
}
