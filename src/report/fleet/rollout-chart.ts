import type { RolloutOutcome } from "../../simulation/fleet/sites/rollout-book.js";
import type { ChartBlock } from "../block.js";
import { chartIdPart } from "../chart-name.js";
import { chartBlock, chartSpec, topLegend } from "../charts/theme.js";
import { timeAxis } from "../charts/time-axis.js";
import { formatDuration } from "../format/duration.js";

const PARTS = [
  { label: "sites on their way", color: "#3d79b8" },
  { label: "wait and approval", color: "#b9b4a6" },
] as const;

/** When each stage of a rollout had sites on their way, and when it waited. */
export function rolloutChart(rollout: RolloutOutcome, durationS: number): ChartBlock {
  const title = `When did the stages of ${rollout.name} go?`;
  const ended = rollout.endedS ?? rollout.stoppedS;
  const description =
    ended === null
      ? `It began after ${formatDuration(rollout.startS)} and was not complete at the end of the run.`
      : `It began after ${formatDuration(rollout.startS)} and took ${formatDuration(ended - rollout.startS)}` +
        (rollout.stoppedS === null ? "." : ", when too many sites had failed.");
  const bars = rollout.stages.flatMap(({ name, beganS, sitesDoneS, endedS }) => {
    if (beganS === null) return [];
    const doneS = sitesDoneS ?? durationS;
    return [
      { stage: name, fromS: beganS, toS: doneS, part: PARTS[0].label },
      ...(sitesDoneS === null || endedS === sitesDoneS
        ? []
        : [{ stage: name, fromS: sitesDoneS, toS: endedS ?? durationS, part: PARTS[1].label }]),
    ];
  });
  const labels = PARTS.map(({ label }) => label);
  return chartBlock(
    { id: `rollout-${chartIdPart(rollout.name)}`, title, description },
    (layout) => {
      const x = timeAxis({ startS: 0, endS: durationS });
      return chartSpec(
        layout,
        { title, description, heightPx: 26 * rollout.stages.length + 10 },
        {
          data: {
            values: bars.map(({ stage, fromS, toS, part }) => ({
              stage,
              time: x.of(fromS),
              until: x.of(toS),
              part,
            })),
          },
          mark: { type: "bar", height: { band: 0.62 } },
          encoding: {
            x: x.channel,
            x2: { field: "until" },
            y: {
              field: "stage",
              type: "nominal",
              scale: { domain: rollout.stages.map(({ name }) => name) },
              axis: {
                title: null,
                ticks: false,
                domain: false,
                labelLimit: layout.name === "wide" ? 160 : 80,
              },
            },
            color: {
              field: "part",
              type: "nominal",
              scale: { domain: labels, range: PARTS.map(({ color }) => color) },
              legend: topLegend(layout, labels),
            },
          },
        },
      );
    },
  );
}
