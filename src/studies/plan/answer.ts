import { formatDuration, formatNumber } from "../../base/units.js";
import { formatQuantity } from "../run/format-quantity.js";
import { labelMetric } from "../run/metric-label.js";
import {
  provenAmount,
  boundClause,
  costWords,
  looseBoundSentence,
  powerWords,
} from "./bound-words.js";
import type {
  PlanCheaperFlip,
  PlanDocument,
  PlanGoalResult,
  PlanGroupResult,
  PlanOption,
} from "./plan-document.js";
import { whatToBuy } from "./what-to-buy.js";

/** Everything an answer is made of. */
export type AnswerInput = Omit<PlanDocument, "answer">;

const YEAR_S = 31_536_000;

/**
 * The answer in plain sentences, every word of it decided by a figure: what to buy, how sure it is, how near to what
 * is proven possible, what the next cheaper plan misses, then cost and growth.
 */
export function planAnswer(input: AnswerInput): string {
  if (input.best === null) return noPlan(input);
  return [
    firstSentence(input, input.best),
    costSentence(input, input.best),
    looseBoundSentence(input),
    growthSentence(input),
    sensitivitySentence(input),
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function firstSentence(input: AnswerInput, best: PlanOption): string {
  const clauses = [goalsClause(input, best), boundClause(input), cheaperClause(input, best)].filter(
    (clause) => clause !== "",
  );
  const last = clauses.pop()!;
  const rest = clauses.length === 0 ? last : `${clauses.join(", ")}, and ${last}`;
  return `${whatToBuy(best, input)}; ${rest}.`;
}

function goalsClause({ isRandom }: AnswerInput, best: PlanOption): string {
  const survives = [...new Set(best.goals.flatMap(({ without }) => without ?? []))];
  const still = survives.length === 0 ? "" : ` even without ${survives.join(" or ")}`;
  if (!isRandom) return `it meets every goal for these jobs${still}`;
  return `with ${percentBelow(best.confidence ?? 0)} confidence it meets every goal${still}`;
}

/** Rounded down: nobody is told more confidence than there is. */
export function percentBelow(share: number): string {
  const percent = share * 100;
  if (percent >= 99.9) return "99.9 %";
  return `${formatNumber(percent < 99 ? Math.floor(percent) : Math.floor(percent * 10) / 10)} %`;
}

function cheaperClause({ cheaper }: AnswerInput, best: PlanOption): string {
  if (cheaper === null) return "";
  const missed = worstGoal(cheaper);
  if (missed === undefined) {
    const limit = cheaper.limits.find(({ met }) => !met);
    return limit === undefined
      ? `${difference(cheaper, best)} could not be shown to meet them`
      : `${difference(cheaper, best)} would break the limit on ${limit.id}`;
  }
  const other = difference(cheaper, best);
  const isOne = other.startsWith("the next") || other.startsWith("1 ");
  const without = missed.without === null ? "" : ` without ${missed.without}`;
  return `${other} ${missWords(missed, isOne)}${without}`;
}

/** The goal a plan misses most; undefined when it misses none. */
export function worstGoal({ goals }: PlanOption): PlanGoalResult | undefined {
  const room = ({ margin }: PlanGoalResult): number => margin ?? -Infinity;
  return goals
    .filter(({ met }) => !met)
    .reduce<PlanGoalResult | undefined>(
      (worst, goal) => (worst === undefined || room(goal) < room(worst) ? goal : worst),
      undefined,
    );
}

/** "miss the p95 wait by 40 min". */
export function missWords({ metric, mean, target, unit }: PlanGoalResult, isOne: boolean): string {
  const { phrase } = labelMetric(metric);
  if (mean === null) return `${isOne ? "gives" : "give"} no value for the ${phrase}`;
  return `${isOne ? "misses" : "miss"} the ${phrase} by ${amountWords(Math.abs(mean - target), unit)}`;
}

/** A difference of two values; shares differ by percentage points. */
export function amountWords(amount: number, unit: string): string {
  return unit === "share" ? `${formatNumber(amount * 100)} points` : formatQuantity(amount, unit);
}

/** What another plan is called beside the answer: only what differs. */
export function difference(other: PlanOption, best: PlanOption): string {
  const changed = other.groups.filter(({ nodes }, index) => nodes !== best.groups[index]?.nodes);
  const isSameElsewhere = other.choices.every(
    ({ choice }, index) =>
      choice === best.choices[index]?.choice || isCountOf(other, index, changed),
  );
  const [only] = changed;
  if (changed.length === 1 && isSameElsewhere && only !== undefined) {
    const several = other.groups.filter(({ isDecided }) => isDecided).length > 1;
    return `${only.nodes} ${only.nodes === 1 ? "node" : "nodes"}${several ? ` of ${only.name}` : ""}`;
  }
  return `the next cheaper plan (${other.label})`;
}

function isCountOf(
  option: PlanOption,
  index: number,
  changed: readonly PlanGroupResult[],
): boolean {
  return changed.some(
    ({ nodes, isDecided }) => isDecided && String(nodes) === option.choices[index]!.choice,
  );
}

function costSentence({ currency, horizonS, minimise }: AnswerInput, best: PlanOption): string {
  const power =
    minimise === "power" ? `It draws ${powerWords(best.powerW)} with every GPU busy.` : "";
  if (best.cost === null || currency === null) return power;
  const years = horizonS / YEAR_S;
  const time = Number.isInteger(years)
    ? `${years} ${years === 1 ? "year" : "years"}`
    : formatDuration(horizonS);
  return `${power === "" ? "" : `${power} `}It costs ${costWords(best.cost, currency)} over ${time}.`;
}

function growthSentence({ growth }: AnswerInput): string {
  if (growth === null) return "";
  const percent = (share: number): string => `+${formatNumber(share * 100)} %`;
  const months =
    growth.months === null
      ? ""
      : `, ${formatNumber(Math.floor(growth.months * 10) / 10)} months from now`;
  if (growth.failsAt === null) {
    return `It still meets every goal at ${percent(growth.meetsUpTo)} demand${months}, the most that was tried.`;
  }
  if (growth.meetsUpTo === 0) {
    return `It is full: at ${percent(growth.failsAt)} demand “${growth.goal}” is missed.`;
  }
  return `It lasts until demand ${percent(growth.meetsUpTo)}${months}; at ${percent(growth.failsAt)} “${growth.goal}” is missed.`;
}

/** Numbers that a sentence names at most. */
const FLIPS_NAMED_MAX = 3;

/** "It no longer meets every goal if “Speed of computing on h100” is below 0.95. The cheaper plan would do if …" */
function sensitivitySentence({ sensitivity, growth }: AnswerInput): string {
  if (sensitivity === null || !sensitivity.goalsMet || sensitivity.factors.length === 0) return "";
  const flips = sensitivity.factors.flatMap(({ id, label, value, flip }) =>
    // How much load it carries was said as growth.
    flip === null || (id === "load" && growth !== null) ? [] : [{ id, label, value, flip }],
  );
  const sentences = [
    ...(flips.length === 0 ? [] : [`It no longer meets every goal if ${flipWords(flips)}.`]),
    ...(sensitivity.cheaper.length === 0
      ? []
      : [`The cheaper plan would do if ${flipWords(sensitivity.cheaper)}.`]),
  ];
  if (sentences.length > 0) return sentences.join(" ");
  const others = sensitivity.factors.filter(({ id }) => id !== "load").length;
  const other = others === sensitivity.factors.length ? "" : "other ";
  if (others === 0) return "";
  if (others === 1)
    return `The one ${other}assumed number that was varied does not change the answer within its range.`;
  const none = others === 2 ? "Neither of the two" : `None of the ${others}`;
  return `${none} ${other}assumed numbers that were varied changes the answer within its range.`;
}

function flipWords(flips: readonly PlanCheaperFlip[]): string {
  const named = flips.slice(0, FLIPS_NAMED_MAX).map(flipText);
  const rest = flips.length - named.length;
  return `${named.join(", or if ")}${rest > 0 ? ` (${rest} more in the table)` : ""}`;
}

/** Load as people speak of it, rounded to the side that claims less; every other number under its name. */
function flipText({ id, label, value, flip }: PlanCheaperFlip): string {
  if (id !== "load" || value === null) return `“${label}” is ${flip.text}`;
  const permille = (flip.value / value) * 1000;
  const percent = (flip.side === "below" ? Math.floor(permille) : Math.ceil(permille)) / 10;
  return `the load is ${flip.side} ${formatNumber(percent)} % of today's`;
}

function noPlan({ conflict, space, bound, minimise, currency }: AnswerInput): string {
  const names = (conflict?.constraints ?? []).map((name) => `“${name}”`);
  const proof = conflict?.isProven === true ? " That is proven, whatever the schedule." : "";
  const evidence = (conflict?.evidence ?? []).join(" ");
  const floor =
    conflict?.isProven === true || bound?.value === null || bound === null || bound.value === 0
      ? ""
      : ` A plan that meets them ${minimise === "power" ? "draws" : "costs"} at least ${provenAmount(bound.value, { minimise, currency })} (proven).`;
  const who =
    space.candidates === 1
      ? "The only plan there is does not meet the goals"
      : `None of the ${formatNumber(space.candidates, { digits: 15 })} plans meets the goals`;
  if (names.length === 0) return `${who}.${floor}`;
  const clash =
    names.length === 1
      ? `${names[0]} cannot be met`
      : `${names.slice(0, -1).join(", ")} and ${names.at(-1)} exclude each other`;
  return `${who}: ${clash}.${proof} ${evidence}${floor}`;
}
