import type { ReportBlock, ReportDocument } from "./block.js";
import { chartName } from "./chart-name.js";
import { tableJson } from "./table-json.js";

/** What `report.json` says it is. */
const SCHEMA = "headroom/report/v1";

/**
 * A report as its blocks, from which every writer makes its page again. Charts stand in files of their own, which
 * are named in place of their specification. The simulator of a live page is not part of it.
 */
export function reportJson(report: ReportDocument): string {
  const { whatIf: _, sections, ...rest } = report;
  const stored = {
    schema: SCHEMA,
    ...rest,
    sections: sections.map((section) => ({
      ...section,
      blocks: section.blocks.map((block) =>
        block.kind === "chart" ? { ...block, vegaLite: chartName(block.id) } : block,
      ),
    })),
  };
  return `${tableJson(stored)}\n`;
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
  return { ...block, vegaLite: parsed(readChart(name), name) as Record<string, unknown> };
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ReportJsonFault(`${name} is not JSON: ${(error as Error).message}`);
  }
}
