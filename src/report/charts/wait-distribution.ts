import type { ChartBlock, TableContent } from "../block.js";
import { formatDuration } from "../format/duration.js";
import { countOf, formatShare } from "../format/number.js";
import { perConfiguration } from "../format/per-configuration.js";
import { type WaitCurve, countAtMost, waitCurve } from "../series/wait-shares.js";
import {
  type ChartLayout,
  type VegaLiteSpec,
  chartBlock,
  chartSpec,
  configurationScales,
  topLegend,
} from "./theme.js";
import { WAIT_SCALE_LINEAR_S, waitAxis, waitScale, waitTicks } from "./wait-scale.js";

/** Waits of one configuration. */
export interface WaitDistribution {
  readonly name: string;
  /** Waits of started jobs in seconds, ascending. */
  readonly sortedWaitS: Float64Array;
  /** Jobs that still waited when the run ended. */
  readonly neverStarted: number;
  /** 95th percentile over started jobs from the result document, in seconds. */
  readonly waitP95S: number | null;
}

/** A goal on waits: this share of jobs starts within `targetS` seconds. */
export interface WaitGoal {
  readonly share: number;
  readonly targetS: number;
}

const TITLE = "How long did jobs wait before they started?";

/** Share of jobs started by each wait, one line per configuration, goals as marked corners. */
export function waitDistributionChart(
  distributions: readonly WaitDistribution[],
  goals: readonly WaitGoal[],
): ChartBlock {
  const longestS = Math.max(
    WAIT_SCALE_LINEAR_S,
    ...distributions.map(({ sortedWaitS }) => sortedWaitS.at(-1) ?? 0),
    ...goals.map((goal) => goal.targetS),
  );
  const description = perConfiguration(
    distributions.map((one) => ({ name: one.name, sentence: describe(one, goals) })),
  );
  const curves = distributions.map((one) => ({
    name: one.name,
    curve: waitCurve(one.sortedWaitS, {
      jobs: one.sortedWaitS.length + one.neverStarted,
      longestS,
      linearS: WAIT_SCALE_LINEAR_S,
    }),
  }));
  return chartBlock(
    {
      id: "wait-distribution",
      title: TITLE,
      description,
      data: dataTable(distributions, goals, longestS),
    },
    (layout) => draw(layout, { curves, goals, longestS, description }),
  );
}

function startedWithin(
  { sortedWaitS, neverStarted }: WaitDistribution,
  waitS: number,
): number | null {
  const jobs = sortedWaitS.length + neverStarted;
  return jobs === 0 ? null : countAtMost(sortedWaitS, waitS) / jobs;
}

function describe(one: WaitDistribution, goals: readonly WaitGoal[]): string {
  const jobs = one.sortedWaitS.length + one.neverStarted;
  const withinMinute = startedWithin(one, 60);
  if (withinMinute === null) return "no job could start";
  const within = [`${formatShare(withinMinute)} of ${countOf(jobs, "job")} started within 1 min`];
  // Several goals may name one wait.
  for (const targetS of new Set(goals.map((goal) => goal.targetS))) {
    if (targetS === 60) continue;
    within.push(`${formatShare(startedWithin(one, targetS)!)} within ${formatDuration(targetS)}`);
  }
  const parts = [within.join(", ")];
  if (one.waitP95S !== null) {
    parts.push(`95th percentile ${formatDuration(one.waitP95S)}`);
  }
  if (one.neverStarted > 0)
    parts.push(`${countOf(one.neverStarted, "job")} never started within the run`);
  return parts.join("; ");
}

function dataTable(
  distributions: readonly WaitDistribution[],
  goals: readonly WaitGoal[],
  longestS: number,
): TableContent {
  const words = new Map(waitTicks(longestS));
  for (const { targetS } of goals) words.set(targetS, `${formatDuration(targetS)} (goal)`);
  const waits = [...words.keys()].sort((left, right) => left - right);
  return {
    caption: "Share of jobs started within a wait",
    columns: [
      { header: "Wait at most" },
      ...distributions.map(({ name }) => ({
        header: name,
        unit: "%",
        digits: 3,
        align: "right" as const,
      })),
    ],
    rows: waits.map((waitS) => [
      waitS === 0 ? "0 (at once)" : words.get(waitS)!,
      ...distributions.map((one) => {
        const share = startedWithin(one, waitS);
        return share === null ? null : share * 100;
      }),
    ]),
  };
}

interface Drawing {
  readonly curves: readonly { readonly name: string; readonly curve: WaitCurve }[];
  readonly goals: readonly WaitGoal[];
  readonly longestS: number;
  readonly description: string;
}

function draw(layout: ChartLayout, drawing: Drawing): VegaLiteSpec {
  const { curves, goals, longestS, description } = drawing;
  const names = curves.map(({ name }) => name);
  const scales = configurationScales(names);
  const legend = names.length > 1 ? topLegend(layout, names) : null;
  const values = curves.flatMap(({ name, curve }) =>
    curve.waitS.map((waitS, point) => ({ configuration: name, waitS, share: curve.share[point]! })),
  );
  return chartSpec(
    layout,
    { title: TITLE, description, heightPx: layout.name === "wide" ? 260 : 220 },
    {
      layer: [
        {
          data: { values },
          mark: { type: "line", interpolate: "step-after", strokeWidth: 2 },
          encoding: {
            x: {
              field: "waitS",
              type: "quantitative",
              scale: waitScale(longestS),
              axis: waitAxis(longestS, "wait before start (log scale above 1 min)"),
            },
            y: {
              field: "share",
              type: "quantitative",
              scale: { domain: [0, 1] },
              axis: { title: "jobs started", format: ".0%", values: [0, 0.25, 0.5, 0.75, 1] },
            },
            color: { field: "configuration", type: "nominal", scale: scales.color, legend },
            strokeDash: {
              field: "configuration",
              type: "nominal",
              scale: scales.strokeDash,
              legend,
            },
          },
        },
        ...goals.flatMap((goal, row) => goalLayers(goal, { row, longestS })),
      ],
    },
  );
}

/** A corner the curve must pass on the left of, labelled in the empty space under the curves. */
function goalLayers(
  goal: WaitGoal,
  place: { readonly row: number; readonly longestS: number },
): readonly VegaLiteSpec[] {
  const label = `goal: ${goalWords(goal.share)} within ${formatDuration(goal.targetS)}`;
  // Past a third of the scale (10 minutes on a scale of days) there is more room on the left.
  const onLeft = goal.targetS * goal.targetS > place.longestS * WAIT_SCALE_LINEAR_S;
  const x = { field: "targetS", type: "quantitative" };
  const rule = { type: "rule", color: "currentColor", strokeDash: [3, 3], opacity: 0.7 };
  return [
    {
      data: { values: [{ targetS: goal.targetS, share: goal.share, floor: 0 }] },
      mark: rule,
      encoding: {
        x,
        y: { field: "floor", type: "quantitative" },
        y2: { field: "share" },
      },
    },
    {
      data: { values: [{ targetS: goal.targetS, share: goal.share, from: 0 }] },
      mark: rule,
      encoding: {
        x: { field: "from", type: "quantitative" },
        x2: { field: "targetS" },
        y: { field: "share", type: "quantitative" },
      },
    },
    {
      data: { values: [{ targetS: goal.targetS, at: 0.05 + 0.09 * place.row, label }] },
      mark: { type: "text", align: onLeft ? "right" : "left", dx: onLeft ? -6 : 6 },
      encoding: {
        x,
        y: { field: "at", type: "quantitative" },
        text: { field: "label", type: "nominal" },
      },
    },
  ];
}

function goalWords(share: number): string {
  return share === 1 ? "all jobs" : formatShare(share);
}
