import { z } from "zod";

import { LIMITS } from "../defaults.js";
import { field, lineOfText, plainName } from "./field.js";
import { priceTermsFields } from "./price-terms-schema.js";
import { duration } from "./quantities.js";

/** Prices above this are mistakes. */
const AMOUNT_MAX = 1e12;

function amount() {
  return z.number().min(0, "must be 0 or more").max(AMOUNT_MAX);
}

function groupPriceSchema() {
  return z.strictObject({
    name: field(plainName(), { description: "Name of a node group.", example: "h100" }),
    perHour: field(amount(), {
      description:
        "Rent of one node for an hour, in the currency. Electricity is taken to be in it. Takes the place of the catalogue's price. Give either this or `purchase`.",
      example: 98.32,
    }).optional(),
    purchase: field(amount(), {
      description:
        "Price of one node, in the currency, spread evenly over its `lifetime`. Electricity is paid on top. Give either this or `perHour`.",
      example: 300_000,
    }).optional(),
    lifetime: field(duration("above-zero"), {
      description: "How long a bought node is used. Needed with `purchase`.",
      example: "4y",
    }).optional(),
    ...priceTermsFields(),
  });
}

/** What the cluster costs: `cost`. */
export function costSchema() {
  return field(
    z.strictObject({
      currency: field(z.string().regex(/^[A-Z]{3}$/, "must be three capital letters, such as USD"), {
        description:
          "Currency of all amounts (ISO 4217). Prices of the catalogue are in USD and are used only for USD: nothing is converted.",
        default: "USD",
        example: "EUR",
      }).optional(),
      region: field(lineOfText(100), {
        description: "Region of catalogue prices, where a machine has several.",
        example: "eastus",
      }).optional(),
      nodes: field(z.array(groupPriceSchema()).max(LIMITS.nodeGroupsMax), {
        description:
          "Prices by node group. A group that is left out costs what the catalogue says of its sku; without such a price the scenario is refused.",
        example: [{ name: "h100", purchase: 300_000, lifetime: "4y" }],
      }).optional(),
      electricity: field(amount(), {
        description:
          "Price of a kilowatt-hour at the meter, in the currency, for nodes that were bought. Needs `power`.",
        example: 0.25,
      }).optional(),
      horizon: field(duration("above-zero"), {
        description:
          "Time the amounts are for, as if the run went on like this. Left out, the time from the first submission to the end of the run.",
        example: "1y",
      }).optional(),
    }),
    {
      description:
        "Prices. With this section, even an empty one, the result has `cost`: node-hours of every group, electricity, and the total per GPU-hour, job and tenant.",
      example: { nodes: [{ name: "h100", perHour: 98.32 }] },
    },
  );
}
