import { referenceOf } from "../reference-document.js";
import type { FleetFormat } from "./fleet-format.js";
import { FLEET_METRICS } from "./fleet-metrics.js";

/** The JSON Schema of fleets as it stands in `schema/fleet.schema.json`. */
export function fleetSchemaText(format: FleetFormat): string {
  return `${JSON.stringify(format.jsonSchema, null, 2)}\n`;
}

/** The reference of the format of fleets in Markdown, with the figures that goals may be set on. */
export function fleetReference(format: FleetFormat): string {
  return referenceOf(format.fields, {
    title: "Fleet reference",
    file: "A fleet is",
    schema: "../schema/fleet.schema.json",
    explain: "headroom explain fleet PATH",
    rest: [
      "## Figures",
      "",
      "Every figure of `result.json`, under `figures`. Of one named part the path has its name in brackets after the",
      "first word: `sites.availability` of the template store is `sites[store].availability`.",
      "",
      "| figure | unit | of one | meaning |",
      "|---|---|---|---|",
      ...FLEET_METRICS.map(
        ({ path, unit, of = [], description }) =>
          `| \`${path}\` | ${unit} | ${of.join(", ")} | ${description} |`,
      ),
    ],
  });
}
