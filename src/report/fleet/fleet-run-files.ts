import { partsOf } from "../../simulation/fleet/simulate-fleet.js";
import type { FleetTable } from "../../simulation/fleet/fleet-part.js";
import type { FleetStudy } from "../../studies/fleet/run-fleet.js";
import {
  reportFiles,
  documentFile,
  type PageOptions,
  type ReportFile,
  type ReportFiles,
} from "../report-files.js";
import { csvNumber, csvText } from "../tables-csv.js";
import { buildFleetReport } from "./fleet-report.js";

/** Every file `headroom run` writes of a fleet: `result.json`, a CSV for each table of members, and the pages. */
export async function fleetRunFiles(
  study: FleetStudy,
  options: PageOptions & { readonly reproduce: readonly string[] },
): Promise<ReportFiles> {
  const { reproduce, ...page } = options;
  const data: readonly ReportFile[] = [
    documentFile("result.json", study.result),
    ...fleetTables(study).map((table) => ({ name: `${table.name}.csv`, chunks: tableCsv(table) })),
  ];
  return reportFiles(buildFleetReport(study, reproduce), data, page);
}

/** Tables with a row per member, of every part. */
export function fleetTables({ run }: FleetStudy): readonly FleetTable[] {
  return partsOf(run).flatMap(([, part]) => part.tables);
}

/** A table as CSV with all its rows and digits. */
export function* tableCsv({ columns }: FleetTable): Generator<string, void, undefined> {
  yield `${columns.map(({ name }) => csvText(name)).join(",")}\n`;
  const count = columns[0]?.values.length ?? 0;
  for (let row = 0; row < count; row++)
    yield `${columns.map(({ values }) => cell(values[row]!)).join(",")}\n`;
}

function cell(value: string | number | null): string {
  if (value === null) return "";
  return typeof value === "number" ? csvNumber(value) : csvText(value);
}
