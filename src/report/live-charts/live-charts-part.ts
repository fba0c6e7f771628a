import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

import type { ChartBlock, ReportDocument } from "../block.js";
import { liveChart, type LiveChart } from "./live-spec.js";

/** What a page with live charts carries. */
export interface LiveChartsPart {
  /** The drawing program, as the text of a script. */
  readonly program: string;
  /** JSON of the charts, compressed and in base64. */
  readonly data: string;
}

const PROGRAM = new URL("../../browser/live-charts.js", import.meta.url);

/** The charts of a report, compiled for its page; undefined where it has none. */
export async function createLiveCharts(
  report: ReportDocument,
): Promise<LiveChartsPart | undefined> {
  const charts: Record<string, { readonly wide: LiveChart; readonly narrow?: LiveChart }> = {};
  for (const chart of report.sections.flatMap(({ blocks }) => blocks).filter(isChart)) {
    charts[chart.id] = {
      wide: await liveChart(chart.vegaLite),
      ...(chart.vegaLiteNarrow === undefined
        ? {}
        : { narrow: await liveChart(chart.vegaLiteNarrow) }),
    };
  }
  if (Object.keys(charts).length === 0) return undefined;
  const json = JSON.stringify(withSharedValues(charts));
  const program = (await readFile(PROGRAM, "utf8")).trim().replaceAll("</script", "<\\/script");
  return { program, data: gzipSync(json, { level: 9 }).toString("base64") };
}

function isChart(block: { readonly kind: string }): block is ChartBlock {
  return block.kind === "chart";
}

/** Both layouts of a chart mostly draw the same data: each table is kept once, and named by its number. */
function withSharedValues(charts: object): object {
  const values: unknown[] = [];
  const numbers = new Map<string, number>();
  const shared = JSON.parse(JSON.stringify(charts), (key, value: unknown) => {
    if (key !== "values" || !Array.isArray(value) || typeof value[0] !== "object") return value;
    const text = JSON.stringify(value);
    let number = numbers.get(text);
    if (number === undefined) {
      number = values.push(value) - 1;
      numbers.set(text, number);
    }
    return { table: number };
  }) as object;
  return { charts: shared, values };
}
