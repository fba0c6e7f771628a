import { z } from "zod";

import { field, lineOfText, oneOf } from "./field.js";
import { duration } from "./quantities.js";

/** Prices above this are mistakes. */
const AMOUNT_MAX = 1e12;

/** Ways of paying by the hour. */
export const PRICE_KINDS = ["on-demand", "reserved", "committed", "spot"] as const;

/** What a price of a node group may say beside the amount: `cost.nodes[]`. */
export function priceTermsFields() {
  const amount = () => z.number().min(0, "must be 0 or more").max(AMOUNT_MAX);
  return {
    kind: field(oneOf(PRICE_KINDS), {
      description:
        "How `perHour` is paid. A label beside the price: what it costs to be bound is in `upfront`, and spot machines that are taken away fail (`faults`).",
      example: "reserved",
      valueTexts: [
        "By the hour, ended at any time.",
        "For a fixed time, used or not.",
        "A fixed spend, used or not.",
        "By the hour, and may be taken away.",
      ],
    }).optional(),
    upfront: field(amount(), {
      description:
        "Paid for one node at the start, in the currency, spread evenly over its `commitment`. Goes with `perHour`.",
      example: 150_000,
    }).optional(),
    commitment: field(duration("above-zero"), {
      description: "Time that `upfront` is for. Needed with it.",
      example: "3y",
    }).optional(),
    support: field(amount(), {
      description: "Support and maintenance of one node for a year, in the currency, on top.",
      example: 15_000,
    }).optional(),
    asOf: field(z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "must be a day such as 2026-08-06"), {
      description: "Day of the price.",
      example: "2026-08-06",
    }).optional(),
    source: field(lineOfText(300), {
      description: "Where the price comes from, for the list of assumptions.",
      example: "quote 4711 of a reseller",
    }).optional(),
  };
}
