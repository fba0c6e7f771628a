import { VERSION } from "../io/version.js";
import { parquetTable, type TableColumn } from "../studies/sweep/sweep-table.js";
import type { SweepResult } from "../studies/sweep/run-sweep.js";
import { valueText } from "../studies/sweep/sweep-answer.js";
import type { SweepDocument, SweptPoint } from "../studies/sweep/sweep-document.js";
import type { Cell, ChartBlock, ReportBlock, ReportDocument, ReportSection } from "./block.js";
import { CONFIGURATIONS_MAX } from "./charts/theme.js";
import { nameMetric } from "./format/metric-names.js";
import { countOf } from "./format/number.js";
import { formatQuantity, quantityCell } from "./format/quantity.js";
import { documentFile, reportFiles, type PageOptions, type ReportFiles } from "./report-files.js";
import { assumptionsSection } from "./sections/assumptions.js";
import { studyProvenanceSection, studyWarningsSection } from "./sections/study-provenance.js";
import { heatMap } from "./sweep/heat-map.js";
import { responseCurve } from "./sweep/response-curve.js";
import { csvNumber, csvText } from "./tables-csv.js";
import { makeAgain } from "./make-again.js";

/** Metrics and axes that a report draws; the table has all. */
const METRICS_DRAWN_MAX = 4;
const AXES_DRAWN_MAX = 4;
const ROWS_PER_CHUNK = 1024;

/**
 * Builds the report of a sweep from its document alone.
 *
 * @param reproduce the command that makes the same report again, then its version and hashes, one per line
 */
export function buildSweepReport(
  document: SweepDocument,
  reproduce: readonly string[],
): ReportDocument {
  const sections: readonly (ReportSection | undefined)[] = [
    answerSection(document, reproduce),
    chartSection(document),
    pointsSection(document),
    failedSection(document),
    studyWarningsSection(document.warnings),
    assumptionsSection(document.assumptions, "sweep.json"),
    provenanceSection(document, reproduce),
  ];
  return {
    title: document.question ?? `Sweep ${document.name}`,
    kicker: `Sweep · ${document.name}`,
    subtitle: `${countOf(document.points.length, "point")} of ${document.axes.map(({ name }) => name).join(", ")}; ${countOf(document.replications, "run")} at each`,
    sections: sections.filter((section) => section !== undefined),
    reproduce,
  };
}

/** Every file of a sweep's report; a table may be binary. The same results give the same bytes. */
export async function sweepFiles(
  { document, table }: SweepResult,
  reproduce: readonly string[],
  page?: PageOptions,
): Promise<ReportFiles<string | Uint8Array>> {
  const rows = document.table.endsWith(".parquet")
    ? [parquetTable(table, VERSION)]
    : csvTable(table);
  return reportFiles<string | Uint8Array>(
    buildSweepReport(document, reproduce),
    [{ name: document.table, chunks: rows }, documentFile("sweep.json", document)],
    page,
  );
}

/** The table as CSV text in chunks. */
export function* csvTable(columns: readonly TableColumn[]): Generator<string> {
  let chunk = `${columns.map(({ name }) => csvText(name)).join(",")}\n`;
  const rows = columns[0]?.values.length ?? 0;
  for (let row = 0; row < rows; row++) {
    const cells = columns.map(({ values }) => {
      const value = values[row] ?? null;
      if (value === null) return "";
      return typeof value === "number" ? csvNumber(value) : csvText(value);
    });
    chunk += `${cells.join(",")}\n`;
    if ((row + 1) % ROWS_PER_CHUNK === 0) {
      yield chunk;
      chunk = "";
    }
  }
  if (chunk !== "") yield chunk;
}

function answerSection(document: SweepDocument, reproduce: readonly string[]): ReportSection {
  const { answer, points, failedPoints } = document;
  const blocks: ReportBlock[] = [{ kind: "headline", sentence: answer }];
  if (failedPoints > 0) {
    blocks.push({
      kind: "verdict",
      status: "warn",
      summary: `${failedPoints} of ${countOf(points.length, "point")} could not be run; the others stand.`,
    });
  }
  blocks.push(...makeAgain(reproduce));
  return { id: "answer", title: "The answer", blocks };
}

/** Every point with its figures; the page holds the first of many. */
function pointsSection(document: SweepDocument): ReportSection {
  const { axes, metrics, goals, points, table } = document;
  return {
    id: "points",
    title: "Every point",
    blocks: [
      {
        kind: "table",
        caption: "Mean over the runs of each point, with its 95 % interval",
        columns: [
          ...axes.map(({ name }) => ({ header: name, align: "right" as const })),
          ...metrics.map(({ path }) => ({
            header: nameMetric(path).label,
            align: "right" as const,
          })),
          ...(goals.length === 0 ? [] : [{ header: "Goals met", align: "right" as const }]),
        ],
        rows: points.map((point) => pointRow(document, point)),
        fullTable: table,
      },
    ],
  };
}

function pointRow(
  { metrics, goals }: SweepDocument,
  { values, figures, goalsMet, failure }: SweptPoint,
): readonly Cell[] {
  const cells = metrics.map(({ path, unit }): Cell => {
    const figure = figures?.[path];
    if (figure === undefined) return failure === undefined ? null : { text: "failed", tone: "bad" };
    const cell = quantityCell(figure.mean, unit);
    if (cell === null || figure.interval === null) return cell;
    const [low, high] = figure.interval;
    if (low === high) return { ...cell, note: "no spread" };
    return { ...cell, note: `${formatQuantity(low, unit)} to ${formatQuantity(high, unit)}` };
  });
  const met: Cell =
    goalsMet === undefined
      ? null
      : {
          text: `${goalsMet} of ${goals.length}`,
          value: goalsMet,
          tone: goalsMet === goals.length ? "good" : "bad",
        };
  return [...values.map(axisCell), ...cells, ...(goals.length === 0 ? [] : [met])];
}

function axisCell(value: unknown): Cell {
  if (typeof value === "number") return { text: String(value), value };
  return valueText(value);
}

function chartSection(document: SweepDocument): ReportSection | undefined {
  const metrics = document.metrics.slice(0, METRICS_DRAWN_MAX);
  const blocks = metrics.flatMap((metric) => chartsOf(document, metric));
  if (blocks.length === 0) return undefined;
  return {
    id: "charts",
    title: "How the figures answer",
    blocks,
    explanation:
      "A mark is the mean over the runs of a point, a line through it its 95 % interval (with two runs or more). The " +
      "dashed line is the target of a goal. Lines between marks are for the eye: nothing was run there.",
  };
}

function chartsOf(
  document: SweepDocument,
  metric: SweepDocument["metrics"][number],
): readonly ChartBlock[] {
  const varying = document.axes.filter(({ values }) => values.length > 1).slice(0, AXES_DRAWN_MAX);
  if (document.design === "latin-hypercube") {
    return varying.flatMap((axis) => responseCurve(document, metric, axis, undefined) ?? []);
  }
  // Lines along the axis with most values, one for each value of the axis with fewest.
  const [x, by] = [...varying].sort((left, right) => right.values.length - left.values.length);
  if (x === undefined) return [];
  if (by === undefined) return [responseCurve(document, metric, x, undefined)].filter(isThere);
  const lines = by.values.length <= CONFIGURATIONS_MAX ? by : undefined;
  return [responseCurve(document, metric, x, lines), heatMap(document, metric, x, by)].filter(
    isThere,
  );
}

function isThere(block: ChartBlock | undefined): block is ChartBlock {
  return block !== undefined;
}

function failedSection({ points, axes, table }: SweepDocument): ReportSection | undefined {
  const failed = points.filter(({ failure }) => failure !== undefined);
  if (failed.length === 0) return undefined;
  return {
    id: "failed",
    title: "Points that could not be run",
    blocks: [
      {
        kind: "table",
        caption: "What each of them said",
        columns: [
          { header: "Point", align: "right" },
          ...axes.map(({ name }) => ({ header: name, align: "right" as const })),
          { header: "Why" },
        ],
        rows: failed.map(({ point, values, failure }): readonly Cell[] => [
          point,
          ...values.map(axisCell),
          {
            text: failure!.message,
            ...(failure!.problems[0]?.help === undefined
              ? {}
              : { note: failure!.problems[0].help }),
          },
        ]),
        fullTable: table,
      },
    ],
  };
}

function provenanceSection(document: SweepDocument, reproduce: readonly string[]): ReportSection {
  return studyProvenanceSection(document, reproduce, {
    promise:
      "the same bytes, whatever the number of threads, shards and interruptions. Every run stands in " +
      `\`${document.table}\`, every point in \`sweep.json\`.`,
  });
}
