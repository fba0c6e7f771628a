import type { PlanDocument } from "../studies/plan/plan-document.js";
import type { ReportDocument, ReportSection } from "./block.js";
import { countOf } from "./format/number.js";
import { planAnswerSection } from "./plan/answer.js";
import { boundSection, growthSection, phasesSection, searchSection } from "./plan/evidence.js";
import { flipsOf, planSensitivitySection } from "./plan/sensitivity.js";
import { frontChart } from "./plan/front-chart.js";
import { documentFile, reportFiles, type PageOptions, type ReportFiles } from "./report-files.js";
import { assumptionsSection } from "./sections/assumptions.js";
import { studyProvenanceSection } from "./sections/study-provenance.js";
import { csvNumber, csvText } from "./tables-csv.js";

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
    planSensitivitySection(document),
    assumptionsSection(document.assumptions, "plan.json", flipsOf(document)),
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
  return studyProvenanceSection(document, reproduce, {
    between:
      best === null || best.set.length === 0
        ? []
        : [
            {
              kind: "commands",
              label: "What the recommended plan sets (headroom run --set)",
              lines: best.set,
            },
          ],
    promise:
      "the same answer to the last digit, on any number of cores. Every figure is in `plan.json`, every plan that was run in `plans.csv`.",
  });
}

/** Every file `headroom plan` writes. */
export async function planFiles(
  document: PlanDocument,
  reproduce: readonly string[],
  page?: PageOptions,
): Promise<ReportFiles> {
  return reportFiles(
    buildPlanReport(document, reproduce),
    [documentFile("plan.json", document), { name: "plans.csv", chunks: [plansCsv(document)] }],
    page,
  );
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
