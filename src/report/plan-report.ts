import type { PlanDocument } from "../studies/plan/plan-document.js";
import type { ReportDocument, ReportSection } from "./block.js";
import { chartFiles } from "./chart-files.js";
import { escapeMarkdown } from "./format/escape.js";
import { countOf } from "./format/number.js";
import { writeHtml } from "./html/html.js";
import { writeMarkdown } from "./markdown.js";
import { planAnswerSection } from "./plan/answer.js";
import { boundSection, growthSection, phasesSection, searchSection } from "./plan/evidence.js";
import { frontChart } from "./plan/front-chart.js";
import type { ScenarioRunFiles } from "./scenario-run-files.js";
import { assumptionsSection } from "./sections/assumptions.js";
import { csvNumber, csvText } from "./tables-csv.js";
import { withoutWhatIf, withWhatIf, type WhatIfAnswer } from "./what-if/what-if-part.js";

/**
 * Builds the report of a plan: the answer first, then what it rests on.
 *
 * @param reproduce the command that makes the same report again, then its version and hashes, one per line
 */
export function buildPlanReport(
  document: PlanDocument,
  reproduce: readonly string[],
): ReportDocument {
  const chart = frontChart(document);
  const sections: readonly (ReportSection | undefined)[] = [
    planAnswerSection(document, reproduce),
    chart === undefined
      ? undefined
      : {
          id: "front",
          title: "Cost against room",
          blocks: [chart],
          explanation:
            "Every point is a plan that was run. A plan above the dashed line meets every goal; the line joins the plans that no other beats in both cost and room.",
        },
    boundSection(document),
    growthSection(document),
    phasesSection(document),
    searchSection(document),
    assumptionsSection(document.assumptions),
    provenance(document, reproduce),
  ];
  return {
    title: document.question ?? `What to buy for ${document.scenario}`,
    kicker: `Plan · ${document.scenario}`,
    subtitle: `${countOf(document.space.candidates, "plan")} considered, ${countOf(document.space.simulated, "plan")} simulated`,
    sections: sections.filter((section) => section !== undefined),
    reproduce,
  };
}

function provenance(document: PlanDocument, reproduce: readonly string[]): ReportSection {
  const { best } = document;
  return {
    id: "provenance",
    title: "Data, hashes and reproduction",
    blocks: [
      {
        kind: "table",
        caption: "Files read, by content",
        columns: [{ header: "File" }, { header: "SHA-256" }],
        rows: document.inputs.map(({ path, sha256 }) => [path, sha256]),
      },
      ...(best === null || best.set.length === 0
        ? []
        : [
            {
              kind: "commands" as const,
              label: "What the recommended plan sets (headroom run --set)",
              lines: best.set,
            },
          ]),
      { kind: "commands", label: "Command, version and hashes", lines: reproduce },
      {
        kind: "text",
        markdown:
          `Headroom ${escapeMarkdown(document.version)}, seed ${document.seed}. The same files, seed and version give the ` +
          "same answer to the last digit, on any number of cores. Every figure is in `plan.json`, every plan that was run in `plans.csv`.",
      },
    ],
  };
}

/** Every file `headroom plan` writes. */
export async function planFiles(
  document: PlanDocument,
  reproduce: readonly string[],
  whatIf?: WhatIfAnswer,
): Promise<ScenarioRunFiles> {
  const report = buildPlanReport(document, reproduce);
  const { html, warning } = await writeHtml(withWhatIf(report, whatIf));
  const files = [
    { name: "plan.json", chunks: [`${JSON.stringify(document, null, 2)}\n`] },
    { name: "plans.csv", chunks: [plansCsv(document)] },
    ...chartFiles(report).map(({ name, text }) => ({ name, chunks: [text] })),
    { name: "report.md", chunks: [writeMarkdown(report)] },
    { name: "report.html", chunks: [html] },
  ];
  return {
    files,
    warnings: [...(warning === undefined ? [] : [warning]), ...withoutWhatIf(whatIf)],
  };
}

/** Columns of `plans.csv`. */
const PLAN_COLUMNS =
  "plan,cost,power_w,nodes,verdict,tightest_goal,tightest_value,tightest_margin,on_front,replications";

function plansCsv({ tried }: PlanDocument): string {
  const number = (value: number | null): string => (value === null ? "" : csvNumber(value));
  const rows = tried.map((one) =>
    [
      csvText(one.label),
      number(one.cost),
      number(one.powerW),
      number(one.nodes),
      csvText(one.verdict),
      csvText(one.tightestGoal),
      number(one.tightestMean),
      number(one.tightestMargin),
      one.isOnFront ? "1" : "0",
      number(one.replications),
    ].join(","),
  );
  return `${[PLAN_COLUMNS, ...rows].join("\n")}\n`;
}
