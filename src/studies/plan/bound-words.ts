import { formatNumber } from "../../base/units.js";
import type { PlanDocument } from "./plan-document.js";

/** Beyond this share above the bound, the bound says nothing that helps to decide. */
const USEFUL_GAP_MAX = 0.5;
/** Differences below this share come from rounding. */
const EXACT_GAP_MAX = 1e-6;

type BoundOf = Pick<PlanDocument, "bound" | "minimise" | "currency">;

/** Digits of amounts: neighbouring plans must be told apart. */
const DIGITS = 4;
/** A bound is short of a round number by what floating point loses, at most. */
const ROUNDING_SHARE = 1e-9;

/** An amount that is proven to be needed, rounded down: nobody is told that more is proven than is. */
export function provenAmount(
  value: number,
  { minimise, currency }: Omit<BoundOf, "bound">,
): string {
  const raised = value * (1 + ROUNDING_SHARE);
  const near = Number(raised.toPrecision(DIGITS));
  const step = Number(`1e${Number(raised.toExponential().split("e")[1]) - DIGITS + 1}`);
  const least = near > raised ? near - step : near;
  return minimise === "power" ? powerWords(least) : costWords(least, currency);
}

/** What a plan costs, to four digits; all of them stand in the document. */
export function costWords(value: number, currency: string | null): string {
  const text = formatNumber(value, { digits: DIGITS });
  return currency === null ? text : `${text} ${currency}`;
}

/** Power for people: "265.2 kW". */
export function powerWords(watts: number): string {
  return watts < 1000
    ? `${formatNumber(watts, { digits: DIGITS })} W`
    : `${formatNumber(watts / 1000, { digits: DIGITS })} kW`;
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
  return `No useful lower bound on ${what} was found: only ${provenAmount(bound.value!, unit)} are proven to be needed.`;
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
  const { gap } = bound;
  if (gap !== null && gap < EXACT_GAP_MAX)
    return `No plan of the space that meets the goals ${verb} less than the answer.`;
  const least = `No plan of the space that meets the goals ${verb} less than ${emphasise(provenAmount(bound.value, unit))}`;
  if (gap === null) return `${least}.`;
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
