import { gangGpuMilli } from "../policy/gang/gang-gpu-milli.js";
import type { Backtest } from "../studies/backtest/backtest.js";
import { BACKTEST_JOB_COLUMNS } from "./backtest-columns.js";
import { backtestAnswerSection } from "./backtest/answer.js";
import { backtestGroupsSection } from "./backtest/groups.js";
import { waitsByHourChart } from "./backtest/hours-chart.js";
import { waitQuantileChart } from "./backtest/quantile-chart.js";
import { backtestUnseenSection, backtestWorstSection } from "./backtest/unseen.js";
import type { ReportDocument, ReportSection } from "./block.js";
import { countOf } from "./format/number.js";
import { escapeMarkdown } from "./format/escape.js";
import { documentFile, reportFiles, type PageOptions, type ReportFiles } from "./report-files.js";
import { assumptionsSection } from "./sections/assumptions.js";
import { studyProvenanceSection } from "./sections/study-provenance.js";
import { csvNumber, csvText } from "./tables-csv.js";

const GPU_MILLI = 1000;
const ROWS_PER_CHUNK = 1024;

/**
 * Builds the report of a backtest: the verdict and both distributions first, the audit trail last.
 *
 * @param reproduce the command that makes the same report again, then its version and hashes, one per line
 */
export function buildBacktestReport(
  backtest: Backtest,
  reproduce: readonly string[],
): ReportDocument {
  const { document, pairs } = backtest;
  const comparison: ReportSection | undefined =
    document.jobs.compared === 0
      ? undefined
      : {
          id: "waits",
          title: "Simulated against recorded waits",
          blocks: [waitQuantileChart(pairs), waitsByHourChart(document)],
          explanation:
            "A wait is the time from submission to the first start. A point on the dashed line is a percentile " +
            "at which both sides agree; above it the simulation waits longer than the record.",
        };
  const sections: readonly (ReportSection | undefined)[] = [
    backtestAnswerSection(document, reproduce),
    comparison,
    backtestGroupsSection(document),
    backtestWorstSection(backtest),
    backtestUnseenSection(backtest),
    assumptionsSection(document.assumptions, "backtest.json"),
    provenance(backtest, reproduce),
  ];
  return {
    title: `How well does the simulator repeat ${document.trace.path}?`,
    kicker: "Backtest",
    subtitle: `${countOf(document.jobs.count, "job")} on ${document.cluster.sentence}`,
    sections: sections.filter((section) => section !== undefined),
    reproduce,
  };
}

function provenance({ document }: Backtest, reproduce: readonly string[]): ReportSection {
  const kinds = document.cluster.kinds.map((line) => `- ${escapeMarkdown(line)}`);
  return studyProvenanceSection(document, reproduce, {
    before: [{ kind: "text", markdown: `**Cluster**\n\n${kinds.join("\n")}` }],
    promise:
      "the same result to the last digit. Every figure is in `backtest.json`, every compared job in `jobs.csv`.",
  });
}

/** Every file `headroom backtest` writes. */
export async function backtestFiles(
  backtest: Backtest,
  reproduce: readonly string[],
  page?: PageOptions,
): Promise<ReportFiles> {
  return reportFiles(
    buildBacktestReport(backtest, reproduce),
    [
      documentFile("backtest.json", backtest.document),
      { name: "jobs.csv", chunks: comparedJobsCsv(backtest) },
    ],
    page,
  );
}

/** Every compared job with both waits, as CSV text in chunks. */
export function* comparedJobsCsv({ run, comparedRows, pairs }: Backtest): Generator<string> {
  const { jobs } = run;
  let chunk = `${BACKTEST_JOB_COLUMNS.map(({ name }) => name).join(",")}\n`;
  for (const [position, job] of comparedRows.entries()) {
    const recordedS = pairs.recordedS[position]!;
    const simulatedS = pairs.simulatedS[position]!;
    chunk += `${[
      csvText(jobs.ids[job]!),
      csvText(jobs.tenantNames[jobs.tenant[job]!]!),
      csvText(jobs.partitionNames[jobs.partition[job]!]!),
      csvNumber(gangGpuMilli(jobs, job) / GPU_MILLI),
      csvNumber(jobs.submitS[job]!),
      csvNumber(recordedS),
      csvNumber(simulatedS),
      csvNumber(simulatedS - recordedS),
    ].join(",")}\n`;
    if ((position + 1) % ROWS_PER_CHUNK === 0) {
      yield chunk;
      chunk = "";
    }
  }
  if (chunk !== "") yield chunk;
}
