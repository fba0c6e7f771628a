import type { HistoryEntry } from "../../studies/gate/history.js";
import { renderSvg } from "../charts/render-svg.js";
import {
  CONFIGURATIONS_MAX,
  WIDE,
  chartSpec,
  configurationScales,
  topLegend,
} from "../charts/theme.js";

/**
 * Times of cases over the history of one machine, each relative to its first entry: a chart as one SVG.
 *
 * At most six cases are drawn, those that moved most; the others are counted in the description.
 *
 * @param caseId draws only this case
 */
export async function trendChart(
  entries: readonly HistoryEntry[],
  caseId?: string,
): Promise<string> {
  const last = entries.at(-1);
  const comparable = entries.filter(({ environment }) => environment === last?.environment);
  const names = caseId === undefined ? mostMoved(comparable) : [caseId];
  const values = comparable.flatMap((entry, index) =>
    names.flatMap((name) => {
      const now = entry.cases[name]?.timeS;
      const first = comparable.find(({ cases }) => cases[name] !== undefined)?.cases[name]?.timeS;
      return now === undefined || first === undefined
        ? []
        : [{ run: index + 1, case: name, change: (now / first - 1) * 100 }];
    }),
  );
  const total = Object.keys(last?.cases ?? {}).length;
  const title = "How did kernel times move over the runs of this gate?";
  const description =
    `Change of the median time since the first of ${comparable.length} runs on this machine, in percent; up is slower. ` +
    `${names.length} of ${total} cases, those that moved most.`;
  const x = {
    field: "run",
    type: "quantitative",
    title: "run of the gate",
    axis: { tickMinStep: 1 },
  };
  const y = { field: "change", type: "quantitative", title: "change of time (%)" };
  const scales = configurationScales(names);
  const spec = chartSpec(
    WIDE,
    { title, description, heightPx: 260 },
    {
      data: { values },
      layer: [
        { mark: { type: "rule", opacity: 0.4 }, encoding: { y: { datum: 0 } } },
        {
          mark: { type: "line", point: { filled: true, size: 30 } },
          encoding: {
            x,
            y,
            color: {
              field: "case",
              type: "nominal",
              scale: scales.color,
              legend: topLegend(WIDE, names),
            },
            strokeDash: { field: "case", type: "nominal", scale: scales.strokeDash, legend: null },
          },
        },
      ],
    },
  );
  return renderSvg(spec, { id: "bench-trend", title, description });
}

/** The cases whose time moved most between the first and the last entry, in that order. */
function mostMoved(entries: readonly HistoryEntry[]): readonly string[] {
  const last = entries.at(-1);
  if (last === undefined) return [];
  const moved = Object.entries(last.cases).map(([name, { timeS }]) => {
    const first = entries.find(({ cases }) => cases[name] !== undefined)!.cases[name]!.timeS;
    return { name, change: Math.abs(timeS / first - 1) };
  });
  return moved
    .sort((a, b) => b.change - a.change || (a.name < b.name ? -1 : 1))
    .slice(0, CONFIGURATIONS_MAX)
    .map(({ name }) => name);
}
