import { gangGpuMilli } from "../../policy/gang/gang-gpu-milli.js";
import type { Backtest } from "../../studies/backtest/backtest.js";
import type { Cell, ReportBlock, ReportSection } from "../block.js";
import { escapeMarkdown } from "../format/escape.js";
import { formatMoment } from "../format/duration.js";
import { countOf, formatSignificant } from "../format/number.js";
import { quantityCell } from "../format/quantity.js";
import { differenceCell } from "./answer.js";

const GPU_MILLI = 1000;
/** Jobs shown with the largest differences; all are in jobs.csv. */
const WORST_MAX = 10;

/** What the comparison does not hold: jobs without a start, rows left out, GPUs beyond the cluster file. */
export function backtestUnseenSection({ document }: Backtest): ReportSection {
  const { jobs, trace, recordedUse, cluster, warnings } = document;
  const rows: (readonly Cell[])[] = [
    ...jobs.leftOut.map(({ reason, jobs: count }) => [reason, count, "jobs"]),
    ...trace.rowsLeftOut.map(({ reason, jobs: count }) => [reason, count, "rows of the file"]),
  ];
  const blocks: ReportBlock[] = [
    {
      kind: "text",
      markdown:
        `${countOf(jobs.compared, "job")} of ${countOf(jobs.count, "job")} are compared. ` +
        `On record at most ${formatSignificant(recordedUse.peakGpus, 15)} GPUs were in use at once ` +
        `(${formatMoment(recordedUse.peakAtS)}); the cluster file has ${formatSignificant(cluster.gpus, 15)}.`,
    },
  ];
  if (rows.length > 0) {
    blocks.push({
      kind: "table",
      caption: "Left out of the comparison",
      columns: [{ header: "Why" }, { header: "How many", align: "right" }, { header: "Of" }],
      rows,
      fullTable: "backtest.json",
    });
  }
  if (warnings.length > 0) {
    blocks.push({
      kind: "text",
      markdown: warnings.map((warning) => `- ${escapeMarkdown(warning)}`).join("\n"),
    });
  }
  return { id: "unseen", title: "What the simulator could not see", blocks };
}

/** The jobs whose simulated wait is furthest from the recorded one; absent when all are exact. */
export function backtestWorstSection({
  run,
  comparedRows,
  pairs,
}: Backtest): ReportSection | undefined {
  const { jobs } = run;
  const errorS = (position: number): number =>
    pairs.simulatedS[position]! - pairs.recordedS[position]!;
  const positions = comparedRows
    .map((_, position) => position)
    .filter((position) => errorS(position) !== 0)
    .sort((left, right) => Math.abs(errorS(right)) - Math.abs(errorS(left)) || left - right)
    .slice(0, WORST_MAX);
  if (positions.length === 0) return undefined;
  return {
    id: "worst",
    title: "Jobs that are furthest off",
    blocks: [
      {
        kind: "table",
        caption: "Largest differences between simulated and recorded wait",
        columns: [
          { header: "Job" },
          { header: "Recorded", align: "right" },
          { header: "Simulated", align: "right" },
          { header: "Error", align: "right" },
          { header: "GPUs", align: "right" },
          { header: "Submitted", align: "right" },
          { header: "Tenant" },
        ],
        rows: positions.map((position): readonly Cell[] => {
          const job = comparedRows[position]!;
          const submitS = jobs.submitS[job]!;
          const tenant = jobs.tenantNames[jobs.tenant[job]!]!;
          return [
            jobs.ids[job]!,
            quantityCell(pairs.recordedS[position]!, "s"),
            quantityCell(pairs.simulatedS[position]!, "s"),
            differenceCell(errorS(position)),
            gangGpuMilli(jobs, job) / GPU_MILLI,
            { text: formatMoment(submitS), value: submitS, exact: `${submitS} s` },
            tenant === "" ? null : tenant,
          ];
        }),
        fullTable: "jobs.csv",
      },
    ],
  };
}
