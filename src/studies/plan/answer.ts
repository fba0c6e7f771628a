import { formatDuration, formatNumber } from "../../base/units.js";
import { formatQuantity } from "../run/format-quantity.js";
import { labelMetric } from "../run/metric-label.js";
import type { PlanDocument, PlanGoalResult, PlanGroupResult, PlanOption } from "./plan-document.js";

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
  return `${whatClause(best, input)}; ${rest}.`;
}

/** "Buy 14 × HGX H100, bare metal, InfiniBand". */
function whatClause(best: PlanOption, { space }: AnswerInput): string {
  const counted = best.groups.filter(({ isDecided, nodes }) => isDecided && nodes > 0);
  const nodes = counted.map((group) => nodesWords(group, counted));
  const choices = best.choices.flatMap(({ choice }, index) =>
    space.decisions[index]!.isCount ? [] : [choice],
  );
  return `${verbOf(counted)} ${[...nodes, ...hostingWords(counted, choices), ...choices].join(", ")}`;
}

/** How the machines are hosted, where all are alike and no choice says it already. */
function hostingWords(
  counted: readonly PlanGroupResult[],
  choices: readonly string[],
): readonly string[] {
  const kinds = [...new Set(counted.map(({ hosting }) => hosting))];
  const [kind] = kinds;
  if (kinds.length !== 1 || kind === null || kind === undefined) return [];
  const words = kind === "vm" ? "virtual machines" : "bare metal";
  return choices.some((choice) => /bare.?metal|virtual|\bVMs?\b/i.test(choice)) ? [] : [words];
}

function nodesWords(
  { name, label, nodes, have }: PlanGroupResult,
  all: readonly PlanGroupResult[],
): string {
  const twin = all.filter((group) => group.label === label).length > 1 ? ` (${name})` : "";
  if (have === 0) return `${nodes} × ${label}${twin}`;
  if (have === nodes) return `no more than the ${nodes} × ${label}${twin} there are`;
  return `${nodes - have} more × ${label}${twin} (${nodes} in all)`;
}

function verbOf(counted: readonly PlanGroupResult[]): string {
  if (counted.length === 0) return "Choose";
  if (counted.every(({ isBought }) => isBought)) return "Buy";
  return counted.some(({ isBought }) => isBought) ? "Buy and rent" : "Rent";
}

function goalsClause({ isRandom }: AnswerInput, best: PlanOption): string {
  const survives = [...new Set(best.goals.flatMap(({ without }) => without ?? []))];
  const still = survives.length === 0 ? "" : ` even without ${survives.join(" or ")}`;
  if (!isRandom) return `it meets every goal for these jobs${still}`;
  return `it meets every goal${still} with ${percentBelow(best.confidence ?? 0)} confidence`;
}

/** Rounded down: nobody is told more confidence than there is. */
export function percentBelow(share: number): string {
  const percent = share * 100;
  if (percent >= 99.9) return "99.9 %";
  return `${formatNumber(percent < 99 ? Math.floor(percent) : Math.floor(percent * 10) / 10)} %`;
}

function boundClause({ bound, minimise }: AnswerInput): string {
  if (bound?.gap === null || bound?.gap === undefined) return "";
  const what = minimise === "power" ? "power" : "cost";
  if (bound.gap < 1e-6)
    return `no plan of those considered that meets them has less ${what} (proven)`;
  // Beyond twice the bound a percentage says less than how many times it is.
  return bound.gap > 1
    ? `has at most ${formatNumber(Math.ceil((1 + bound.gap) * 10) / 10)} times the ${what} that is proven to be needed`
    : `is within ${percentAbove(bound.gap)} of a proven lower bound on ${what}`;
}

/** Rounded up: nobody is told to be nearer than is proven. */
export function percentAbove(share: number): string {
  const percent = share * 100;
  const rounded = percent < 10 ? Math.ceil(percent * 10) / 10 : Math.ceil(percent);
  return `${formatNumber(rounded)} %`;
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
    minimise === "power" ? `It draws ${formatQuantity(best.powerW, "W")} with every GPU busy.` : "";
  if (best.cost === null || currency === null) return power;
  const years = horizonS / YEAR_S;
  const time = Number.isInteger(years)
    ? `${years} ${years === 1 ? "year" : "years"}`
    : formatDuration(horizonS);
  return `${power === "" ? "" : `${power} `}It costs ${formatQuantity(best.cost, currency)} over ${time}.`;
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

/** "The answer changes if “Speed of computing on h100” is below 0.95; the cheaper plan would do if “Load” is below 0.93." */
function sensitivitySentence({ sensitivity, growth }: AnswerInput): string {
  if (sensitivity === null || !sensitivity.goalsMet || sensitivity.factors.length === 0) return "";
  const flips = sensitivity.factors.flatMap(({ id, label, flip }) =>
    // How much load it carries was said as growth.
    flip === null || (id === "load" && growth !== null) ? [] : [{ label, flip }],
  );
  const clauses = [
    ...(flips.length === 0 ? [] : [`the answer no longer meets them if ${flipWords(flips)}`]),
    ...(sensitivity.cheaper.length === 0
      ? []
      : [`the cheaper plan would do if ${flipWords(sensitivity.cheaper)}`]),
  ];
  if (clauses.length === 0) {
    const others = sensitivity.factors.filter(({ id }) => id !== "load");
    return others.length === 0
      ? ""
      : `No other assumed number that was varied changes the answer within its range (${others.length} of them).`;
  }
  const words = clauses.join("; ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function flipWords(
  flips: readonly { readonly label: string; readonly flip: { readonly text: string } }[],
): string {
  const named = flips
    .slice(0, FLIPS_NAMED_MAX)
    .map(({ label, flip }) => `“${label}” is ${flip.text}`);
  const rest = flips.length - named.length;
  return [...named, ...(rest > 0 ? [`${rest} more`] : [])].join(", or if ");
}

function noPlan({ conflict, space, bound, minimise, currency }: AnswerInput): string {
  const names = (conflict?.constraints ?? []).map((name) => `“${name}”`);
  const proof = conflict?.isProven === true ? " That is proven, whatever the schedule." : "";
  const evidence = (conflict?.evidence ?? []).join(" ");
  const floor =
    conflict?.isProven === true || bound?.value === null || bound === null || bound.value === 0
      ? ""
      : ` A plan that meets them has at least ${formatQuantity(bound.value, minimise === "power" ? "W" : (currency ?? ""))} of ${minimise} (proven).`;
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
