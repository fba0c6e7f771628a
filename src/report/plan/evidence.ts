import { boundSentences } from "../../studies/plan/bound-words.js";
import type { PlanDocument } from "../../studies/plan/plan-document.js";
import type { Cell, ReportBlock, ReportSection } from "../block.js";
import { formatDuration } from "../format/duration.js";
import { escapeMarkdown } from "../format/escape.js";
import { countOf, formatSignificant } from "../format/number.js";
import { formatQuantity, quantityCell } from "../format/quantity.js";

/** What every plan needs, by proof, and how near the answer is to it. */
export function boundSection(document: PlanDocument): ReportSection | undefined {
  const { bound } = document;
  if (bound === null) return undefined;
  const words =
    bound.value === null
      ? "Not even all that may be bought meets the goals: that is proven, whatever the schedule."
      : bound.value <= 0
        ? "Nothing but 0 could be proven: no goal is about the waits or completion times of jobs, or nothing follows from it."
        : boundSentences(document, (text) => `**${text}**`);
  const table: ReportBlock = {
    kind: "table",
    caption: "What any plan must have, whatever the schedule",
    columns: [
      { header: "What" },
      { header: "At least", align: "right" },
      { header: "In groups" },
      { header: "Follows from" },
    ],
    rows: bound.requirements.map(({ unit: what, groups, atLeast, goal }): readonly Cell[] => [
      what,
      { text: formatSignificant(atLeast, 4), value: atLeast, exact: String(atLeast) },
      groups.join(", "),
      goal,
    ]),
    fullTable: "plan.json",
  };
  return {
    id: "bound",
    title: "The proven lower bound",
    blocks: [
      { kind: "text", markdown: `${words} ${bound.basis}` },
      ...(bound.requirements.length === 0 ? [] : [table]),
    ],
    explanation:
      "A job that may wait at most so long must run for the rest of the time, and GPUs that run jobs are GPUs somebody has " +
      "to have. The bound counts that work over every window of time, leaves out as many jobs as the goal lets be late, and " +
      "ignores everything a schedule could lose: fragmentation, failures, start-up. It is never above the cost of a plan that meets the goals.",
  };
}

/** How much more demand the answer carries. */
export function growthSection({ growth }: PlanDocument): ReportSection | undefined {
  if (growth === null) return undefined;
  const percent = (share: number): string => `+${formatSignificant(share * 100)}\u00a0%`;
  const fails =
    growth.failsAt === null
      ? "No larger load was tried."
      : `At ${percent(growth.failsAt)} “${escapeMarkdown(growth.goal ?? "")}” is missed.`;
  const months =
    growth.months === null
      ? ""
      : ` At the growth the scenario names, that is ${formatSignificant(growth.months)} months.`;
  return {
    id: "growth",
    title: "How long it lasts",
    blocks: [
      {
        kind: "text",
        markdown:
          `The plan was simulated again with more of today's load, ${countOf(growth.replications, "run")} per load. ` +
          `Every goal is met on average up to **${percent(growth.meetsUpTo)}**. ${fails}${months}`,
      },
    ],
    explanation:
      "More load is more jobs of the same kind, drawn from today's. The load is doubled until a goal is missed, then halved: " +
      "loads between those that were run are taken to lie between them.",
  };
}

/** What is there when, and what to order first. */
export function phasesSection(document: PlanDocument): ReportSection | undefined {
  const { phases, orders } = document;
  if (phases.length < 2) return undefined;
  const nodes = (list: readonly { readonly name: string; readonly nodes: number }[]): string =>
    list
      .filter((one) => one.nodes > 0)
      .map((one) => `${one.nodes} × ${one.name}`)
      .join(", ");
  const [first] = orders;
  const hasDate = orders.some(({ orderByS }) => orderByS !== null);
  return {
    id: "phases",
    title: "What to order first, and what works until all of it is there",
    blocks: [
      ...(first === undefined
        ? []
        : [
            {
              kind: "text" as const,
              markdown: `Order **${escapeMarkdown(first.group)}** first: its last node is there ${formatDuration(first.takesS)} after the order.`,
            },
          ]),
      {
        kind: "table",
        caption: "Orders, the longest first",
        columns: [
          { header: "Group" },
          { header: "Nodes", align: "right" },
          { header: "There after", align: "right" },
          ...(hasDate ? [{ header: "Order within", align: "right" as const }] : []),
        ],
        rows: orders.map(({ group, nodes: count, takesS, orderByS }): readonly Cell[] => [
          group,
          count,
          quantityCell(takesS, "s"),
          ...(hasDate ? [quantityCell(orderByS, "s")] : []),
        ]),
      },
      {
        kind: "table",
        caption: "Today's demand on what has arrived",
        columns: [
          { header: "From", align: "right" },
          { header: "Arrives" },
          { header: "There" },
          { header: "Goals" },
        ],
        rows: phases.map((phase): readonly Cell[] => [
          phase.fromS === 0 ? "today" : quantityCell(phase.fromS, "s"),
          nodes(phase.arrived) || "nothing",
          nodes(phase.groups) || "no nodes",
          phase.meets
            ? { text: "✓ all met", tone: "good" }
            : {
                text: "✗ missed",
                tone: "bad",
                note:
                  phase.tightestGoal === null
                    ? "nothing runs"
                    : `${phase.tightestGoal}: ${phase.tightestMean === null ? "no value" : formatQuantity(phase.tightestMean, phase.tightestUnit ?? "")}`,
              },
        ]),
        fullTable: "plan.json",
      },
    ],
  };
}

/** How the answer was found: what was run, what was proven, what was presumed. */
export function searchSection({ space, isRandom, warnings }: PlanDocument): ReportSection {
  const rows: readonly (readonly [string, number])[] = [
    ["Plans in the space", space.candidates],
    ["Over a limit, without a run", space.overLimit],
    ["Proven unable to meet the goals, without a run", space.provenImpossible],
    ["Simulated", space.simulated],
    ["Presumed to fail as one with more nodes does", space.presumed],
    ["Not looked at: dearer than the answer", space.dearer],
    ["Simulations in all", space.runs],
  ];
  return {
    id: "search",
    title: "How it was found",
    blocks: [
      {
        kind: "table",
        caption: "What became of every plan",
        columns: [{ header: "What" }, { header: "Count", align: "right" }],
        rows: rows.filter(([, count]) => count > 0).map(([what, count]) => [what, count]),
      },
      {
        kind: "table",
        caption: "What was decided between",
        columns: [{ header: "Decision" }, { header: "Choices" }],
        rows: space.decisions.map(({ name, choices }): readonly Cell[] => [
          name,
          choicesWords(choices),
        ]),
      },
      ...[...space.anomalies, ...warnings].map((summary): ReportBlock => ({
        kind: "verdict",
        status: "warn",
        summary,
      })),
    ],
    explanation:
      "The search halves what may still be the answer. A plan that fails a goal which more nodes ease is taken to fail with " +
      "fewer nodes too; then what is cheaper than the answer and was only presumed to fail is run, nearest first." +
      (isRandom
        ? " Plans are run with the same random streams until each goal is decided (Andradóttir and Kim 2010), and the answer is confirmed on other streams."
        : ""),
  };
}

/** The first and last of many choices. */
function choicesWords(choices: readonly string[]): string {
  if (choices.length <= 8) return choices.join(" · ");
  return `${choices.slice(0, 3).join(" · ")} · … · ${choices.at(-1)!} (${choices.length})`;
}
