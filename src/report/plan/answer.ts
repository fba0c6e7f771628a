import { formatDuration } from "../format/duration.js";
import { percentBelow, worstGoal } from "../../studies/plan/answer.js";
import { boundSentences, costWords, powerWords } from "../../studies/plan/bound-words.js";
import type { PlanDocument, PlanGoalResult, PlanOption } from "../../studies/plan/plan-document.js";
import type { Cell, ReportBlock, ReportSection, RichCell } from "../block.js";
import { nameMetric } from "../format/metric-names.js";
import { countOf, forPeople, formatSignificant } from "../format/number.js";
import {
  exactQuantity,
  formatMagnitude,
  formatQuantity,
  quantityCell,
} from "../format/quantity.js";
import { makeAgain } from "../make-again.js";

/** Page one: the sentence, the goals, three plans side by side, what is proven, when it is full, how to repeat it. */
export function planAnswerSection(
  document: PlanDocument,
  reproduce: readonly string[],
): ReportSection {
  const { best } = document;
  const blocks: ReportBlock[] = [
    { kind: "headline", sentence: document.answer },
    ...(best === null
      ? conflictBlocks(document)
      : [
          { kind: "text" as const, markdown: confidenceWords(document, best) },
          goalsTable(best),
          optionsTable(document, best),
          ...boundBlocks(document),
        ]),
    ...makeAgain(reproduce),
  ];
  return { id: "answer", title: "The answer", blocks };
}

function conflictBlocks({ conflict, space }: PlanDocument): readonly ReportBlock[] {
  if (conflict === null) return [];
  return [
    {
      kind: "verdict",
      status: "fail",
      summary: `${conflict.constraints.join(" and ")} ${conflict.constraints.length === 1 ? "cannot be met" : "exclude each other"} in this space of ${countOf(space.candidates, "plan")}.`,
    },
    { kind: "text", markdown: conflict.evidence.map((one) => `- ${one}`).join("\n") },
  ];
}

function confidenceWords({ isRandom, confidence }: PlanDocument, best: PlanOption): string {
  if (!isRandom) {
    return "Nothing in the scenario is random: every plan was simulated once, and the verdicts hold for exactly these jobs. They say nothing of another week.";
  }
  return (
    `The search stopped looking at a plan when its verdict was sure to ${percentBelow(confidence)} over all plans together. ` +
    `The figures here are means of ${countOf(best.replications, "run")} that took no part in the search, each with a ${percentBelow(confidence)} interval.`
  );
}

function goalsTable({ goals, limits }: PlanOption): ReportBlock {
  const withInterval = goals.some(({ interval }) => interval !== null);
  return {
    kind: "table",
    caption: "Goals and limits of the recommended plan",
    columns: [
      { header: "Goal" },
      { header: "Target", align: "right" },
      { header: "Result", align: "right" },
      ...(withInterval ? [{ header: "Interval", align: "right" as const }] : []),
      { header: "Margin", align: "right" },
      { header: "Met" },
    ],
    rows: [
      ...goals.map((goal) => goalRow(goal, withInterval)),
      ...limits.map(({ label, unit, target, actual, met }): readonly Cell[] => [
        label,
        { text: `at most ${formatQuantity(target, unit)}`, exact: exactQuantity(target, unit) },
        quantityCell(actual, unit),
        ...(withInterval ? [null] : []),
        `${formatMagnitude(target - actual, unit)} ${met ? "to spare" : "over"}`,
        met ? { text: "✓ within", tone: "good" } : { text: "✗ over", tone: "bad" },
      ]),
    ],
    fullTable: "plan.json",
  };
}

function goalRow(goal: PlanGoalResult, withInterval: boolean): readonly Cell[] {
  const { id, metric, comparison, target, unit, without, mean, interval, met, confidence } = goal;
  const room = mean === null ? null : comparison === "atMost" ? target - mean : mean - target;
  return [
    { text: nameMetric(metric).label, note: without === null ? id : `${id}, without ${without}` },
    {
      text: `${comparison === "atMost" ? "at most" : "at least"} ${formatQuantity(target, unit)}`,
      exact: exactQuantity(target, unit),
    },
    quantityCell(mean, unit),
    ...(withInterval ? [intervalCell(interval, unit)] : []),
    room === null
      ? null
      : {
          text:
            room === 0
              ? "none"
              : `${formatMagnitude(room, unit)} ${room > 0 ? "to spare" : comparison === "atMost" ? "over" : "short"}`,
          value: room,
          exact: exactQuantity(room, unit),
        },
    {
      text: met ? "✓ met" : "✗ missed",
      tone: met ? "good" : "bad",
      ...(confidence === null ? {} : { note: `${percentBelow(confidence)} sure` }),
    },
  ];
}

function intervalCell(interval: PlanGoalResult["interval"], unit: string): RichCell | null {
  if (interval === null) return null;
  const [low, high] = interval;
  return {
    text: `${formatQuantity(low, unit)} to ${formatQuantity(high, unit)}`,
    exact: `${exactQuantity(low, unit)} to ${exactQuantity(high, unit)}`,
  };
}

/** Cheaper and fails, recommended, safer and dearer: what each costs and what it misses. */
function optionsTable(document: PlanDocument, best: PlanOption): ReportBlock {
  const { cheaper, safer, currency } = document;
  const hasConfidence = best.confidence !== null;
  const hasPower = best.powerW > 0;
  const row = (what: string, option: PlanOption): readonly Cell[] => [
    { text: what, note: option.label },
    option.cost === null
      ? null
      : figureCell(option.cost, currency ?? "", costWords(option.cost, currency)),
    ...(hasPower ? [figureCell(option.powerW, "W", powerWords(option.powerW))] : []),
    option.gpus,
    goalsCell(option),
    ...(hasConfidence ? [option.confidence === null ? null : percentBelow(option.confidence)] : []),
  ];
  return {
    kind: "table",
    caption: "The recommended plan beside a cheaper and a safer one",
    columns: [
      { header: "Plan" },
      { header: "Cost", align: "right" },
      ...(hasPower ? [{ header: "Power, every GPU busy", align: "right" as const }] : []),
      { header: "GPUs", align: "right" },
      { header: "Goals" },
      ...(hasConfidence ? [{ header: "Sure", align: "right" as const }] : []),
    ],
    rows: [
      ...(cheaper === null ? [] : [row("Cheaper", cheaper)]),
      row("Recommended", best),
      ...(safer === null ? [] : [row("Safer", safer)]),
    ],
    fullTable: "plan.json",
  };
}

/** Three digits for people, whatever the others in the column have; every digit where auditors look. */
function figureCell(value: number, unit: string, words: string): RichCell {
  return { text: forPeople(words), value, exact: exactQuantity(value, unit) };
}

function goalsCell(option: PlanOption): RichCell {
  const missed = worstGoal(option);
  if (missed === undefined) {
    if (option.verdict !== "meets") return { text: "? not shown", tone: "bad" };
    const [least] = option.goals
      .filter(({ margin }) => margin !== null)
      .sort((left, right) => left.margin! - right.margin!);
    const note =
      least?.margin === null || least === undefined
        ? {}
        : { note: `${formatSignificant(least.margin * 100)} % to spare on ${least.id}` };
    return { text: "✓ all met", tone: "good", ...note };
  }
  const by =
    missed.mean === null
      ? "no value"
      : `by ${formatMagnitude(missed.mean - missed.target, missed.unit)}`;
  return {
    text: `✗ misses ${missed.id}`,
    note: missed.without === null ? by : `${by}, without ${missed.without}`,
    tone: "bad",
  };
}

function boundBlocks(document: PlanDocument): readonly ReportBlock[] {
  const { bound, growth } = document;
  const lines: string[] = [];
  if (bound?.gap !== null && bound?.gap !== undefined) {
    lines.push(
      `- **How near to the best possible:** ${boundSentences(document)} ([the proof](#bound))`,
    );
  }
  if (growth !== null) {
    const until = `+${formatSignificant(growth.meetsUpTo * 100)}\u00a0%`;
    lines.push(
      growth.failsAt === null
        ? `- **When it is full:** not at ${until} demand, the most that was tried ([growth](#growth)).`
        : `- **When it is full:** every goal is met up to ${until} demand${growth.months === null ? "" : `, ${formatSignificant(growth.months)} months from now`} ([growth](#growth)).`,
    );
  }
  if (document.phases.length > 1) {
    const last = document.phases.at(-1)!;
    lines.push(`- **When it is there:** after ${formatDuration(last.fromS)} ([phases](#phases)).`);
  }
  return lines.length === 0 ? [] : [{ kind: "text", markdown: lines.join("\n") }];
}
