import type { FleetSeries } from "../fleet-part.js";
import type { StepBook } from "./site-books.js";
import type { SiteFacts } from "./site-figures.js";

/** Lines of all sites together, step by step, and of each rollout. */
export function siteSeries({ books, sites, rollouts }: SiteFacts): readonly FleetSeries[] {
  const { stepS, durationS, steps } = books;
  const count = steps[0]?.upS.length ?? 0;
  const timeS = Float64Array.from({ length: count }, (_, step) => step * stepS);
  const lengthS = (step: number): number => Math.min(stepS, durationS - step * stepS);
  const sum = (of: (book: StepBook) => Float64Array, step: number): number =>
    steps.reduce((total, book) => total + of(book)[step]!, 0);
  const line = (
    id: string,
    label: string,
    unit: string,
    at: (step: number) => number,
  ): FleetSeries => ({
    id,
    label,
    unit,
    timeS,
    values: Float64Array.from({ length: count }, (_, step) => at(step)),
  });
  const perSite = (of: (book: StepBook) => Float64Array) => (step: number) =>
    sum(of, step) / (sites.length * lengthS(step));
  const allSlotS = (step: number): number => sum((book) => book.allSlotS, step);
  const up = perSite((book) => book.upS);
  const hasSlots = count > 0 && allSlotS(0) > 0;
  return [
    line("sites-down", "sites down", "share", (step) => notBelowZero(1 - up(step))),
    line(
      "sites-away",
      "sites without their control plane",
      "share",
      perSite((book) => book.awayS),
    ),
    line(
      "sites-updating",
      "sites being updated",
      "share",
      perSite((book) => book.updatingS),
    ),
    ...(hasSlots
      ? [
          line("slots-missing", "slots that could not serve", "share", (step) =>
            notBelowZero(1 - sum((book) => book.readySlotS, step) / allSlotS(step)),
          ),
        ]
      : []),
    ...rollouts.map(({ name, sites: chosen, updatedAtS }, index): FleetSeries => {
      let done = 0;
      const shares = Float64Array.from({ length: count }, (_, step) => {
        while (done < updatedAtS.length && updatedAtS[done]! <= step * stepS) done++;
        return chosen === 0 ? 0 : done / chosen;
      });
      return {
        id: `updated-${index + 1}`,
        label: `sites on ${name}`,
        unit: "share",
        of: name,
        timeS,
        values: shares,
      };
    }),
  ];
}

/** Sums of stretches may exceed the whole by a rounding error. */
function notBelowZero(share: number): number {
  return share < 1e-12 ? 0 : share;
}
