import { formatNumber } from "../../base/units.js";
import type { PlanDocument } from "./plan-document.js";

/** Beyond this share above the bound, the bound says nothing that helps to decide. */
const USEFUL_GAP_MAX = 0.5;
/** Differences below this share come from rounding. */
const EXACT_GAP_MAX = 1e-6;

type BoundOf = Pick<PlanDocument, "bound" | "minimise" | "currency">;

/** Amounts of plans are figures of a model: three digits, in the currency or in kilowatts. */
export function amountOfPlan(
  value: number,
  { minimise, currency }: Omit<BoundOf, "bound">,
): string {
  return minimise === "power" ? powerWords(value) : costWords(value, currency);
}

/** What a plan costs, to three digits; all of them stand in the document. */
export function costWords(value: number, currency: string | null): string {
  return currency === null ? formatNumber(value) : `${formatNumber(value)} ${currency}`;
}

/** Power for people: "265 kW". */
export function powerWords(watts: number): string {
  return watts < 1000 ? `${formatNumber(watts)} W` : `${formatNumber(watts / 1000)} kW`;
}

/** For the sentence that recommends: "is within 6 % of a proven lower bound on cost"; "" where no bound helps. */
export function boundClause({ bound, minimise }: BoundOf): string {
  if (bound?.gap === null || bound?.gap === undefined) return "";
  const what = minimise === "power" ? "power" : "cost";
  if (bound.gap < EXACT_GAP_MAX)
    return `no plan of those considered that meets them has less ${what} (proven)`;
  return bound.gap > USEFUL_GAP_MAX
    ? ""
    : `is within ${percentAbove(bound.gap)} of a proven lower bound on ${what}`;
}

/** Says that the bound is of no use, where there is one and it is not; else "". */
export function looseBoundSentence({ bound, ...unit }: BoundOf): string {
  if (bound?.gap === null || bound?.gap === undefined || bound.gap <= USEFUL_GAP_MAX) return "";
  const what = unit.minimise === "power" ? "power" : "cost";
  return `No useful lower bound on ${what} was found: only ${amountOfPlan(bound.value!, unit)} are proven to be needed.`;
}

/**
 * What is proven, and how near the answer is to it, as sentences.
 *
 * @param emphasise marks the figures
 */
export function boundSentences(
  { bound, ...unit }: BoundOf,
  emphasise: (text: string) => string = (text) => text,
): string {
  if (bound?.value === null || bound?.value === undefined) return "";
  const verb = unit.minimise === "power" ? "draws" : "costs";
  const least = `No plan of the space that meets the goals ${verb} less than ${emphasise(amountOfPlan(bound.value, unit))}`;
  const { gap } = bound;
  if (gap === null) return `${least}.`;
  if (gap < EXACT_GAP_MAX) return `${least}, and the answer ${verb} no more than that.`;
  if (gap <= USEFUL_GAP_MAX)
    return `${least}; the answer ${verb} at most ${emphasise(percentAbove(gap))} more.`;
  return `${least}. The answer ${verb} ${emphasise(`${formatNumber(1 + gap)} times`)} that: the bound is too low to say how near the answer is to the best possible.`;
}

/** A share as a percentage, rounded up: nobody is told to be nearer than is proven. */
export function percentAbove(share: number): string {
  const percent = share * 100;
  const rounded = percent < 10 ? Math.ceil(percent * 10) / 10 : Math.ceil(percent);
  return `${formatNumber(rounded)} %`;
}
