import type { ChartBlock, ReportBlock, ReportDocument } from "./block.js";
import { chartName } from "./chart-name.js";
import { tableJson } from "./table-json.js";

/** What `report.json` says it is. */
const SCHEMA = "headroom/report/v1";

/**
 * A report as its blocks, from which every writer makes its page again. Charts stand in files of their own, which
 * are named in place of their specification; where both layouts of a chart draw the same table, the narrow one names
 * it by its place in the wide one. The simulator of a live page is not part of it.
 */
export function reportJson(report: ReportDocument): string {
  const { whatIf: _, sections, ...rest } = report;
  const stored = {
    schema: SCHEMA,
    ...rest,
    sections: sections.map((section) => ({
      ...section,
      blocks: section.blocks.map((block) => (block.kind === "chart" ? storedChart(block) : block)),
    })),
  };
  return `${tableJson(stored)}\n`;
}

function storedChart(chart: ChartBlock): object {
  const { id, vegaLite, vegaLiteNarrow } = chart;
  const stored = { ...chart, vegaLite: chartName(id) };
  if (vegaLiteNarrow === undefined) return stored;
  const places = new Map(tablesIn(vegaLite).map((table, place) => [JSON.stringify(table), place]));
  const narrow = withTables(vegaLiteNarrow, (table) => {
    const place = places.get(JSON.stringify(table));
    return place === undefined ? table : { ofWide: place };
  });
  return { ...stored, vegaLiteNarrow: narrow };
}

/** Tables of a specification, in the order in which they stand. */
function tablesIn(spec: object): readonly unknown[] {
  const tables: unknown[] = [];
  withTables(spec, (table) => {
    tables.push(table);
    return table;
  });
  return tables;
}

/** A copy of a specification with other tables: lists of rows under `values`, or what stands for one. */
function withTables(spec: object, change: (table: unknown) => unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(spec), (key, value: unknown) => {
    const isTable = key === "values" && typeof value === "object" && value !== null;
    if (!isTable || (Array.isArray(value) && typeof value[0] !== "object")) return value;
    return change(value);
  }) as Record<string, unknown>;
}

/** Why a file is no report, in words. */
export class ReportJsonFault extends Error {}

/**
 * Reads what `reportJson` wrote.
 *
 * @param readChart gives the text of a chart's file by its name in the folder
 * @throws ReportJsonFault when the text is something else
 */
export function parseReportJson(text: string, readChart: (name: string) => string): ReportDocument {
  const stored = parsed(text, "report.json") as Partial<ReportDocument> & {
    readonly schema?: unknown;
  };
  if (stored.schema !== SCHEMA)
    throw new ReportJsonFault(`its schema must be ${SCHEMA}, got ${JSON.stringify(stored.schema)}`);
  if (!Array.isArray(stored.sections) || typeof stored.title !== "string")
    throw new ReportJsonFault("it has no title or no sections");
  const { schema: _, ...report } = stored as ReportDocument & { readonly schema: unknown };
  return {
    ...report,
    sections: report.sections.map((section) => ({
      ...section,
      blocks: section.blocks.map((block) => withChart(block, readChart)),
    })),
  };
}

function withChart(block: ReportBlock, readChart: (name: string) => string): ReportBlock {
  if (block.kind !== "chart") return block;
  const name = block.vegaLite as unknown;
  if (typeof name !== "string") return block;
  const vegaLite = parsed(readChart(name), name) as Record<string, unknown>;
  const { vegaLiteNarrow } = block;
  if (vegaLiteNarrow === undefined) return { ...block, vegaLite };
  const tables = tablesIn(vegaLite);
  const narrow = withTables(vegaLiteNarrow, (table) => {
    const place = (table as { readonly ofWide?: number }).ofWide;
    return place === undefined ? table : tables[place];
  });
  return { ...block, vegaLite, vegaLiteNarrow: narrow };
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ReportJsonFault(`${name} is not JSON: ${(error as Error).message}`);
  }
}
