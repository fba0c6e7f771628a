import { z } from "zod";

import { field, lineOfText, plainName } from "../../schema/field.js";
import { duration } from "../../schema/quantities.js";
import { money } from "./clusters-schema.js";
import { bitrate } from "./fleet-quantities.js";

/** What holds for links that a fleet says nothing of. */
export const WAN_DEFAULTS = {
  bandwidth: "1Gbit/s",
  bitsPerS: 1e9,
  /** Money per 10⁹ bytes between regions, in USD. */
  pricePerGb: 0.087,
  /** Seconds between two zones of one region. */
  sameRegionRttS: 0.001553,
} as const;

function valueFields() {
  return {
    roundTrip: field(duration("zero-or-more"), {
      description: "Round trip. Left out, that of the table for Azure regions.",
      example: "12ms",
    }).optional(),
    bandwidth: field(bitrate(), {
      description: "What the link carries in one direction; moves take turns on it.",
      default: WAN_DEFAULTS.bandwidth,
      example: "10Gbit/s",
    }).optional(),
    pricePerGb: field(money(), {
      description: "Money for 10⁹ bytes. Left out, 0.087 between regions and 0 within one.",
      default: WAN_DEFAULTS.pricePerGb,
      example: 0.02,
    }).optional(),
  };
}

/** Links between regions: `fleet.wan`. */
export function wanSchema() {
  const link = z.strictObject({
    from: field(plainName(), { description: "Region the bytes leave.", example: "factory" }),
    to: field(plainName(), { description: "Region they go to. The same region: between its clusters.", example: "west-europe" }),
    bothWays: field(z.boolean(), {
      description: "Whether the same holds the other way round. A pair written on its own goes before.",
      default: true,
      example: false,
    }).optional(),
    ...valueFields(),
  });
  return field(
    z.strictObject({
      asOf: field(lineOfText(40), {
        description: "Day of these figures, for the ledger: prices and round trips change.",
        example: "2026-08-01",
      }).optional(),
      source: field(lineOfText(200), { description: "Where they come from.", example: "Azure Retail Prices API" }).optional(),
      links: field(z.array(link).max(10_000), {
        description: "What is known of pairs of regions. Round trips of pairs of Azure regions that are left out come from a table of Microsoft's.",
        example: [{ from: "factory", to: "west-europe", roundTrip: "12ms", bandwidth: "1Gbit/s" }],
      }).optional(),
      default: field(z.strictObject(valueFields()), {
        description: "What holds for pairs that are not listed. Without a round trip here, a pair that nothing is known of is an error.",
        example: { roundTrip: "50ms", bandwidth: "1Gbit/s", pricePerGb: 0.05 },
      }).optional(),
    }),
    {
      description: "Links between regions: round trip, bandwidth and price.",
      example: { links: [{ from: "factory", to: "west-europe", roundTrip: "12ms" }] },
    },
  );
}

/** Links as written, checked. */
export type WanInput = z.output<ReturnType<typeof wanSchema>>;
