import { findFleetMetric, fleetUnitOf } from "../../scenario/fleet/fleet-metrics.js";
import type { Cell, ReportBlock } from "../block.js";
import { quantityCell } from "../format/quantity.js";

/** Figures of a part for all its members together, in words; those of single members are in `result.json`. */
export function figuresTable(
  figures: ReadonlyMap<string, number | null>,
  currency?: string,
): readonly ReportBlock[] {
  const rows = [...figures].flatMap(([path, value]): readonly (readonly Cell[])[] => {
    const metric = path.includes("[") ? undefined : findFleetMetric(path);
    if (metric === undefined || value === null) return [];
    return [
      [
        { text: metric.description.replace(/\.$/, ""), note: path },
        quantityCell(value, fleetUnitOf(path, currency)),
      ],
    ];
  });
  if (rows.length === 0) return [];
  return [
    {
      kind: "table",
      caption: "Figures",
      columns: [{ header: "Figure" }, { header: "Value", align: "right" }],
      rows,
      fullTable: "result.json",
    },
  ];
}
