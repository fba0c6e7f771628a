import type { ClusterSpec } from "../cluster/spec.js";
import type { OperatedRun } from "../studies/run/operations.js";
import { describeCluster } from "../studies/run/describe-cluster.js";
import type { ScenarioRun } from "../studies/run/run-scenario.js";
import { jobRows } from "./job-rows.js";
import {
  reportFiles,
  type PageOptions,
  type ReportFile,
  type ReportFiles,
} from "./report-files.js";
import { longestWaits, runColumns } from "./run-columns.js";
import { buildRunReport } from "./run-report.js";
import { nodeSchedule } from "./series/node-schedule.js";
import { replicasCsv, requestsCsv } from "./serving-csv.js";
import { jobsCsv, utilizationCsv } from "./tables-csv.js";
import { scheduleTrace } from "./schedule-trace.js";
import { resultText } from "../studies/run/result-text.js";

/**
 * Every file `headroom run` writes.
 *
 * The base configuration's tables are `jobs.csv` and `utilization.csv`; those of variant number n are
 * `variants/n/jobs.csv` and `variants/n/utilization.csv`.
 */
export async function scenarioRunFiles(
  study: ScenarioRun,
  options: PageOptions & {
    readonly reproduce: readonly string[];
    /** True adds the schedule of the base for Perfetto. */
    readonly trace?: boolean;
  },
): Promise<ReportFiles> {
  const { document, base, variants } = study;
  const cluster = describeCluster(base.configuration.cluster);
  const report = buildRunReport({
    result: document,
    runs: [
      { ...runColumns(base), schedule: nodeSchedule(base.run, base.configuration.cluster) },
      ...variants.map(runColumns),
    ],
    cluster: { nodes: cluster.nodes, gpus: cluster.gpus, description: cluster.kinds },
    reproduce: options.reproduce,
    longestWaits: longestWaits(base.run),
  });
  const data = [
    { name: "result.json", chunks: [resultText(document)] },
    ...tables(study, "", base),
    ...variants.flatMap((variant, index) => tables(study, `variants/${index + 1}/`, variant)),
    ...(options.trace === true ? [scheduleFile(base)] : []),
  ];
  return reportFiles(report, data, options);
}

function scheduleFile({ configuration, run }: ScenarioRun["base"]): ReportFile {
  const jobs = run.managed?.from ?? run.jobs.count;
  return { name: "schedule.trace.json", chunks: scheduleTrace(run, configuration.cluster, jobs) };
}

function tables(
  study: ScenarioRun,
  folder: string,
  { configuration, run }: ScenarioRun["base"],
): ReportFile[] {
  const rows = jobRows({
    workloadName: study.document.scenario,
    cluster: configuration.cluster,
    run,
  });
  return [
    { name: `${folder}jobs.csv`, chunks: jobsCsv(rows) },
    { name: `${folder}utilization.csv`, chunks: utilizationCsv(run.series) },
    ...servingTables(folder, configuration.cluster, run),
  ];
}

/** Requests and replicas of services; none without any. */
function servingTables(
  folder: string,
  cluster: ClusterSpec,
  { served }: OperatedRun,
): readonly ReportFile[] {
  if (served === undefined) return [];
  return [
    { name: `${folder}replicas.csv`, chunks: replicasCsv(served, cluster) },
    { name: `${folder}requests.csv`, chunks: requestsCsv(served) },
  ];
}
