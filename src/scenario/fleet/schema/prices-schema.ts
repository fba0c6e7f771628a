import { z } from "zod";

import { field, lineOfText } from "../../schema/field.js";

/** What the prices of a fleet are in: `fleet.prices`. */
export function pricesSchema() {
  return field(
    z.strictObject({
      currency: field(z.string().regex(/^[A-Z]{3}$/, "must be three capital letters, such as USD"), {
        description: "Currency of every price and cost of the fleet (ISO 4217). Nothing is converted.",
        example: "EUR",
      }),
      asOf: field(lineOfText(40), { description: "Day of the prices, for the ledger.", example: "2026-08-01" }).optional(),
      source: field(lineOfText(200), { description: "Where they come from, for the ledger.", example: "our contract of 2026" }).optional(),
    }),
    {
      description: "What prices are in. Left out, costs are plain numbers in whatever the prices were written in.",
      example: { currency: "EUR", asOf: "2026-08-01" },
    },
  );
}

/** Currency, day and source of prices as written. */
export type PricesInput = z.output<ReturnType<typeof pricesSchema>>;
