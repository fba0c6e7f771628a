import type { AnyCompareDocument, CompareDocument } from "../studies/compare/compare-document.js";
import type { Cell, ReportDocument, ReportSection } from "./block.js";
import { compareAnswerSection } from "./compare/answer.js";
import { compareBesideSection } from "./compare/beside.js";
import { differenceChart } from "./compare/difference-chart.js";
import { replicationChart } from "./compare/replication-chart.js";
import { compareChangesSection, compareFindingsSection, compareWhySection } from "./compare/why.js";
import { countOf } from "./format/number.js";
import { documentFile, reportFiles, type PageOptions, type ReportFiles } from "./report-files.js";
import { assumptionsSection } from "./sections/assumptions.js";
import { studyProvenanceSection, studyWarningsSection } from "./sections/study-provenance.js";

/** Charts of replications that a report draws; the other metrics are in the tables. */
const REPLICATION_CHARTS_MAX = 3;

/**
 * Builds the report of a comparison from its document alone: the answer first, the audit trail last.
 *
 * @param reproduce the command that makes the same report again, then its version and hashes, one per line
 */
export function buildCompareReport(
  document: AnyCompareDocument,
  reproduce: readonly string[],
): ReportDocument {
  const sections: readonly (ReportSection | undefined)[] = [
    compareAnswerSection(document, reproduce),
    differencesSection(document),
    compareWhySection(document),
    compareChangesSection(document),
    compareBesideSection(document),
    compareFindingsSection(document),
    studyWarningsSection(document.warnings),
    assumptionsSection(document.assumptions, "compare.json"),
    provenanceSection(document, reproduce),
  ];
  const [base] = document.configurations;
  const others = document.configurations.length - 1;
  return {
    title:
      document.question ??
      `Comparison of ${document.configurations.map(({ name }) => name).join(", ")}`,
    kicker: `Comparison · ${base!.scenario}`,
    subtitle: `“${base!.name}”, ${base!.cluster}, against ${countOf(others, "other configuration")}`,
    sections: sections.filter((section) => section !== undefined),
    reproduce,
  };
}

/** Every file of a comparison's report. */
export async function compareFiles(
  document: AnyCompareDocument,
  reproduce: readonly string[],
  page?: PageOptions,
): Promise<ReportFiles> {
  const report = buildCompareReport(document, reproduce);
  return reportFiles(report, [documentFile("compare.json", document)], page);
}

function differencesSection(document: AnyCompareDocument): ReportSection | undefined {
  const deciding = Object.keys(document.configurations[0]!.values);
  const charts = [
    differenceChart(document),
    ...deciding
      .slice(0, REPLICATION_CHARTS_MAX)
      .map((metric) => replicationChart(document, metric)),
  ].filter((chart) => chart !== undefined);
  if (charts.length === 0) return undefined;
  return {
    id: "differences",
    title: "Differences and their spread",
    blocks: charts,
    explanation:
      "A point is the mean difference, the line its interval; where the line crosses 0, no difference is shown. " +
      "In the charts of single runs each stroke is one replication.",
  };
}

function provenanceSection(
  document: AnyCompareDocument,
  reproduce: readonly string[],
): ReportSection {
  const isOfFleets = document.schema === "headroom/fleet-compare/v1";
  return studyProvenanceSection(document, reproduce, {
    before: [
      {
        kind: "table",
        caption: "Configurations",
        columns: [
          { header: "Configuration" },
          { header: isOfFleets ? "Fleet" : "Cluster" },
          { header: "Runs", align: "right" },
          ...(isOfFleets
            ? []
            : [
                { header: "Jobs", align: "right" as const },
                { header: "Events", align: "right" as const },
              ]),
        ],
        rows: document.configurations.map(
          ({ name, scenario, set, cluster, isRandom, figures }): readonly Cell[] => [
            {
              text: name,
              note: [scenario, ...set.map(({ path, value }) => `${path}=${value}`)].join(" "),
            },
            cluster,
            isRandom ? document.design.replications : 1,
            ...countsOf(figures),
          ],
        ),
      },
    ],
    promise:
      "the same document to the last digit, whatever the number of worker threads (a time limit aside). " +
      "Every digit and every replication is in `compare.json`.",
  });
}

/** Jobs and events of a run of a scenario; a fleet counts neither. */
function countsOf(
  figures: AnyCompareDocument["configurations"][number]["figures"],
): readonly number[] {
  const { jobs, eventsHandled } = figures as Partial<
    CompareDocument["configurations"][number]["figures"]
  >;
  return jobs === undefined || eventsHandled === undefined ? [] : [jobs.count, eventsHandled];
}
