import type {
  FleetPartOutcome,
  FleetSeries,
  FleetTable,
} from "../../simulation/fleet/fleet-part.js";
import type { Cell, ReportBlock, ReportSection } from "../block.js";
import { chartIdPart } from "../chart-name.js";
import { fleetSeriesChart } from "./series-chart.js";
import { figuresTable } from "./figures-table.js";

/** What a part calls its section. */
export interface PartTitles {
  readonly id: string;
  readonly title: string;
  readonly explanation?: string;
}

/** A section for any part of a fleet: its figures, lines over time, and a row per member. */
export function partSection(
  titles: PartTitles,
  part: FleetPartOutcome,
  durationS: number,
  currency?: string,
): ReportSection {
  const blocks: ReportBlock[] = [
    ...figuresTable(part.figures, currency),
    ...unitGroups(part.series).map((series) => {
      const labels = series.map(({ label }) => label).join(", ");
      const title = `How did ${labels} change over time?`;
      const unit = series[0]!.unit === "share" ? "shares" : series[0]!.unit;
      return fleetSeriesChart(
        {
          id: `${titles.id}-${chartIdPart(series[0]!.id)}`,
          title,
          description: `Lines of ${labels}, in ${unit}.`,
        },
        series,
        { durationS },
      );
    }),
    ...part.tables.map(memberTable),
  ];
  return { ...titles, blocks };
}

/** A table with a row per member; of many rows the page shows the first, the CSV all. */
export function memberTable({ name, caption, columns }: FleetTable): ReportBlock {
  const count = columns[0]?.values.length ?? 0;
  return {
    kind: "table",
    caption,
    columns: columns.map(({ header, unit, values }) => {
      const isNumber = values.some((value) => typeof value === "number");
      return {
        header,
        ...(unit === undefined ? {} : { unit }),
        ...(isNumber ? { align: "right" as const } : {}),
      };
    }),
    rows: Array.from({ length: count }, (_, row): readonly Cell[] =>
      columns.map(({ values }) => values[row]!),
    ),
    fullTable: `${name}.csv`,
  };
}

/** Lines of one unit and owner share a chart, six at most. */
function unitGroups(series: readonly FleetSeries[]): readonly (readonly FleetSeries[])[] {
  const groups = new Map<string, FleetSeries[]>();
  for (const one of series) {
    const key = `${one.unit}/${one.of ?? ""}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}
