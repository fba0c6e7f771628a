import type { ReportBlock, ReportSection } from "../block.js";
import { nodeGantt } from "../charts/node-gantt.js";
import { topologyMap } from "../charts/topology-map.js";
import { escapeMarkdown } from "../format/escape.js";
import type { Configuration } from "../run-report-input.js";
import { drawnReplication } from "./replication-note.js";

const EXPLANATION =
  "A line is one GPU, a bar a job that holds it; a job on several nodes has a bar on each. Gaps between bars are idle " +
  "time, or jobs too short to be drawn. Whether idle GPUs could have been used is told under “Where the GPUs were”.";

/** Jobs on their nodes over time, and nodes in their racks; absent when no job held a whole GPU. */
export function nodesSection(runs: readonly Configuration[]): ReportSection | undefined {
  const [base] = runs;
  const schedule = base?.columns.schedule;
  if (schedule === undefined) return undefined;
  const charts = [nodeGantt(schedule), topologyMap(schedule)].filter(
    (chart) => chart !== undefined,
  );
  if (charts.length === 0) return undefined;
  const which: readonly ReportBlock[] =
    runs.length === 1
      ? []
      : [{ kind: "text", markdown: `Drawn for “${escapeMarkdown(base!.name)}”.` }];
  return {
    id: "nodes",
    title: "What ran where",
    blocks: [...which, ...drawnReplication([base!]), ...charts],
    explanation: EXPLANATION,
  };
}
