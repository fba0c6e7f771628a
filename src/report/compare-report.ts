import type { CompareDocument } from "../studies/compare/compare-document.js";
import type { Cell, ReportDocument, ReportSection } from "./block.js";
import { chartFiles } from "./chart-files.js";
import { compareAnswerSection } from "./compare/answer.js";
import { compareBesideSection } from "./compare/beside.js";
import { differenceChart } from "./compare/difference-chart.js";
import { replicationChart } from "./compare/replication-chart.js";
import { compareChangesSection, compareFindingsSection, compareWhySection } from "./compare/why.js";
import { escapeMarkdown } from "./format/escape.js";
import { countOf } from "./format/number.js";
import { writeHtml } from "./html/html.js";
import { writeMarkdown } from "./markdown.js";
import type { ScenarioRunFiles } from "./scenario-run-files.js";
import { assumptionsSection } from "./sections/assumptions.js";
import { withoutWhatIf, withWhatIf, type WhatIfAnswer } from "./what-if/what-if-part.js";

/** Charts of replications that a report draws; the other metrics are in the tables. */
const REPLICATION_CHARTS_MAX = 3;

/**
 * Builds the report of a comparison from its document alone: the answer first, the audit trail last.
 *
 * @param reproduce the command that makes the same report again, then its version and hashes, one per line
 */
export function buildCompareReport(
  document: CompareDocument,
  reproduce: readonly string[],
): ReportDocument {
  const sections: readonly (ReportSection | undefined)[] = [
    compareAnswerSection(document, reproduce),
    differencesSection(document),
    compareWhySection(document),
    compareChangesSection(document),
    compareBesideSection(document),
    compareFindingsSection(document),
    warningsSection(document),
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
  document: CompareDocument,
  reproduce: readonly string[],
  whatIf?: WhatIfAnswer,
): Promise<ScenarioRunFiles> {
  const report = buildCompareReport(document, reproduce);
  const { html, warning } = await writeHtml(withWhatIf(report, whatIf));
  const files = [
    { name: "compare.json", chunks: [`${JSON.stringify(document, null, 2)}\n`] },
    ...chartFiles(report).map(({ name, text }) => ({ name, chunks: [text] })),
    { name: "report.md", chunks: [writeMarkdown(report)] },
    { name: "report.html", chunks: [html] },
  ];
  return {
    files,
    warnings: [...(warning === undefined ? [] : [warning]), ...withoutWhatIf(whatIf)],
  };
}

function differencesSection(document: CompareDocument): ReportSection | undefined {
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

function warningsSection({ warnings }: CompareDocument): ReportSection | undefined {
  if (warnings.length === 0) return undefined;
  const markdown = warnings.map((warning) => `- ${escapeMarkdown(warning)}`).join("\n");
  return {
    id: "limits",
    title: "What to know about these figures",
    blocks: [{ kind: "text", markdown }],
  };
}

function provenanceSection(document: CompareDocument, reproduce: readonly string[]): ReportSection {
  return {
    id: "provenance",
    title: "Data, hashes and reproduction",
    blocks: [
      {
        kind: "table",
        caption: "Configurations",
        columns: [
          { header: "Configuration" },
          { header: "Cluster" },
          { header: "Runs", align: "right" },
          { header: "Jobs", align: "right" },
          { header: "Events", align: "right" },
        ],
        rows: document.configurations.map(
          ({ name, scenario, set, cluster, isRandom, figures }): readonly Cell[] => [
            {
              text: name,
              note: [scenario, ...set.map(({ path, value }) => `${path}=${value}`)].join(" "),
            },
            cluster,
            isRandom ? document.design.replications : 1,
            figures.jobs.count,
            figures.eventsHandled,
          ],
        ),
      },
      {
        kind: "table",
        caption: "Files read, by content",
        columns: [{ header: "File" }, { header: "SHA-256" }],
        rows: document.inputs.map(({ path, sha256 }) => [path, sha256]),
      },
      { kind: "commands", label: "Command, version and hashes", lines: reproduce },
      {
        kind: "text",
        markdown:
          `Headroom ${escapeMarkdown(document.version)}, seed ${document.seed}. The same files, seed and version give ` +
          "the same document to the last digit, whatever the number of worker threads (a time limit aside). " +
          "Every digit and every replication is in `compare.json`.",
      },
    ],
  };
}
