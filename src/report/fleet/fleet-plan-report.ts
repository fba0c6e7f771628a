import type {
  FleetPlanCandidate,
  FleetPlanDocument,
} from "../../studies/fleet/plan/fleet-plan-document.js";
import { formatNumber } from "../../base/units.js";
import { planWords } from "../../studies/fleet/plan/plan-words.js";
import { labelMetric } from "../../studies/run/metric-label.js";
import type { Cell, ReportBlock, ReportDocument } from "../block.js";
import { formatQuantity } from "../format/quantity.js";
import { makeAgain } from "../make-again.js";
import { documentFile, reportFiles, type PageOptions, type ReportFiles } from "../report-files.js";
import { assumptionsSection } from "../sections/assumptions.js";
import { studyProvenanceSection, studyWarningsSection } from "../sections/study-provenance.js";
import { csvNumber, csvText } from "../tables-csv.js";

/** Words of what was shown of a plan. */
const VERDICT_WORDS: Readonly<Record<FleetPlanCandidate["verdict"], string>> = {
  meets: "meets every goal",
  misses: "misses a goal",
  open: "not shown",
};

/** Builds the report of a plan of a fleet from its document alone. */
export function buildFleetPlanReport(
  document: FleetPlanDocument,
  reproduce: readonly string[],
): ReportDocument {
  const sections = [
    {
      id: "answer",
      title: "The answer",
      blocks: [
        { kind: "headline", sentence: document.answer },
        plansTable(document),
        { kind: "text", markdown: designWords(document) },
        ...makeAgain(reproduce),
      ] satisfies ReportBlock[],
    },
    studyWarningsSection(document.warnings),
    assumptionsSection(document.assumptions, "plan.json"),
    studyProvenanceSection(document, reproduce, {
      promise: "the same document to the last digit, whatever the number of worker threads.",
    }),
  ];
  return {
    title: document.question ?? `Plan of ${document.fleet}`,
    kicker: `Plan of a fleet · ${document.fleet}`,
    subtitle: `${document.plans.length} plans, each simulated`,
    sections: sections.filter((section) => section !== undefined),
    reproduce,
  };
}

/** Every file of the report of a plan of a fleet. */
export async function fleetPlanFiles(
  document: FleetPlanDocument,
  reproduce: readonly string[],
  page?: PageOptions,
): Promise<ReportFiles> {
  return reportFiles(
    buildFleetPlanReport(document, reproduce),
    [documentFile("plan.json", document), { name: "plans.csv", chunks: plansCsv(document) }],
    page,
  );
}

function plansTable(document: FleetPlanDocument): ReportBlock {
  const { plans, decisions, minimise, best, belowBest } = document;
  const goals = plans[0]?.goals ?? [];
  return {
    kind: "table",
    caption: "Every plan, those with less of what is to be least first",
    columns: [
      { header: "Plan" },
      {
        header: labelMetric(minimise.metric).label,
        align: "right",
        ...(isWritten(minimise.unit) ? {} : { unit: minimise.unit }),
      },
      ...goals.map(({ id }) => ({ header: id, align: "right" as const })),
      { header: "Shown" },
    ],
    rows: plans.map((plan, place): readonly Cell[] => [
      {
        text: planWords(plan, decisions),
        ...(place === best
          ? { note: "the best" }
          : place === belowBest
            ? { note: "next below the best" }
            : {}),
      },
      quantity(plan.objective, minimise.unit),
      ...plan.goals.map((goal): Cell => {
        const text = goal.actual === null ? "no value" : formatQuantity(goal.actual, goal.unit);
        return {
          text,
          ...(goal.actual === null ? {} : { value: goal.actual }),
          note: goal.verdict,
          ...(goal.verdict === "met"
            ? { tone: "good" as const }
            : goal.verdict === "missed"
              ? { tone: "bad" as const }
              : {}),
        };
      }),
      {
        text: VERDICT_WORDS[plan.verdict],
        ...(plan.verdict === "open" ? {} : { tone: plan.verdict === "meets" ? "good" : "bad" }),
      },
    ]),
    fullTable: "plans.csv",
  };
}

function quantity(value: number | null, unit: string): Cell {
  if (value === null) return null;
  return { text: isWritten(unit) ? formatQuantity(value, unit) : formatNumber(value), value };
}

/** Units that stand with every value; others stand in the header. */
function isWritten(unit: string): boolean {
  return unit === "s" || unit === "share";
}

function designWords({ design, plans }: FleetPlanDocument): string {
  if (design.streams === "none")
    return "Nothing is drawn: each plan was run once, and its figures are exact for this fleet.";
  const goals = plans[0]?.goals.length ?? 0;
  return `Each plan was run ${design.replications} times on the same random numbers. The chance that any of the ${plans.length * goals} verdicts on goals is wrong is at most ${formatQuantity(1 - design.confidence, "share")}.`;
}

function* plansCsv({
  plans,
  decisions,
  minimise,
}: FleetPlanDocument): Generator<string, void, undefined> {
  const goals = plans[0]?.goals ?? [];
  const header = [
    ...decisions.map(({ path }) => path),
    minimise.metric,
    ...goals.map(({ id }) => id),
    "verdict",
  ];
  yield `${header.map(csvText).join(",")}\n`;
  for (const plan of plans) {
    const cells = [
      ...plan.values.map(csvText),
      plan.objective === null ? "" : csvNumber(plan.objective),
      ...plan.goals.map(({ actual }) => (actual === null ? "" : csvNumber(actual))),
      plan.verdict,
    ];
    yield `${cells.join(",")}\n`;
  }
}
