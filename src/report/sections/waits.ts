import type { Cell, ReportBlock, ReportSection } from "../block.js";
import { CONFIGURATIONS_MAX } from "../charts/theme.js";
import { type WaitGoal, waitDistributionChart } from "../charts/wait-distribution.js";
import { waitsBySizeChart } from "../charts/waits-by-size.js";
import { TABLE_ROWS_MAX } from "../format/cell-text.js";
import { escapeMarkdown } from "../format/escape.js";
import { formatMoment } from "../format/duration.js";
import { countOf, formatShare } from "../format/number.js";
import { quantityCell } from "../format/quantity.js";
import type { Configuration, RunReportInput } from "../run-report-input.js";
import type { WaitReasonResult } from "../../studies/run/result-document.js";
import { drawnReplication } from "./replication-note.js";
import { waitsBySize } from "../series/waits-by-size.js";

/** Rows of the longest waits: enough to see a pattern, few enough to read. */
const LONGEST_MAX = 10;

const EXPLANATION =
  "A job waits from its submit until it starts. Its reason is the last one it was refused for: " +
  "which rule or which missing resource kept it in the queue. The curve shows what share of all " +
  "jobs had started by a given wait; jobs that never started count as not started, so a curve may " +
  "end below 100 %. A curve further to the upper left is better.";

/** What waited and why: reasons, the distribution, the size of jobs, the longest waits. */
export function waitsSection(input: RunReportInput, runs: readonly Configuration[]): ReportSection {
  const shown = runs.slice(0, CONFIGURATIONS_MAX);
  const blocks: ReportBlock[] = [];
  const anyWait = runs.some(
    ({ columns, drawn }) => columns.waitS.some((waitS) => waitS > 0) || drawn.jobs.waiting > 0,
  );
  if (!anyWait) {
    blocks.push({
      kind: "text",
      markdown: "No job waited: every job that started did so when it was submitted.",
    });
    return { id: "waits", title: "What waited and why", blocks };
  }
  blocks.push(...drawnReplication(runs));
  blocks.push(
    waitDistributionChart(
      shown.map(({ name, columns, drawn }) => ({
        name,
        sortedWaitS: columns.waitS.slice().sort(),
        neverStarted: drawn.jobs.waiting,
        waitP95S: drawn.jobs.waitS.p95,
      })),
      waitGoals(input),
    ),
  );
  const leftOut = runs.slice(CONFIGURATIONS_MAX).map(({ name }) => escapeMarkdown(name));
  if (leftOut.length > 0) {
    blocks.push({ kind: "text", markdown: `Not drawn, but in the tables: ${leftOut.join(", ")}.` });
  }
  blocks.push(reasonsTable(runs));
  blocks.push(
    waitsBySizeChart(
      shown.map(({ name, columns }) => ({
        name,
        classes: waitsBySize(columns.waitS, columns.gpus),
      })),
    ),
  );
  if (input.longestWaits.length > 0) blocks.push(longestTable(input, runs));
  return { id: "waits", title: "What waited and why", blocks, explanation: EXPLANATION };
}

/** Goals the wait chart can draw: upper bounds on a percentile of the wait. */
function waitGoals({ result }: RunReportInput): readonly WaitGoal[] {
  const shares: Readonly<Record<string, number>> = {
    "jobs.waitS.p50": 0.5,
    "jobs.waitS.p95": 0.95,
    "jobs.waitS.p99": 0.99,
    "jobs.waitS.max": 1,
  };
  return result.goals.flatMap(({ metric, comparison, target, unit }) => {
    const share = shares[metric];
    if (share === undefined || comparison !== "atMost" || unit !== "s") return [];
    return [{ share, targetS: target }];
  });
}

function reasonsTable(runs: readonly Configuration[]): ReportBlock {
  const rowsMax = Math.max(3, Math.floor(TABLE_ROWS_MAX / runs.length));
  const groups = runs
    .map(({ name, drawn }) => ({ title: name, rows: reasonRows(drawn.waitReasons, rowsMax) }))
    .filter(({ rows }) => rows.length > 0);
  return {
    kind: "table",
    caption: "Why jobs waited, by the last reason each was refused for",
    columns: [
      { header: "Reason" },
      { header: "Jobs", align: "right" },
      { header: "Waited", unit: "h", digits: 3, align: "right" },
      { header: "Of all waiting", align: "right" },
    ],
    rows: groups.flatMap(({ rows }) => rows),
    ...(runs.length > 1
      ? { rowGroups: groups.map(({ title, rows }) => ({ title, rowCount: rows.length })) }
      : {}),
  };
}

/** Most hours first; what does not fit is summed up, so that the shares still make a whole. */
function reasonRows(
  reasons: readonly WaitReasonResult[],
  rowsMax: number,
): readonly (readonly Cell[])[] {
  const sorted = [...reasons].sort((left, right) => right.waitHours - left.waitHours);
  const shown = sorted.length <= rowsMax ? sorted : sorted.slice(0, rowsMax - 1);
  const rest = sorted.slice(shown.length);
  const sum = (of: (reason: WaitReasonResult) => number, over = sorted): number =>
    over.reduce((total, reason) => total + of(reason), 0);
  const totalHours = sum(({ waitHours }) => waitHours);
  const others: readonly WaitReasonResult[] =
    rest.length === 0
      ? []
      : [
          {
            reason: `${countOf(rest.length, "other reason")} (all in result.json)`,
            jobs: sum(({ jobs }) => jobs, rest),
            waitHours: sum(({ waitHours }) => waitHours, rest),
          },
        ];
  return [...shown, ...others].map(({ reason, jobs, waitHours }): readonly Cell[] => [
    reason,
    jobs,
    waitHours,
    totalHours === 0
      ? null
      : { text: formatShare(waitHours / totalHours), value: waitHours / totalHours },
  ]);
}

function longestTable(
  { longestWaits }: RunReportInput,
  runs: readonly Configuration[],
): ReportBlock {
  return {
    kind: "table",
    caption: `The longest waits${runs.length > 1 ? " (base)" : ""}; every job is in jobs.csv`,
    columns: [
      { header: "Job" },
      { header: "Waited", align: "right" },
      { header: "GPUs", align: "right" },
      { header: "Submitted", align: "right" },
      { header: "Tenant" },
      { header: "Last reason" },
    ],
    rows: longestWaits
      .slice(0, LONGEST_MAX)
      .map(({ id, tenant, gpus, submitS, waitS, reason, started }): readonly Cell[] => {
        const wait = quantityCell(waitS, "s")!;
        return [
          id,
          started === false ? { ...wait, note: "not started" } : wait,
          gpus,
          { text: formatMoment(submitS), value: submitS, exact: `${submitS} s` },
          tenant === "" ? null : tenant,
          reason,
        ];
      }),
    fullTable: "jobs.csv",
  };
}
